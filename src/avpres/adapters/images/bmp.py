"""BMP of Windows and OS/2: indices with their palette, or colours at their own depth.

Rule for the fourth byte of pixels of 32 bits without a field of opacity: where it is the same in
all pixels, 0 or 255, it is left out and told; else it may be opacity or nothing, and is refused.
"""

from collections.abc import Iterator

import numpy as np

from avpres import __version__
from avpres.adapters.images import bmp_header, bmp_pixels, icc, remains, simple_second
from avpres.adapters.images.bmp_header import Header
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.images.window import Window
from avpres.domain.imaging import Alpha, Colour, Icc, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable

_COMPRESSIONS = {bmp_header.RLE8: "RLE8", bmp_header.RLE4: "RLE4"}


def probe(window: Window) -> Traits:
    """Tell what a BMP is from its headers."""
    header = bmp_header.read(window)
    colour = Colour.PALETTE if header.depth <= 8 else Colour.RGB
    flags = {
        "top-down": header.top_down,
        "os2": header.size in {12, 64},
        "bit-fields": header.compression in {bmp_header.FIELDS, bmp_header.ALPHA_FIELDS},
    }
    profile = window.read(*header.icc) if header.icc else None
    has_others = bool(header.colour_space) or _trailing(header, window) != b""
    return Traits(
        ImageFormat.BMP,
        colour,
        _COMPRESSIONS.get(header.compression, "none"),
        bmp_pixels.widths(header) if header.depth > 8 else (header.depth,),
        header.width,
        header.height,
        alpha=Alpha.UNASSOCIATED if header.masks[3] else Alpha.NONE,
        resolution=header.resolution,
        icc=icc.judge(profile, colour) if profile is not None else Icc.NONE,
        metadata=frozenset({"other"} if has_others else ()),
        flags=frozenset(name for name, is_so in flags.items() if is_so),
    )


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give the picture.

    Raises:
        Unmigratable: it is cut short, cannot be decided, or is read differently by two decoders.
    """
    window = Window.over(data)
    header = bmp_header.read(window)
    limits.picture(max(header.width, traits.width), max(header.height, traits.height))
    if header.compression in _COMPRESSIONS:
        pixels = window.peek(header.pixels, header.length)
    else:
        pixels = window.read(header.pixels, header.length)
    raster = _indexed(header, window, pixels) if header.depth <= 8 else _coloured(header, pixels)
    second = simple_second.agree(bytes(data), raster, "bmp")
    ours = f"avpres {__version__} (BMP)"
    yield Page(raster, _embedded(header, window), decoders=(ours, second))


def _indexed(header: Header, window: Window, pixels: bytes) -> Raster:
    samples, skipped = bmp_pixels.indices(header, pixels)
    raw = window.read(header.palette, header.colours * header.entry)
    entries = np.frombuffer(raw, np.uint8).reshape(header.colours, header.entry)[:, 2::-1]
    if int(samples.max()) >= header.colours:
        raise Unmigratable(Reason.DAMAGED, "an index lies beyond the palette")
    palette = Palette(np.ascontiguousarray(entries))
    raster = Raster(samples, (header.depth,), Colour.PALETTE, palette=palette)
    return raster.noted("pixels that its run lengths skip are index 0") if skipped else raster


def _coloured(header: Header, pixels: bytes) -> Raster:
    bits = bmp_pixels.widths(header)
    parts = bmp_pixels.fields(header, pixels)
    notes: tuple[str, ...] = ()
    if len(parts) > len(bits):
        notes = _left_out(header, parts.pop())
    kind = np.result_type(*parts)
    samples = np.stack([each.astype(kind) for each in parts], axis=2)
    alpha = Alpha.UNASSOCIATED if header.masks[3] else Alpha.NONE
    return Raster(samples, bits, Colour.RGB, alpha).noted(*notes)


def _left_out(header: Header, rest: np.ndarray) -> tuple[str, ...]:
    """Say what stood in the bits that no field tells of, if it is all or nothing."""
    first = int(rest.flat[0])
    full = ~sum(header.masks) & 0xFFFFFFFF
    if first not in {0, full} or (rest != first).any():
        raise Unmigratable(Reason.MULTI_ALPHA, "a fourth byte that may be opacity or nothing")
    return (f"a fourth byte of {'0' if not first else '255'} left out",) if full else ()


def _trailing(header: Header, window: Window) -> bytes:
    """Give what follows the pixels and is no profile."""
    end = header.pixels + header.length
    if header.icc and header.icc[0] >= end:
        end = sum(header.icc)
    return remains.behind(window, end, window.size, header.stride)


def _embedded(header: Header, window: Window) -> Embedded:
    others = []
    if header.colour_space:
        others.append(("bmp:colour-space", header.colour_space))
    start = header.palette + header.colours * header.entry
    gap = window.peek(start, max(header.pixels - start, 0))
    if gap.strip(b"\0") and not (header.icc and header.icc[0] < header.pixels):
        others.append(("bmp:before-pixels", gap))
    trailing = _trailing(header, window)
    if trailing:
        others.append(("trailing", trailing))
    profile = window.read(*header.icc) if header.icc else None
    return Embedded(icc=profile, resolution=header.resolution, others=tuple(others))
