"""What this program keeps of a file and RAWcooked does not: SHA-256, time, mode, layout, gaps."""

from collections.abc import Iterable, Iterator
from typing import Any

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.compressed import packed, unpacked
from avpres.adapters.reversible.numbers import element, read_header, signed, unsigned
from avpres.domain.reversible import Attached, Folder, Restoration, ReversibilityError

MOST_LAYOUT = 64 * 1024 * 1024  # bytes of JSON: some four million strips
SHA256 = 32  # bytes
WORD = 8  # bytes of the longest integer


def more_of_file(file: Restoration, inherited: str = "") -> bytes:
    """Write the element, or nothing when there is nothing to say.

    `inherited` is the layout that its Track names; one that is the same is left out.
    """
    layout = None if file.layout == inherited else packed(file.layout.encode())
    return _more(
        (
            *_common(file.sha256, file.mtime_ns, file.mode, None if file.tell_size else file.size),
            (e.MORE_GAPS, packed(file.gaps) if file.gaps else None),
            (e.MORE_LAYOUT, layout),
            (e.MORE_AT, None if file.at is None else unsigned(file.at)),
            (e.MORE_NUMBER, None if file.number is None else unsigned(file.number)),
        )
    )


def more_of_attached(file: Attached) -> bytes:
    """Write the element, or nothing; the size stands in RAWcooked's element."""
    return _more(
        (
            *_common(file.sha256, file.mtime_ns, file.mode, None),
            (e.MORE_UID, None if file.uid is None else unsigned(file.uid)),
            (e.MORE_CODING, file.coding.encode() or None),
        )
    )


def folder(found: Folder) -> bytes:
    """Write the element of a folder."""
    facts = _common(None, found.mtime_ns, found.mode, None)
    content = b"".join(element(id_, value) for id_, value in facts if value is not None)
    return element(e.FOLDER, element(e.MORE_NAME, packed(found.name)) + content)


def _common(
    sha256: bytes | None, mtime_ns: int | None, mode: int | None, size: int | None
) -> Iterator[tuple[int, bytes | None]]:
    yield e.MORE_SHA256, sha256
    yield e.MORE_MTIME, None if mtime_ns is None else signed(mtime_ns)
    yield e.MORE_MODE, None if mode is None else unsigned(mode)
    yield e.MORE_SIZE, None if size is None else unsigned(size)


def _more(facts: Iterable[tuple[int, bytes | None]]) -> bytes:
    content = b"".join(element(id_, value) for id_, value in facts if value is not None)
    return element(e.MORE, content) if content else b""


def read_more(content: bytes) -> dict[str, Any]:
    """Read the element into fields of `Restoration`, `Attached` or `Folder`; skip what is new.

    Raises:
        ReversibilityError: it is damaged.
    """
    fields: dict[str, Any] = {}
    at = 0
    while at < len(content):
        head = read_header(content, at)
        if head is None or at + head[2] + head[1] > len(content):
            raise ReversibilityError("what avpres added to a file is damaged")
        id_, size, length = head
        name, value = _fact(id_, content[at + length : at + length + size])
        if name:
            fields[name] = value
        at += length + size
    return fields


def _fact(id_: int, value: bytes) -> tuple[str, Any]:  # noqa: PLR0911 - a table of elements
    if id_ == e.MORE_SHA256 and len(value) == SHA256:
        return "sha256", value
    if id_ == e.MORE_MTIME and len(value) <= WORD:
        return "mtime_ns", int.from_bytes(value, "big", signed=True)
    if id_ in _UNSIGNED and len(value) <= WORD:
        return _UNSIGNED[id_], int.from_bytes(value, "big")
    if id_ == e.MORE_GAPS:
        return "gaps", unpacked(value)
    if id_ == e.MORE_LAYOUT:
        return "layout", text(unpacked(value, MOST_LAYOUT))
    if id_ == e.MORE_CODING:
        return "coding", text(value)
    if id_ == e.MORE_NAME:
        return "name", unpacked(value, MOST_NAME)
    return "", None


_UNSIGNED = {e.MORE_MODE: "mode", e.MORE_SIZE: "size", e.MORE_UID: "uid"}
_UNSIGNED |= {e.MORE_AT: "at", e.MORE_NUMBER: "number"}
MOST_NAME = 64 * 1024  # bytes


def text(value: bytes) -> str:
    """Read UTF-8.

    Raises:
        ReversibilityError: it is none.
    """
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ReversibilityError("what avpres added to a file is no text") from error
