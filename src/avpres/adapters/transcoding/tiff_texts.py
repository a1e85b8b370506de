"""What stands in the directory of a TIFF beside pictures: long texts, resources of Photoshop."""

from avpres.adapters.images.raster import Embedded
from avpres.adapters.images.tiff_words import PHOTOSHOP
from avpres.adapters.transcoding.tiff_entries import ASCII, UNDEFINED, Entry

TEXTS = {
    "DocumentName": 269,
    "ImageDescription": 270,
    "Make": 271,
    "Model": 272,
    "PageName": 285,
    "Software": 305,
    "DateTime": 306,
    "Artist": 315,
    "HostComputer": 316,
    "TargetPrinter": 337,
    "Copyright": 33432,
}
"""Texts of TIFF 6.0, by the names under which they are told: "tiff:ImageDescription"."""


def texts_of(embedded: Embedded) -> list[Entry]:
    """Make entries of what is told beside the Exif, as far as TIFF has a place for it."""
    found: dict[int, Entry] = {}
    for name, value in embedded.others:
        kind, _, tag = name.partition(":")
        if kind == "tiff" and tag in TEXTS and value:
            text = Entry(TEXTS[tag], ASCII, value.rstrip(b"\0") + b"\0")
            found.setdefault(text.tag, text)
        elif name == "photoshop" and value:
            found.setdefault(PHOTOSHOP, Entry(PHOTOSHOP, UNDEFINED, value))
    return list(found.values())
