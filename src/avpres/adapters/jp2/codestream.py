"""Encode samples as a JPEG 2000 codestream, tile by tile, with OpenJPEG's library.

Only the tile at work is held beside the samples and the codestream. The wavelet is the reversible
5-3, and the last layer holds everything: what is decoded from it are the samples.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from avpres.adapters.images.raster import Raster
from avpres.adapters.jp2.calling import Call, OpenJpegError, encoder, sink
from avpres.adapters.jp2.layouts import ComponentParameters, EncoderParameters
from avpres.domain.imaging import Codestream
from avpres.domain.migration import Reason, Unmigratable

ORDERS = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
EXACT_BITS = 24  # of a sample; beyond it the library loses some without a word
USUAL_BITS = 16
PRECINCTS, SOP, EPH, SEGMENTATION = 1, 2, 4, 32  # flags (ISO/IEC 15444-1, tables A.13, A.19)
_MOST_TILES = 65535
_COLOURS = 3
_BYTE = 8  # bits
_DEPTHS = 42  # bytes from SOC to the depth of the first component


@dataclass(frozen=True, slots=True)
class Area:
    """Where a tile lies in its picture."""

    index: int
    top: int
    left: int
    bottom: int
    right: int


def encode(
    raster: Raster,
    form: Codestream,
    *,
    headroom: int = 0,
    threads: int = 1,
    most_bits: int = USUAL_BITS,
) -> bytearray:
    """Give the codestream; samples are unsigned unless their type is signed.

    Args:
        raster: the samples; a palette is not looked at.
        form: how the codestream is to be formed.
        headroom: bits more for coefficients than the library takes by itself. It is sparing: hard
            edges between full colours need more, and it then loses bits without a word. What it
            gave must be decoded and compared, and encoded again with more room where it differs.
        threads: of the library itself, for one large picture.
        most_bits: of a sample; more than 16 only for who asks for them, up to 24.

    Raises:
        Unmigratable: samples have too many bits, or the library refused.
    """
    most = min(most_bits, EXACT_BITS)
    if max(raster.bits) > most:
        raise Unmigratable(Reason.BITS, f"{max(raster.bits)} bits, where {most} are taken")
    if (form.layers_ratio or form.layers_psnr)[-1] != 0:
        raise Unmigratable(Reason.ENCODER_ERROR, "the last layer must be 0, which is everything")
    try:
        with encoder() as call, sink(call) as (stream, written):
            _run(call, stream, _Work(raster, form, headroom, threads))
    except OpenJpegError as error:
        raise Unmigratable(Reason.ENCODER_ERROR, f"OpenJPEG: {error}") from error
    if headroom:
        _tell_depths(written, raster)
    return written


def transforms_colour(bits: tuple[int, ...], form: Codestream) -> bool:
    """Say whether the colour transform applies: to three components of the same depth."""
    alike = len(bits) >= _COLOURS and len(set(bits[:_COLOURS])) == 1
    return form.colour_transform and alike


def tile_size(width: int, height: int, form: Codestream) -> tuple[int, int]:
    """Give width and height of tiles; the library wants room in them for every resolution."""
    if form.tile:
        return form.tile, form.tile
    return max(width, 1 << form.levels), max(height, 1 << form.levels)


def areas(width: int, height: int, tile: tuple[int, int]) -> Iterator[Area]:
    """Yield where tiles lie, row by row, as the standard numbers them."""
    across, down = tile
    index = 0
    for top in range(0, height, down):
        for left in range(0, width, across):
            bottom, right = min(top + down, height), min(left + across, width)
            yield Area(index, top, left, bottom, right)
            index += 1


def word(bits: int, *, signed: bool) -> np.dtype[np.integer]:
    """Give the type in which the library takes and gives samples of a depth."""
    size = 1 if bits <= _BYTE else 2 if bits <= 2 * _BYTE else 4
    return np.dtype(f"{'i' if signed else 'u'}{size}")


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What is to be encoded, and how.

    With headroom the library is told of samples that are deeper, and signed, so that it does not
    move them; they are moved here as it would have done, and the codestream then tells their true
    depth. Its quantization segment alone says that coefficients have more bits, as the standard
    allows (equation E-2).
    """

    raster: Raster
    form: Codestream
    headroom: int
    threads: int

    @property
    def size(self) -> tuple[int, int]:
        return self.raster.width, self.raster.height

    @property
    def signed(self) -> bool:
        return bool(self.headroom) or self.raster.samples.dtype.kind == "i"

    @property
    def bits(self) -> tuple[int, ...]:
        return tuple(each + self.headroom for each in self.raster.bits)

    def shift(self, channel: int) -> int:
        """Give what is taken off samples here rather than by the library (equation G-1)."""
        moved = self.headroom and self.raster.samples.dtype.kind != "i"
        return 1 << (self.raster.bits[channel] - 1) if moved else 0


