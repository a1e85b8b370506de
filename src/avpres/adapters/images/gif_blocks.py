"""The blocks of a GIF (CompuServe, 1987 and 1990): its screen, its frames, and what is beside them.

Everything is walked up to the trailer in bounded memory; image data are skipped.
"""

import struct
from dataclasses import dataclass, field

from avpres.adapters.images.window import Window
from avpres.domain.migration import Reason, Unmigratable

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_APPLICATION, _COMMENT, _CONTROL, _PLAIN_TEXT = 0xFF, 0xFE, 0xF9, 0x01
_SHOWN = 0x80  # labels below it are of what is painted (appendix: Blocks)
_HEADS = {_APPLICATION: 11, _CONTROL: 4, _PLAIN_TEXT: 12}  # bytes of the first sub-block
_NAMES = {_COMMENT: "comment", _PLAIN_TEXT: "gif:plain-text"}
_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
_XMP, _ICC = b"XMP DataXMP", b"ICCRGBG1012"
_MAGIC = b"\1" + bytes(range(255, -1, -1)) + b"\0"  # behind XMP, which is no sub-blocks
_MOST_BLOCKS = 400_000  # of a file: frames and extensions
_MOST_SUB_BLOCKS = 8_000_000  # of a file; two gigabytes of image data
_MOST_HELD = 64 * 1024 * 1024  # bytes of texts and profiles
_MOST_FRAMES = 100_000  # that are kept in mind; more are counted


@dataclass(frozen=True, slots=True)
class Control:
    """What a graphic control extension says of the image behind it."""

    transparent: int | None = None
    delay: int = 0  # hundredths of a second
    disposal: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """One image, and the graphic control before it."""

    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    colours: int  # entries of its own table; 0: the screen's
    table: int  # offset of its own table
    data: int  # offset of the LZW code size
    end: int  # offset behind its data
    control: Control


@dataclass(slots=True)
class Blocks:
    """What a GIF is made of."""

    width: int
    height: int
    colours: int  # entries of the screen's table; 0 without one
    background: int
    aspect: int
    frames: list[Frame] = field(default_factory=list)
    count: int = 0  # of frames
    loops: int | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    others: list[tuple[str, bytes]] = field(default_factory=list)
    end: int = 0  # offset behind the trailer
    control: Control | None = None  # that waits for its image
    sub_blocks: int = 0
    held: int = 0  # bytes of texts and profiles


def read(window: Window) -> Blocks:
    """Walk all blocks of a GIF.

    Raises:
        Unmigratable: the file is cut short, or holds what no GIF holds.
    """
    head = window.read(0, 13)
    width, height, packed, background, aspect = struct.unpack("<HHBBB", head[6:])
    colours = 2 << (packed & 7) if packed & 0x80 else 0
    blocks = Blocks(width, height, colours, background, aspect)
    place = 13 + 3 * colours
    for _ in range(_MOST_BLOCKS):
        mark = window.byte(place)
        if mark == _TRAILER:
            blocks.end = place + 1
            return blocks
        if mark == _IMAGE:
            place = _image(blocks, window, place)
        elif mark == _EXTENSION:
            place = _extension(blocks, window, place)
        else:
            raise Unmigratable(Reason.DAMAGED, f"a block of the unknown kind {mark:#04x}")
    raise Unmigratable(Reason.TOO_LARGE, "its blocks never come to an end")


def joined(window: Window, place: int) -> bytes:
    """Give the content of the sub-blocks from an offset on."""
    parts = []
    while length := window.byte(place):
        parts.append(window.read(place + 1, length))
        place += 1 + length
    return b"".join(parts)


