"""Application segments of a JPEG: profiles, Exif, XMP and IPTC taken out, and nothing lost."""

import struct
from dataclasses import dataclass, field
from fractions import Fraction

from avpres.adapters.images import exif, jpeg_photoshop
from avpres.adapters.images.jpeg_segments import Header
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable

XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_EXTENDED_HEAD = 40  # bytes: the packet's digest and length, the part's offset
_ICC = b"ICC_PROFILE\0"
_PER_METRE = {1: Fraction(10000, 254), 2: Fraction(100)}  # of JFIF's units: inch, centimetre
_YCBCR, _YCCK = 1, 2  # Adobe's transforms


@dataclass(slots=True)
class Apps:
    """What the segments hold."""

    jfif: bool = False
    density: tuple[Fraction, Fraction] | None = None  # pixels in a metre
    aspect: tuple[int, int] | None = None  # where JFIF gives no unit
    adobe: int | None = None
    icc: bytes | None = None
    icc_whole: bool = True
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    mpf: tuple[int, bytes] | None = None  # offset of its TIFF structure, and that
    others: list[tuple[str, bytes]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)  # of the ICC profile
    photoshop: bytes = b""
    extended: dict[bytes, bytes] = field(default_factory=dict)  # parts of the XMP


def read(header: Header) -> Apps:
    """Take out what is known; what is not, is told twice, or has no place is kept in `others`."""
    apps = Apps()
    for (number, content), place in zip(header.apps, header.offsets, strict=True):
        reader = _READERS.get(number)
        if reader is None or not reader(apps, content, place):
            apps.others.append((f"jpeg:APP{number}", content))
    apps.others += [("comment", each) for each in header.comments]
    apps.others += header.others
    if apps.extended:
        whole = b"".join(apps.extended[head] for head in sorted(apps.extended))
        apps.others.append(("xmp:extended", whole))
    _join_icc(apps)
    if apps.photoshop:
        apps.iptc, rest = jpeg_photoshop.split(apps.photoshop)
        apps.others += [("photoshop", rest)] if rest else []
    return apps


def colour(header: Header, apps: Apps) -> Colour:
    """Say what the components are, as libjpeg takes them (jdapimin.c, default_decompress_parms)."""
    names = tuple(part.name for part in header.components)
    if len(names) == 1:
        return Colour.GREY
    if len(names) == 4:
        return Colour.CMYK if not apps.adobe else Colour.YCCK
    if len(names) != 3:
        raise Unmigratable(Reason.UNDEFINED_COLOUR, f"{len(names)} colours")
    if header.marker in {0xC3, 0xCB} and not apps.jfif and apps.adobe != _YCBCR:
        return Colour.RGB
    if apps.jfif or apps.adobe:
        return Colour.YCBCR
    return Colour.RGB if apps.adobe == 0 or names == tuple(b"RGB") else Colour.YCBCR


def resolution(apps: Apps) -> tuple[Fraction, Fraction] | None:
    """Give pixels in a metre: JFIF's, or Exif's where JFIF has no unit."""
    if apps.density is not None or apps.exif is None:
        return apps.density
    return exif.resolution(apps.exif)


def _app0(apps: Apps, content: bytes, _place: int) -> bool:
    if not content.startswith(b"JFIF\0") or len(content) < 14 or apps.jfif:
        return False
    apps.jfif = True
    unit, across, down = struct.unpack_from(">BHH", content, 7)
    if across and down and unit in _PER_METRE:
        apps.density = (across * _PER_METRE[unit], down * _PER_METRE[unit])
    elif across and down and across != down:
        apps.aspect = (across, down)
    return len(content) == 14  # a preview in it is kept as it is


def _app1(apps: Apps, content: bytes, _place: int) -> bool:
    if content.startswith(exif.MARK) and apps.exif is None and exif.is_whole(content[6:]):
        apps.exif = content[6:]
        return True
    if content.startswith(XMP) and apps.xmp is None:
        apps.xmp = content[len(XMP) :].rstrip(b"\0")
        return True
    if content.startswith(_EXTENDED) and len(content) > len(_EXTENDED) + _EXTENDED_HEAD:
        place = len(_EXTENDED) + _EXTENDED_HEAD
        return apps.extended.setdefault(content[:place], content[place:]) == content[place:]
    return False


def _app2(apps: Apps, content: bytes, place: int) -> bool:
    if content.startswith(_ICC) and len(content) >= 14:
        apps.parts.append(content[12:])
        return True
    if content.startswith(b"MPF\0") and apps.mpf is None:
        apps.mpf = (place + 4, content[4:])
    return False


def _app13(apps: Apps, content: bytes, _place: int) -> bool:
    if not content.startswith(jpeg_photoshop.MARK):
        return False
    apps.photoshop += content[len(jpeg_photoshop.MARK) :]
    return True


def _app14(apps: Apps, content: bytes, _place: int) -> bool:
    if not content.startswith(b"Adobe") or len(content) < 12:
        return False
    apps.adobe = content[11]
    return len(content) == 12


_READERS = {0: _app0, 1: _app1, 2: _app2, 13: _app13, 14: _app14}


def _join_icc(apps: Apps) -> None:
    """Put the parts of the profile together; they are numbered from 1 and tell how many."""
    if not apps.parts:
        return
    parts = sorted(set(apps.parts))  # some writers put the whole profile there twice
    numbers = [part[0] for part in parts]
    apps.icc_whole = numbers == list(range(1, len(parts) + 1)) and all(
        part[1] == len(parts) for part in parts
    )
    apps.icc = b"".join(part[2:] for part in parts)
