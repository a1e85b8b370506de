"""Metadata that stand in the directory of a picture: profiles, EXIF, XMP, IPTC and texts.

Tags that tell how samples lie are used up by reading them. The profile, XMP and IPTC go their own
ways. All others go into the EXIF structure, where readers expect texts, makers and dates; large
ones, and those that point somewhere, are kept by name beside it.
"""

from fractions import Fraction

from avpres.adapters.images import icc, tiff_exif, tiff_iptc
from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Embedded
from avpres.adapters.images.tiff_directory import EXIF_IFD, GPS_IFD, SIZES, Directory, Entry
from avpres.adapters.images.tiff_layout import Layout
from avpres.adapters.validators.tiff_tags import TAGS
from avpres.domain.imaging import Colour, Icc

_LAYOUT = {254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320}
_LAYOUT |= {288, 289, 322, 323, 324, 325, 330, 332, 338, 339, 347, 32997, 32998}
_LAYOUT |= set(range(512, 522)) | {530}
_OWN_WAY = {words.XMP, words.IPTC, words.ICC, words.PHOTOSHOP}
_RESOLUTION = {words.X_RESOLUTION, words.Y_RESOLUTION, words.RESOLUTION_UNIT}
_LARGE = 1 << 16  # bytes; larger values stand beside EXIF
_MOST = 1 << 26  # bytes of a profile or of Photoshop's resources that are looked into
_POINTERS = {13, 18}
_INCH, _CENTIMETRE = 2, 3
_METRES = {_INCH: Fraction(10000, 254), _CENTIMETRE: Fraction(100)}


def judged(page: Directory, layout: Layout) -> Icc:
    """Say what the ICC profile of a page is for its samples."""
    entry = page.entries.get(words.ICC)
    if entry is None:
        return Icc.NONE
    if entry.size > _MOST:
        return Icc.DAMAGED
    colour = Colour.RGB if layout.colour is Colour.YCBCR else layout.colour
    return icc.judge(page.raw(words.ICC), colour)


def kinds(page: Directory) -> frozenset[str]:
    """Name the kinds of metadata that a page holds."""
    holds = {
        "exif": _tells(page, _for_exif(page)),
        "xmp": words.XMP in page.entries,
        "iptc": words.IPTC in page.entries or bool(_iptc_of_photoshop(page)),
        "other": bool(_beside(page)) or words.PHOTOSHOP in page.entries,
    }
    return frozenset(name for name, true in holds.items() if true)


def embedded_of(page: Directory) -> Embedded:
    """Gather the metadata of a page.

    Raises:
        Unmigratable: some of it is not in the file.
    """
    profile, packet = page.raw(words.ICC), page.raw(words.XMP).rstrip(b"\0 \t\r\n")
    return Embedded(
        icc=icc.trimmed(profile) if profile else None,
        exif=_exif(page),
        xmp=packet or None,
        iptc=_iptc(page) or None,
        resolution=resolution(page),
        others=tuple(_others(page)),
    )


def orientation(page: Directory) -> int:
    """Give the orientation, 1 to 8; what is out of that range is taken for 1, as programs do."""
    found = page.number(words.ORIENTATION, 1)
    return found if 1 <= found <= 8 else 1


def resolution(page: Directory) -> tuple[Fraction, Fraction] | None:
    """Give pixels in a metre, exactly; none where no unit is told."""
    unit = _METRES.get(page.number(words.RESOLUTION_UNIT, _INCH))
    across, down = page.fraction(words.X_RESOLUTION), page.fraction(words.Y_RESOLUTION)
    if unit is None or across is None or down is None or min(across, down) <= 0:
        return None
    return across * unit, down * unit


def _exif(page: Directory) -> bytes | None:
    chosen = _for_exif(page)
    if not _tells(page, chosen):
        return None
    part = tiff_exif.part_of(page, chosen)
    return tiff_exif.structure(part, page.order, tiff_exif.note_place(page))


def _tells(page: Directory, chosen: dict[int, Entry]) -> bool:
    """Say whether EXIF is worth making: resolution that is told has a place of its own."""
    elsewhere = _RESOLUTION if resolution(page) is not None else {words.RESOLUTION_UNIT}
    return bool(chosen.keys() - elsewhere - {words.ORIENTATION})


def _for_exif(page: Directory) -> dict[int, Entry]:
    return {
        tag: entry
        for tag, entry in page.entries.items()
        if tag not in _LAYOUT and tag not in _OWN_WAY and not _is_beside(entry)
    }


def _is_beside(entry: Entry) -> bool:
    """Say whether a tag is too large for EXIF, points somewhere, or is of an unknown type."""
    if entry.tag in {EXIF_IFD, GPS_IFD}:
        return False
    return entry.size > _LARGE or entry.kind in _POINTERS or entry.kind not in SIZES


def _beside(page: Directory) -> list[Entry]:
    left_out = _LAYOUT | _OWN_WAY
    return [
        entry for tag, entry in page.entries.items() if tag not in left_out and _is_beside(entry)
    ]


def _others(page: Directory) -> list[tuple[str, bytes]]:
    found = [(_name(entry), page.raw(entry.tag)) for entry in _beside(page)]
    photoshop = page.raw(words.PHOTOSHOP)
    return [*found, ("photoshop", photoshop)] if photoshop else found


def _name(entry: Entry) -> str:
    rule = TAGS.get(entry.tag)
    return f"tiff:{rule.name if rule else entry.tag}"


def _iptc(page: Directory) -> bytes:
    return tiff_iptc.records(page.raw(words.IPTC) or _iptc_of_photoshop(page))


def _iptc_of_photoshop(page: Directory) -> bytes:
    entry = page.entries.get(words.PHOTOSHOP)
    if entry is None or entry.size > _MOST:
        return b""
    return tiff_iptc.iptc_resource(page.raw(words.PHOTOSHOP))
