"""ASC MHL 2.0 hash lists: the XML of one generation, read and written.

A history is a folder `ascmhl` with one hash list for each generation and a chain file that holds
the C4 of each. There is no SHA-256 in it. See `ascmhl_history` for what generations mean together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from avpres.adapters.formats import values, xml_text
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

WRITTEN = (
    Algorithm.C4,
    Algorithm.MD5,
    Algorithm.SHA1,
    Algorithm.XXH128,
    Algorithm.XXH3,
    Algorithm.XXH64,
)
"""Algorithms that the format holds, in the order that its schema demands."""

IGNORED = (".DS_Store", "ascmhl", "ascmhl/")
"""What every generation leaves out (the reference implementation's default)."""

_NAMESPACE = "urn:ASC:MHL:v2.0"


class Action(StrEnum):
    """What was found when a digest was taken."""

    ORIGINAL = "original"
    VERIFIED = "verified"
    FAILED = "failed"


class Process(StrEnum):
    """What a generation was made for."""

    IN_PLACE = "in-place"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file in one generation. `previous` is its path before it was renamed."""

    path: str
    digests: tuple[tuple[Digest, Action | None], ...]
    size: int | None = None
    mtime_ns: int | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A hash list of a nested history, by path and C4."""

    path: str
    c4: str


@dataclass(frozen=True, slots=True)
class FolderDigests:
    """Digests of a folder: of its files' contents, and of contents and names."""

    content: tuple[Digest, ...]
    structure: tuple[Digest, ...]


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the files of one generation alone, without those whose digests failed.

    Raises:
        NotConformantError: it is not well-formed, or an entry breaks the rules.
    """
    for listed in read_list(handle, origin):
        if isinstance(listed, Listed):
            digests = tuple(d for d, action in listed.digests if action is not Action.FAILED)
            yield ManifestEntry(listed.path, digests, listed.size, listed.mtime_ns)


def read_list(handle: BinaryIO, origin: Origin) -> Iterator[Listed | Reference]:
    """Yield files and references to nested histories as they come; folders are passed over.

    Raises:
        NotConformantError: it is not well-formed, or an entry breaks the rules.
    """
    for element in xml_text.elements(handle, origin, ("hash", "hashlistreference")):
        if xml_text.is_comment(element):
            continue
        try:
            is_file = xml_text.local(element) == "hash"
            yield _listed(element) if is_file else _reference(element)
        except NotConformantError as error:
            raise origin.malformed(xml_text.line(element), str(error)) from None


def patterns(handle: BinaryIO, origin: Origin) -> tuple[str, ...]:
    """Read which patterns a generation ignores."""
    found = xml_text.elements(handle, origin, ("pattern",))
    return tuple(element.text or "" for element in found if not xml_text.is_comment(element))


def _listed(element: xml_text.Element) -> Listed:
    path = next(child for child in (*element, element) if xml_text.local(child) != "")
    previous = xml_text.child_text(element, "previousPath")
    return Listed(
        _inside(xml_text.path_in(element, "path")),
        tuple(_digests(element)),
        xml_text.size_of(path.get("size")),
        xml_text.time_of(path.get("lastmodificationdate")),
        None if previous is None else _inside(xml_text.path_in(element, "previousPath")),
    )


def _digests(element: xml_text.Element) -> Iterator[tuple[Digest, Action | None]]:
    for child in element:
        tag = xml_text.local(child)
        if tag not in WRITTEN:
            continue
        digest = values.digest((child.text or "").strip(), Algorithm(tag))
        if digest is None or digest.algorithm != tag:
            raise NotConformantError(f"a {tag} that is none")
        action = child.get("action")
        if action is not None and action not in set(Action):
            raise NotConformantError("an action that is not original, verified or failed")
        yield digest, None if action is None else Action(action)


def _reference(element: xml_text.Element) -> Reference:
    c4 = values.digest((xml_text.child_text(element, "c4") or "").strip())
    if c4 is None or c4.algorithm is not Algorithm.C4:
        raise NotConformantError("a reference without a C4")
    return Reference(_inside(xml_text.path_in(element, "path")), c4.value)


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise NotConformantError("a path that leads out of its history")
    return path


def check(algorithms: Sequence[Algorithm]) -> None:
    """Refuse algorithms that the format cannot hold.

    Raises:
        UsageError: there are some, or none at all.
    """
    if not algorithms or not set(algorithms) <= set(WRITTEN):
        raise UsageError("ASC MHL holds md5, sha1, xxh64, xxh3, xxh128 and c4, and no SHA-256")


def opening(
    heading: Heading, process: Process, root: FolderDigests, ignore: Iterable[str] = IGNORED
) -> str:
    """Write what stands before the files."""
    author = f"    <author>{xml_text.text(heading.operator)}</author>\n" if heading.operator else ""
    patterns = "".join(f"      <pattern>{xml_text.text(p)}</pattern>\n" for p in ignore)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="2.0" xmlns="{_NAMESPACE}">\n'
        f"  <creatorinfo>\n    <creationdate>{xml_text.stamp(heading.created)}</creationdate>\n"
        f"    <hostname>{xml_text.text(heading.host)}</hostname>\n"
        f"    <tool version={xml_text.attribute(heading.version)}>{heading.tool}</tool>\n"
        f"{author}  </creatorinfo>\n  <processinfo>\n    <process>{process}</process>\n"
        f"    <roothash>\n{_folder_digests(root, heading)}    </roothash>\n"
        f"    <ignore>\n{patterns}    </ignore>\n  </processinfo>\n"
    )


def file_element(listed: Listed, heading: Heading) -> str:
    """Write one file."""
    path, comment = xml_text.path_text(listed.path)
    size = "" if listed.size is None else f' size="{listed.size}"'
    date = _date(listed.mtime_ns)
    lines = "".join(
        f'      <{digest.algorithm} action="{action}" hashdate="{xml_text.stamp(heading.created)}">'
        f"{digest.value}</{digest.algorithm}>\n"
        for digest, action in sorted(listed.digests, key=lambda pair: pair[0].algorithm)
    )
    return f"    <hash>{comment}\n      <path{size}{date}>{path}</path>\n{lines}    </hash>\n"


def folder_element(path: str, digests: FolderDigests, heading: Heading) -> str:
    """Write one folder."""
    text, comment = xml_text.path_text(path)
    return (
        f"    <directoryhash>{comment}\n      <path>{text}</path>\n"
        f"{_folder_digests(digests, heading)}    </directoryhash>\n"
    )


def closing(references: Iterable[Reference]) -> str:
    """Write what stands after the files."""
    lines = "".join(
        f"    <hashlistreference>{comment}\n      <path>{text}</path>\n"
        f"      <c4>{reference.c4}</c4>\n    </hashlistreference>\n"
        for reference in references
        for text, comment in [xml_text.path_text(reference.path)]
    )
    return (f"  <references>\n{lines}  </references>\n" if lines else "") + "</hashlist>\n"


def _folder_digests(digests: FolderDigests, heading: Heading) -> str:
    return "".join(
        f"      <{kind}>\n{_digest_lines(some, heading)}      </{kind}>\n"
        for kind, some in (("content", digests.content), ("structure", digests.structure))
    )


def _digest_lines(digests: Iterable[Digest], heading: Heading) -> str:
    stamp = xml_text.stamp(heading.created)
    return "".join(
        f'        <{d.algorithm} hashdate="{stamp}">{d.value}</{d.algorithm}>\n'
        for d in sorted(digests)
    )


def _date(mtime_ns: int | None) -> str:
    return "" if mtime_ns is None else f' lastmodificationdate="{xml_text.date(mtime_ns)}"'
