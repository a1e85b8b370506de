"""A file as METS has it, as any package lists one."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from avpres.adapters.formats.mets_read import MetsFile, MetsReference
from avpres.adapters.packages.foreign import Notify, notice
from avpres.adapters.packages.ground import Ground
from avpres.adapters.packages.mets_roles import role_of
from avpres.adapters.packages.premis_extensions import premis_extensions
from avpres.adapters.packages.tools import told_by
from avpres.domain.listing import Listed, TechnicalRecord
from avpres.domain.oais import Role

_LEADS = ("%transferDirectory%", "%SIPDirectory%")  # Archivematica's, before every original name


@dataclass(frozen=True, slots=True)
class Place:
    """Where references begin, and who is told of those that lead out."""

    ground: Ground
    base: str
    notify: Notify

    def meant(self, *references: str) -> tuple[str, ...]:
        """Give the paths that the first reference with any may mean."""
        for reference in references:
            if found := self.ground.readings(reference, base=self.base):
                return found
        return ()

    def outside(self, reference: str) -> None:
        """Tell of a reference that was not followed."""
        message = "the package refers to something outside itself; it was not looked at"
        self.notify(notice("IMP-OUTSIDE", message, reference))


def listed_file(file: MetsFile, place: Place, documents: Container[str]) -> Listed:
    """Read a file element; what it says twice and differently stands in `disagreement`."""
    paths = place.meant(*file.hrefs)
    if not paths and file.href and file.content is None:
        place.outside(file.href)
    path = paths[0] if paths else ""
    claims = [one for one in file.claims if one.size.isascii() and one.size.isdigit()]
    size = file.size if file.size is not None else next((int(one.size) for one in claims), None)
    return Listed(
        path=path,
        candidates=paths[1:],
        size=size,
        digests=file.digests,
        mime=file.mime,
        original=_original(file, path),
        id=file.id,
        role=Role.METADATA if path in documents else role_of(file.group),
        records=(*_inside(file), *_beside(file, place)),
        format=next((one.format for one in file.claims if one.format), ""),
        disagreement="; ".join(_disagreements(file)),
        reference=file.href,
        content=None if paths else file.content,
    )


def listed_reference(reference: MetsReference, place: Place) -> Listed:
    """Read what a document refers to beside its files: a record, or another document."""
    paths = place.meant(reference.href)
    if not paths:
        place.outside(reference.href)
    return Listed(
        path=paths[0] if paths else "",
        candidates=paths[1:],
        size=reference.size,
        digests=reference.digests,
        mime=reference.mime,
        role=Role.METADATA,
        reference=reference.href,
    )


def _inside(file: MetsFile) -> Iterator[TechnicalRecord]:
    for kind, content in file.techmd:
        if kind.upper().startswith("PREMIS"):
            yield TechnicalRecord(kind, content)
            yield from premis_extensions(content)
        else:
            tool, version = told_by(content)
            yield TechnicalRecord(kind, content, None, tool, version)


def _beside(file: MetsFile, place: Place) -> Iterator[TechnicalRecord]:
    for kind, reference in file.references:
        if paths := place.meant(reference):
            yield TechnicalRecord(kind, None, paths[0])


def _original(file: MetsFile, path: str) -> str:
    """Give the name that the file had before; nothing where it is the same."""
    named = next((one.original for one in file.claims if one.original), "") or file.title
    for lead in _LEADS:
        named = named.removeprefix(lead)
    return "" if named == path else named


def _disagreements(file: MetsFile) -> Iterator[str]:
    for claim in file.claims:
        if claim.size.isdigit() and file.size is not None and int(claim.size) != file.size:
            yield f"SIZE is {file.size}, in PREMIS {claim.size}"
        for digest in claim.digests:
            stated = file.stated
            if stated and stated.algorithm is digest.algorithm and stated != digest:
                yield f"CHECKSUM is {stated.value}, in PREMIS {digest.value}"
    if file.checksum:
        yield f"CHECKSUM cannot be taken: {file.checksum}"
