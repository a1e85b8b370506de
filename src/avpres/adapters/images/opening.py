"""The pictures of an image file, each read by two decoders where two exist."""

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol, cast

from avpres.adapters.images.limits import Limits
from avpres.adapters.images.raster import Page
from avpres.domain.imaging import ImageFormat, Traits

_MODULES = {
    ImageFormat.BMP: "bmp",
    ImageFormat.GIF: "gif",
    ImageFormat.JPEG: "jpeg",
    ImageFormat.PCX: "pcx",
    ImageFormat.PNG: "png",
    ImageFormat.PNM: "pnm",
    ImageFormat.TGA: "tga",
    ImageFormat.TIFF: "tiff_pages",
}


class Opener(Protocol):
    """What each format's module offers."""

    def pages(self, data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
        """Give each picture."""


def pages(data: memoryview, traits: Traits, limits: Limits) -> Iterator[Page]:
    """Give each picture of a file in its order; one is in memory at a time.

    Args:
        data: the whole file.
        traits: what `probing.probe` told of it.
        limits: the most pixels and frames that may be decoded.

    Raises:
        Unmigratable: a picture is damaged, beyond the limits, or read differently by two decoders.
            Nothing that came before it is then to be used either.
    """
    limits.count(traits.frames)
    limits.picture(traits.width, traits.height)
    module = import_module(f"avpres.adapters.images.{_MODULES[traits.format]}")
    yield from cast("Opener", module).pages(data, traits, limits)
