"""What a person is shown of one source and its target: both decoded anew, and their difference."""

from dataclasses import replace
from io import BytesIO

from avpres.adapters.identification.migrants import look
from avpres.adapters.images.differing import difference, overview_of_map, telling_window
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.opening import pages
from avpres.adapters.images.raster import Raster
from avpres.adapters.images.showing import OVERVIEW, Shown, jpeg, overview, png, shown
from avpres.adapters.jp2 import reading
from avpres.adapters.jp2.orientation import upright
from avpres.adapters.migrating.shown import Views
from avpres.domain.imaging import Alpha, Colour, Traits
from avpres.domain.migration import Reason, Unmigratable

_JP2 = b"\0\0\0\x0cjP  \r\n\x87\n"
_JXL = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")


def views(source: memoryview, target: memoryview, page: int, limits: Limits) -> Views:
    """Decode both and hold them against each other.

    Raises:
        Unmigratable: one of them cannot be decoded, or they are of different sizes.
    """
    one, other = _source(source, page, limits), _target(target, limits)
    if (one.height, one.width) != (other.height, other.width):
        sizes = f"{one.width} x {one.height} and {other.width} x {other.height}"
        raise Unmigratable(Reason.QA_DIFFERENCE, f"the pictures are of {sizes} pixels")
    gap = difference(one, other)
    left, right = shown(one), shown(other)
    window = telling_window(left, gap)
    small = max(one.width, one.height) <= OVERVIEW
    write = png if small else _small
    return Views(
        (one.width, one.height),
        (write(left), write(right), png(overview_of_map(gap.map))),
        "image/png" if small else "image/jpeg",
        (png(window.of(left)), png(window.of(right)), png(window.of(gap.map))),
        (window.left, window.top),
        gap.maximum,
        gap.sigma,
        gap.psnr,
        gap.gain,
        one.notes,
    )


def _small(picture: Shown) -> bytes:
    return jpeg(overview(picture))


def _source(data: memoryview, number: int, limits: Limits) -> Raster:
    """Give one picture of the source, upright as its target is."""
    traits = _traits(data)
    for page in pages(data, traits, limits):
        if page.number == number:
            return upright(page, "apply").raster
    raise Unmigratable(Reason.DAMAGED, f"it has no picture {number}")


def _target(data: memoryview, limits: Limits) -> Raster:
    head = bytes(data[:12])
    if head == _JP2:
        return reading.picture(data, most_pixels=limits.pixels)
    if head.startswith(_JXL):
        return _jxl(data)
    found = next(pages(data, _traits(data), limits))
    return upright(found, "apply").raster


def _jxl(data: memoryview) -> Raster:
    """Decode a JPEG XL by libjxl, which turns it upright: what its viewers show."""
    import imagecodecs
    import numpy as np

    try:
        samples = np.atleast_3d(imagecodecs.jpegxl_decode(bytes(data), numthreads=1))
    except (RuntimeError, ValueError) as error:
        raise Unmigratable(Reason.DECODER_ERROR, str(error)) from error
    colour = Colour.GREY if samples.shape[2] == 1 else Colour.RGB
    bits = samples.dtype.itemsize * 8
    raster = Raster(samples, (bits,) * samples.shape[2], colour, Alpha.NONE)
    return replace(raster, notes=("JPEG XL decodes colours in its own way, as JPEG decoders do",))


def _traits(data: memoryview) -> Traits:
    looked = look(BytesIO(data), len(data))
    if looked.problem is not None:
        raise looked.problem
    if not isinstance(looked.migrant, Traits):
        raise Unmigratable(Reason.UNKNOWN_FORMAT)
    return looked.migrant
