"""Metadata that stand in the directory of a picture: profiles, EXIF, XMP, IPTC and texts."""

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Embedded
from avpres.adapters.images.tiff_directory import EXIF_IFD, GPS_IFD, Directory
from avpres.domain.imaging import Icc


def judged(page: Directory) -> Icc:
    """Say what the ICC profile of a page is."""
    return Icc.FULL if words.ICC in page.entries else Icc.NONE


def kinds(page: Directory) -> frozenset[str]:
    """Name the kinds of metadata that a page holds."""
    tags = {"exif": (EXIF_IFD, GPS_IFD), "xmp": (words.XMP,), "iptc": (words.IPTC,)}
    return frozenset(
        name for name, all_of in tags.items() if any(tag in page.entries for tag in all_of)
    )


def embedded_of(page: Directory) -> Embedded:
    """Gather the metadata of a page."""
    return Embedded(icc=page.raw(words.ICC) or None, xmp=page.raw(words.XMP) or None)
