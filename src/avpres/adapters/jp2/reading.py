"""Read a JP2 as a picture again, from its own boxes and codestream alone."""

import struct
from collections.abc import Mapping

import numpy as np

from avpres.adapters.images.raster import Palette, Raster
from avpres.adapters.jp2.boxes import NOTHING
from avpres.adapters.jp2.calling import OpenJpegError
from avpres.adapters.jp2.decoding import tiles
from avpres.adapters.jp2.markers import Form, read_form
from avpres.adapters.jp2.parsing import BoxError, boxes_of
from avpres.adapters.jp2.tiling import word
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason, Unmigratable

_COLOURS = {16: Colour.RGB, 17: Colour.GREY, 18: Colour.YCBCR, 12: Colour.CMYK, 14: Colour.LAB}
_SPACES = {b"RGB ": Colour.RGB, b"GRAY": Colour.GREY}
_SPACE_AT = 16  # bytes into an ICC profile
_MOST_CHANNELS = 8  # more are no picture that is made here
_OPACITY = {1: Alpha.UNASSOCIATED, 2: Alpha.ASSOCIATED, NOTHING: Alpha.UNSPECIFIED}


def picture(data: memoryview, *, most_pixels: int) -> Raster:
    """Decode all layers, and give samples, depths, palette and meaning of the channels.

    For a file that was made here this is the raster that was encoded, so that its digest is the
    pixel digest of the record.

    Raises:
        Unmigratable: it is damaged, too large, or no JP2 with one codestream.
    """
    try:
        return _picture(_boxes(data), most_pixels)
    except BoxError as error:
        raise Unmigratable(Reason.DAMAGED, str(error)) from error
    except OpenJpegError as error:
        raise error.because(Reason.DECODER_ERROR) from error


def _picture(boxes: Mapping[bytes, memoryview], most_pixels: int) -> Raster:
    coded = boxes[b"jp2c"]
    form = read_form(coded)
    if form is None:
        raise Unmigratable(Reason.DAMAGED, "its codestream has no main header to be read")
    if len(form.components) > _MOST_CHANNELS:
        raise Unmigratable(Reason.MULTI_ALPHA, f"{len(form.components)} components")
    if form.width * form.height > most_pixels:
        raise Unmigratable(Reason.TOO_LARGE, f"{form.width} x {form.height} pixels")
    samples = _samples(coded, form)
    inner = {each.kind: each.content for each in boxes_of(boxes[b"jp2h"])}
    bits = tuple(depth for depth, _ in form.components)
    palette = _palette(inner[b"pclr"]) if b"pclr" in inner else None
    alpha = _alpha(inner.get(b"cdef"))
    if palette is not None:
        alpha = Alpha.NONE if alpha is Alpha.NONE else Alpha.INDEX
        return Raster(samples, bits, Colour.PALETTE, alpha, palette)
    return Raster(samples, bits, _colour(inner), alpha)


def _boxes(data: memoryview) -> Mapping[bytes, memoryview]:
    found = {each.kind: each.content for each in boxes_of(data)}
    for kind in (b"jp2h", b"jp2c"):
        if kind not in found:
            raise Unmigratable(Reason.DAMAGED, f"it has no box {kind.decode()}")
    return found


def _samples(coded: memoryview, form: Form) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    deepest = max(depth for depth, _ in form.components)
    kind = word(deepest, signed=any(signed for _, signed in form.components))
    samples = np.empty((form.height, form.width, len(form.components)), kind)
    for tile in tiles(coded):
        area = tile.area
        for channel, plane in enumerate(tile.planes):
            samples[area.top : area.bottom, area.left : area.right, channel] = plane
    return samples


def _palette(content: memoryview) -> Palette:
    try:
        rows, columns = struct.unpack_from(">HB", content)
        depths = {(depth & 0x7F) + 1 for depth in content[3 : 3 + columns]}
        bits = max(depths)
        wide = ">u2" if bits > 8 else "u1"  # noqa: PLR2004 - bits of a byte
        flat = np.frombuffer(content, wide, rows * columns, 3 + columns)
    except (struct.error, ValueError) as error:
        raise Unmigratable(Reason.DAMAGED, "its palette cannot be read") from error
    return Palette(flat.reshape(rows, columns).astype(flat.dtype.newbyteorder("=")), bits)


def _alpha(content: memoryview | None) -> Alpha:
    """Tell what `cdef` says of a channel that is no colour (I.5.3.6)."""
    if content is None:
        return Alpha.NONE
    kinds = [
        kind
        for _, kind, _ in struct.iter_unpack(">3H", content[2 : 2 + (len(content) - 2) // 6 * 6])
    ]
    return next((_OPACITY[kind] for kind in kinds if kind in _OPACITY), Alpha.NONE)


def _colour(inner: Mapping[bytes, memoryview]) -> Colour:
    content = inner.get(b"colr", memoryview(b""))
    method = content[0] if content else 0
    if method == 1 and len(content) >= 7:  # noqa: PLR2004 - three bytes, then the number
        (number,) = struct.unpack_from(">I", content, 3)
        return _COLOURS.get(number, Colour.OTHER)
    space = bytes(content[3 + _SPACE_AT : 3 + _SPACE_AT + 4])
    return _SPACES.get(space, Colour.OTHER)
