"""GIF 87a and 89a (CompuServe, 1987 and 1990): blocks, colour tables, extensions, trailer.

JHOVE's GIF-hul looks at the blocks alone. Here the first image data are also counted through
(`gif_lzw`), which finds damage that leaves the blocks in order.
"""

import struct
from dataclasses import dataclass, field

from avpres.adapters.validators import gif_lzw, icc
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.technical import Image, MediaKind

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
APPLICATION, COMMENT, CONTROL, PLAIN_TEXT = 0xFF, 0xFE, 0xF9, 0x01

MOST_BLOCKS = 100_000  # of a file; an hour of animation has 36,000 images at ten a second
MOST_SUB_BLOCKS = 2_000_000  # of a file, 510 MB of image data; walking them takes half a second
KEPT_TEXTS = 10  # comments that are kept


@dataclass(slots=True)
class _Walk:
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


def validate(source: Source, exam: Examination) -> None:
    """Walk all blocks of a GIF up to its trailer and look at what follows."""
    exam.technical.kind = MediaKind.IMAGE
    walk = _Walk(source, exam)
    try:
        place = _screen(walk)
        _blocks(walk, place)
    except CutError as cut:
        text = f"the file ends inside of what begins at byte {cut.offset}"
        exam.broken("GIF-CUT", text, source.size, jhove="GIF-HUL-10")
    finally:
        _describe(walk)


def _screen(walk: _Walk) -> int:
    """Read header and logical screen; give the offset of the first block."""
    source, exam = walk.source, walk.exam
    signature = source.peek(0, 6)
    if signature not in {b"GIF87a", b"GIF89a"}:
        exam.halt("GIF-SIGNATURE", "the file does not begin as a GIF", 0, jhove="GIF-HUL-4")
    exam.version = signature[3:].decode()
    exam.profile = f"GIF {exam.version}"
    walk.width, walk.height, packed, background, _ = struct.unpack("<HHBBB", source.read(6, 7))
    if not packed & 0x80:
        return 13
    walk.bits = (packed & 7) + 1
    walk.palette = 1 << walk.bits
    if background >= walk.palette:
        exam.note("GIF-BACKGROUND", "the background colour is not in the colour table", 11)
    source.read(13, 3 * walk.palette)
    return 13 + 3 * walk.palette


def _blocks(walk: _Walk, place: int) -> None:
    source, exam = walk.source, walk.exam
    for _ in range(MOST_BLOCKS):
        head = source.peek(place, 2)
        if not head:
            exam.broken("GIF-NO-TRAILER", "the trailer is missing", place, jhove="GIF-HUL-9")
            return
        if head[0] == IMAGE:
            place = _image(walk, place)
        elif head[0] == EXTENSION:
            place = _extension(walk, place)
        elif head[0] == TRAILER:
            _after_trailer(walk, place + 1)
            return
        else:
            text = f"a block of the unknown kind {head[0]:#04x}: the block before may be damaged"
            exam.halt("GIF-UNKNOWN-BLOCK", text, place, jhove="GIF-HUL-2")
    exam.undetermined("GIF-TOO-MANY-BLOCKS", "the file was not walked to its end", place)


def _image(walk: _Walk, place: int) -> int:
    """Walk an image with its colour table and data; give the offset behind it."""
    source, exam = walk.source, walk.exam
    left, top, width, height, packed = struct.unpack("<HHHHB", source.read(place + 1, 9))
    walk.images += 1
    walk.controls = 0
    if walk.images == 1:
        walk.first, walk.interlaced = (width, height), bool(packed & 0x40)
    if not width or not height:
        exam.invalid("GIF-EMPTY-IMAGE", f"an image of {width} x {height} pixels", place)
    elif left + width > walk.width or top + height > walk.height:
        exam.warn("GIF-OUTSIDE-SCREEN", "an image reaches beyond the logical screen", place)
    if packed & 0x18:
        exam.warn("GIF-RESERVED", "reserved bits of an image descriptor are set", place + 9)
    data = place + 10
    entries = walk.palette
    if packed & 0x80:
        bits = (packed & 7) + 1
        walk.bits = max(walk.bits, bits)
        entries = 1 << bits
        source.read(data, 3 * entries)
        data += 3 * entries
    if not entries:
        exam.warn("GIF-NO-COLOURS", "an image has no colour table at all", place)
    return _image_data(walk, data, width * height, entries)


