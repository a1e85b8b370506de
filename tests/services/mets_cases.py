"""Packages with METS and PREMIS, written by hand so that any of their rules can be broken."""

import hashlib
from pathlib import Path

NAMES = {
    "m": "http://www.loc.gov/METS/",
    "p": "http://www.loc.gov/premis/v3",
    "x": "http://www.w3.org/1999/xlink",
    "c": "https://DILCIS.eu/XML/METS/CSIPExtensionMETS",
}
OBJECTS = {"objects/a film.mov": b"film" * 100, "objects/notes.txt": b"notes\n"}
DATE = "2026-03-31T12:00:00Z"
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<mets xmlns="http://www.loc.gov/METS/" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:premis="http://www.loc.gov/premis/v3" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def identifier(name: str, value: str) -> str:
    return (
        f"<premis:{name}><premis:{name}Type>local</premis:{name}Type>"
        f"<premis:{name}Value>{value}</premis:{name}Value></premis:{name}>"
    )


def premis_object(number: int, path: str, data: bytes) -> str:
    return (
        f'<premis:object xsi:type="premis:file">{identifier("objectIdentifier", f"o{number}")}'
        "<premis:objectCharacteristics><premis:fixity>"
        "<premis:messageDigestAlgorithm>SHA-256</premis:messageDigestAlgorithm>"
        f"<premis:messageDigest>{sha256(data)}</premis:messageDigest></premis:fixity>"
        f"<premis:size>{len(data)}</premis:size><premis:format><premis:formatDesignation>"
        "<premis:formatName>x</premis:formatName></premis:formatDesignation></premis:format>"
        f"</premis:objectCharacteristics><premis:originalName>{path}</premis:originalName>"
        "</premis:object>\n"
    )


EVENT = (
    f"<premis:event>{identifier('eventIdentifier', 'e1')}"
    "<premis:eventType>fixity check</premis:eventType>"
    f"<premis:eventDateTime>{DATE}</premis:eventDateTime>"
    "<premis:eventOutcomeInformation><premis:eventOutcome>success</premis:eventOutcome>"
    "</premis:eventOutcomeInformation>"
    f"{identifier('linkingAgentIdentifier', 'g1')}{identifier('linkingObjectIdentifier', 'o0')}"
    "</premis:event>\n"
)
AGENT = (
    f"<premis:agent>{identifier('agentIdentifier', 'g1')}"
    "<premis:agentName>tool</premis:agentName></premis:agent>\n"
)


def mets_file(number: int, path: str, data: bytes, *, more: str = "") -> str:
    href = path.replace("%", "%25").replace(" ", "%20")
    return (
        f'<file ID="f{number}" MIMETYPE="text/plain" SIZE="{len(data)}" CREATED="{DATE}" '
        f'CHECKSUM="{sha256(data)}" CHECKSUMTYPE="SHA-256"{more}>'
        f'<FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="{href}"/></file>\n'
    )


def wrapped(section: str, name: str, kind: str, content: str) -> str:
    return (
        f'<{section} ID="{name}"><mdWrap MDTYPE="PREMIS:{kind}"><xmlData>{content}</xmlData>'
        f"</mdWrap></{section}>\n"
    )


def mets_of(files: dict[str, bytes]) -> str:
    """Write a METS with PREMIS inside."""
    known = list(enumerate(files.items()))
    objects = "".join(
        wrapped("techMD", f"t{n}", "OBJECT", premis_object(n, path, data))
        for n, (path, data) in known
    )
    inside = "".join(mets_file(n, path, data, more=f' ADMID="t{n}"') for n, (path, data) in known)
    pointers = "".join(f'<div><fptr FILEID="f{n}"/></div>' for n, _ in known)
    return (
        f'{_OPEN} OBJID="one">\n<metsHdr CREATEDATE="{DATE}"/>\n<amdSec ID="amd">{objects}'
        f"{wrapped('digiprovMD', 'e', 'EVENT', EVENT)}{wrapped('digiprovMD', 'g', 'AGENT', AGENT)}"
        f'</amdSec>\n<fileSec><fileGrp USE="objects">{inside}</fileGrp></fileSec>\n'
        f'<structMap><div ADMID="e">{pointers}</div></structMap>\n</mets>\n'
    )


def make_mets(root: Path) -> Path:
    """Make a package of files and one METS."""
    for name, data in OBJECTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    (root / "mets.xml").write_text(mets_of(OBJECTS), "utf-8")
    return root


