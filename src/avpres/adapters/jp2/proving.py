"""Decode codestreams and compare them with the samples that went in."""

import math
from dataclasses import dataclass

import numpy as np

from avpres.adapters.images.raster import Raster
from avpres.adapters.jp2 import second as second_decoder
from avpres.adapters.jp2.calling import OpenJpegError, library
from avpres.adapters.jp2.decoding import Tile, tiles
from avpres.adapters.jp2.markers import read_form
from avpres.domain.migration import Reason, Unmigratable


@dataclass(frozen=True, slots=True)
class Proof:
    """Who decoded the target and found every sample equal, and the digest of these samples."""

    decoders: tuple[str, ...]
    digest: str
    psnr: float | None = None  # dB of the first layer alone; infinite where it is exact
    untold: str = ""  # why the second decoder could not be asked


def compare(coded: memoryview, raster: Raster, *, second: bool, threads: int = 1) -> Proof:
    """Compare every sample that OpenJPEG decodes, and what a second decoder does as well.

    Raises:
        Unmigratable: shape, depth or a sample differs, or it cannot be decoded.
    """
    _check_form(coded, raster)
    try:
        for tile in tiles(coded, threads=threads):
            _compare(tile, raster)
    except OpenJpegError as error:
        raise error.because(Reason.QA_DIFFERENCE) from error
    decoders = [library().name]
    untold = second_decoder.untold(raster) if second else ""
    if second and not untold:
        second_decoder.check(coded, raster)
        decoders.append(second_decoder.name())
    return Proof(tuple(decoders), raster.digest(), untold=untold)


def first_layer(coded: memoryview, raster: Raster) -> float:
    """Give the PSNR in dB of the first layer alone, over all channels.

    Raises:
        Unmigratable: it cannot be decoded.
    """
    try:
        total = sum(_errors(tile, raster) for tile in tiles(coded, layers=1))
    except OpenJpegError as error:
        raise error.because(Reason.QA_DIFFERENCE) from error
    return math.inf if not total else -10 * math.log10(total / raster.samples.size)


def _errors(tile: Tile, raster: Raster) -> float:
    """Sum the squares of the errors, each as a part of its channel's peak."""
    area, total = tile.area, 0.0
    for channel, plane in enumerate(tile.planes):
        wanted = raster.samples[area.top : area.bottom, area.left : area.right, channel]
        peak = (1 << raster.bits[channel]) - 1
        difference = np.subtract(plane, wanted, dtype=np.float32).ravel()
        total += float(np.dot(difference, difference)) / (peak * peak)
    return total


def _compare(tile: Tile, raster: Raster) -> None:
    area = tile.area
    for channel, plane in enumerate(tile.planes):
        wanted = raster.samples[area.top : area.bottom, area.left : area.right, channel]
        if not np.array_equal(plane, wanted):
            count = int(np.count_nonzero(plane != wanted))
            raise Unmigratable(
                Reason.QA_DIFFERENCE,
                f"OpenJPEG decodes {count} samples otherwise in tile {area.index}, "
                f"channel {channel + 1}",
            )


def _check_form(coded: memoryview, raster: Raster) -> None:
    form = read_form(coded)
    if form is None:
        raise Unmigratable(Reason.QA_STRUCTURE, "its codestream has no main header to be read")
    signed = raster.samples.dtype.kind == "i"
    found = form.width, form.height, form.components
    wanted = raster.width, raster.height, tuple((bits, signed) for bits in raster.bits)
    if found != wanted:
        raise Unmigratable(Reason.QA_DIFFERENCE, f"its form is {found}, not {wanted}")
