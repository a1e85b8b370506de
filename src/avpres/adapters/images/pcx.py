"""PCX (ZSoft): run lengths of one to four planes, with one of its three kinds of palette."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from avpres import __version__
from avpres.adapters.images import remains, simple_second
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.images.window import Window
from avpres.domain.imaging import Colour, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable

_HEADER, _VGA = 128, 769  # bytes
_PALETTE = 12  # begins the one at the end
_PADDING = 16  # bytes of a row, which are more than any writer fills up with
_STRAY = 128  # bytes, to which some writers fill up
_GREY, _EGA, _INDEXED, _RGB = "grey", "EGA", "VGA", "RGB"
_KINDS = {  # by bits and planes
    (1, 1): _GREY,
    (1, 2): _EGA,
    (1, 3): _EGA,
    (1, 4): _EGA,
    (2, 1): _EGA,
    (4, 1): _EGA,
    (8, 1): _INDEXED,
    (8, 3): _RGB,
}
_RUN = 0xC0  # counts are from here on
_STEP = 1 << 20  # bytes that are unpacked at a time


Samples = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class _Header:
    version: int
    bits: int
    planes: int
    width: int
    height: int
    dpi: tuple[int, int]
    line: int  # bytes of a row of one plane
    palette: bytes  # of 16 entries
    kind: str

    @property
    def depth(self) -> int:
        """Count the bits of an index."""
        return self.bits * self.planes


def probe(window: Window) -> Traits:
    """Tell what a PCX is from its header."""
    header = _read(window)
    is_rgb, is_grey = header.kind == _RGB, header.kind == _GREY
    return Traits(
        ImageFormat.PCX,
        Colour.RGB if is_rgb else Colour.GREY if is_grey else Colour.PALETTE,
        "RLE",
        (8, 8, 8) if is_rgb else (header.depth,),
        header.width,
        header.height,
        resolution=_resolution(header),
    )


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give the picture.

    Raises:
        Unmigratable: it is cut short, its colours are nowhere told, or decoders disagree.
    """
    window = Window.over(data)
    header = _read(window)
    limits.picture(max(header.width, traits.width), max(header.height, traits.height))
    palette = _palette(header, window)
    end = window.size - (_VGA if header.kind == _INDEXED else 0)
    wanted = header.line * header.planes * header.height
    rows, place = _unpacked(bytes(data[_HEADER : max(end, _HEADER)]), wanted)
    planes = rows.reshape(header.height, header.planes, header.line)
    _check_padding(header, planes)
    raster = _raster(header, planes, palette)
    second = simple_second.agree(bytes(data), raster, "pcx")
    place += _HEADER
    is_palette = end - place == _VGA and window.byte(place) == _PALETTE
    rest = remains.behind(window, place, end, _VGA if is_palette else _STRAY)
    others = (("trailing", rest),) if rest else ()
    embedded = Embedded(resolution=_resolution(header), others=others)
    yield Page(raster, embedded, decoders=(f"avpres {__version__} (PCX)", second))


def _read(window: Window) -> _Header:
    raw = window.read(0, _HEADER)
    version, bits = raw[1], raw[3]
    left, top, right, bottom, across, down = struct.unpack_from("<6H", raw, 4)
    planes, (line,) = raw[65], struct.unpack_from("<H", raw, 66)
    width, height = right - left + 1, bottom - top + 1
    kind = _KINDS.get((bits, planes))
    if kind is None or width < 1 or height < 1 or line * 8 < width * bits:
        raise Unmigratable(Reason.DAMAGED, f"{planes} planes of {bits} bits, {width} x {height}")
    return _Header(version, bits, planes, width, height, (across, down), line, raw[16:64], kind)


