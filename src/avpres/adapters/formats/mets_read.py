"""Any METS 1.x read back, valid or not; METS 2 too, where it says the same in other words.

Fewer than half of the METS documents in the wild are valid, so nothing is asked of one but that it
is XML: elements are told by local name, and what cannot be read of a file is left empty.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.formats import mets_claims, values, xml_text
from avpres.adapters.formats.mets_claims import Claims
from avpres.adapters.formats.mets_elements import FILE, SECTIONS, elements
from avpres.adapters.formats.mets_parallel import Parallel
from avpres.adapters.formats.mets_sections import file_row, reference_rows, section_rows
from avpres.adapters.formats.mets_spool import FileRow, ReferenceRow, Spool
from avpres.adapters.formats.uris import candidates
from avpres.adapters.formats.xml_measured import LARGEST
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Digest


@dataclass(frozen=True, slots=True)
class MetsFile:
    """A file as a METS document lists it.

    `path` is what `href` most likely means, percent-decoded; `candidates` are all that it may
    mean, and `hrefs` all locations. `techmd` are the records inside the document, as (MDTYPE or
    OTHERMDTYPE, content): XML with the namespaces that it needs, or the decoded bytes of binData.
    `references` are the records outside, as (type, href). `digests` are the file's CHECKSUM
    (`stated`) and those of its PREMIS objects (`claims`), also where they contradict each other;
    `checksum` is CHECKSUM as written, where avpres takes no such digest. `content` is the file
    itself, if it stands inside the document.
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
    hrefs: tuple[str, ...] = ()
    title: str = ""
    stated: Digest | None = None
    claims: tuple[Claims, ...] = ()
    content: bytes | None = None

    @property
    def candidates(self) -> tuple[str, ...]:
        """Give the paths that the reference may mean, the likeliest first."""
        return candidates(self.href)


@dataclass(frozen=True, slots=True)
class MetsReference:
    """A file that a METS document refers to and does not list: a record, or another METS.

    `section` is the local name of the element that refers to it: `techMD`, `digiprovMD`, `mptr`.
    """

    href: str
    section: str
    type: str
    size: int | None
    mime: str
    digests: tuple[Digest, ...]


class MetsDocument:
    """A METS document read once; its content waits on disk until it is closed.

    `damage` is why it could not be read to its end.
    """

    def __init__(self, handle: BinaryIO, name: str = "METS", *, largest: int = LARGEST) -> None:
        self._spool = Spool()
        self._beside: Parallel | None = None
        self.damage: NotConformantError | None = None
        try:
            _fill(self._spool, handle, name, largest)
        except NotConformantError as error:
            self.damage = error
        except BaseException:
            self.close()
            raise

    def files(self) -> Iterator[MetsFile]:
        """Yield the files in the order of the document, each with its technical metadata."""
        for row in self._spool.files():
            yield _file(row, self._spool, self._parallel())

    def _parallel(self) -> Parallel:
        if self._beside is None:
            self._beside = Parallel(self._spool)
        return self._beside

    def references(self) -> Iterator[MetsReference]:
        """Yield what the document refers to and does not list as a file, each once."""
        for row in self._spool.references():
            stated = _digest(row)
            digests = (stated,) if stated else ()
            size = _size(row.size)
            yield MetsReference(row.href, row.kind, row.type, size, row.mime, digests)

    def pointers(self) -> Iterator[str]:
        """Yield the references to other METS documents, listed as files or not."""
        return self._spool.pointers()

    def close(self) -> None:
        """Forget what was read."""
        self._spool.close()


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
    with closing(MetsDocument(handle, name, largest=largest)) as document:
        yield from document.files()
        if document.damage is not None:
            raise document.damage


def _fill(spool: Spool, handle: BinaryIO, name: str, largest: int) -> None:
    for kind, element in elements(handle, name, largest=largest):
        if kind == FILE:
            spool.add_file(file_row(element))
            continue
        if kind in SECTIONS:
            for section in section_rows(element):
                spool.add_section(section)
        for reference in reference_rows(element):
            spool.add_reference(reference)


def _file(row: FileRow, spool: Spool, parallel: Parallel) -> MetsFile:
    sections = spool.sections(row.metadata)
    stated = _digest(row)
    claims = tuple([mets_claims.read(one.claims) for one in sections if one.claims])
    digests = [stated] if stated else []
    for claim in claims:
        digests += claim.digests
    hrefs = tuple(filter(None, row.hrefs.split("\0")))
    href = hrefs[0] if hrefs else ""
    return MetsFile(
        path=next(iter(candidates(href)), ""),
        href=href,
        size=_size(row.size),
        mime=row.mime,
        digests=tuple(dict.fromkeys(digests)),
        id=row.id,
        group=row.group,
        techmd=[(one.type, one.content) for one in sections if one.content is not None],
        references=[
            *((one.type, one.href) for one in sections if one.href),
            *parallel.of(row),
        ],
        checksum="" if stated else f"{row.checksum_type} {row.checksum}".strip(),
        hrefs=hrefs,
        title=row.title,
        stated=stated,
        claims=claims,
        content=row.content,
    )


def _digest(row: FileRow | ReferenceRow) -> Digest | None:
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
