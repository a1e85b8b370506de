"""Any METS 1.x read back, valid or not; METS 2 too, where it says the same in other words.

Fewer than half of the METS documents in the wild are valid, so nothing is asked of one but that it
is XML: elements are told by local name, and what cannot be read of a file is left empty.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.formats import values, xml_text
from avpres.adapters.formats.mets_elements import LARGEST, elements
from avpres.adapters.formats.mets_sections import file_row, section_rows
from avpres.adapters.formats.mets_spool import FileRow, Spool
from avpres.adapters.formats.uris import candidates
from avpres.adapters.formats.xml_text import Element
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Digest, unpack


@dataclass(frozen=True, slots=True)
class MetsFile:
    """A file as a METS document lists it.

    `path` is what `href` most likely means, percent-decoded; `candidates` are all that it may
    mean. `techmd` are the records inside the document, as (MDTYPE or OTHERMDTYPE, content): XML
    with the namespaces that it needs, or the decoded bytes of binData. `references` are the
    records outside, as (type, href). `digests` are the file's CHECKSUM and those of its PREMIS
    object, also where they contradict each other; `checksum` is CHECKSUM as written, where avpres
    takes no such digest.
    """

    path: str
    href: str
    size: int | None
    mime: str
    digests: tuple[Digest, ...]
    id: str
    group: str
    techmd: list[tuple[str, bytes]]
    references: list[tuple[str, str]]
    checksum: str = ""

    @property
    def candidates(self) -> tuple[str, ...]:
        """Give the paths that the reference may mean, the likeliest first."""
        return candidates(self.href)


def read_files(
    handle: BinaryIO, name: str = "METS", *, largest: int = LARGEST
) -> Iterator[MetsFile]:
    """Yield the files of a METS document in its order, each with its technical metadata.

    The document is read once, then its files come, from a spool on disk: metadata may stand before
    or behind the files that refer to it. `name` is what an error calls the document; no record may
    have more than `largest` bytes.

    Raises:
        NotConformantError: it is not well-formed, or no METS; what was read before that has been
            yielded then.
    """
    with closing(Spool()) as spool:
        damage = _fill(spool, elements(handle, name, largest=largest))
        for row in spool.files():
            yield _file(row, spool)
        if damage is not None:
            raise damage


def _fill(spool: Spool, found: Iterator[tuple[str, Element]]) -> NotConformantError | None:
    try:
        for kind, element in found:
            if kind == "file":
                spool.add_file(file_row(element))
            else:
                for row in section_rows(element):
                    spool.add_section(row)
    except NotConformantError as error:
        return error
    return None


def _file(row: FileRow, spool: Spool) -> MetsFile:
    sections = spool.sections(row.metadata)
    stated = _digest(row)
    digests = [stated] if stated else []
    for section in sections:
        digests += unpack(section.digests)
    found = candidates(row.href)
    return MetsFile(
        path=found[0] if found else "",
        href=row.href,
        size=_size(row.size),
        mime=row.mime,
        digests=tuple(dict.fromkeys(digests)),
        id=row.id,
        group=row.group,
        techmd=[(one.type, one.content) for one in sections if one.content is not None],
        references=[(one.type, one.href) for one in sections if one.href],
        checksum="" if stated else f"{row.checksum_type} {row.checksum}".strip(),
    )


def _digest(row: FileRow) -> Digest | None:
    algorithm = values.labelled(row.checksum_type)
    if row.checksum_type and algorithm is None:
        return None  # Adler-32, SHA-384, WHIRLPOOL …: some are as long as digests that avpres takes
    digest = values.digest(row.checksum.strip(), algorithm)
    return digest if digest and algorithm in {None, digest.algorithm} else None


def _size(written: str) -> int | None:
    try:
        return xml_text.size_of(written)
    except NotConformantError:
        return None
