"""What is to be encoded and how, in the terms of libopenjp2."""

import ctypes
import math
from dataclasses import dataclass

from avpres.adapters.images.raster import Raster
from avpres.adapters.jp2.calling import Call
from avpres.adapters.jp2.layouts import ComponentParameters, EncoderParameters
from avpres.adapters.jp2.tiling import tile_size
from avpres.domain.imaging import Codestream
from avpres.domain.migration import Reason, Unmigratable

ORDERS = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
PRECINCTS, SOP, EPH, SEGMENTATION = 1, 2, 4, 32  # flags (ISO/IEC 15444-1, tables A.13, A.19)
_MOST_TILES = 65535
_COLOURS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Work:
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
        """Give width and height."""
        return self.raster.width, self.raster.height

    @property
    def signed(self) -> bool:
        """Say whether the library is given samples below zero."""
        return bool(self.headroom) or self.raster.samples.dtype.kind == "i"

    @property
    def bits(self) -> tuple[int, ...]:
        """Give the depths of which the library is told."""
        return tuple(each + self.headroom for each in self.raster.bits)

    @property
    def deeper(self) -> float:
        """Give the factor by which the library takes the samples for larger than they are."""
        return self.bits[0] / self.raster.bits[0]

    @property
    def louder(self) -> float:
        """Give the dB by which the library takes the peak of the samples for higher than it is."""
        peaks = ((1 << bits[0]) - 1 for bits in (self.bits, self.raster.bits))
        return 20 * math.log10(next(peaks) / next(peaks))

    def shift(self, channel: int) -> int:
        """Give what is taken off samples here rather than by the library (equation G-1)."""
        moved = self.headroom and self.raster.samples.dtype.kind != "i"
        return 1 << (self.raster.bits[channel] - 1) if moved else 0


def transforms_colour(bits: tuple[int, ...], form: Codestream) -> bool:
    """Say whether the colour transform applies: to three components of the same depth."""
    alike = len(bits) >= _COLOURS and len(set(bits[:_COLOURS])) == 1
    return form.colour_transform and alike


def components(work: Work) -> ctypes.Array[ComponentParameters]:
    """Tell the library of each component, all of them of the size of the picture."""
    width, height = work.size
    each = [(1, 1, width, height, 0, 0, bits, bits, int(work.signed)) for bits in work.bits]
    return (ComponentParameters * len(each))(*(ComponentParameters(*one) for one in each))


def parameters(call: Call, work: Work) -> EncoderParameters:
    """Put the form of a codestream into the library's own terms.

    Raises:
        Unmigratable: there would be more tiles than a codestream holds.
    """
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
    _divide(told, work)
    told.tcp_mct = int(transforms_colour(work.bits, form))
    return told


def _divide(told: EncoderParameters, work: Work) -> None:
    """Set layers and precincts; the library halves sides that it is not told of."""
    form = work.form
    told.tcp_numlayers = form.layers
    if form.layers_ratio:
        told.cp_disto_alloc = 1
        told.tcp_rates[: form.layers] = [ratio * work.deeper for ratio in form.layers_ratio]
    else:
        told.cp_fixed_quality = 1
        wanted = [decibels + work.louder if decibels else 0 for decibels in form.layers_psnr]
        told.tcp_distoratio[: form.layers] = wanted
    if form.precincts:
        told.csty |= PRECINCTS
        told.res_spec = form.levels + 1
        for level in range(form.levels + 1):
            told.prcw_init[level] = told.prch_init[level] = form.precinct(level)
