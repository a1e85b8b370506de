"""Encode samples as a JPEG 2000 codestream, tile by tile, with OpenJPEG's library.

Only the tile at work is held beside the samples and the codestream. The wavelet is the reversible
5-3, and the last layer holds everything: what is decoded from it are the samples.
"""

import numpy as np

from avpres.adapters.images.raster import Raster
from avpres.adapters.jp2.calling import Call, OpenJpegError, encoder, sink
from avpres.adapters.jp2.parameters import Work, components, parameters
from avpres.adapters.jp2.tiling import Area, areas, tile_size, word
from avpres.domain.imaging import Codestream
from avpres.domain.migration import Reason, Unmigratable

EXACT_BITS = 24  # of a sample; beyond it the library loses some without a word
USUAL_BITS = 16
HEADROOM = 2
"""Bits more for coefficients than the library takes by itself, at no cost but some bytes.

One for the colour transform, which makes two components a bit deeper, and one for what rounding
adds where samples have few bits. The library takes neither. Where hard edges between full colours
meet, it then loses the highest bit of a coefficient without a word (OpenJPEG 2.5.0 to 2.5.4, its
program without options too; Grok 10 as well).
"""
_DEPTHS = 42  # bytes from SOC to the depth of the first component


def encode(
    raster: Raster,
    form: Codestream,
    *,
    headroom: int = HEADROOM,
    threads: int = 1,
    most_bits: int = USUAL_BITS,
) -> bytearray:
    """Give the codestream; samples are unsigned unless their type is signed.

    Args:
        raster: the samples; a palette is not looked at.
        form: how the codestream is to be formed.
        headroom: bits more for coefficients than the library takes by itself; see `HEADROOM`.
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
            _run(call, stream, Work(raster, form, headroom, threads))
    except OpenJpegError as error:
        raise error.because(Reason.ENCODER_ERROR) from error
    if headroom:
        _tell_depths(written, raster)
    return written


def _run(call: Call, stream: int, work: Work) -> None:
    handle = call.library.handle
    image = handle.opj_image_tile_create(len(work.bits), components(work), 0)
    call.check(image, "it could make no image")
    try:
        image.contents.x1, image.contents.y1 = work.size
        told = parameters(call, work)
        call.check(handle.opj_setup_encoder(call.codec, told, image), "it took no parameters")
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


def _packed(work: Work, area: Area) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
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