_EARK = (
    f'{_OPEN} xmlns:csip="https://DILCIS.eu/XML/METS/CSIPExtensionMETS" OBJID="one" '
    'TYPE="Other" csip:OTHERTYPE="film" csip:CONTENTINFORMATIONTYPE="OTHER" '
    'csip:OTHERCONTENTINFORMATIONTYPE="film" '
    'PROFILE="https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-2-0.xml">\n'
    f'<metsHdr CREATEDATE="{DATE}" LASTMODDATE="{DATE}" csip:OAISPACKAGETYPE="SIP">\n'
    '<agent ROLE="CREATOR" TYPE="OTHER" OTHERTYPE="SOFTWARE"><name>tool</name>'
    '<note csip:NOTETYPE="SOFTWARE VERSION">1</note></agent></metsHdr>\n'
)


def _reference(section: str, name: str, path: str, data: bytes) -> str:
    return (
        f'<{section} ID="{name}" CREATED="{DATE}" STATUS="CURRENT"><mdRef LOCTYPE="URL" '
        f'xlink:type="simple" xlink:href="{path}" MDTYPE="OTHER" MIMETYPE="text/xml" '
        f'SIZE="{len(data)}" CREATED="{DATE}" CHECKSUM="{sha256(data)}" '
        f'CHECKSUMTYPE="SHA-256"/></{section}>\n'
    )


def _group(name: str, use: str, content: str) -> str:
    kind = (
        ' csip:CONTENTINFORMATIONTYPE="OTHER" csip:OTHERCONTENTINFORMATIONTYPE="film"'
        if use.startswith("Rep")
        else ""
    )
    return f'<fileGrp ID="{name}" USE="{use}"{kind}>{content}</fileGrp>\n'


def make_eark(root: Path) -> Path:
    """Make an E-ARK SIP of one representation."""
    held = {
        "metadata/descriptive/dc.xml": b"<dc/>",
        "metadata/other/log.xml": b"<log/>",
        "metadata/other/rights.xml": b"<rights/>",
        "documentation/read.txt": b"read\n",
        "schemas/a.xsd": b"<schema/>",
        "representations/rep1/data/film.mov": b"film" * 10,
    }
    film = mets_file(1, "data/film.mov", b"film" * 10)
    rep = (
        f'{_EARK}<fileSec ID="fs">{_group("g", "Data", film)}'
        '</fileSec>\n<structMap ID="sm" TYPE="PHYSICAL" LABEL="CSIP"><div ID="d">'
        '<div ID="d1" LABEL="Metadata"/><div ID="d2" LABEL="Data"><fptr FILEID="g"/></div></div>'
        "</structMap></mets>\n"
    )
    held["representations/rep1/METS.xml"] = rep.encode()
    groups = (
        _group("gd", "Documentation", mets_file(1, "documentation/read.txt", b"read\n"))
        + _group("gs", "Schemas", mets_file(2, "schemas/a.xsd", b"<schema/>"))
        + _group(
            "gr",
            "Representations/rep1",
            mets_file(3, "representations/rep1/METS.xml", rep.encode()),
        )
    )
    divs = (
        '<div ID="d1" LABEL="Metadata" ADMID="dp rm" DMDID="dm"/>'
        '<div ID="d2" LABEL="Documentation"><fptr FILEID="gd"/></div>'
        '<div ID="d3" LABEL="Schemas"><fptr FILEID="gs"/></div>'
        '<div ID="d4" LABEL="Representations/rep1"><mptr LOCTYPE="URL" xlink:type="simple" '
        'xlink:href="representations/rep1/METS.xml" xlink:title="gr"/></div>'
    )
    held["METS.xml"] = (
        f"{_EARK}{_reference('dmdSec', 'dm', 'metadata/descriptive/dc.xml', b'<dc/>')}<amdSec>"
        f"{_reference('rightsMD', 'rm', 'metadata/other/rights.xml', b'<rights/>')}"
        f"{_reference('digiprovMD', 'dp', 'metadata/other/log.xml', b'<log/>')}</amdSec>\n"
        f'<fileSec ID="fs">{groups}</fileSec>\n<structMap ID="sm" TYPE="PHYSICAL" LABEL="CSIP">'
        f'<div ID="d">{divs}</div></structMap></mets>\n'
    ).encode()
    for name, data in held.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root
