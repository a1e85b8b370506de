"""The content of each kind of PNG chunk: what it must look like and what it tells of the image."""

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from avpres.adapters.validators import exif, icc, png_animation, png_text
from avpres.adapters.validators.png_data import SAMPLES, Header, Inflater

if TYPE_CHECKING:
    from avpres.adapters.validators.png import Walk

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_LARGEST = 0x7FFFFFFF  # pixels across or down
_LONGEST_NAME = 79  # bytes


def _header(walk: "Walk", data: bytes, place: int) -> None:
    exam = walk.exam
    if walk.header is not None:
        return  # a second one; the order of chunks was found fault with already
    if len(data) != 13:
        text = f"the header has {len(data)} bytes, not 13"
        exam.halt("PNG-HEADER-SIZE", text, place, jhove="PNG-GDM-24")
    width, height, depth, colour, method, filters, interlace = struct.unpack(">IIBBBBB", data)
    if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST):
        exam.halt("PNG-DIMENSIONS", f"impossible dimensions: {width} x {height} pixels", place)
    if colour not in _DEPTHS:
        text = f"the colour type {colour} does not exist"
        exam.halt("PNG-COLOUR-TYPE", text, place + 9, jhove="PNG-GDM-28")
    if depth not in _DEPTHS[colour]:
        text = f"the colour type {colour} cannot have {depth} bits a sample"
        exam.halt("PNG-BIT-DEPTH", text, place + 8, jhove="PNG-GDM-26")
    for name, value, most in (("compression", method, 0), ("filter", filters, 0)):
        if value > most:
            exam.broken("PNG-METHOD", f"the {name} method {value} does not exist", place + 10)
    if interlace > 1:
        exam.broken("PNG-METHOD", f"the interlace method {interlace} does not exist", place + 12)
        return
    walk.header = Header(width, height, depth, colour, bool(interlace))
    walk.pixels = Inflater(walk.header.rows(width, height))


def _palette(walk: "Walk", data: bytes, place: int) -> None:
    walk.palette = len(data) // 3
    if len(data) % 3 or not data:
        text = f"a palette of {len(data)} bytes, which is no number of colours"
        walk.exam.broken("PNG-PALETTE-SIZE", text, place, jhove="PNG-GDM-36")
        return
    header = walk.header
    most = 1 << header.depth if header and header.colour == 3 else 256
    if walk.palette > most:
        text = f"a palette of {walk.palette} colours, {most} at most are possible"
        say = walk.exam.warn if walk.palette <= 256 else walk.exam.broken
        say("PNG-PALETTE-SIZE", text, place)


def _data(walk: "Walk", data: bytes, _place: int) -> None:
    if walk.pixels is not None:
        walk.pixels.feed(data)


def _transparency(walk: "Walk", data: bytes, place: int) -> None:
    exam, colour = walk.exam, walk.header.colour if walk.header else 0
    if colour in {4, 6}:
        text = f"transparency is not allowed with the colour type {colour}"
        exam.broken("PNG-TRANSPARENCY", text, place, jhove="PNG-GDM-61")
    elif colour in {0, 2}:
        _reaches(walk, "tRNS", data, place, (2 * SAMPLES[colour], "PNG-GDM-60"))
    elif not walk.palette:
        exam.broken("PNG-ORDER", "the chunk tRNS stands before the palette", place)
    elif len(data) > walk.palette:
        exam.warn("PNG-CHUNK-SIZE", "transparency of more colours than there are", place)


def _gamma(walk: "Walk", data: bytes, place: int) -> None:
    if len(data) != 4:
        text = f"gAMA has {len(data)} bytes, not 4"
        walk.exam.broken("PNG-CHUNK-SIZE", text, place, jhove="PNG-GDM-9")
        return
    (value,) = struct.unpack(">I", data)
    walk.exam.technical.properties["gamma"] = value / 100000
    if not value:
        walk.exam.warn("PNG-GAMMA", "a gamma of 0 has no meaning", place)


def _chromaticities(walk: "Walk", data: bytes, place: int) -> None:
    if not _reaches(walk, "cHRM", data, place, (32, "PNG-GDM-6")):
        return
    values = [value / 100000 for value in struct.unpack_from(">8I", data)]
    walk.exam.technical.properties["white_point"] = values[:2]
    walk.exam.technical.properties["primaries"] = values[2:]


def _srgb(walk: "Walk", data: bytes, place: int) -> None:
    exam = walk.exam
    if walk.seen[b"iCCP"]:
        exam.broken("PNG-TWO-PROFILES", "sRGB stands beside iCCP", place, jhove="PNG-GDM-50")
    if not _reaches(walk, "sRGB", data, place, (1, "PNG-GDM-51")):
        return
    if data[0] > 3:
        text = f"the rendering intent {data[0]} does not exist"
        exam.broken("PNG-INTENT", text, place, jhove="PNG-GDM-52")
    else:
        exam.technical.properties["srgb_intent"] = data[0]
        walk.image.icc_profile = walk.image.icc_profile or "sRGB"


def _profile(walk: "Walk", data: bytes, place: int) -> None:
    exam = walk.exam
    if walk.seen[b"sRGB"]:
        exam.broken("PNG-TWO-PROFILES", "iCCP stands beside sRGB", place, jhove="PNG-GDM-17")
    name, null, rest = data.partition(b"\0")
    if not null or not rest:
        exam.broken("PNG-ICC", "the chunk iCCP is malformed", place, jhove="PNG-GDM-19")
        return
    profile = png_text.inflated(walk, rest[1:])
    if rest[0] or profile is None:
        exam.warn("PNG-ICC-PROFILE", "the ICC profile cannot be inflated", place)
        return
    for fault in icc.faults(profile):
        exam.warn("PNG-ICC-PROFILE", fault, place)
    said = icc.description(profile)
    walk.image.icc_profile = said if said != "embedded" else name.decode("latin-1") or said


