"""What stands in the directory of a TIFF beside pictures: long texts, resources of Photoshop."""

from avpres.adapters.images.raster import Embedded
from avpres.adapters.images.tiff_words import PHOTOSHOP
from avpres.adapters.transcoding.tiff_entries import ASCII, UNDEFINED, Entry
from avpres.adapters.transcoding.tiff_fitting import is_date

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
_DATE_TIME = 306


def is_placed(name: str, value: bytes) -> bool:
    """Say whether what is told beside the Exif has a place in a TIFF."""
    kind, _, tag = name.partition(":")
    if name == "photoshop":
        return bool(value)
    if kind != "tiff" or tag not in TEXTS or not value:
        return False
    return TEXTS[tag] != _DATE_TIME or is_date(value.rstrip(b"\0") + b"\0")


def texts_of(embedded: Embedded) -> list[Entry]:
    """Make entries of what is told beside the Exif, as far as TIFF has a place for it."""
    found: dict[int, Entry] = {}
    for name, value in embedded.others:
        kind, _, tag = name.partition(":")
        if not is_placed(name, value):
            continue
        if kind == "tiff":
            text = Entry(TEXTS[tag], ASCII, value.rstrip(b"\0") + b"\0")
            found.setdefault(text.tag, text)
        else:
            found.setdefault(PHOTOSHOP, Entry(PHOTOSHOP, UNDEFINED, value))
    return list(found.values())
