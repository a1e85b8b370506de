"""GIF 87a and 89a (CompuServe, 1987 and 1990): blocks, colour tables, extensions, trailer.

JHOVE's GIF-hul looks at the blocks alone. Here the first image data are also counted through
(`gif_lzw`), which finds damage that leaves the blocks in order.
"""

import struct

from avpres.adapters.validators import gif_lzw
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.gif_extensions import Walk, extension, joined, sub_blocks
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.technical import Image, MediaKind

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B

MOST_BLOCKS = 100_000  # of a file; an hour of animation has 36,000 images at ten a second


def validate(source: Source, exam: Examination) -> None:
    """Walk all blocks of a GIF up to its trailer and look at what follows."""
    exam.technical.kind = MediaKind.IMAGE
    walk = Walk(source, exam)
    if exam.rules.deep:
        walk.lzw_left = gif_lzw.DEEP_BUDGET
    try:
        place = _screen(walk)
        _blocks(walk, place)
    except CutError as cut:
        text = f"the file ends inside of what begins at byte {cut.offset}"
        exam.broken("GIF-CUT", text, source.size, jhove="GIF-HUL-10")
    finally:
        _describe(walk)


def _screen(walk: Walk) -> int:
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


def _blocks(walk: Walk, place: int) -> None:
    source, exam = walk.source, walk.exam
    for _ in range(MOST_BLOCKS):
        head = source.peek(place, 2)
        if not head:
            exam.broken("GIF-NO-TRAILER", "the trailer is missing", place, jhove="GIF-HUL-9")
            return
        if head[0] == IMAGE:
            place = _image(walk, place)
        elif head[0] == EXTENSION:
            place = extension(walk, place)
        elif head[0] == TRAILER:
            _after_trailer(walk, place + 1)
            return
        else:
            text = f"a block of the unknown kind {head[0]:#04x}: the block before may be damaged"
            exam.halt("GIF-UNKNOWN-BLOCK", text, place, jhove="GIF-HUL-2")
    exam.stop("GIF-TOO-MANY-BLOCKS", "the file was not walked to its end", place)


def _image(walk: Walk, place: int) -> int:
    """Walk an image with its colour table and data; give the offset behind it."""
    source, exam = walk.source, walk.exam
    left, top, width, height, packed = struct.unpack("<HHHHB", source.read(place + 1, 9))
    walk.images += 1
    walk.controls = 0
    if walk.images == 1:
        walk.first, walk.interlaced = (width, height), bool(packed & 0x40)
    if not width or not height:
        exam.warn("GIF-EMPTY-IMAGE", f"an image of {width} x {height} pixels", place)
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


def _image_data(walk: Walk, place: int, pixels: int, entries: int) -> int:
    source, exam = walk.source, walk.exam
    code_size = source.read(place, 1)[0]
    if not 1 <= code_size <= gif_lzw.LARGEST_START:
        text = f"the LZW minimum code size is {code_size}, but must be from 2 to 8"
        exam.broken("GIF-CODE-SIZE", text, place)
    elif entries and 1 << code_size > max(entries, 4):
        exam.note("GIF-CODE-SIZE-LARGE", "the LZW code size goes beyond the colour table", place)
    end = sub_blocks(walk, place + 1)
    if end - place <= 2:
        say = exam.invalid if pixels else exam.warn
        say("GIF-NO-DATA", "an image has no data", place)
    elif 2 <= code_size <= gif_lzw.LARGEST_START and end - place <= walk.lzw_left:
        walk.lzw_left -= end - place
        fault = gif_lzw.fault(joined(source, place + 1), code_size, pixels)
        if fault:
            exam.broken("GIF-IMAGE-DATA", fault, place)
    return end


def _after_trailer(walk: Walk, place: int) -> None:
    source, exam = walk.source, walk.exam
    extra = source.size - place
    if extra == 1 and source.peek(place, 1) not in {b"\0", b";"}:
        text = "one byte follows the end of the GIF: it may belong into the image"
        exam.invalid("GIF-BYTE-TOO-MANY", text, place)
    elif extra:
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


def _describe(walk: Walk) -> None:
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


def _properties(walk: Walk) -> dict[str, object]:
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