def _significant(walk: "Walk", data: bytes, place: int) -> None:
    colour = walk.header.colour if walk.header else 0
    wanted = 3 if colour == 3 else SAMPLES[colour]
    if not 1 <= len(data) <= 4:
        text = f"sBIT has {len(data)} bytes"
        walk.exam.broken("PNG-CHUNK-SIZE", text, place, jhove="PNG-GDM-42")
    elif len(data) != wanted:
        walk.exam.warn("PNG-SIGNIFICANT", f"sBIT has {len(data)} bytes, not {wanted}", place)
    else:
        walk.exam.technical.properties["significant_bits"] = list(data)


def _background(walk: "Walk", data: bytes, place: int) -> None:
    colour = walk.header.colour if walk.header else 0
    wanted = {0: 2, 2: 6, 3: 1, 4: 2, 6: 6}[colour]
    enough = _reaches(walk, "bKGD", data, place, (wanted, "PNG-GDM-2"))
    if enough and colour == 3 and data[0] >= walk.palette:
        walk.exam.warn("PNG-BACKGROUND", "the background colour is not in the palette", place)


def _histogram(walk: "Walk", data: bytes, place: int) -> None:
    if not walk.palette:
        text = "the chunk hIST stands before the palette"
        walk.exam.broken("PNG-ORDER", text, place, jhove="PNG-GDM-12")
    elif len(data) != 2 * walk.palette:
        walk.exam.warn("PNG-HISTOGRAM", "hIST does not count every colour", place)


def _pixel_size(walk: "Walk", data: bytes, place: int) -> None:
    if not _reaches(walk, "pHYs", data, place, (9, "PNG-GDM-32")):
        return
    across, down, unit = struct.unpack_from(">IIB", data)
    if unit > 1:
        walk.exam.warn("PNG-UNIT", f"the unit {unit} of the resolution does not exist", place + 8)
    share = 100 if unit == 1 else 1  # from pixels per metre to pixels per centimetre
    walk.image.x_resolution, walk.image.y_resolution = across / share, down / share
    walk.image.resolution_unit = "cm" if unit == 1 else "no absolute unit of measurement"


def _suggested(walk: "Walk", data: bytes, place: int) -> None:
    exam = walk.exam
    name, null, rest = data.partition(b"\0")
    if not null or not rest or len(name) > _LONGEST_NAME:
        text = "the name of a suggested palette has no end"
        exam.broken("PNG-SUGGESTED", text, place, jhove="PNG-GDM-45")
    elif rest[0] not in {8, 16}:
        text = f"a suggested palette with {rest[0]} bits a sample"
        exam.broken("PNG-SUGGESTED", text, place, jhove="PNG-GDM-46")
    elif (len(rest) - 1) % (6 if rest[0] == 8 else 10):
        text = "a suggested palette has no whole number of colours"
        exam.broken("PNG-SUGGESTED", text, place, jhove="PNG-GDM-47")


def _time(walk: "Walk", data: bytes, place: int) -> None:
    if not _reaches(walk, "tIME", data, place, (7, "PNG-GDM-56")):
        return
    year, month, day, hour, minute, second = struct.unpack_from(">HBBBBB", data)
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
        text = "the date of the last change is impossible"
        walk.exam.invalid("PNG-DATE", text, place, jhove="PNG-GDM-58")
        return
    date = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    walk.exam.technical.properties["modified"] = date


def _exif(walk: "Walk", data: bytes, place: int) -> None:
    found = exif.parse(data)
    for fault, within in found.faults:
        walk.exam.warn("PNG-EXIF", fault, place + within)
    exif.describe(found, walk.image)
    if found.version:
        walk.exam.technical.properties["exif_version"] = found.version


def _end(walk: "Walk", data: bytes, place: int) -> None:
    if data:
        text = f"IEND has {len(data)} bytes, it must be empty"
        walk.exam.invalid("PNG-END", text, place, jhove="PNG-GDM-21")


def _reaches(walk: "Walk", name: str, data: bytes, place: int, least: tuple[int, str]) -> bool:
    """Say whether a chunk has the bytes that it must have; more are odd, decoders skip them."""
    size, jhove = least
    if len(data) != size:
        text = f"{name} has {len(data)} bytes, not {size}"
        if len(data) < size:
            walk.exam.broken("PNG-CHUNK-SIZE", text, place, jhove=jhove)
        else:
            walk.exam.warn("PNG-CHUNK-SIZE", text, place)
    return len(data) >= size


READERS: dict[bytes, Callable[["Walk", bytes, int], None]] = {
    b"IHDR": _header,
    b"PLTE": _palette,
    b"IDAT": _data,
    b"tRNS": _transparency,
    b"gAMA": _gamma,
    b"cHRM": _chromaticities,
    b"sRGB": _srgb,
    b"iCCP": _profile,
    b"sBIT": _significant,
    b"bKGD": _background,
    b"hIST": _histogram,
    b"pHYs": _pixel_size,
    b"sPLT": _suggested,
    b"tIME": _time,
    b"eXIf": _exif,
    b"tEXt": png_text.plain,
    b"zTXt": png_text.compressed,
    b"iTXt": png_text.international,
    b"acTL": png_animation.control,
    b"fcTL": png_animation.frame,
    b"fdAT": png_animation.frame_data,
    b"IEND": _end,
}
