"""PNG and APNG (W3C, third edition, 2025): checksums, order and content of all chunks.

Rules and their ids follow JHOVE's PNG-gdm; what it leaves out (inflating the image data, animation
chunks, unknown critical chunks) is checked too.
"""

import struct
import zlib
from collections import Counter
from dataclasses import dataclass, field

from avpres.adapters.validators import png_text
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.png_animation import end_frame
from avpres.adapters.validators.png_chunks import READERS
from avpres.adapters.validators.png_data import MOST, SAMPLES, Header, Inflater
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Image, MediaKind

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 125_000  # of a file; 1 GB of image data in pieces of 8 KiB
MOST_TEXT = 32 * 1024 * 1024  # bytes that all texts and profiles of a file may inflate to
HELD = 16 * 1024 * 1024  # bytes of a chunk that is read in one piece; longer ones stream

_COLOUR_SPACES = {0: "BlackIsZero", 2: "RGB", 3: "PaletteColor", 4: "BlackIsZero", 6: "RGB"}
_REPEATABLE = {b"tEXt", b"zTXt", b"iTXt", b"sPLT", b"IDAT", b"acTL", b"fcTL", b"fdAT"}
_BEFORE_PALETTE = {
    b"cHRM": "PNG-GDM-4",
    b"gAMA": "PNG-GDM-7",
    b"iCCP": "PNG-GDM-15",
    b"sBIT": "PNG-GDM-40",
    b"sRGB": "PNG-GDM-48",
}
_BEFORE_DATA: dict[bytes, str] = {
    **_BEFORE_PALETTE,
    b"iCCP": "PNG-GDM-16",
    b"sRGB": "PNG-GDM-49",
    b"PLTE": "PNG-GDM-35",
    b"bKGD": "PNG-GDM-1",
    b"hIST": "PNG-GDM-13",
    b"pHYs": "PNG-GDM-31",
    b"sPLT": "PNG-GDM-43",
    b"tRNS": "PNG-GDM-59",
}


@dataclass(slots=True)
class Walk:
    """Where the walk is and what it has met."""

    source: Source
    exam: Examination
    image: Image = field(default_factory=Image)
    header: Header | None = None
    seen: Counter[bytes] = field(default_factory=Counter)
    before: bytes = b""  # the chunk before
    palette: int = 0  # entries
    pixels: Inflater | None = None
    frame: Inflater | None = None  # of the animation, past the first image
    inflatable: int = MOST  # bytes, of the frames still to come
    text_left: int = MOST_TEXT  # bytes that texts and profiles may still inflate to
    sequence: int = 0  # number of the next animation chunk
    frames: int | None = None  # that acTL announces
    texts: dict[str, str] = field(default_factory=dict)


def validate(source: Source, exam: Examination) -> None:
    """Walk all chunks of a PNG up to IEND and look at what follows."""
    exam.technical.kind = MediaKind.IMAGE
    if source.peek(0, 8) != SIGNATURE:
        exam.halt("PNG-SIGNATURE", "the file does not begin as a PNG", 0, jhove="PNG-GDM-66")
    exam.version = "1.2"
    walk = Walk(source, exam)
    try:
        _chunks(walk)
    finally:
        _describe(walk)


def _chunks(walk: Walk) -> None:
    place = 8
    for _ in range(MOST_CHUNKS):
        if place >= walk.source.size:
            break
        length, name = _head(walk, place)
        _order(walk, name, place)
        _content(walk, name, place + 8, length)
        walk.seen[name] += 1
        walk.before = name
        place += length + 12
        if name == b"IEND":
            break
    else:
        walk.exam.stop("PNG-TOO-MANY-CHUNKS", "the file was not walked to its end", place)
        return
    _end(walk, place)


def _head(walk: Walk, place: int) -> tuple[int, bytes]:
    """Give length and name of a chunk that lies wholly in the file."""
    source, exam = walk.source, walk.exam
    head = source.peek(place, 8)
    if len(head) < 8:
        exam.halt("PNG-CUT", "the file ends inside of a chunk", source.size, jhove="PNG-GDM-69")
    length, name = struct.unpack(">I4s", head)
    if not name.isalpha():
        exam.halt("PNG-CHUNK-NAME", f"a chunk has the impossible name {name!r}", place + 4)
    if place + 12 + length > source.size:
        text = f"the file ends inside of the chunk {name.decode()} of {length} bytes"
        exam.halt("PNG-CUT", text, source.size, jhove="PNG-GDM-69")
    if not name[2:3].isupper():
        exam.warn("PNG-RESERVED-NAME", f"the chunk name {name.decode()} is reserved", place + 4)
    return length, name


