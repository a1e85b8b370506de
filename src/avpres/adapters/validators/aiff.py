"""AIFF 1.3 and AIFF-C, as Apple described them in 1989 and 1991."""

import struct

from avpres.adapters.validators.aiff_chunks import Aiff, read_chunk
from avpres.adapters.validators.aiff_common import Common, is_known, read_common
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.riff import Chunk, Dialect, Walker
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Audio, MediaKind

AIFF = Dialect("AIFF", order=">", end="AIFF-HUL-8")
FORMS = {b"AIFF": "AIFF", b"AIFC": "AIFF-C"}
KEPT_CHUNKS = 100
LEAST_SHARE = 0.99  # of the promised samples; writers are often off by a few
ONCE = {
    *(b"FVER", b"COMM", b"SSND", b"COMT", b"INST"),
    *(b"MARK", b"NAME", b"AUTH", b"(c) ", b"AESD"),
}
LEAST = {b"SSND": 8, b"FVER": 4, b"MARK": 2, b"COMT": 2, b"INST": 20, b"APPL": 4}
KNOWN = {*ONCE, b"ANNO", b"MIDI", b"APPL", b"SAXL", b"ID3 ", b"CHAN", b"JUNK", b"FLLR", b"PAD "}


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
        )
    elif chunk.stop - chunk.start >= LEAST.get(chunk.id, 0):
        _content(aiff, chunk)
    seen.add(chunk.id)


def _content(aiff: Aiff, chunk: Chunk) -> None:
    if chunk.id == b"COMM":
        _common(aiff, chunk)
    elif chunk.id == b"SSND":
        aiff.sound = chunk
    else:
        read_chunk(aiff, chunk)


def _common(aiff: Aiff, chunk: Chunk) -> None:
    content = aiff.content(chunk, 512)
    aiff.common = read_common(content, aiff.exam, chunk, compressed=aiff.form == "AIFF-C")


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
    say = aiff.exam.invalid if held < needed * LEAST_SHARE else aiff.exam.warn
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
