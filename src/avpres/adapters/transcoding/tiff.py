"""A clean TIFF for whatever JP2 does not hold: any depth, kind and number of channels.

Baseline tags, strips of a megabyte, no compression or Deflate; BigTIFF where it is needed. It is
proved by the two decoders that read TIFF as a source, against digests of what was written.
"""

from collections.abc import Iterable
from typing import BinaryIO

from avpres.adapters.images.raster import Page
from avpres.adapters.images.tiff_words import STRIP_COUNTS, STRIP_OFFSETS
from avpres.adapters.transcoding.tiff_entries import Output
from avpres.adapters.transcoding.tiff_exif import order_of
from avpres.adapters.transcoding.tiff_page import entries_for, stored
from avpres.adapters.transcoding.tiff_placed import placed
from avpres.adapters.transcoding.tiff_proof import Proved, Written, prove
from avpres.adapters.transcoding.tiff_strips import THREE, Compression, strips
from avpres.domain.imaging import Traits
from avpres.domain.migration import Reason, Unmigratable

__all__ = ["Proved", "Written", "is_big", "placed", "prove", "write"]

CLASSIC = 4_000_000_000  # bytes of samples up to which a TIFF is no BigTIFF


def is_big(traits: Traits) -> bool:
    """Say whether the pages of a source may need BigTIFF."""
    pixel = sum(traits.bits) // 8 + 1
    return traits.pixels * traits.frames * pixel > CLASSIC


def write(
    pages: Iterable[Page],
    handle: BinaryIO,
    *,
    compression: Compression = "deflate",
    big: bool = False,
) -> tuple[Written, ...]:
    """Write pages into an empty file that can be sought; one of them is in memory at a time.

    Raises:
        Unmigratable: colours of one are not written, or its metadata have no place.
    """
    output: Output | None = None
    pointer, found = 0, []
    for page in pages:
        if output is None:
            output = Output(handle, _order(page), big)
            pointer = output.begin()
        raster = stored(page.raster)
        shown = Page(
            *(raster, page.embedded, page.number, page.kind),
            told=page.told,
            orientation=page.orientation,
        )
        place, following = _page(shown, output, compression)
        output.pointed(pointer, place)
        pointer = following
        found.append(Written(raster.digest(), page.embedded, page.orientation))
    if not found:
        raise Unmigratable(Reason.EMPTY, "it has no page")
    return tuple(found)


def _order(page: Page) -> str:
    """Take the byte order of Exif; else the usual one, unless readers differ about it.

    Words of 24 bits are little-endian to libtiff in such a file, and big-endian to others.
    """
    if page.embedded.exif:
        return order_of(page.embedded.exif)
    return ">" if THREE in page.raster.bits else "<"


def _page(page: Page, output: Output, compression: Compression) -> tuple[int, int]:
    places, sizes = [], []
    for strip in strips(page.raster, output.order, compression):
        places.append(output.write(strip))
        sizes.append(len(strip))
    entries = entries_for(page, output, compression)
    entries += [output.places(STRIP_OFFSETS, places), output.places(STRIP_COUNTS, sizes)]
    return output.directory(entries)
