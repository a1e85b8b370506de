"""Profiles in a PNG's texts, as ImageMagick and exiftool write them: hexadecimal figures."""

import re

from avpres.adapters.images import exif, jpeg_photoshop
from avpres.adapters.images.jpeg_apps import XMP

_NAME = re.compile(rb"Raw profile type ([a-zA-Z0-9]{3,4})\0")
_FORM = re.compile(rb"\s{0,9}[a-zA-Z0-9 ]{2,40}\n {0,16}(\d{1,9})\n([0-9a-fA-F\s]*)")

Profile = tuple[str, bytes]
"""What it is (exif, xmp or iptc), and its content."""


def name(content: bytes) -> str:
    """Give the name of the profile that a text chunk holds; "" if it holds none."""
    found = _NAME.match(content)
    return found[1].decode().lower() if found else ""


def profile(name: str, text: bytes) -> Profile | None:
    """Give what a text holds; None where it is none of the three, or not whole."""
    found = _FORM.fullmatch(text)
    raw = _from_hex(found[2].decode("ascii")) if found else b""
    if found is None or len(raw) != int(found[1]):
        return None
    if name in {"exif", "app1"} and raw.startswith(exif.MARK):
        return ("exif", raw[6:]) if exif.is_whole(raw[6:]) else None
    if name == "xmp" or (name == "app1" and raw.startswith(XMP)):
        return "xmp", raw.removeprefix(XMP).rstrip(b"\0")
    return _iptc(raw) if name in {"iptc", "8bim"} else None


def _from_hex(figures: str) -> bytes:
    try:
        return bytes.fromhex(figures)
    except ValueError:  # half a byte stands alone
        return b""


def _iptc(raw: bytes) -> Profile | None:
    """Give the records; where Photoshop's other resources stand beside them, the text is kept."""
    if raw.startswith(b"\x1c"):
        return "iptc", raw
    records, rest = jpeg_photoshop.split(raw.removeprefix(jpeg_photoshop.MARK))
    return ("iptc", records) if records and not rest else None
