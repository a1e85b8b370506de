"""AIFF 1.3 and AIFF-C, as Apple described them in 1989 and 1991."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from avpres.adapters.validators.aiff_common import Common, is_known, read_common
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.id3 import read_id3
from avpres.adapters.validators.riff import Chunk, Dialect, Walker
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Audio, MediaKind

AIFF = Dialect("AIFF", order=">", end="AIFF-HUL-8")
FORMS = {b"AIFF": "AIFF", b"AIFC": "AIFF-C"}
VERSION_1 = 0xA2805140  # seconds since 1904: the only version of AIFF-C
MOST_TEXT = 4096  # bytes of one text that are kept
MOST_ENTRIES = 4096  # markers or comments that are read
MOST_ID3 = 1024 * 1024  # bytes of a tag, which may hold pictures
KEPT_CHUNKS = 100
ONCE = {
    *(b"FVER", b"COMM", b"SSND", b"COMT", b"INST"),
    *(b"MARK", b"NAME", b"AUTH", b"(c) ", b"AESD"),
}
TEXTS = {b"NAME": "name", b"AUTH": "author", b"(c) ": "copyright", b"ANNO": "annotation"}
LEAST = {b"SSND": 8, b"FVER": 4, b"MARK": 2, b"COMT": 2, b"INST": 20, b"AESD": 24, b"APPL": 4}
KNOWN = {*ONCE, b"ANNO", b"MIDI", b"APPL", b"SAXL", b"ID3 ", b"CHAN", b"JUNK", b"FLLR", b"PAD "}


@dataclass(slots=True)
class Aiff:
    """An AIFF file under examination."""

    walker: Walker
    form: str
    common: Common | None = None
    sound: Chunk | None = None
    markers: set[int] = field(default_factory=set)

    @property
    def exam(self) -> Examination:
        """Where is said what is found."""
        return self.walker.exam

    @property
    def properties(self) -> dict[str, object]:
        """Where what belongs to AIFF alone is kept."""
        return self.exam.technical.properties

    def content(self, chunk: Chunk, most: int) -> bytes:
        """Give the content of a chunk, at most so much of it."""
        return self.walker.content(chunk, most)


def validate(source: Source, exam: Examination) -> None:
    """Walk the chunks of an AIFF file and hold them against each other.

    JHOVE's rules are here; other than JHOVE it is seen when the file ends before its chunks do.
    """
    exam.technical.kind = MediaKind.AUDIO
    head = source.peek(0, 12)
    if head[:4] != b"FORM" and len(head) >= 4:
        exam.halt("AIFF-FORM", "the file does not begin with FORM", 0, jhove="AIFF-HUL-1")
    if head[8:12] not in FORMS and len(head) == 12:
        exam.halt("AIFF-TYPE", "the form is neither AIFF nor AIFC", 8, jhove="AIFF-HUL-4")
    head = source.read(0, 12)
    aiff = Aiff(Walker(source, exam, AIFF), FORMS[head[8:12]])
    exam.profile = aiff.form
    span = aiff.walker.form(struct.unpack_from(">I", head, 4)[0])
    seen: set[bytes] = set()
    listed: list[dict[str, object]] = []
    for chunk in aiff.walker.walk(span):
        _chunk(aiff, chunk, seen)
        if len(listed) < KEPT_CHUNKS:
            listed.append({"id": chunk.name, "offset": chunk.offset, "size": chunk.size})
    aiff.properties["chunks"] = listed
    _finish(aiff, seen)
    aiff.walker.trailing(span.end)


def _chunk(aiff: Aiff, chunk: Chunk, seen: set[bytes]) -> None:
    exam = aiff.exam
    if chunk.id in seen and chunk.id in ONCE:
        exam.invalid(
            "AIFF-CHUNK-TWICE",
            f"there is more than one chunk '{chunk.name}'",
            chunk.offset,
            jhove="AIFF-HUL-5",
        )
    elif chunk.id not in KNOWN:
        exam.note("AIFF-CHUNK-UNKNOWN", f"chunk '{chunk.name}' is not a known one", chunk.offset)
    elif chunk.size < LEAST.get(chunk.id, 0):
        exam.invalid(
            "AIFF-CHUNK-SHORT",
            f"chunk '{chunk.name}' has {chunk.size} bytes, it must have {LEAST[chunk.id]} at least",
            chunk.offset,
            jhove="AIFF-HUL-6" if chunk.id == b"AESD" else None,
        )
    elif chunk.stop - chunk.start >= LEAST.get(chunk.id, 0):
        _READERS.get(chunk.id, _text)(aiff, chunk)
    seen.add(chunk.id)


def _common(aiff: Aiff, chunk: Chunk) -> None:
    content = aiff.content(chunk, 512)
    aiff.common = read_common(content, aiff.exam, chunk, compressed=aiff.form == "AIFF-C")


def _sound(aiff: Aiff, chunk: Chunk) -> None:
    aiff.sound = chunk


def _version(aiff: Aiff, chunk: Chunk) -> None:
    found = int.from_bytes(aiff.content(chunk, 4), "big")
    if found != VERSION_1:
        aiff.exam.invalid("AIFF-VERSION", f"0x{found:08X} is no version of AIFF-C", chunk.start)
    aiff.exam.version = f"0x{found:08X}"


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
    aiff.properties["comments"] = texts


def _id3(aiff: Aiff, chunk: Chunk) -> None:
    aiff.properties["id3"] = read_id3(aiff.content(chunk, MOST_ID3))


def _no_room(aiff: Aiff, chunk: Chunk, what: str) -> None:
    if chunk.is_whole and chunk.size <= MOST_ENTRIES * 64:
        aiff.exam.invalid(
            "AIFF-CHUNK-COUNT", f"chunk '{chunk.name}' has no room for {what}", chunk.start
        )


def _finish(aiff: Aiff, seen: set[bytes]) -> None:
    exam = aiff.exam
    if b"COMM" not in seen:
        exam.broken("AIFF-NO-COMM", "the file has no COMM chunk", jhove="AIFF-HUL-2")
    if aiff.form == "AIFF-C" and b"FVER" not in seen:
        exam.broken("AIFF-NO-FVER", "AIFF-C must have a FVER chunk", jhove="AIFF-HUL-3")
    if aiff.common is None:
        return
    if aiff.sound is None:
        if aiff.common.frames:
            exam.invalid(
                "AIFF-NO-SOUND", f"{aiff.common.frames} samples are promised, there are none"
            )
    else:
        _check_sound(aiff, aiff.common, aiff.sound)
    _describe(aiff, aiff.common)


def _check_sound(aiff: Aiff, common: Common, sound: Chunk) -> None:
    offset, block = struct.unpack(">II", aiff.content(sound, 8).ljust(8, b"\0"))
    held = sound.size - 8 - offset
    if held < 0:
        aiff.exam.invalid(
            "AIFF-SOUND-OFFSET",
            f"the samples are said to begin at {offset}, beyond the end of their chunk",
            sound.start,
        )
        return
    if block and offset >= block:
        aiff.exam.warn(
            "AIFF-SOUND-BLOCK", f"blocks of {block} bytes are offset by {offset}", sound.start + 4
        )
    needed = common.frames * common.frame_size
    if not common.frame_size or held == needed:
        return
    say = aiff.exam.invalid if held < needed else aiff.exam.warn
    say(
        "AIFF-SOUND-SIZE",
        f"{common.frames} samples take {needed} bytes, there are {held}",
        sound.offset + 4,
    )


def _describe(aiff: Aiff, common: Common) -> None:
    rate, first = common.rate, None
    if aiff.sound is not None:
        offset = aiff.content(aiff.sound, 4)
        first = aiff.sound.start + 8 + int.from_bytes(offset, "big")
    if not is_known(common.compression):
        aiff.exam.warn("AIFF-COMPRESSION", f"the coding {common.compression!r} is not a known one")
    aiff.exam.technical.audio.append(
        Audio(
            codec=common.codec,
            codec_id=common.compression,
            channels=common.channels,
            sample_rate=rate,
            bits_per_sample=common.bits or None,
            samples=common.samples,
            duration=common.samples / rate if rate else None,
            bit_rate=common.bit_rate,
            byte_order=common.byte_order,
            block_size=common.frame_size or None,
            first_sample=first,
            channel_layout={1: "M", 2: "L R", 3: "L R C"}.get(common.channels, ""),
        )
    )


_READERS: dict[bytes, Callable[[Aiff, Chunk], None]] = {
    b"COMM": _common,
    b"SSND": _sound,
    b"FVER": _version,
    b"MARK": _markers,
    b"COMT": _comments,
    b"ID3 ": _id3,
}
