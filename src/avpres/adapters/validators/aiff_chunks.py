"""The lesser chunks of AIFF: texts, markers, comments, the version, ID3 tags."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from avpres.adapters.validators.aiff_common import Common
from avpres.adapters.validators.id3 import read_id3
from avpres.adapters.validators.riff import Chunk, Walked

VERSION_1 = 0xA2805140  # seconds since 1904: the only version of AIFF-C
STATUS = 24  # bytes of AES3 channel status
MOST_TEXT = 4096  # bytes of one text that are kept
MOST_ENTRIES = 4096  # markers or comments that are read
MOST_ID3 = 1024 * 1024  # bytes of a tag, which may hold pictures
TEXTS = {b"NAME": "name", b"AUTH": "author", b"(c) ": "copyright", b"ANNO": "annotation"}


@dataclass(slots=True)
class Aiff(Walked):
    """An AIFF file under examination."""

    form: str
    common: Common | None = None
    sound: Chunk | None = None
    markers: set[int] = field(default_factory=set)


def read_chunk(aiff: Aiff, chunk: Chunk) -> None:
    """Read a chunk other than COMM and SSND."""
    _READERS.get(chunk.id, _text)(aiff, chunk)


def _version(aiff: Aiff, chunk: Chunk) -> None:
    found = int.from_bytes(aiff.content(chunk, 4), "big")
    if found != VERSION_1:
        aiff.exam.invalid("AIFF-VERSION", f"0x{found:08X} is no version of AIFF-C", chunk.start)
    aiff.exam.version = f"0x{found:08X}"


def _recording(aiff: Aiff, chunk: Chunk) -> None:
    if chunk.size != STATUS:
        aiff.exam.broken(
            "AIFF-AESD-SIZE",
            f"AESD has {chunk.size} bytes, it must have {STATUS}",
            chunk.offset + 4,
            jhove="AIFF-HUL-6",
        )


def _text(aiff: Aiff, chunk: Chunk) -> None:
    name = TEXTS.get(chunk.id)
    if name is None:
        return
    text = aiff.content(chunk, MOST_TEXT).split(b"\0")[0].decode("mac-roman").strip()
    before = aiff.properties.get(name)
    aiff.properties[name] = f"{before}\n{text}"[:MOST_TEXT] if before else text


def _markers(aiff: Aiff, chunk: Chunk) -> None:
    content = aiff.content(chunk, MOST_ENTRIES * 64)
    count, place, ids = int.from_bytes(content[:2], "big"), 2, []
    for _ in range(min(count, MOST_ENTRIES)):
        if place + 7 > len(content):
            _no_room(aiff, chunk, f"{count} markers")
            return
        number, length = struct.unpack_from(">H4xB", content, place)
        ids.append(number)
        place += 6 + (length + 2) // 2 * 2
    _say_rest(aiff, chunk, place, "marker")
    aiff.markers.update(ids)
    if len(aiff.markers) < len(ids):
        aiff.exam.warn("AIFF-MARKER-TWICE", "two markers have the same number", chunk.offset)
    aiff.properties["markers"] = count


def _comments(aiff: Aiff, chunk: Chunk) -> None:
    content = aiff.content(chunk, MOST_ENTRIES * 64)
    count, place, texts = int.from_bytes(content[:2], "big"), 2, []
    for _ in range(min(count, MOST_ENTRIES)):
        if place + 8 > len(content):
            _no_room(aiff, chunk, f"{count} comments")
            return
        length = int.from_bytes(content[place + 6 : place + 8], "big")
        text = content[place + 8 : place + 8 + min(length, MOST_TEXT)]
        texts.append(text.split(b"\0")[0].decode("mac-roman"))
        place += 8 + (length + 1) // 2 * 2
    _say_rest(aiff, chunk, place, "comment")
    aiff.properties["comments"] = texts


def _say_rest(aiff: Aiff, chunk: Chunk, end: int, what: str) -> None:
    """Say what follows the last entry of a chunk: JHOVE takes it for the next chunk."""
    rest = chunk.size - end
    if rest > 1 and chunk.is_whole and chunk.size <= MOST_ENTRIES * 64:
        aiff.exam.warn(
            "AIFF-CHUNK-REST",
            f"{rest} bytes of chunk '{chunk.name}' follow its last {what}",
            chunk.start + end,
        )


def _id3(aiff: Aiff, chunk: Chunk) -> None:
    aiff.properties["id3"] = read_id3(aiff.content(chunk, MOST_ID3))


def _no_room(aiff: Aiff, chunk: Chunk, what: str) -> None:
    if chunk.is_whole and chunk.size <= MOST_ENTRIES * 64:
        aiff.exam.invalid(
            "AIFF-CHUNK-COUNT", f"chunk '{chunk.name}' has no room for {what}", chunk.start
        )


_READERS: dict[bytes, Callable[[Aiff, Chunk], None]] = {
    b"FVER": _version,
    b"MARK": _markers,
    b"COMT": _comments,
    b"ID3 ": _id3,
    b"AESD": _recording,
}
