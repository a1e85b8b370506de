"""One TIFF image: the tags it must have, and whether they agree with one another.

The rules are those of JHOVE's TIFF module, in its order, and a few of TIFF 6.0 beside them.
"""

from avpres.adapters.validators import icc
from avpres.adapters.validators.tiff_codecs import check_codec
from avpres.adapters.validators.tiff_layout import (
    DEPTHS,
    OLD_JPEG,
    Geometry,
    Pieces,
    check_pieces,
    pieces_of,
)
from avpres.adapters.validators.tiff_reader import Directory, check_ranges
from avpres.adapters.validators.tiff_tags import TAGS
from avpres.adapters.validators.tiff_values import COMPRESSIONS, PHOTOMETRICS

_LONGEST_PROFILE = 16 * 1024 * 1024  # bytes of an ICC profile that are looked at
_MOST_SAMPLES = 1024  # hyperspectral images have a few hundred
_MOST_SECONDS = 60  # of a minute with a leap second
_FILL_ORDER, _REVERSED = 266, 2  # libtiff then turns round the bits of compressed bytes too
_GEO_DOUBLES, _GEO_TEXT = 34736, 34737
_LONGEST_TEXT = 65_536  # bytes of GeoTIFF texts
_PRIVATE = 32768  # compressions and photometric interpretations from here on are registered


def check_page(found: Directory) -> Pieces | None:
    """Judge one image directory and give its strips or tiles."""
    geometry = geometry_of(found)
    check_ranges(found, TAGS)
    _check_known(found, geometry)
    _check_samples(found, geometry)
    _check_mask(found, geometry)
    _check_palette(found, geometry)
    _check_colour(found, geometry)
    _check_others(found)
    _check_date(found)
    _check_profile(found)
    _check_geo_keys(found)
    if not (geometry.width and geometry.height):
        return None
    pieces = pieces_of(found, geometry)
    if pieces is not None and check_pieces(found, geometry, pieces) and _is_followed(found):
        check_codec(found, geometry, pieces)
    return pieces


def _is_followed(found: Directory) -> bool:
    return found.whole(_FILL_ORDER, 1) != _REVERSED and not found.entries.keys() & DEPTHS


def geometry_of(found: Directory) -> Geometry:
    """Read dimensions, samples and compression; what must be there and is not is said."""
    exam = found.reader.exam
    sizes = []
    for tag, word, jhove in ((256, "width", "TIFF-HUL-62"), (257, "length", "TIFF-HUL-64")):
        value = found.whole(tag)
        if not value:
            text = f"the image has no {word}" if value is None else f"the {word} of the image is 0"
            exam.invalid(
                "TIFF-NO-SIZE", text, found.place(tag), jhove=None if value == 0 else jhove
            )
        sizes.append(value or 0)
    photometric = found.whole(262)
    if photometric is None:
        exam.invalid(
            "TIFF-NO-PHOTOMETRIC",
            "the image does not say what its samples mean (PhotometricInterpretation)",
            found.offset,
            jhove="TIFF-HUL-63",
        )
    samples = found.whole(277, 1) or 0
    bits = tuple(int(number) for number in found.numbers(258, _MOST_SAMPLES)) or (1,)
    shared = len(bits) == 1 or len(bits) < samples
    wide, high = [*(int(number) or 1 for number in found.numbers(530, 2)), 2, 2][:2]
    return Geometry(
        width=sizes[0],
        height=sizes[1],
        bits=bits[:1] * min(max(samples, 1), _MOST_SAMPLES) if shared else bits[: max(samples, 1)],
        samples=samples,
        photometric=-1 if photometric is None else photometric,
        compression=found.whole(259, 1) or 0,
        planar=found.whole(284, 1) == 2,
        subsampling=(wide, high),
    )


