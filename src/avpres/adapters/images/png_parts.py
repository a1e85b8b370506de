"""The chunks of a PNG: its header, its palette, its data, and what is kept beside the picture."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from avpres.adapters.images import exif, png_profiles
from avpres.adapters.images.window import Window
from avpres.domain.migration import Reason, Unmigratable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_PICTURE = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
_ANIMATION = {b"acTL", b"fcTL", b"fdAT"}
_XMP = b"XML:com.adobe.xmp"
_MOST_CONTROLS = 100_000  # that are kept in mind
_MOST_CHUNKS = 1_000_000
_MOST_HELD = 64 * 1024 * 1024  # bytes of chunks beside the picture, and of what they inflate to


@dataclass(slots=True)
class Parts:
    """What a PNG is made of."""

    width: int = 0
    height: int = 0
    depth: int = 0
    kind: int = 0  # colour type
    interlaced: bool = False
    palette: bytes = b""
    transparency: bytes | None = None
    frames: int = 1
    loops: int = 0
    controls: list[bytes] = field(default_factory=list)  # of frames (fcTL)
    has_still: bool = False  # outside of the animation
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    resolution: tuple[Fraction, Fraction] | None = None
    others: list[tuple[str, bytes]] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)  # of the chunks that matter to the picture
    data: list[tuple[int, int]] = field(default_factory=list)  # offset and length of each IDAT
    end: int = 0
    held: int = 0

    @property
    def channels(self) -> int:
        """Count the samples of a pixel, without a transparent colour's."""
        return CHANNELS[self.kind]


def read(window: Window) -> Parts:
    """Walk all chunks up to IEND; image data are passed over.

    Raises:
        Unmigratable: it is cut short, or has no header that a PNG may have.
    """
    parts = Parts()
    for name, place, length in _chunks(window):
        if name == b"IDAT":
            parts.data.append((place, length))
        elif name in _ANIMATION:
            _animate(parts, name, window.read(place, min(length, 26)))
        elif name == b"IEND":
            parts.end = place + length + 4
            break
        else:
            parts.held += length
            if parts.held > _MOST_HELD:
                raise Unmigratable(Reason.TOO_LARGE, "its chunks are larger than any picture's")
            _take(parts, name, window.read(place, length))
    if not parts.width or not parts.data:
        raise Unmigratable(Reason.DAMAGED, "it has no header, or no image data")
    return parts


def bare(window: Window, parts: Parts) -> bytes:
    """Give a PNG of the same samples and nothing else, so that no decoder changes them."""
    head = struct.pack(
        *(">IIBBBBB", parts.width, parts.height, parts.depth, parts.kind),
        *(0, 0, parts.interlaced),
    )
    data = [chunk(b"IDAT", window.read(place, length)) for place, length in parts.data]
    palette = [chunk(b"PLTE", parts.palette)] if parts.kind == 3 else []
    return b"".join([SIGNATURE, chunk(b"IHDR", head), *palette, *data, chunk(b"IEND", b"")])


def chunk(name: bytes, content: bytes) -> bytes:
    """Give a chunk with its length and checksum."""
    checksum = zlib.crc32(content, zlib.crc32(name))
    return b"".join([struct.pack(">I4s", len(content), name), content, struct.pack(">I", checksum)])


def inflated(data: bytes) -> bytes | None:
    """Give what a compressed text or profile holds; None if it is damaged or too long."""
    engine = zlib.decompressobj()
    try:
        found = engine.decompress(data, _MOST_HELD)
    except zlib.error:
        return None
    return found if engine.eof else None


def _chunks(window: Window) -> Iterator[tuple[bytes, int, int]]:
    """Give name, offset of the content, and length of each chunk."""
    place = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        length, name = struct.unpack(">I4s", window.read(place, 8))
        if not name.isalpha() or place + 12 + length > window.size:
            raise Unmigratable(Reason.DAMAGED, f"a chunk {name!r} of {length} bytes")
        yield name, place + 8, length
        place += length + 12
    raise Unmigratable(Reason.DAMAGED, "its chunks never come to an end")


def _take(parts: Parts, name: bytes, content: bytes) -> None:
    if name == b"IHDR":
        _header(parts, content)
    elif name == b"PLTE" and parts.kind == 3:
        parts.palette = content
    elif name == b"tRNS":
        parts.transparency = content
    elif not _take_known(parts, name, content):
        parts.others.append((f"png:{name.decode()}", content))


def _take_known(parts: Parts, name: bytes, content: bytes) -> bool:
    """Take out what the target has a place for; False where it has none, or has it already."""
    if name == b"iCCP" and parts.icc is None:
        rest = content.partition(b"\0")[2]
        parts.icc = inflated(rest[1:]) or b""
        return True
    if name == b"eXIf" and parts.exif is None and exif.is_whole(content):
        parts.exif = content
        return True
    if name == b"pHYs" and len(content) == 9 and content[8] == 1 and parts.resolution is None:
        across, down = struct.unpack_from(">II", content)
        parts.resolution = (Fraction(across), Fraction(down)) if across and down else None
        return parts.resolution is not None
    if name == b"iTXt" and content.startswith(_XMP + b"\0") and parts.xmp is None:
        parts.xmp = _international(content)
        return parts.xmp is not None
    return name in {b"tEXt", b"zTXt"} and _take_profile(parts, name, content)


def _take_profile(parts: Parts, chunk_name: bytes, content: bytes) -> bool:
    """Take a profile out of a text, as ImageMagick puts it there."""
    name = png_profiles.name(content)
    if not name:
        return False
    text = content.partition(b"\0")[2]
    raw = text if chunk_name == b"tEXt" else inflated(text[1:])
    found = png_profiles.profile(name, raw) if raw is not None else None
    if found is None or getattr(parts, found[0]) is not None:
        return False
    setattr(parts, *found)
    return True


def _header(parts: Parts, content: bytes) -> None:
    if len(content) != 13 or parts.width:
        raise Unmigratable(Reason.DAMAGED, "its header is not one")
    width, height, depth, kind, method, filters, interlace = struct.unpack(">IIBBBBB", content)
    if depth not in _DEPTHS.get(kind, set()) or method or filters or interlace > 1:
        raise Unmigratable(Reason.DAMAGED, "its header has impossible values")
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise Unmigratable(Reason.DAMAGED, f"{width} x {height} pixels")
    parts.width, parts.height, parts.depth, parts.kind = width, height, depth, kind
    parts.interlaced = bool(interlace)


def _international(content: bytes) -> bytes | None:
    """Give the text of an iTXt chunk."""
    rest = content[len(_XMP) + 1 :]
    fields = rest[2:].split(b"\0", 2)
    if len(rest) < 2 or len(fields) < 3:
        return None
    text = inflated(fields[2]) if rest[0] else fields[2]
    return text.rstrip(b"\0") if text is not None else None


def _animate(parts: Parts, name: bytes, content: bytes) -> None:
    if name == b"acTL" and len(content) == 8:
        parts.frames, parts.loops = struct.unpack(">II", content)
    elif name == b"fcTL" and len(content) == 26:
        parts.has_still |= bool(parts.data) and not parts.controls
        if len(parts.controls) <= _MOST_CONTROLS:
            parts.controls.append(content)
