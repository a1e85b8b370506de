"""Exif inside JPEG and PNG: a small TIFF structure with who, when and with what (CIPA DC-008).

Only the first directory and the Exif directory under it are read; maker notes are the makers'.
"""

import struct
from dataclasses import dataclass, field
from math import isfinite

from avpres.domain.technical import Image

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_LONGEST = 4096  # bytes of a value that are read: texts and numbers are short
_MOST_ENTRIES = 512  # of a directory; cameras write under 70

ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x0112, 0x011A, 0x011B, 0x0128
MAKE, MODEL, SOFTWARE, DATE_TIME, ARTIST = 0x010F, 0x0110, 0x0131, 0x0132, 0x013B
EXIF_DIRECTORY, EXIF_VERSION, DATE_TIME_ORIGINAL = 0x8769, 0x9000, 0x9003
_UNITS = {1: "no absolute unit of measurement", 2: "in.", 3: "cm"}

Value = str | bytes | int | float


@dataclass(slots=True)
class Exif:
    """What was read: the first value of each tag, and what could not be followed."""

    tags: dict[int, Value] = field(default_factory=dict)
    faults: list[tuple[str, int]] = field(default_factory=list)  # what, offset within the block

    @property
    def version(self) -> str:
        """The Exif version as people write it: "2.31"; empty if the block does not say."""
        raw = self.tags.get(EXIF_VERSION, b"")
        if not isinstance(raw, bytes) or len(raw) != 4 or not raw.isdigit():
            return ""
        return f"{int(raw[:2])}.{raw[2:].decode().rstrip('0') or '0'}"

    def text(self, tag: int) -> str:
        """Give a text, empty if the tag is absent or no text."""
        value = self.tags.get(tag, "")
        return value if isinstance(value, str) else ""

    def number(self, tag: int) -> float | None:
        """Give a number, None if the tag is absent or no number."""
        value = self.tags.get(tag)
        return value if isinstance(value, int | float) and isfinite(value) else None


def parse(block: bytes) -> Exif:
    """Read an Exif block, which begins with its byte order (`II` or `MM`)."""
    exif = Exif()
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        exif.faults.append(("the Exif data has no TIFF header", 0))
        return exif
    _directory(block, order, struct.unpack_from(order + "I", block, 4)[0], exif)
    below = exif.tags.get(EXIF_DIRECTORY)
    if isinstance(below, int):
        _directory(block, order, below, exif)
    return exif


def describe(exif: Exif, image: Image) -> None:
    """Write what Exif says into an image's description; what stands there already stays."""
    image.make = image.make or exif.text(MAKE)
    image.model = image.model or exif.text(MODEL)
    image.software = image.software or exif.text(SOFTWARE)
    image.artist = image.artist or exif.text(ARTIST)
    image.created = image.created or iso_date(exif.text(DATE_TIME_ORIGINAL) or exif.text(DATE_TIME))
    turned = exif.tags.get(ORIENTATION)
    if isinstance(turned, int) and 1 <= turned <= 8:
        image.orientation = turned
    across, down = exif.number(X_RESOLUTION), exif.number(Y_RESOLUTION)
    if image.x_resolution is None and across and down:
        image.x_resolution, image.y_resolution = float(across), float(down)
        image.resolution_unit = _UNITS.get(int(exif.number(RESOLUTION_UNIT) or 2), "in.")


def iso_date(text: str) -> str:
    """Turn `2024:01:31 12:00:00` into ISO 8601; what is no date gives nothing."""
    if len(text) < 19 or not text[:4].isdigit() or text[4] not in ":-" or text[:4] == "0000":
        return ""
    return f"{text[:10].replace(':', '-')}T{text[11:19]}"


def _directory(block: bytes, order: str, offset: int, exif: Exif) -> None:
    if offset + 2 > len(block):
        exif.faults.append(("an Exif directory lies outside of the Exif data", min(offset, 1)))
        return
    (count,) = struct.unpack_from(order + "H", block, offset)
    fits = (len(block) - offset - 2) // 12
    if count > fits:
        exif.faults.append(("an Exif directory is cut short", offset))
    for place in range(offset + 2, offset + 2 + 12 * min(count, fits, _MOST_ENTRIES), 12):
        _entry(block, order, place, exif)


def _entry(block: bytes, order: str, place: int, exif: Exif) -> None:
    tag, kind, count = struct.unpack_from(order + "HHI", block, place)
    size = _SIZES.get(kind, 0) * count
    if kind not in _SIZES:
        exif.faults.append((f"the Exif tag {tag:#06x} has the unknown type {kind}", place))
        return
    start = place + 8 if size <= 4 else struct.unpack_from(order + "I", block, place + 8)[0]
    if start + size > len(block):
        exif.faults.append((f"the value of the Exif tag {tag:#06x} lies outside", place))
        return
    value = _value(block[start : start + min(size, _LONGEST)], kind, order)
    if value is not None:
        exif.tags.setdefault(tag, value)


def _value(raw: bytes, kind: int, order: str) -> Value | None:
    if kind == 2:
        return raw.split(b"\0")[0].decode("utf-8", "replace").strip()
    if kind == 7:
        return raw
    if not raw:
        return None
    if kind in {5, 10}:
        above, below = struct.unpack_from(order + ("II" if kind == 5 else "ii"), raw)
        return above / below if below else None
    return struct.unpack_from(order + _CODES[kind], raw)[0]  # type: ignore[no-any-return]