def _check_known(found: Directory, geometry: Geometry) -> None:
    exam = found.reader.exam
    for tag, value, known, word in (
        (259, geometry.compression, COMPRESSIONS, "compression"),
        (262, geometry.photometric, PHOTOMETRICS, "photometric interpretation"),
    ):
        if value in known or value == -1:
            continue
        say = exam.warn if value >= _PRIVATE else exam.invalid
        say("TIFF-VALUE-RANGE", f"the {word} {value} is not known", found.place(tag))
    if geometry.compression == OLD_JPEG:
        exam.note(
            "TIFF-OLD-JPEG",
            "the image is compressed with the old JPEG scheme 6, which is deprecated",
            found.place(259),
            jhove="TIFF-HUL-61",
        )
        if 512 not in found.entries:
            exam.invalid(
                "TIFF-NO-JPEG-PROC",
                "the image is compressed with the old JPEG scheme but has no JPEGProc tag",
                found.offset,
                jhove="TIFF-HUL-49",
            )


def _check_samples(found: Directory, geometry: Geometry) -> None:
    exam = found.reader.exam
    bits = found.entries.get(258)
    least = 3 if geometry.photometric in {2, 6, 8} else 1
    if not least <= geometry.samples <= _MOST_SAMPLES:
        exam.invalid(
            "TIFF-SAMPLES",
            f"the image has {geometry.samples} samples per pixel, its colour space needs {least}",
            found.place(277),
            jhove="TIFF-HUL-42" if geometry.samples < least else None,
        )
    if bits is not None and bits.number != geometry.samples:
        exam.warn(
            "TIFF-BITS-COUNT",
            f"there are {bits.number} values of bits per sample for {geometry.samples} samples",
            found.place(258),
        )
    if not all(1 <= number <= 64 for number in geometry.bits):
        exam.invalid(
            "TIFF-BITS",
            f"the image has {max(geometry.bits)} bits per sample",
            found.place(258),
        )


def _check_mask(found: Directory, geometry: Geometry) -> None:
    exam = found.reader.exam
    masked = bool((found.whole(254, 0) or 0) & 4)
    if (geometry.photometric == 4) != masked:
        exam.invalid(
            "TIFF-MASK",
            "NewSubfileType and PhotometricInterpretation do not agree on a transparency mask",
            found.place(254),
            jhove="TIFF-HUL-40",
        )
    if geometry.photometric == 4 and geometry.bits[0] != 1:
        exam.invalid(
            "TIFF-MASK",
            f"a transparency mask has 1 bit per sample, not {geometry.bits[0]}",
            found.place(258),
            jhove="TIFF-HUL-41",
        )


def _check_palette(found: Directory, geometry: Geometry) -> None:
    if geometry.photometric != 3:
        return
    exam = found.reader.exam
    entry = found.entries.get(320)
    if geometry.samples != 1:
        exam.invalid(
            "TIFF-PALETTE",
            f"a palette image has 1 sample per pixel, not {geometry.samples}",
            found.place(277),
            jhove="TIFF-HUL-45",
        )
    if entry is None:
        exam.invalid("TIFF-PALETTE", "the palette is missing", found.offset, jhove="TIFF-HUL-44")
    elif geometry.bits[0] <= 16 and entry.number < 3 << geometry.bits[0]:
        exam.invalid(
            "TIFF-PALETTE",
            f"the palette has {entry.number} values, it needs {3 << geometry.bits[0]}",
            entry.where,
            jhove="TIFF-HUL-46",
        )


def _check_colour(found: Directory, geometry: Geometry) -> None:
    if geometry.photometric not in {8, 9}:
        return
    exam = found.reader.exam
    extra = found.entries[338].number if 338 in found.entries else 0
    if geometry.samples - extra not in {1, 3}:
        exam.invalid(
            "TIFF-LAB",
            f"a CIE L*a*b* image has 1 or 3 colour samples, not {geometry.samples - extra}",
            found.place(277),
            jhove="TIFF-HUL-50",
        )
    if not set(geometry.bits) <= {8, 16}:
        exam.invalid(
            "TIFF-LAB",
            "a CIE L*a*b* image has 8 or 16 bits per sample",
            found.place(258),
            jhove="TIFF-HUL-51",
        )