def _check_padding(header: _Header, planes: Samples) -> None:
    """Refuse rows that seem to hold more pixels than the header tells of."""
    padding = planes[:, :, -(-header.width * header.bits // 8) :]
    if padding.shape[2] >= _PADDING and (padding != padding[:, :, :1]).any():
        text = f"rows of {header.line} bytes for {header.width} pixels"
        raise Unmigratable(Reason.DAMAGED, text)


def _resolution(header: _Header) -> tuple[Fraction, Fraction] | None:
    """Give pixels in a metre; many writers put the size of the picture or of the screen there."""
    across, down = header.dpi
    sizes = {(header.width, header.height), (header.width - 1, header.height - 1), (640, 480)}
    if not across or not down or header.dpi in sizes:
        return None
    return Fraction(across * 10000, 254), Fraction(down * 10000, 254)


def _unpacked(data: bytes, wanted: int) -> tuple[Samples, int]:
    """Undo the run lengths; give the bytes and how much of the data they took."""
    parts: list[Samples] = []
    given = place = 0
    while given < wanted and place < len(data):
        values, times = _runs(np.frombuffer(data, np.uint8, min(_STEP, len(data) - place), place))
        sums = np.cumsum(times) + given
        count = min(int(np.searchsorted(sums, wanted)) + 1, len(values))
        parts.append(np.repeat(values[:count], times[:count]))
        given += len(parts[-1])
        place += count
    if given != wanted:
        raise Unmigratable(Reason.DAMAGED, f"its run lengths do not give {wanted} bytes of pixels")
    return np.concatenate(parts), place


def _runs(found: Samples) -> tuple[Samples, Samples]:
    """Give bytes with how often each stands there: counts never, what is behind them so often.

    A byte from 0xC0 on is a count, unless it is the value behind one; so in a stretch of such bytes
    every other is a count, the first among them. A last count without its value is left for the
    next step.
    """
    places = np.arange(len(found), dtype=np.int32)
    is_high = found >= _RUN
    before = np.maximum.accumulate(np.where(is_high, np.int32(-1), places))
    is_count = is_high & ((places - before) % 2 == 1)
    times = np.where(is_count, 0, 1)
    times[1:][is_count[:-1]] = found[:-1][is_count[:-1]] - _RUN
    end = len(found) - int(is_count[-1])
    return found[: max(end, 1)], times[: max(end, 1)]


def _palette(header: _Header, window: Window) -> Palette | None:
    if header.kind == _EGA:
        entries = np.frombuffer(header.palette, np.uint8).reshape(16, 3)[: 1 << header.depth]
        if header.version == 3 or not entries.any():
            raise Unmigratable(Reason.UNDEFINED_COLOUR, "it has no palette of its own")
        return Palette(entries.copy())
    if header.kind == _INDEXED:
        raw = window.read(max(window.size - _VGA, _HEADER), _VGA)
        if raw[0] != 0x0C:
            raise Unmigratable(Reason.UNDEFINED_COLOUR, "it has no palette of 256 colours")
        return Palette(np.frombuffer(raw[1:], np.uint8).reshape(256, 3))
    if header.kind == _GREY and sum(header.palette[:3]) > sum(header.palette[3:6]):
        raise Unmigratable(Reason.UNDEFINED_COLOUR, "two colours, of which 0 may be the lighter")
    return None


def _raster(header: _Header, planes: Samples, palette: Palette | None) -> Raster:
    if header.bits == 8:
        samples = planes[:, :, : header.width].transpose(0, 2, 1)
    else:
        bits = np.unpackbits(planes, axis=2)[:, :, : header.width * header.bits]
        if header.planes == 1:
            bits = bits.reshape(header.height, header.width, header.bits)[:, :, ::-1]
        else:
            bits = bits.transpose(0, 2, 1)
        weights = (1 << np.arange(header.depth)).astype(np.uint8)
        samples = (bits @ weights)[:, :, np.newaxis]
    samples = np.ascontiguousarray(samples)
    if header.kind == _RGB:
        return Raster(samples, (8, 8, 8), Colour.RGB)
    colour = Colour.GREY if palette is None else Colour.PALETTE
    return Raster(samples, (header.depth,), colour, palette=palette)
