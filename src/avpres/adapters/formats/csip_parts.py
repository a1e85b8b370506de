"""The elements that E-ARK's METS documents are made of."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from avpres import __version__
from avpres.adapters.formats.mets_inventory import attribute, checksum
from avpres.adapters.formats.names import to_bytes
from avpres.adapters.formats.report_names import visible
from avpres.adapters.formats.uris import relative_uri
from avpres.adapters.formats.xml_escape import escape
from avpres.adapters.formats.xml_text import date, stamp
from avpres.domain.oais import Package, PackagedFile

CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
CONTENT = 'csip:CONTENTINFORMATIONTYPE="OTHER" csip:OTHERCONTENTINFORMATIONTYPE="avpres"'
"""CSIP's list has no type of audiovisual content; CSIP63 asks that every file group says so."""
CLOSING = b"</mets:mets>\n"
OTHER = "Other"
"""The category of what is in no category; it is named in OTHERTYPE."""

_MIME = {".xml": "text/xml", ".xsd": "text/xml"}
_STANDARDS = {
    "dc.xml": 'MDTYPE="DC"',
    "premis.xml": 'MDTYPE="PREMIS" MDTYPEVERSION="3.0"',
}


def opening(name: str, package: Package, category: str, profile: str) -> str:
    """Write the root element, and its header up to where the agents stand."""
    other = ' csip:OTHERTYPE="Data"' if category == OTHER else ""
    label = f" LABEL={attribute(package.label)}" if package.label else ""
    created = stamp(package.created)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:csip="{CSIP}" xmlns:sip="{SIP}"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' OBJID={attribute(name)}{label} TYPE="{category}"{other} PROFILE="{profile}" {CONTENT}>\n'
        f'<mets:metsHdr CREATEDATE="{created}" LASTMODDATE="{created}"'
        f' csip:OAISPACKAGETYPE="{package.kind.value}">\n'
    )


def agent(name: str = "", role: str = "") -> str:
    """Write an agent: somebody with a role, or else the program that writes this."""
    if name:
        return f"<mets:agent {role}>\n<mets:name>{_text(name)}</mets:name>\n</mets:agent>\n"
    return (
        '<mets:agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE">\n'
        "<mets:name>avpres</mets:name>\n"
        f'<mets:note csip:NOTETYPE="SOFTWARE VERSION">{__version__}</mets:note>\n</mets:agent>\n'
    )


def identifiers(package: Package) -> str:
    """Write by what else the package is called."""
    return "".join(
        f"<mets:altRecordID TYPE={attribute(kind)}>{_text(value)}</mets:altRecordID>\n"
        for kind, value in sorted(package.identifiers.items())
    )


def name_of(kind: str, path: str) -> str:
    """Name an element, by the path or label that it is about."""
    return f"{kind}-{hashlib.sha256(to_bytes(path)).hexdigest()[:32]}"


def mime_of(file: PackagedFile) -> str:
    """Give the MIME type of a file; those of ours have it by their name."""
    if file.description is not None and file.description.mime:
        return file.description.mime
    ending = file.path[file.path.rfind(".") :]
    return _MIME.get(ending, "text/plain" if ending in _TEXT else "application/octet-stream")


_TEXT = frozenset({".txt", ".log", ".jsonl"})


def reference(section: str, file: PackagedFile) -> str:
    """Refer to a document from a section that has only that: its size, its date, its digest."""
    base = file.path.rpartition("/")[2]
    standard = _STANDARDS.get(base, 'MDTYPE="OTHER" OTHERMDTYPE="avpres"')
    dates = f' CREATED="{date(file.mtime)}"'
    return (
        f'<mets:{section} ID="{name_of(section, file.path)}"{dates} STATUS="CURRENT">\n'
        f'<mets:mdRef LOCTYPE="URL" xlink:type="simple" xlink:href="{relative_uri(file.path)}"'
        f' {standard} MIMETYPE="{mime_of(file)}" SIZE="{file.size}"{dates}{checksum(file)}/>\n'
        f"</mets:{section}>\n"
    )


def file_element(file: PackagedFile, identity: str, about: str = "") -> str:
    """Write a file; `about` lists the sections that speak of it."""
    metadata = f' ADMID="{about}"' if about else ""
    return (
        f'<mets:file ID="{identity}" MIMETYPE={attribute(mime_of(file))} SIZE="{file.size}"'
        f' CREATED="{date(file.mtime)}"{checksum(file)}{metadata}>\n'
        f'<mets:FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{relative_uri(file.path)}"/>\n'
        "</mets:file>\n"
    )


def group(use: str, files: Iterable[PackagedFile]) -> Iterator[bytes]:
    """Write a file group."""
    yield f'<mets:fileGrp ID="{name_of("group", use)}" USE={attribute(use)} {CONTENT}>\n'.encode()
    for file in files:
        yield file_element(file, name_of("file", f"{use}\n{file.path}")).encode()
    yield b"</mets:fileGrp>\n"


def structure(label: str, parts: Sequence[tuple[str, str, str]], last: str = "") -> str:
    """Write the structure that CSIP asks for.

    Each part is its label, what metadata there is, and the use of the file group that it points
    to. `last` stands inside the last part.
    """
    written = (
        '<mets:structMap ID="structure" TYPE="PHYSICAL" LABEL="CSIP">\n'
        f'<mets:div ID="div-package" LABEL={attribute(label)}>\n'
    )
    for number, (name, about, use) in enumerate(parts, start=1):
        written += f'<mets:div ID="{name_of("div", name)}" LABEL="{name}" {about}'.rstrip() + ">\n"
        written += f'<mets:fptr FILEID="{name_of("group", use)}"/>\n' if use else ""
        written += f"{last if number == len(parts) else ''}</mets:div>\n"
    return f"{written}</mets:div>\n</mets:structMap>\n"


def _text(text: str) -> str:
    return escape(visible(text))
