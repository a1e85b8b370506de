"""Extensions of GIF 89a and the sub-blocks that all data of a GIF come in."""

import struct
from dataclasses import dataclass, field

from avpres.adapters.validators import gif_lzw, icc
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import CutError, Source

APPLICATION, COMMENT, CONTROL, PLAIN_TEXT = 0xFF, 0xFE, 0xF9, 0x01

MOST_SUB_BLOCKS = 2_000_000  # of a file, 510 MB of image data; walking them takes half a second
KEPT_TEXTS = 10  # comments that are kept


@dataclass(slots=True)
class Walk:
    """Where the walk is and what it has met."""

    source: Source
    exam: Examination
    width: int = 0
    height: int = 0
    palette: int = 0  # entries of the global colour table, 0 without one
    bits: int = 0  # of the largest colour table
    images: int = 0
    texts: int = 0
    controls: int = 0  # graphic control extensions since the last image
    transparent: bool = False
    delay: int = 0  # hundredths of a second
    sub_blocks: int = 0
    lzw_left: int = gif_lzw.BUDGET  # bytes of image data that may still be counted through
    first: tuple[int, int] = (0, 0)
    interlaced: bool = False
    comments: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)
    loops: int | None = None
    icc_profile: str = ""


def extension(walk: Walk, place: int) -> int:
    """Read an extension of any kind; give the offset behind it."""
    exam = walk.exam
    label, size = walk.source.read(place + 1, 2)
    if exam.version == "87a" and not exam.counts["GIF-87A-EXTENSION"]:
        exam.note("GIF-87A-EXTENSION", "a GIF 87a with an extension block of GIF 89a", place)
    reader = _READERS.get(label)
    if reader is None:
        text = f"an extension of the unknown kind {label:#04x}"
        exam.halt("GIF-UNKNOWN-EXTENSION", text, place, jhove="GIF-HUL-3")
    return reader(walk, place, size)


def _comment(walk: Walk, place: int, _size: int) -> int:
    end = sub_blocks(walk, place + 2)
    if len(walk.comments) < KEPT_TEXTS:
        text = joined(walk.source, place + 2, 4096)
        walk.comments.append(text.decode("utf-8", "replace").strip("\0 \r\n"))
    return end


def _control(walk: Walk, place: int, size: int) -> int:
    exam = walk.exam
    walk.controls += 1
    if walk.controls > 1:
        text = "more than one graphic control extension before an image"
        exam.broken("GIF-CONTROL-TWICE", text, place, jhove="GIF-HUL-5")
    if size != 4:
        text = f"a graphic control extension of {size} bytes, not 4"
        exam.halt("GIF-CONTROL-SIZE", text, place + 2, jhove="GIF-HUL-6")
    packed, delay, _, terminator = struct.unpack("<BHBB", walk.source.read(place + 3, 5))
    if terminator:
        exam.invalid("GIF-CONTROL-END", "a graphic control extension has no end", place + 7)
    if packed & 0xE0 or packed >> 2 & 7 > 3:
        exam.warn("GIF-RESERVED", "reserved bits of a graphic control extension are set", place + 3)
    walk.transparent |= bool(packed & 1)
    walk.delay += delay
    return place + 8


def _plain_text(walk: Walk, place: int, size: int) -> int:
    exam = walk.exam
    walk.texts += 1
    walk.controls = 0
    if size != 12:
        text = f"a plain text extension with a head of {size} bytes, not 12"
        exam.halt("GIF-TEXT-SIZE", text, place + 2, jhove="GIF-HUL-7")
    if not walk.palette:
        text = "a plain text extension without a global colour table"
        exam.invalid("GIF-TEXT-COLOURS", text, place, jhove="GIF-HUL-8")
    return sub_blocks(walk, place + 15)


def _application(walk: Walk, place: int, size: int) -> int:
    source, exam = walk.source, walk.exam
    if size != 11:
        text = f"an application extension with a head of {size} bytes, not 11"
        exam.halt("GIF-APPLICATION-SIZE", text, place + 2, jhove="GIF-HUL-1")
    name = source.read(place + 3, 11)
    if len(walk.applications) < KEPT_TEXTS:
        walk.applications.append(name.decode("latin-1").strip("\0 "))
    if name in {b"NETSCAPE2.0", b"ANIMEXTS1.0"}:
        data = source.read(place + 14, 4)
        if data[0] == 3 and data[1] == 1:
            walk.loops = data[2] | data[3] << 8
    end = sub_blocks(walk, place + 14)
    if name == b"ICCRGBG1012":
        profile = joined(source, place + 14)
        walk.icc_profile = icc.description(profile)
        for fault in icc.faults(profile):
            exam.warn("GIF-ICC", fault, place)
    return end


_READERS = {
    APPLICATION: _application,
    COMMENT: _comment,
    CONTROL: _control,
    PLAIN_TEXT: _plain_text,
}


def sub_blocks(walk: Walk, place: int) -> int:
    """Give the offset behind the empty sub-block that ends a series."""
    source = walk.source
    data, size = source.data, source.size
    while place < size:
        length = data[place] if data is not None else source.read(place, 1)[0]
        place += 1 + length
        if not length:
            return place
        walk.sub_blocks += 1
        if walk.sub_blocks > MOST_SUB_BLOCKS:
            walk.exam.flood("GIF-TOO-MANY-SUB-BLOCKS", "the image data never come to an end", place)
    raise CutError(min(place, size), 1, size)


def joined(source: Source, place: int, most: int = 1 << 20) -> bytes:
    """Give the content of a series of sub-blocks, which ends within the file."""
    parts = []
    total = 0
    while total < most:
        (length,) = source.read(place, 1)
        if not length:
            break
        parts.append(source.read(place + 1, length))
        place += 1 + length
        total += length
    return b"".join(parts)
