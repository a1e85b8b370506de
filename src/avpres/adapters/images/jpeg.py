"""JPEG: every image of a file, decoded by libjpeg-turbo and held against FFmpeg's decoder.

Colours are what libjpeg-turbo makes of YCbCr with its accurate transform (ISLOW) and its fancy
upsampling: Pillow, libvips and browsers show the same. The record names the version.
"""

from collections.abc import Iterator

from avpres.adapters.images import exif, icc, jpeg_apps, jpeg_mpf, jpeg_segments
from avpres.adapters.images.jpeg_decoding import decode
from avpres.adapters.images.jpeg_segments import Header
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Embedded, Page
from avpres.adapters.images.window import Window
from avpres.domain.imaging import Colour, Icc, ImageFormat, Traits
from avpres.domain.migration import Reason, Unmigratable

_ICC_COLOURS = {Colour.YCBCR: Colour.RGB, Colour.YCCK: Colour.CMYK}
_START = b"\xff\xd8\xff"  # of an image


def probe(window: Window) -> Traits:
    """Tell what a JPEG is from the segments before its first scan."""
    header = jpeg_segments.read(window, whole=False)
    apps = jpeg_apps.read(header)
    colour = jpeg_apps.colour(header, apps)
    images = jpeg_mpf.places(apps, window.size)
    return Traits(
        ImageFormat.JPEG,
        colour,
        _compression(header),
        (header.precision,) * len(header.components),
        header.width,
        header.height,
        frames=len(images),
        orientation=_orientation(apps),
        resolution=jpeg_apps.resolution(apps),
        icc=_icc(apps, colour),
        metadata=_metadata(apps),
        flags=_flags(header, len(images), colour),
    )


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give each image of the file, with what stands in its own segments.

    Raises:
        Unmigratable: an image is damaged, or two decoders read it differently.
    """
    window = Window.over(data)
    first = jpeg_segments.read(window, whole=False)
    places = jpeg_mpf.places(jpeg_apps.read(first), len(data))
    limits.count(max(len(places), traits.frames))
    ends = [*(place for place, _ in places[1:]), len(data)]
    for number, ((start, kind), end) in enumerate(zip(places, ends, strict=True), 1):
        header = jpeg_segments.read(window, start, whole=True)
        if header.end > end:
            raise Unmigratable(Reason.DAMAGED, "an image reaches into the next")
        limits.picture(header.width, header.height)
        apps = jpeg_apps.read(header)
        raster, decoders = decode(bytes(data[start : header.end]), header, apps)
        behind = bytes(data[header.end : end])
        if apps.mpf is not None and len(places) == 1 and _START in behind:
            raise Unmigratable(Reason.DAMAGED, "an image follows that its index does not tell of")
        told, upright = _told(header, apps), _orientation(apps)
        yield Page(raster, _embedded(apps, behind), number, kind, decoders, told, upright)


def _orientation(apps: jpeg_apps.Apps) -> int:
    return exif.orientation(apps.exif) if apps.exif else 1


def _compression(header: Header) -> str:
    if header.marker in jpeg_segments.ARITHMETIC:
        return "JPEG arithmetic"
    if header.marker in jpeg_segments.LOSSLESS:
        return "JPEG lossless"
    return "JPEG progressive" if header.marker in jpeg_segments.PROGRESSIVE else "JPEG"


def _icc(apps: jpeg_apps.Apps, colour: Colour) -> Icc:
    if apps.icc is None:
        return Icc.NONE
    return icc.judge(apps.icc, _ICC_COLOURS.get(colour, colour)) if apps.icc_whole else Icc.DAMAGED


def _metadata(apps: jpeg_apps.Apps) -> frozenset[str]:
    told = {"exif": apps.exif, "xmp": apps.xmp, "iptc": apps.iptc}
    found = {name for name, held in told.items() if held is not None}
    names = {name for name, _ in apps.others}
    return frozenset(
        found | ({"comment"} & names) | ({"other"} if names - {"comment"} else set()),
    )


def _flags(header: Header, images: int, colour: Colour) -> frozenset[str]:
    parts = header.components
    told = {
        "progressive": header.marker in jpeg_segments.PROGRESSIVE,
        "arithmetic": header.marker in jpeg_segments.ARITHMETIC,
        "lossless": header.marker in jpeg_segments.LOSSLESS,
        "restarts": bool(header.interval),
        "subsampled": len({(part.across, part.down) for part in parts}) > 1,
        "odd-sampling": _is_odd(header, colour),
        "mpo": images > 1,
    }
    return frozenset(name for name, is_so in told.items() if is_so)


def _is_odd(header: Header, colour: Colour) -> bool:
    """Say whether samplings are others than JPEG XL holds: 1 and 2, and none but 1 of RGB."""
    found = [(part.across, part.down) for part in header.components]
    if len(found) == 1 or len(set(found)) == 1:
        return False
    return colour is Colour.RGB or any(each > 2 for pair in found for each in pair)


def _embedded(apps: jpeg_apps.Apps, behind: bytes) -> Embedded:
    if not apps.icc_whole:
        raise Unmigratable(Reason.ICC_DAMAGED, "a part of it is missing, or there twice")
    others = list(apps.others)
    if behind:
        others.append(("trailing", behind))
    return Embedded(
        icc=apps.icc,
        exif=apps.exif,
        xmp=apps.xmp,
        iptc=apps.iptc,
        resolution=jpeg_apps.resolution(apps),
        others=tuple(others),
    )


def _told(header: Header, apps: jpeg_apps.Apps) -> tuple[tuple[str, object], ...]:
    factors = [f"{part.across}x{part.down}" for part in header.components]
    told: list[tuple[str, object]] = [("sampling", factors)]
    if apps.aspect is not None:
        told.append(("aspect", apps.aspect))
    return tuple(told)
