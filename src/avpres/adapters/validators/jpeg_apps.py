"""Application segments of a JPEG: JFIF, Exif, XMP, ICC, SPIFF, Adobe, and what they tell."""

import re
import struct
from dataclasses import dataclass, field

from avpres.adapters.validators import exif, icc
from avpres.adapters.validators.examination import Examination
from avpres.domain.technical import Image

XMP = b"http://ns.adobe.com/xap/1.0/\0"
_ADOBE = 12  # bytes of an Adobe segment; the colour transform is the last of them
_UNITS = {0: "no absolute unit of measurement", 1: "in.", 2: "cm"}
_TOOL = re.compile(rb"CreatorTool(?:=\"|>)([^\"<]{1,200})")
_DATE = re.compile(rb"xmp:CreateDate(?:=\"|>)([0-9T:.+Z-]{10,32})")


@dataclass(slots=True)
class Apps:
    """What the application segments have said so far."""

    exam: Examination
    image: Image
    jfif: bool = False
    jfif_first: bool = False
    exif: bool = False
    spiff: bool = False
    spiff_size: tuple[int, int] | None = None  # width, height
    adobe: int | None = None  # colour transform
    several: bool = False  # MPF: more images follow the first
    icc_parts: dict[int, bytes] = field(default_factory=dict)  # 255 at most, of 64 KiB
    icc_total: int = 0
    icc_place: int = 0
    names: list[str] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Say whether a file format has been named that JPEG data come in."""
        return self.jfif or self.exif or self.spiff


def read(apps: Apps, number: int, data: bytes, place: int, *, first: bool) -> None:
    """Read the segment APPn; `first` if nothing but comments stands before it."""
    if len(apps.names) < 100:
        apps.names.append(f"APP{number}")
    if number == 0 and data.startswith(b"JFIF\0") and not apps.spiff:
        _jfif(apps, data, place, first=first)
    elif number == 1 and data.startswith(b"Exif\0\0"):
        _exif(apps, data, place)
    elif number == 1 and data.startswith(XMP):
        _xmp(apps, data)
    elif number == 2 and data.startswith(b"ICC_PROFILE\0"):
        _icc(apps, data, place)
    elif number == 2 and data.startswith(b"MPF\0"):
        apps.several = True
    elif number == 8 and data.startswith(b"SPIFF\0"):
        _spiff(apps, data, place, first=first)
    elif number == 14 and data.startswith(b"Adobe") and len(data) >= _ADOBE:
        _adobe(apps, data, place)


def finish(apps: Apps) -> None:
    """Put the pieces of the ICC profile together."""
    if not apps.icc_parts:
        return
    if sorted(apps.icc_parts) != list(range(1, apps.icc_total + 1)):
        apps.exam.warn("JPEG-ICC", "a part of the ICC profile is missing", apps.icc_place)
        apps.image.icc_profile = "embedded"
        return
    profile = b"".join(apps.icc_parts[number] for number in sorted(apps.icc_parts))
    apps.image.icc_profile = icc.description(profile)
    for fault in icc.faults(profile):
        apps.exam.warn("JPEG-ICC", fault, apps.icc_place, jhove="JPEG-HUL-11")


def _jfif(apps: Apps, data: bytes, place: int, *, first: bool) -> None:
    exam, image = apps.exam, apps.image
    if not first and not apps.exif:
        text = "the JFIF segment does not stand at the beginning"
        exam.invalid("JPEG-JFIF-PLACE", text, place, jhove="JPEG-HUL-5")
    apps.jfif = True
    apps.jfif_first = apps.jfif_first or first
    if len(data) < 14:
        exam.broken("JPEG-JFIF-SIZE", "the JFIF segment is too short", place)
        return
    major, minor, unit, across, down, columns, rows = struct.unpack_from(">BBBHHBB", data, 5)
    exam.version = f"{major}.{minor:02}"
    if len(data) != 14 + 3 * columns * rows:
        exam.invalid("JPEG-JFIF-SIZE", "the JFIF segment does not fit its preview", place)
    if unit > 2:
        exam.warn("JPEG-JFIF-UNIT", f"the unit {unit} does not exist", place + 7)
        return
    image.resolution_unit = _UNITS[unit]
    if unit and across and down:
        image.x_resolution, image.y_resolution = float(across), float(down)
    elif across and down and across != down:
        exam.technical.properties["pixel_aspect"] = [across, down]


def _exif(apps: Apps, data: bytes, place: int) -> None:
    apps.exif = True
    found = exif.parse(data[6:])
    for fault, within in found.faults:
        apps.exam.warn("JPEG-EXIF", fault, place + 6 + within)
    exif.describe(found, apps.image)
    if found.version:
        apps.exam.technical.properties["exif_version"] = found.version


def _xmp(apps: Apps, data: bytes) -> None:
    apps.exam.technical.properties["xmp"] = True
    tool, date = _TOOL.search(data), _DATE.search(data)
    if tool and not apps.image.software:
        apps.image.software = tool[1].decode("utf-8", "replace").strip()
    if date and not apps.image.created:
        apps.image.created = date[1].decode("ascii", "replace")


def _icc(apps: Apps, data: bytes, place: int) -> None:
    if len(data) < 14:
        apps.exam.warn("JPEG-ICC", "a part of the ICC profile is unusable", place)
        return
    apps.icc_place = apps.icc_place or place
    apps.icc_total = data[13]
    apps.icc_parts[data[12]] = data[14:]


def _spiff(apps: Apps, data: bytes, place: int, *, first: bool) -> None:
    exam = apps.exam
    if not first:
        text = "the SPIFF segment does not stand at the beginning"
        exam.invalid("JPEG-SPIFF-PLACE", text, place, jhove="JPEG-HUL-8")
    apps.spiff = True
    if len(data) < 30:
        exam.invalid("JPEG-SPIFF-SIZE", "the SPIFF segment is too short", place)
        return
    major, minor, _, _, height, width = struct.unpack_from(">BBBBII", data, 6)
    exam.version = f"{major}.{minor:02}"
    apps.spiff_size = width, height


def _adobe(apps: Apps, data: bytes, place: int) -> None:
    apps.adobe = data[11]
    last = data[-1]  # of a longer segment, as Photoshop's "save for web" writes: JHOVE reads there
    if apps.exam.rules.strict and len(data) > _ADOBE and 2 < last < 128:
        text = f"JHOVE takes the last byte of a long Adobe segment for the transform: {last}"
        apps.exam.invalid("JPEG-ADOBE-LONG", text, place + len(data) - 1, jhove="JPEG-HUL-12")
    if apps.adobe > 2:
        text = f"the colour transform {apps.adobe} does not exist"
        apps.exam.invalid("JPEG-ADOBE-TRANSFORM", text, place + 11, jhove="JPEG-HUL-12")
