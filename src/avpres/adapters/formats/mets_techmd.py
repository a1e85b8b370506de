"""Technical metadata inside METS: which standards describe a file, and where each record stands."""

import hashlib
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


def technical_path(identity: str, standard: str) -> str:
    """Say where in the package a file's record lies when it is not inside METS.

    It is named by the file's UUID: the file's own name with a suffix may be too long for a name.
    """
    return f"metadata/technical/{identity}.{standard}.xml"


def technical_records(package: Package, file: PackagedFile) -> Iterator[tuple[str, bytes]]:
    """Give a file's records as documents, each with its path: those that `external` METS lists."""
    identity = str(package.file_id(file))
    for standard, record in records(file):
        yield technical_path(identity, standard.name), record


def records(file: PackagedFile) -> Iterator[tuple[Standard, bytes]]:
    """Write the record of each standard that describes a file, as a document."""
    if file.description is not None:
        for standard in STANDARDS:
            if standard.applies_to(file.description):
                yield standard, standard.write(file.description)


def inline(standard: Standard, record: bytes, identity: str) -> bytes:
    """Put a file's record into a techMD section."""
    name = f"{standard.name}-{identity}"
    return wrapped("techMD", name, standard.type, record.removeprefix(_DECLARATION))


def reference(standard: Standard, record: bytes, identity: str) -> bytes:
    """Write a techMD section that refers to a file's record, with its size and digest."""
    digest = hashlib.sha256(record).hexdigest()
    core = f'SIZE="{len(record)}" CHECKSUM="{digest}" CHECKSUMTYPE="SHA-256"'
    path = technical_path(identity, standard.name)
    return referred("techMD", f"{standard.name}-{identity}", f"{standard.type} {core}", path)


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
