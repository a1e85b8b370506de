"""TGA: indices, colours or greys, with or without run lengths, from any corner.

Rule for the attribute bits: the extension of the second form decides, else 8 bits that the header
tells of are opacity. Where neither tells of opacity and the bits are the same in all pixels, they
are left out and told; where they differ, the file is refused.
"""

from collections.abc import Iterator

import numpy as np

from avpres import __version__
from avpres.adapters.images import remains, simple_second, tga_header
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster, Samples
from avpres.adapters.images.tga_header import COLOUR, GREY, INDEXED, Header
from avpres.adapters.images.window import Window
from avpres.domain.imaging import Alpha, Colour, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable

_COLOURS = {INDEXED: Colour.PALETTE, COLOUR: Colour.RGB, GREY: Colour.GREY}
_BITS = {8: (8,), 15: (5, 5, 5), 16: (5, 5, 5), 24: (8, 8, 8), 32: (8, 8, 8)}


def probe(window: Window) -> Traits:
    """Tell what a TGA is from its header."""
    header = tga_header.read(window)
    alpha = _alpha(header)
    bits = (8,) if header.kind == GREY else _BITS[header.depth]
    has_channel = alpha in {Alpha.UNASSOCIATED, Alpha.ASSOCIATED} and header.kind != INDEXED
    flags = {"top-down": header.from_top, "from-right": header.from_right}
    return Traits(
        ImageFormat.TGA,
        _COLOURS[header.kind],
        "RLE" if header.packed else "none",
        (*bits, 8) if has_channel else bits,
        header.width,
        header.height,
        alpha=alpha,
        metadata=frozenset({"other"} if header.name or header.extension else ()),
        flags=frozenset(name for name, is_so in flags.items() if is_so),
    )


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give the picture.

    Raises:
        Unmigratable: it is cut short, cannot be decided, or is read differently by two decoders.
    """
    window = Window.over(data)
    header = tga_header.read(window)
    limits.picture(max(header.width, traits.width), max(header.height, traits.height))
    pixels, end = _pixels(header, window)
    raster = _raster(header, window, pixels)
    second = simple_second.agree(bytes(data), raster, "targa")
    others = []
    if header.name:
        others.append(("tga:name", window.read(tga_header.HEADER, header.name)))
    rest = window.peek(end, window.size - end)
    if not header.extension:
        row = 0 if header.packed else header.width * header.step
        remains.behind(window, end, window.size - tga_header.marked(window), row)
    if rest.strip(b"\0"):
        others.append(("tga:rest", rest))
    ours = f"avpres {__version__} (TGA)"
    yield Page(raster, Embedded(others=tuple(others)), decoders=(ours, second))


def _alpha(header: Header) -> Alpha:
    """Say what the attribute bits are."""
    if header.kind == INDEXED:
        return Alpha.INDEX if header.entry == 4 else Alpha.NONE
    has_byte = header.depth == 32 or (header.kind == GREY and header.depth == 16)
    if not has_byte or header.attributes != 8:
        return Alpha.NONE
    return Alpha.UNASSOCIATED if header.alpha is None else header.alpha


def _pixels(header: Header, window: Window) -> tuple[Samples, int]:
    """Give rows of pixels of bytes from the upper left, and the offset behind them."""
    count = header.width * header.height
    if header.packed:
        raw, end = _unpacked(window, header.pixels, count, header.step)
    else:
        raw = window.read(header.pixels, count * header.step)
        end = header.pixels + len(raw)
    pixels = np.frombuffer(raw, np.uint8).reshape(header.height, header.width, header.step)
    if not header.from_top:
        pixels = pixels[::-1]
    return pixels[:, ::-1] if header.from_right else pixels, end


def _unpacked(window: Window, place: int, count: int, step: int) -> tuple[bytes, int]:
    """Undo the run lengths, whose packets may go on in the next row."""
    parts = []
    given = 0
    while given < count:
        head = window.byte(place)
        number = (head & 127) + 1
        if head & 128:
            parts.append(window.read(place + 1, step) * number)
            place += 1 + step
        else:
            parts.append(window.read(place + 1, step * number))
            place += 1 + step * number
        given += number
    if given != count:
        raise Unmigratable(Reason.DAMAGED, "its run lengths give more pixels than it has")
    return b"".join(parts), place


def _raster(header: Header, window: Window, pixels: Samples) -> Raster:
    if header.kind == INDEXED:
        return _indexed(header, window, pixels)
    alpha = _alpha(header)
    if header.kind == GREY:
        parts, rest = [pixels[:, :, 0]], pixels[:, :, 1:]
    elif header.step == 2:
        words = np.ascontiguousarray(pixels).view("<u2")[:, :, 0]
        parts = [(words >> shift & 31).astype(np.uint8) for shift in (10, 5, 0)]
        rest = words[:, :, np.newaxis] >> 15
    else:
        parts, rest = [pixels[:, :, each] for each in (2, 1, 0)], pixels[:, :, 3:]
    bits = (8,) if header.kind == GREY else _BITS[header.depth]
    notes: tuple[str, ...] = ()
    if alpha is not Alpha.NONE:
        parts.append(rest[:, :, 0])
        bits = (*bits, 8)
    elif rest.size:
        notes = _left_out(rest)
    samples = np.ascontiguousarray(np.stack(parts, axis=2))
    return Raster(samples, bits, _COLOURS[header.kind], alpha).noted(*notes)


def _left_out(rest: Samples) -> tuple[str, ...]:
    first = int(rest.flat[0])
    if (rest != first).any():
        raise Unmigratable(Reason.MULTI_ALPHA, "attribute bits that may be opacity or nothing")
    return (f"attribute bits of {first} left out",)


def _indexed(header: Header, window: Window, pixels: Samples) -> Raster:
    raw = window.read(header.palette, header.colours * header.entry)
    told = np.frombuffer(raw, np.uint8).reshape(header.colours, header.entry)
    order = [2, 1, 0, 3][: header.entry]
    entries = np.zeros((header.first + header.colours, header.entry), np.uint8)
    entries[header.first :] = told[:, order]
    low, high = int(pixels.min()), int(pixels.max())
    if low < header.first or high >= len(entries):
        raise Unmigratable(Reason.DAMAGED, "an index lies outside of the palette")
    samples = np.ascontiguousarray(pixels)
    return Raster(samples, (8,), Colour.PALETTE, _alpha(header), Palette(entries))