def _run(call: Call, stream: int, work: _Work) -> None:
    handle = call.library.handle
    image = handle.opj_image_tile_create(len(work.bits), _components(work), 0)
    call.check(image, "it could make no image")
    try:
        image.contents.x1, image.contents.y1 = work.size
        parameters = _parameters(call, work)
        call.check(handle.opj_setup_encoder(call.codec, parameters, image), "it took no parameters")
        if work.threads > 1:
            handle.opj_codec_set_threads(call.codec, work.threads)
        call.check(handle.opj_start_compress(call.codec, image, stream), "it did not begin")
        for area in areas(*work.size, tile_size(*work.size, work.form)):
            packed = _packed(work, area)
            done = handle.opj_write_tile(
                call.codec, area.index, packed.ctypes.data, packed.size, stream
            )
            call.check(done, f"it did not encode tile {area.index}")
        call.check(handle.opj_end_compress(call.codec, stream), "it did not end")
    finally:
        handle.opj_image_destroy(image)
    if call.messages:
        raise OpenJpegError(call.said())


def _components(work: _Work) -> ctypes.Array[ComponentParameters]:
    width, height = work.size
    each = [(1, 1, width, height, 0, 0, bits, bits, int(work.signed)) for bits in work.bits]
    return (ComponentParameters * len(each))(*(ComponentParameters(*one) for one in each))


def _parameters(call: Call, work: _Work) -> EncoderParameters:
    told = EncoderParameters()
    call.library.handle.opj_set_default_encoder_parameters(ctypes.byref(told))
    told.tile_size_on = 1
    told.cp_tdx, told.cp_tdy = tile_size(*work.size, work.form)
    across, down = -(-work.size[0] // told.cp_tdx), -(-work.size[1] // told.cp_tdy)
    if across * down > _MOST_TILES:
        raise Unmigratable(Reason.TOO_LARGE, f"{across * down} tiles, where 65,535 are allowed")
    form = work.form
    told.prog_order = ORDERS.index(form.progression)
    told.numresolution = form.levels + 1
    told.cblockw_init = told.cblockh_init = form.block
    told.csty = SOP * form.sop | EPH * form.eph
    told.mode = SEGMENTATION * form.segmentation
    _divide(told, form)
    told.tcp_mct = int(transforms_colour(work.bits, form))
    return told


def _divide(told: EncoderParameters, form: Codestream) -> None:
    """Set layers and precincts; the library halves sides that it is not told of."""
    told.tcp_numlayers = form.layers
    if form.layers_ratio:
        told.cp_disto_alloc = 1
        told.tcp_rates[: form.layers] = form.layers_ratio
    else:
        told.cp_fixed_quality = 1
        told.tcp_distoratio[: form.layers] = form.layers_psnr
    if form.precincts:
        told.csty |= PRECINCTS
        told.res_spec = form.levels + 1
        for level in range(form.levels + 1):
            told.prcw_init[level] = told.prch_init[level] = form.precinct(level)


def _packed(work: _Work, area: Area) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Lay the components of a tile one after the other, each in words of its depth."""
    shape = area.bottom - area.top, area.right - area.left
    kinds = [word(bits, signed=work.signed) for bits in work.bits]
    count = shape[0] * shape[1]
    room = np.empty(sum(kind.itemsize for kind in kinds) * count, np.uint8)
    start = 0
    for channel, kind in enumerate(kinds):
        end = start + count * kind.itemsize
        plane = room[start:end].view(kind).reshape(shape)
        tile = work.raster.samples[area.top : area.bottom, area.left : area.right, channel]
        np.copyto(plane, tile, casting="unsafe")
        if shift := work.shift(channel):
            np.subtract(plane, shift, out=plane)
        start = end
    return room


def _tell_depths(written: bytearray, raster: Raster) -> None:
    """Put the true depth and sign of each component into SIZ (A.5.1)."""
    sign = 0x80 if raster.samples.dtype.kind == "i" else 0
    for channel, bits in enumerate(raster.bits):
        written[_DEPTHS + 3 * channel] = (bits - 1) | sign
