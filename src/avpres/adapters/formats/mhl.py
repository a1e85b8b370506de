"""Media Hash List 1.1: the XML that offload tools write (no namespace).

`size` is a positive integer there, so a zero-length file cannot be listed validly: such files
stand in comments, which other tools pass over and avpres reads back. `xxhash64` is a deprecated
little-endian form; `xxhash64be` is written.
"""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import names, values, xml_text
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

WRITTEN = {Algorithm.MD5: "md5", Algorithm.SHA1: "sha1", Algorithm.XXH64: "xxhash64be"}
"""Algorithms that the format holds, and their elements."""

_EMPTY = re.compile(r" avpres: zero-length file (\S+)((?: \w+=[0-9a-f]+)+) ")


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the entries of a hash list.

    A `null` entry has a size and no digest. The 32-bit `xxhash` is passed over.

    Raises:
        NotConformantError: it is not well-formed, or an entry breaks the rules.
    """
    for element in xml_text.elements(handle, origin, ("hash",)):
        try:
            entry = _empty(element) if xml_text.is_comment(element) else _entry(element, origin)
        except NotConformantError as error:
            raise origin.malformed(xml_text.line(element), str(error)) from None
        if entry is not None:
            yield entry


def _entry(element: xml_text.Element, origin: Origin) -> ManifestEntry:
    path = xml_text.path_in(element, "file")
    if not xml_text.is_encoded(element):
        path = names.checked(names.with_slashes(path, origin.exists))
    found = (_digest(child) for child in element)
    return ManifestEntry(
        path,
        tuple(digest for digest in found if digest is not None),
        xml_text.size_of(xml_text.child_text(element, "size")),
        xml_text.time_of(xml_text.child_text(element, "lastmodificationdate")),
    )


def _digest(child: xml_text.Element) -> Digest | None:
    tag = xml_text.local(child)
    algorithm = values.labelled(tag) if tag in {"xxhash64", *WRITTEN.values()} else None
    if algorithm is None:
        return None
    digest = values.digest((child.text or "").strip(), algorithm)
    if digest is None or digest.algorithm is not algorithm:
        raise NotConformantError(f"a {tag} that is none")
    if tag == "xxhash64":
        return Digest(algorithm, bytes.fromhex(digest.value)[::-1].hex())
    return digest


def _empty(comment: xml_text.Element) -> ManifestEntry | None:
    match = _EMPTY.fullmatch(comment.text or "")
    if match is None:
        return None
    pairs = (pair.split("=") for pair in match[2].split())
    found = (values.digest(value, values.labelled(label)) for label, value in pairs)
    digests = tuple(digest for digest in found if digest is not None)
    return ManifestEntry(names.checked(names.xml_decode(match[1])), digests, 0)


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write a hash list, valid by its schema if at least one file has a byte in it.

    Raises:
        UsageError: it cannot hold an algorithm, or an entry lacks its size or time.
    """
    if not heading.algorithms or not set(heading.algorithms) <= set(WRITTEN):
        raise UsageError("MHL 1.1 holds md5, sha1 and xxh64; choose among these or use --ascmhl")
    handle.write(_opening(heading).encode())
    for entry in entries:
        if entry.size is None or (entry.mtime_ns is None and entry.size):
            raise UsageError(f"{entry.path}: MHL 1.1 needs size and time; read the files again")
        line = _hash(entry, heading) if entry.size else _empty_comment(entry, heading)
        handle.write(line.encode("utf-8"))
    handle.write(b"</hashlist>\n")


def _opening(heading: Heading) -> str:
    moment = xml_text.stamp(heading.created)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="1.1">\n  <creatorinfo>\n'
        f"    <username>{xml_text.text(heading.operator)}</username>\n"
        f"    <hostname>{xml_text.text(heading.host)}</hostname>\n"
        f"    <tool>{heading.tool} {heading.version}</tool>\n"
        f"    <startdate>{moment}</startdate>\n    <finishdate>{moment}</finishdate>\n"
        "  </creatorinfo>\n"
    )


def _hash(entry: ManifestEntry, heading: Heading) -> str:
    path, comment = xml_text.path_text(entry.path, also="\\")
    digests = "".join(
        f"    <{tag}>{value}</{tag}>\n"
        for tag, value in ((WRITTEN[a], values.of(entry, a)) for a in heading.algorithms)
    )
    return (
        f"  <hash>{comment}\n    <file>{path}</file>\n    <size>{entry.size}</size>\n"
        f"    <lastmodificationdate>{xml_text.date(entry.mtime_ns or 0)}</lastmodificationdate>\n"
        f"{digests}    <hashdate>{xml_text.stamp(heading.created)}</hashdate>\n  </hash>\n"
    )


def _empty_comment(entry: ManifestEntry, heading: Heading) -> str:
    digests = " ".join(f"{a}={values.of(entry, a)}" for a in heading.algorithms)
    return f"  <!-- avpres: zero-length file {names.comment_encode(entry.path)} {digests} -->\n"