def _order(walk: Walk, name: bytes, place: int) -> None:
    exam, seen, word = walk.exam, walk.seen, name.decode()
    if not seen and name != b"IHDR":
        exam.broken("PNG-IHDR-NOT-FIRST", f"the first chunk is {word}, not IHDR", place)
    if seen[name] and name not in _REPEATABLE and name in READERS:
        text = f"there is more than one chunk {word}"
        exam.broken("PNG-CHUNK-TWICE", text, place, jhove=_TWICE.get(name, "PNG-GDM-38"))
    if name == b"IDAT" and seen[name] and walk.before != b"IDAT":
        text = "the chunks with image data do not follow each other"
        exam.broken("PNG-DATA-SCATTERED", text, place, jhove="PNG-GDM-20")
    if name in _BEFORE_PALETTE and seen[b"PLTE"]:
        text = f"the chunk {word} stands after the palette"
        exam.broken("PNG-ORDER", text, place, jhove=_BEFORE_PALETTE[name])
    elif name in _BEFORE_DATA and seen[b"IDAT"]:
        text = f"the chunk {word} stands after the image data"
        exam.broken("PNG-ORDER", text, place, jhove=_BEFORE_DATA[name])
    if name not in READERS and name[:1].isupper():
        exam.invalid("PNG-CRITICAL-CHUNK", f"the critical chunk {word} is not known", place)


_TWICE = {b"IHDR": "PNG-GDM-22", b"PLTE": "PNG-GDM-34"}


def _content(walk: Walk, name: bytes, start: int, length: int) -> None:
    """Check the checksum of a chunk and have its content read."""
    source = walk.source
    if length <= HELD:
        data = source.read(start, length)
        checksum = zlib.crc32(data, zlib.crc32(name))
        reader = READERS.get(name)
        if reader is not None:
            reader(walk, data, start)
    else:
        checksum = zlib.crc32(name)
        for piece in source.chunks(start, start + length):
            checksum = zlib.crc32(piece, checksum)
            if name == b"IDAT":
                READERS[name](walk, piece, start)
    if checksum != int.from_bytes(source.read(start + length, 4), "big"):
        text = f"the checksum of the chunk {name.decode()} is wrong: its content is damaged"
        walk.exam.broken("PNG-CRC", text, start + length, jhove="PNG-GDM-68")


def _end(walk: Walk, place: int) -> None:
    exam, seen, source = walk.exam, walk.seen, walk.source
    for name, jhove in ((b"IHDR", "PNG-GDM-71"), (b"IDAT", "PNG-GDM-72"), (b"IEND", "PNG-GDM-73")):
        if not seen[name]:
            text = f"there is no chunk {name.decode()}"
            exam.broken("PNG-MISSING-CHUNK", text, place, jhove=jhove)
    if walk.before == b"IEND" and source.size > place:
        text = f"{source.size - place} bytes follow the end of the PNG"
        exam.broken("PNG-TRAILING", text, place, jhove="PNG-GDM-67")
    colour = walk.header.colour if walk.header else None
    if colour == 3 and not seen[b"PLTE"]:
        exam.broken("PNG-NO-PALETTE", "the palette is missing", place, jhove="PNG-GDM-74")
    if colour in {0, 4} and seen[b"PLTE"]:
        text = "a greyscale image with a palette"
        exam.broken("PNG-PALETTE-FORBIDDEN", text, place, jhove="PNG-GDM-75")
    _pixels_end(walk, place)


def _pixels_end(walk: Walk, place: int) -> None:
    exam, pixels = walk.exam, walk.pixels
    if pixels is not None and walk.seen[b"IDAT"]:
        pixels.end()
        if pixels.fault:
            exam.broken("PNG-IMAGE-DATA", pixels.fault, place)
        if pixels.extra:
            exam.warn("PNG-EXTRA-DATA", "there are more data than the image needs", place)
        if pixels.stopped and pixels.expected > png_text.BOMB * walk.source.size:
            exam.stop("PNG-BOMB", "the image grows out of proportion; it was not inflated", place)
        elif pixels.stopped:
            text = "a very large image: the checksums are right, but not all of it was inflated"
            exam.note("PNG-PARTLY-INFLATED", text)
    end_frame(walk, place)
    if walk.frames is not None and walk.frames != walk.seen[b"fcTL"]:
        text = f"the animation has {walk.seen[b'fcTL']} frames, not the {walk.frames} announced"
        exam.warn("PNG-FRAMES", text, place)


def _describe(walk: Walk) -> None:
    exam, header, image = walk.exam, walk.header, walk.image
    if header is None:
        return
    samples = SAMPLES[header.colour]
    image.width, image.height = header.width, header.height
    image.samples_per_pixel = samples
    image.bits_per_sample = (header.depth,) * samples
    image.colour_space = _COLOUR_SPACES[header.colour]
    image.compression, image.byte_order = "Deflate", "big endian"
    image.has_alpha = header.colour in {4, 6} or bool(walk.seen[b"tRNS"])
    image.extra_samples = (2,) if header.colour in {4, 6} else ()
    image.orientation = image.orientation or 1
    exam.technical.images.append(image)
    properties = exam.technical.properties
    properties["interlaced"] = header.interlaced
    properties["chunks"] = {name.decode(): count for name, count in walk.seen.items()}
    if walk.palette:
        properties["palette_size"] = walk.palette
    if walk.texts:
        properties["texts"] = walk.texts
    if walk.frames is not None:
        exam.profile = "APNG"
        properties["frames"] = walk.frames