def _check_others(found: Directory) -> None:
    exam = found.reader.exam
    if 265 in found.entries and found.whole(263, 1) != 2:
        exam.invalid(
            "TIFF-CELL",
            "there is a dithering cell length without ordered dithering",
            found.place(265),
            jhove="TIFF-HUL-47",
        )
    if 343 in found.entries and 344 not in found.entries:
        exam.invalid(
            "TIFF-CLIP-PATH",
            "the clip path has no XClipPathUnits",
            found.place(343),
            jhove="TIFF-HUL-52",
        )
    dots = found.numbers(336, 2)
    if dots and max(dots) >= 1 << min(found.whole(258, 1) or 0, 64):
        exam.invalid(
            "TIFF-DOT-RANGE",
            "the dot range goes beyond the bits per sample",
            found.place(336),
            jhove="TIFF-HUL-48",
        )


def _check_date(found: Directory) -> None:
    if 306 not in found.entries:
        return
    raw = found.raw(306, 64).split(b"\0")[0].decode("latin-1")
    jhove = _date_fault(raw)
    if not jhove and int(raw[17:]) > _MOST_SECONDS:
        found.reader.exam.warn("TIFF-DATE", f"there is no such second: {raw}", found.place(306))
    if jhove:
        found.reader.exam.invalid(
            "TIFF-DATE",
            f"the date is not of the form YYYY:MM:DD HH:MM:SS: {raw[:32]!r}",
            found.place(306),
            jhove=jhove,
        )


def _date_fault(text: str) -> str:
    if len(text) != 19:
        return "TIFF-HUL-53"
    if text[4] + text[7] + text[10] + text[13] + text[16] != ":: ::":
        return "TIFF-HUL-54"
    digits = (text[:4], text[5:7], text[8:10], text[11:13], text[14:16], text[17:])
    if not all(part.isascii() and part.isdigit() for part in digits):
        return "TIFF-HUL-56"
    _, month, day, hour, minute, _ = map(int, digits)
    right = 1 <= month <= 12 and 1 <= day <= 31 and hour <= 24 and minute <= 59
    return "" if right else "TIFF-HUL-55"


def _check_profile(found: Directory) -> None:
    entry = found.entries.get(34675)
    if entry is None or entry.size > _LONGEST_PROFILE:
        return
    for fault in icc.faults(found.raw(34675, _LONGEST_PROFILE)):
        found.reader.exam.invalid("TIFF-ICC", fault, entry.where, jhove="TIFF-HUL-71")


def _check_geo_keys(found: Directory) -> None:
    keys = found.numbers(34735, 4096)
    if not keys:
        return
    names = keys[4::4]
    if len(keys) < 4 or len(names) < min(keys[3], 1023):
        found.reader.exam.invalid(
            "TIFF-GEO", "the GeoTIFF key directory is cut", found.place(34735), jhove="TIFF-HUL-9"
        )
    elif list(names) != sorted(names):
        found.reader.exam.broken(
            "TIFF-GEO",
            "the GeoTIFF keys are not in ascending order",
            found.place(34735),
            jhove="TIFF-HUL-10",
        )
    else:
        _check_geo_values(found, keys[4:])


def _check_geo_values(found: Directory, keys: tuple[int | float, ...]) -> None:
    """Say where a key takes its value from beyond the end of the GeoTIFF parameters."""
    text = len(found.raw(_GEO_TEXT, _LONGEST_TEXT).split(b"\0")[0])
    doubles = found.entries[_GEO_DOUBLES].number if _GEO_DOUBLES in found.entries else 0
    for key, place, count, start in zip(
        keys[::4], keys[1::4], keys[2::4], keys[3::4], strict=False
    ):
        lacks_text = place == _GEO_TEXT and not 0 < count <= text - start + 1
        if lacks_text or (place == _GEO_DOUBLES and start + count > doubles):
            found.reader.exam.broken(
                "TIFF-GEO",
                f"the value of the GeoTIFF key {key} lies beyond the end of the parameters",
                found.place(int(place)),
                jhove="TIFF-HUL-9" if lacks_text else None,
            )
