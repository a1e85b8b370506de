"""The header of a TGA (Truevision, 1989 and 1991), and the extension at the end of its second form.

It has no mark at its beginning: a header counts only if every field of it makes sense.
"""

import struct
from dataclasses import dataclass

from avpres.adapters.images.window import Window
from avpres.domain.imaging import Alpha
from avpres.domain.migration import Reason, Unmigratable

HEADER = 18  # bytes
INDEXED, COLOUR, GREY = 1, 2, 3
_DEPTHS = {INDEXED: {8}, COLOUR: {15, 16, 24, 32}, GREY: {8, 16}}
_ATTRIBUTES = {8: {0, 8}, 15: {0, 1}, 16: {0, 1, 8}, 24: {0}, 32: {0, 8}}
_ENTRIES = {24, 32}
_FOOTER, _MARK = 26, b"TRUEVISION-XFILE.\0"
_EXTENSION = 495  # bytes; the last of them says what the attribute bits are
_MEANINGS = {3: Alpha.UNASSOCIATED, 4: Alpha.ASSOCIATED}


@dataclass(frozen=True, slots=True)
class Header:
    """What a TGA says of itself."""

    kind: int  # INDEXED, COLOUR or GREY
    packed: bool
    name: int  # bytes of the image's name, behind the header
    first: int  # index of the palette's first entry
    colours: int
    entry: int  # bytes of an entry
    width: int
    height: int
    depth: int
    attributes: int  # bits
    from_right: bool
    from_top: bool
    alpha: Alpha | None  # as the extension tells; None where it tells nothing
    extension: int = 0  # offset

    @property
    def palette(self) -> int:
        """Give the offset of the palette."""
        return HEADER + self.name

    @property
    def pixels(self) -> int:
        """Give the offset of the pixels."""
        return self.palette + self.colours * self.entry

    @property
    def step(self) -> int:
        """Count the bytes of a pixel."""
        return (self.depth + 7) // 8


def read(window: Window) -> Header:
    """Read the header.

    Raises:
        Unmigratable: this is no TGA, nor anything else that is known.
    """
    raw = window.peek(0, HEADER)
    if len(raw) < HEADER:
        raise Unmigratable(Reason.UNKNOWN_FORMAT)
    name, has_map, kind, first, colours, entry = struct.unpack_from("<BBBHHB", raw)
    width, height, depth, descriptor = struct.unpack_from("<HHBB", raw, 12)
    packed, kind, attributes = bool(kind & 8), kind & ~8, descriptor & 15
    sound = (
        depth in _DEPTHS.get(kind, set())
        and attributes in _ATTRIBUTES[depth]
        and not descriptor & 0xC0
        and has_map == (kind == INDEXED)
        and (entry in _ENTRIES if has_map else (first, colours, entry) == (0, 0, 0))
        and (not has_map or 0 < first + colours <= 256)
    )
    if not sound or not width or not height:
        raise Unmigratable(Reason.UNKNOWN_FORMAT)
    alpha, extension = _extension(window)
    header = Header(
        *(kind, packed, name, first, colours, entry // 8, width, height, depth, attributes),
        *(bool(descriptor & 0x10), bool(descriptor & 0x20), alpha, extension),
    )
    _check_size(header, window)
    return header


def marked(window: Window) -> int:
    """Count the bytes of the footer, by which the second form is known."""
    return _FOOTER if _is_marked(window) else 0


def _check_size(header: Header, window: Window) -> None:
    """Refuse a file that is too small for its own header; a packet gives 128 pixels at most."""
    pixels = header.width * header.height
    least = -(-pixels // 128) * (1 + header.step) if header.packed else pixels * header.step
    if header.pixels + least > window.size:
        marked = bool(header.extension) or _is_marked(window)
        reason = Reason.DAMAGED if marked else Reason.UNKNOWN_FORMAT
        raise Unmigratable(reason, "as a TGA it would be cut short")


def _is_marked(window: Window) -> bool:
    return window.peek(max(window.size - 18, 0), 18) == _MARK


def _extension(window: Window) -> tuple[Alpha | None, int]:
    """Give what the extension of the second form tells of the attribute bits."""
    if window.size < HEADER + _FOOTER or not _is_marked(window):
        return None, 0
    (place,) = struct.unpack("<I", window.read(window.size - _FOOTER, 4))
    if not place or place + _EXTENSION > window.size:
        return None, 0
    return _MEANINGS.get(window.byte(place + _EXTENSION - 1), Alpha.NONE), place
