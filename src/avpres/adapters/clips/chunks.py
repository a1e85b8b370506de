"""The chunks of an AVI, one after another, however its lists are nested and whatever they claim.

OpenDML puts several RIFF of about 1 GiB behind each other; programs that do not know it write
sizes that are too small, or none. So lists are entered and their sizes are not believed: chunks
follow each other until one makes no sense, and what follows that one is the end of the file.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

HEAD = 8  # bytes of a chunk before its content
LISTS = frozenset({b"RIFF", b"LIST"})
FORM = 4  # bytes that name what a list holds
MOST_CONTENT = 1024 * 1024  # bytes of a header that are read
_PRINTABLE = range(0x20, 0x7F)


class Chunk(NamedTuple):
    """A chunk that is no list; `path` names the innermost list that was entered before it."""

    id: bytes
    start: int
    size: int
    list: bytes


def is_avi(first: bytes) -> bool:
    """Tell by the first 12 bytes."""
    return first[:4] == b"RIFF" and first[8:12] == b"AVI "


def chunks(handle: BinaryIO, size: int) -> Iterator[Chunk]:
    """Yield the chunks that lie within the file, in the order of its bytes."""
    at, name = 0, b""
    while at + HEAD <= size:
        handle.seek(at)
        head = handle.read(HEAD + FORM)
        id_, length = head[:4], int.from_bytes(head[4:8], "little")
        if id_ in LISTS and len(head) == HEAD + FORM:
            name = head[HEAD:]
            at += HEAD + FORM
            continue
        start = at + HEAD
        if not all(byte in _PRINTABLE for byte in id_) or start + length > size:
            return
        yield Chunk(id_, start, length, name)
        at = start + length + length % 2


def content(handle: BinaryIO, chunk: Chunk) -> bytes:
    """Read a header; of a large one its beginning."""
    handle.seek(chunk.start)
    return handle.read(min(chunk.size, MOST_CONTENT))
