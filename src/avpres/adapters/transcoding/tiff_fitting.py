"""Which tags fit into a clean TIFF: those of which no validator says that they must not be so."""

import re
import struct
from collections.abc import Iterable, Mapping, Sequence

from avpres.adapters.transcoding.tiff_entries import Entry
from avpres.adapters.validators.tiff_tags import (
    CODES,
    EXIF_TAGS,
    GPS_TAGS,
    SIZES,
    TAGS,
    Rule,
)
from avpres.adapters.validators.tiff_values import EXIF_RANGES, RANGES

EXIF, GPS = 34665, 34853
_TABLES: Mapping[int, Mapping[int, Rule]] = {0: TAGS, EXIF: EXIF_TAGS, GPS: GPS_TAGS}
_RANGES = {0: RANGES, EXIF: EXIF_RANGES}
_DATE_TIME = 306
_ASTRAY = {400}  # points at a directory of its source, of parameters for faxes
_DATE = re.compile(rb"\d{4}:(0[1-9]|1[0-2]):(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-4]):[0-5]\d:\d\d\0")
_OECF, _WHOLE = 34856, {1, 3, 4}  # JHOVE asks for numbers where Exif 2.3 has bytes of any kind
_THRESHOLDING, _CELL_LENGTH, _ORDERED = 263, 265, 2
_DOT_RANGE, _CLIP_PATH, _CLIP_UNITS = 336, 343, 344
_GEO_KEYS, _GEO_DOUBLES, _GEO_TEXT = 34735, 34736, 34737
_COUNTED = 30  # bits that JHOVE can count to
_MOST = 4096  # numbers of one tag that are looked at


def is_date(value: bytes) -> bool:
    """Say whether a text is a date as TIFF 6.0 writes it, with its NUL."""
    return _DATE.fullmatch(value.rstrip(b"\0") + b"\0") is not None and len(value) == 20  # noqa: PLR2004 - bytes


def is_fit(directory: int, entry: Entry, order: str) -> bool:
    """Say whether a tag has a type, a number of values and values that it may have.

    Args:
        directory: the tag that points at its directory; 0 is a page's own.
        entry: the tag with its value.
        order: of bytes, "<" or ">".
    """
    if entry.kind not in SIZES or (entry.tag in _ASTRAY and directory == 0):
        return False
    rule = _TABLES.get(directory, {}).get(entry.tag)
    if rule is None:
        return True
    if (rule.kinds and entry.kind not in rule.kinds) or entry.count < rule.least:
        return False
    if entry.tag == _DATE_TIME and directory == 0:
        return is_date(entry.value)
    if entry.tag == _OECF and directory == EXIF:
        return entry.kind in _WHOLE
    allowed = _RANGES.get(directory, {}).get(entry.tag)
    return allowed is None or set(numbers(entry, order)) <= allowed


def unfit_together(
    directory: int, entries: Sequence[Entry], order: str, bits: tuple[int, ...]
) -> set[int]:
    """Name the tags of a directory that do not go with others, or with the samples."""
    if directory:
        return set()
    found = {entry.tag: numbers(entry, order) for entry in entries}
    unfit = set()
    if _CELL_LENGTH in found and found.get(_THRESHOLDING, ())[:1] != (_ORDERED,):
        unfit.add(_CELL_LENGTH)
    if _CLIP_PATH in found and _CLIP_UNITS not in found:
        unfit.add(_CLIP_PATH)
    if bits[0] > _COUNTED or max(found.get(_DOT_RANGE, ()), default=0) >= 1 << bits[0]:
        unfit.add(_DOT_RANGE)
    if _GEO_KEYS in found and not _are_geo(found[_GEO_KEYS], entries):
        unfit |= {_GEO_KEYS, _GEO_DOUBLES, _GEO_TEXT}
    return unfit


def numbers(entry: Entry, order: str) -> tuple[int, ...]:
    """Give the whole numbers of a tag, the first of many; none where it holds others."""
    code = CODES.get(entry.kind, "f")
    if code in "fd":
        return ()
    count = min(entry.count, _MOST)
    return struct.unpack_from(f"{order}{count}{code}", entry.value)


def _are_geo(keys: Sequence[int], entries: Iterable[Entry]) -> bool:
    """Say whether the keys of GeoTIFF stand in their order, and find all their values."""
    if len(keys) < 4 or len(keys) < 4 + 4 * keys[3]:  # noqa: PLR2004 - numbers of a key
        return False
    held = {entry.tag: entry for entry in entries}
    text = held[_GEO_TEXT].value.split(b"\0")[0] if _GEO_TEXT in held else b""
    doubles = held[_GEO_DOUBLES].count if _GEO_DOUBLES in held else 0
    names = keys[4::4]
    for place, count, start in zip(keys[5::4], keys[6::4], keys[7::4], strict=False):
        if place == _GEO_TEXT and not 0 < count <= len(text) - start + 1:
            return False
        if place == _GEO_DOUBLES and start + count > doubles:
            return False
    return list(names) == sorted(names)
