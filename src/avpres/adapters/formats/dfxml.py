"""Digital Forensics XML, as hashdeep and md5deep `-d` write it (1.0) and as its schema has it.

Elements are told by local name, since 1.0 files use several namespaces. Written: 2.0.0-beta.0.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import values, xml_text
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

WRITTEN = (Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512)
"""Algorithms that the schema names."""

_NAMESPACE = "http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML"
_NO_FILE = frozenset("dlbcpsw-v")  # name_type of folders, links, devices, pipes, sockets …


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the regular files of a DFXML document; folders, links and devices are passed over.

    Raises:
        NotConformantError: it is not well-formed, or a file object breaks the rules.
    """
    for element in xml_text.elements(handle, origin, ("fileobject",)):
        if xml_text.is_comment(element):
            continue
        if (xml_text.child_text(element, "name_type") or "r").strip() in _NO_FILE:
            continue
        try:
            yield _entry(element)
        except NotConformantError as error:
            raise origin.malformed(xml_text.line(element), str(error)) from None


def _entry(element: xml_text.Element) -> ManifestEntry:
    found = (_digest(child) for child in element if xml_text.local(child) == "hashdigest")
    return ManifestEntry(
        xml_text.path_in(element, "filename"),
        tuple(digest for digest in found if digest is not None),
        xml_text.size_of(xml_text.child_text(element, "filesize")),
        xml_text.time_of(xml_text.child_text(element, "mtime")),
    )


def _digest(child: xml_text.Element) -> Digest | None:
    label = str(child.get("type") or "")
    algorithm = values.labelled(label)
    if algorithm is None:
        return None  # tiger, whirlpool and others stand beside one that avpres takes
    text = (child.text or "").strip()
    if child.get("coding") == "base64":
        text = _hex(text)
    digest = values.digest(text, algorithm)
    if digest is None or digest.algorithm is not algorithm:
        raise NotConformantError(f"a {label} digest that is none")
    return digest


def _hex(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write a hash list that is valid by the DFXML schema.

    Raises:
        UsageError: the schema does not name an algorithm, or an entry lacks its digest.
    """
    if not heading.algorithms or not set(heading.algorithms) <= set(WRITTEN):
        raise UsageError("DFXML names md5, sha1, sha256 and sha512; choose among these")
    handle.write(_opening(heading).encode())
    handle.writelines(_fileobject(entry, heading).encode() for entry in entries)
    handle.write(b"</dfxml>\n")


def _opening(heading: Heading) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        f'<dfxml xmlns="{_NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' version="2.0.0-beta.0">\n'
        "  <metadata>\n    <dc:type>Hash List</dc:type>\n  </metadata>\n"
        f"  <creator>\n    <program>{heading.tool}</program>\n"
        f"    <version>{heading.version}</version>\n    <execution_environment>\n"
        f"      <start_time>{xml_text.stamp(heading.created)}</start_time>\n"
        "    </execution_environment>\n  </creator>\n"
    )


def _fileobject(entry: ManifestEntry, heading: Heading) -> str:
    path, comment = xml_text.path_text(entry.path)
    size = "" if entry.size is None else f"    <filesize>{entry.size}</filesize>\n"
    date = "" if entry.mtime_ns is None else f"    <mtime>{xml_text.date(entry.mtime_ns)}</mtime>\n"
    digests = "".join(
        f"    <hashdigest type='{algorithm.upper()}'>{value}</hashdigest>\n"
        for algorithm, value in ((a, values.of(entry, a)) for a in heading.algorithms)
    )
    return (
        f"  <fileobject>{comment}\n    <filename>{path}</filename>\n"
        f"{size}{date}{digests}  </fileobject>\n"
    )
