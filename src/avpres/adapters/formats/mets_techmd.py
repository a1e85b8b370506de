"""Technical metadata inside METS: which standards describe a file, and where each record stands."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from avpres.adapters.formats.emit import audiomd, mix, textmd, videomd
from avpres.domain.description import Description
from avpres.domain.oais import Package, PackagedFile

PREMIS_PATH = "metadata/premis.xml"
"""Where a package keeps its PREMIS when METS only refers to it."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Standard:
    """A kind of technical record; `type` are the attributes by which METS names it."""

    name: str
    type: str
    applies_to: Callable[[Description], bool]
    write: Callable[[Description], bytes]


STANDARDS = (
    Standard("mix", 'MDTYPE="NISOIMG" MDTYPEVERSION="2.0"', mix.applies_to, mix.write),
    Standard(
        "audiomd",
        'MDTYPE="OTHER" OTHERMDTYPE="audioMD" MDTYPEVERSION="2.0"',
        audiomd.applies_to,
        audiomd.write,
    ),
    Standard(
        "videomd",
        'MDTYPE="OTHER" OTHERMDTYPE="videoMD" MDTYPEVERSION="2.0"',
        videomd.applies_to,
        videomd.write,
    ),
    Standard("textmd", 'MDTYPE="TEXTMD" MDTYPEVERSION="3.01a"', textmd.applies_to, textmd.write),
)


def standards_of(file: PackagedFile) -> list[Standard]:
    """Give the standards that describe a file; none for one that is not described."""
    description = file.description
    if description is None:
        return []
    return [standard for standard in STANDARDS if standard.applies_to(description)]


def technical_path(identity: uuid.UUID, standard: str) -> str:
    """Say where in the package a file's record lies when it is not inside METS.

    It is named by the file's UUID: the file's own name with a suffix may be too long for a name.
    """
    return f"metadata/technical/{identity}.{standard}.xml"


def technical_records(package: Package, file: PackagedFile) -> Iterator[tuple[str, bytes]]:
    """Give a file's records as documents, each with its path: those that `external` METS lists."""
    identity = package.file_id(file)
    for standard, record in _records(file):
        yield technical_path(identity, standard.name), record


def inline(file: PackagedFile, identity: uuid.UUID) -> Iterator[bytes]:
    """Write a file's records as techMD sections."""
    for standard, record in _records(file):
        name = f"{standard.name}-{identity}"
        yield wrapped("techMD", name, standard.type, record.removeprefix(_DECLARATION))


def references(file: PackagedFile, identity: uuid.UUID) -> Iterator[bytes]:
    """Write techMD sections that refer to a file's records, with their size and digest."""
    for standard, record in _records(file):
        digest = hashlib.sha256(record).hexdigest()
        core = f'SIZE="{len(record)}" CHECKSUM="{digest}" CHECKSUMTYPE="SHA-256"'
        path = technical_path(identity, standard.name)
        name = f"{standard.name}-{identity}"
        yield referred("techMD", name, f"{standard.type} {core}", path)


def wrapped(section: str, identity: str, kind: str, content: bytes) -> bytes:
    """Put XML into a metadata section."""
    lead = f'<mets:{section} ID="{identity}">\n<mets:mdWrap {kind}>\n<mets:xmlData>\n'
    end = f"</mets:xmlData>\n</mets:mdWrap>\n</mets:{section}>\n"
    return lead.encode() + content + end.encode()


def referred(section: str, identity: str, attributes: str, path: str) -> bytes:
    """Refer to a document of the package, whose path is plain ASCII, from a metadata section."""
    return (
        f'<mets:{section} ID="{identity}">\n'
        f'<mets:mdRef LOCTYPE="URL" xlink:type="simple" xlink:href="{path}" MIMETYPE="text/xml"'
        f" {attributes}/>\n</mets:{section}>\n"
    ).encode()


def _records(file: PackagedFile) -> Iterator[tuple[Standard, bytes]]:
    if file.description is not None:
        for standard in standards_of(file):
            yield standard, standard.write(file.description)