def bare(window: Window, blocks: Blocks) -> bytes:
    """Give a GIF of the same frames and nothing else, each with a graphic control.

    By these FFmpeg tells frames apart; giflib stumbles over empty comments.
    """
    parts = [b"GIF89a", window.read(6, 7 + 3 * blocks.colours)]
    for frame in blocks.frames:
        control = frame.control
        packed = control.disposal << 2 | (control.transparent is not None)
        values = (packed, control.delay, control.transparent or 0, 0)
        parts.append(b"!\xf9\4" + struct.pack("<BHBB", *values))
        parts.append(window.read(frame.table - 10, frame.end - frame.table + 10))
    return b"".join([*parts, b";"])


def _image(blocks: Blocks, window: Window, place: int) -> int:
    left, top, width, height, packed = struct.unpack("<HHHHB", window.read(place + 1, 9))
    colours = 2 << (packed & 7) if packed & 0x80 else 0
    table = place + 10
    data = table + 3 * colours
    end = _skipped(blocks, window, data + 1)
    if len(blocks.frames) < _MOST_FRAMES:
        interlaced, control = bool(packed & 0x40), blocks.control or Control()
        blocks.frames.append(
            Frame(left, top, width, height, interlaced, colours, table, data, end, control)
        )
    blocks.control = None
    blocks.count += 1
    return end


def _extension(blocks: Blocks, window: Window, place: int) -> int:
    label, size = window.read(place + 1, 2)
    if label < _SHOWN and label != _PLAIN_TEXT:
        raise Unmigratable(Reason.DAMAGED, f"an extension of the unknown kind {label:#04x}")
    if size != _HEADS.get(label, size):
        raise Unmigratable(Reason.DAMAGED, f"an extension {label:#04x} with a head of {size} bytes")
    end = _skipped(blocks, window, place + 2)
    if label == _CONTROL:
        _take_control(blocks, window.read(place + 3, 5))
    elif label == _APPLICATION:
        _take_application(blocks, window, place + 3, end)
    else:
        name = _NAMES.get(label, f"gif:extension-{label:#04x}")
        if label == _PLAIN_TEXT:
            blocks.control = None  # it was the text's
        _hold(blocks, end - place)
        blocks.others.append((name, joined(window, place + 2)))
    return end


def _skipped(blocks: Blocks, window: Window, place: int) -> int:
    """Give the offset behind the empty sub-block that ends a series."""
    while length := window.byte(place):
        place += 1 + length
        blocks.sub_blocks += 1
        if blocks.sub_blocks > _MOST_SUB_BLOCKS:
            raise Unmigratable(Reason.TOO_LARGE, "its blocks never come to an end")
    return place + 1


def _take_control(blocks: Blocks, raw: bytes) -> None:
    if blocks.control is not None:
        raise Unmigratable(Reason.DAMAGED, "two graphic controls before one image")
    packed, delay, transparent, end = struct.unpack("<BHBB", raw)
    disposal = packed >> 2 & 7
    if end or disposal > 3:
        raise Unmigratable(Reason.DAMAGED, "a graphic control with impossible values")
    blocks.control = Control(transparent if packed & 1 else None, delay, disposal)


def _take_application(blocks: Blocks, window: Window, place: int, end: int) -> None:
    name = window.read(place, 11)
    _hold(blocks, end - place)
    content = window.read(place + 11, end - place - 11)
    is_packet = name == _XMP and content.endswith(_MAGIC)
    content = content[: -len(_MAGIC)] if is_packet else joined(window, place + 11)
    if name == _XMP and blocks.xmp is None and content.lstrip().startswith(b"<"):
        blocks.xmp = content.rstrip(b"\0")
    elif name == _ICC and blocks.icc is None:
        blocks.icc = content
    elif name in _LOOPS and len(content) >= 3 and content[0] == 1:
        blocks.loops = content[1] | content[2] << 8
    else:
        blocks.others.append((f"gif:{name.decode('latin-1')}", content))


def _hold(blocks: Blocks, length: int) -> None:
    blocks.held += length
    if blocks.held > _MOST_HELD:
        raise Unmigratable(Reason.TOO_LARGE, "its texts are longer than any picture's")