def _image_data(walk: _Walk, place: int, pixels: int, entries: int) -> int:
    source, exam = walk.source, walk.exam
    code_size = source.read(place, 1)[0]
    if not 1 <= code_size <= gif_lzw.LARGEST_START:
        text = f"the LZW minimum code size is {code_size}, but must be from 2 to 8"
        exam.broken("GIF-CODE-SIZE", text, place)
    elif entries and 1 << code_size > max(entries, 4):
        exam.note("GIF-CODE-SIZE-LARGE", "the LZW code size goes beyond the colour table", place)
    end = _sub_blocks(walk, place + 1)
    if end - place <= 2:
        exam.invalid("GIF-NO-DATA", "an image has no data", place)
    elif 2 <= code_size <= gif_lzw.LARGEST_START and pixels and end - place <= walk.lzw_left:
        walk.lzw_left -= end - place
        fault = gif_lzw.fault(_joined(source, place + 1), code_size, pixels)
        if fault:
            exam.broken("GIF-IMAGE-DATA", fault, place)
    return end


def _sub_blocks(walk: _Walk, place: int) -> int:
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
            walk.exam.halt("GIF-TOO-MANY-SUB-BLOCKS", "the image data never come to an end", place)
    raise CutError(min(place, size), 1, size)


def _joined(source: Source, place: int, most: int = 1 << 20) -> bytes:
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


def _extension(walk: _Walk, place: int) -> int:
    exam = walk.exam
    label, size = walk.source.read(place + 1, 2)
    if exam.version == "87a" and not exam.counts["GIF-87A-EXTENSION"]:
        exam.note("GIF-87A-EXTENSION", "a GIF 87a with an extension block of GIF 89a", place)
    reader = _READERS.get(label)
    if reader is None:
        text = f"an extension of the unknown kind {label:#04x}"
        exam.halt("GIF-UNKNOWN-EXTENSION", text, place, jhove="GIF-HUL-3")
    return reader(walk, place, size)


def _comment(walk: _Walk, place: int, _size: int) -> int:
    end = _sub_blocks(walk, place + 2)
    if len(walk.comments) < KEPT_TEXTS:
        text = _joined(walk.source, place + 2, 4096)
        walk.comments.append(text.decode("utf-8", "replace").strip("\0 \r\n"))
    return end


def _control(walk: _Walk, place: int, size: int) -> int:
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


def _plain_text(walk: _Walk, place: int, size: int) -> int:
    exam = walk.exam
    walk.texts += 1
    walk.controls = 0
    if size != 12:
        text = f"a plain text extension with a head of {size} bytes, not 12"
        exam.halt("GIF-TEXT-SIZE", text, place + 2, jhove="GIF-HUL-7")
    if not walk.palette:
        text = "a plain text extension without a global colour table"
        exam.invalid("GIF-TEXT-COLOURS", text, place, jhove="GIF-HUL-8")
    return _sub_blocks(walk, place + 15)


def _application(walk: _Walk, place: int, size: int) -> int:
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
    end = _sub_blocks(walk, place + 14)
    if name == b"ICCRGBG1012":
        profile = _joined(source, place + 14)
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


def _after_trailer(walk: _Walk, place: int) -> None:
    source, exam = walk.source, walk.exam
    extra = source.size - place
    if extra:
        exam.warn("GIF-TRAILING", f"{extra} bytes follow the end of the GIF", place)
    if not walk.images and not walk.texts:
        say = exam.invalid if extra else exam.warn
        say("GIF-NO-IMAGE", "the file holds no image", place)
    elif _ends_again(source, place):
        text = "a second trailer ends the file: the first may stand inside of damaged blocks"
        exam.invalid("GIF-SECOND-TRAILER", text, place - 1)


def _ends_again(source: Source, place: int) -> bool:
    """Say whether what follows the trailer ends as a GIF does, and is none of its own."""
    follows = source.size - place > 2 and source.peek(place, 4) != b"GIF8"
    return follows and source.peek(source.size - 2, 2) == b"\0;"


def _describe(walk: _Walk) -> None:
    technical = walk.exam.technical
    if not walk.exam.version:
        return
    width, height = walk.first
    technical.images.append(
        Image(
            width=walk.width or width,
            height=walk.height or height,
            bits_per_sample=(walk.bits or 8,),
            samples_per_pixel=1,
            colour_space="PaletteColor",
            compression="LZW",
            byte_order="little endian",
            orientation=1,
            icc_profile=walk.icc_profile,
            has_alpha=walk.transparent,
        )
    )
    technical.properties.update(_properties(walk))


def _properties(walk: _Walk) -> dict[str, object]:
    found: dict[str, object] = {
        "frames": walk.images,
        "interlaced": walk.interlaced,
        "palette_size": 1 << walk.bits if walk.bits else 0,
    }
    if walk.images > 1:
        found["duration"] = walk.delay / 100
    if walk.loops is not None:
        found["loops"] = walk.loops
    if walk.comments:
        found["comments"] = walk.comments
    if walk.applications:
        found["applications"] = walk.applications
    return found
