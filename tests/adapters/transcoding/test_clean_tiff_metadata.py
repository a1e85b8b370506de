"""What would make a clean TIFF invalid stands beside it: our validator asks what JHOVE asks."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.transcoding import tiff
from avpres.adapters.transcoding.tiff_exif import values_of
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.validity import Status

EXIF, GPS = 34665, 34853
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8, 12: 8}
CODES = {1: "B", 3: "H", 4: "I", 5: "I", 10: "i", 12: "d"}
DATE, GOOD = b"2026:11:22 10:00:00\0", (315, 2, b"A. Person\0")


def value(kind: int, given: object) -> bytes:
    if isinstance(given, bytes):
        return given
    numbers = given if isinstance(given, tuple) else (given,)
    return struct.pack(f"<{len(numbers)}{CODES[kind]}", *numbers)


def block(*first: tuple, exif: tuple = (), gps: tuple = ()) -> bytes:
    """A block of Exif; directories of nothing are not written."""
    out = bytearray(b"II*\0\x08\0\0\0")
    below = [(EXIF, exif), (GPS, gps)]
    lines = [*first, *((tag, 4, 0) for tag, entries in below if entries)]
    places = directory(out, lines)
    for tag, entries in below:
        if entries:
            struct.pack_into("<I", out, places[tag], len(out))
            directory(out, entries)
    return bytes(out)


def directory(out: bytearray, entries: tuple | list) -> dict[int, int]:
    """Write a directory and its values; give the place of each value or of what points at it."""
    at, places = len(out), {}
    entries = sorted(entries)
    out += struct.pack("<H", len(entries)) + bytes(12 * len(entries) + 4)
    for index, (tag, kind, told) in enumerate(entries):
        raw, line = value(kind, told), at + 2 + 12 * index
        places[tag] = line + 8
        struct.pack_into("<HHI", out, line, tag, kind, len(raw) // SIZES[kind])
        if len(raw) <= 4:
            out[line + 8 : line + 8 + len(raw)] = raw
        else:
            struct.pack_into("<I", out, line + 8, len(out))
            out += raw + bytes(len(raw) % 2)
    return places


def picture(bits: int = 8, colour: Colour = Colour.CMYK) -> Raster:
    count = {Colour.CMYK: 4, Colour.LAB: 3}.get(colour, 1)
    return Raster(np.zeros((7, 9, count), "u1" if bits <= 8 else "f4"), (bits,) * count, colour)


def status(path: Path) -> Status:
    exam = Examination()
    with path.open("rb") as handle:
        examine(Source(handle, path.name), Format.TIFF, exam)
    return exam.status


def made(folder: Path, page: Page) -> Path:
    path = folder / "a.tif"
    with path.open("w+b") as handle:
        written = tiff.write([page], handle)
    tiff.prove(path, written)
    return path


UNFIT = {
    "a short date": block(GOOD, (306, 2, b"2026\0")),
    "a date of words": block(GOOD, (306, 2, b"Sunday, 22 November\0")),
    "a month too many": block(GOOD, (306, 2, b"2026:13:22 10:00:00\0")),
    "a text of numbers": block(GOOD, (271, 3, (65, 66))),
    "one page number": block(GOOD, (297, 3, 1)),
    "dots beyond the bits": block(GOOD, (336, 3, (0, 256))),
    "a cell without order": block(GOOD, (265, 3, 4)),
    "a path without units": block(GOOD, (343, 1, (1, 2, 3))),
    "parameters of faxes elsewhere": block(GOOD, (400, 4, 8)),
    "keys of GeoTIFF out of order": block(
        GOOD, (34735, 3, (1, 1, 0, 2, 1025, 0, 1, 1, 1024, 0, 1, 1))
    ),
    "texts of GeoTIFF that are not there": block(
        GOOD, (34735, 3, (1, 1, 0, 1, 1026, 34737, 9, 0)), (34737, 2, b"abc\0")
    ),
    "a short date below Exif": block(GOOD, exif=((36867, 2, b"2026\0"), (36868, 2, DATE))),
    "an aperture of the wrong type": block(GOOD, exif=((33437, 3, 4), (36868, 2, DATE))),
    "a flash that does not exist": block(GOOD, exif=((36868, 2, DATE), (37385, 3, 2))),
    "half a latitude": block(GOOD, gps=((1, 2, b"N\0"), (2, 5, (51, 1, 30, 1)))),
}


@pytest.mark.parametrize("name", UNFIT)
def test_exif_that_does_not_fit_goes_beside_and_the_rest_stays(name: str, tmp_path: Path):
    exif = UNFIT[name]
    page = Page(picture(), Embedded(exif=exif))

    shown, left_over = tiff.placed(page)

    assert status(made(tmp_path, page)) is not Status.VALID
    assert status(made(tmp_path, shown)) is Status.VALID
    assert left_over == (("exif", exif),)
    asked, kept = values_of(exif), values_of(shown.embedded.exif)
    assert kept.items() < asked.items()
    assert kept[0, 315] == (2, b"A. Person\0")
    assert {at[0] for at in kept} == {at[0] for at in asked}, "no directory is lost whole"


FIT = block(
    GOOD,
    *((306, 2, DATE), (336, 3, (0, 255)), (343, 1, (1, 2)), (344, 4, 100), (65000, 7, b"private")),
    exif=((33437, 5, (28, 10)), (36867, 2, DATE), (37500, 7, b"a maker's note")),
    gps=((0, 1, (2, 3, 0, 0)), (2, 5, (51, 1, 30, 1, 0, 1))),
)


def test_exif_that_fits_stays_as_it_is(tmp_path: Path):
    page = Page(picture(), Embedded(exif=FIT, icc=ICC))

    shown, left_over = tiff.placed(page)

    assert (shown.embedded, left_over) == (page.embedded, ())
    assert status(made(tmp_path, shown)) is Status.VALID


def test_numbers_where_jhove_wants_them_stay_and_bytes_go_beside():
    fit = block(GOOD, exif=((34856, 3, (1, 2)), (36868, 2, DATE)))
    unfit = block(GOOD, exif=((34856, 7, b"\1\2"), (36868, 2, DATE)))

    assert tiff.placed(Page(picture(), Embedded(exif=fit)))[1] == ()
    assert tiff.placed(Page(picture(), Embedded(exif=unfit)))[1] == (("exif", unfit),)


@pytest.mark.parametrize(
    "profile",
    [ICC[:300], ICC[:36] + b"acsq" + ICC[40:], ICC[:12] + b"abcd" + ICC[16:], b"no profile"],
    ids=["cut", "signature", "class", "text"],
)
def test_a_profile_that_java_does_not_take_goes_beside(profile: bytes, tmp_path: Path):
    shown, left_over = tiff.placed(Page(picture(), Embedded(icc=profile)))

    assert shown.embedded.icc is None
    assert left_over == (("icc", profile),)
    assert status(made(tmp_path, shown)) is Status.VALID


def test_what_has_no_tag_and_dates_of_no_form_go_beside(tmp_path: Path):
    others = (
        ("comment", b"a note"),
        ("tiff:Software", b"a scanner\0"),
        ("tiff:65002", bytes(70_000)),
        ("tiff:DateTime", b"yesterday\0"),
        ("photoshop", b"8BIM"),
    )

    shown, left_over = tiff.placed(Page(picture(), Embedded(others=others)))

    assert left_over == (others[0], others[2], others[3])
    assert shown.embedded.others == (others[1], others[4])
    assert status(made(tmp_path, shown)) is Status.VALID


def test_a_mask_of_eight_bits_is_not_called_a_mask_of_tiff(tmp_path: Path):
    page = Page(picture(colour=Colour.GREY), kind="mask")

    assert status(made(tmp_path, page)) is Status.VALID


def test_cielab_of_depths_that_tiff_does_not_know_is_refused(tmp_path: Path):
    with pytest.raises(Unmigratable) as caught:
        made(tmp_path, Page(picture(32, Colour.LAB)))

    assert caught.value.reason is Reason.BITS


def test_channels_beside_a_palette_are_refused(tmp_path: Path):
    palette = Palette(np.zeros((256, 3), np.uint8))
    samples = np.zeros((7, 9, 2), np.uint8)
    raster = Raster(samples, (8, 8), Colour.PALETTE, Alpha.UNSPECIFIED, palette)

    with pytest.raises(Unmigratable) as caught:
        made(tmp_path, Page(raster))

    assert caught.value.reason is Reason.MULTI_ALPHA


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    at=st.integers(8, len(FIT) - 1),
    new=st.sampled_from([0, 1, 2, 3, 4, 5, 7, 12, 13, 16, 62, 255]),
    cut=st.sampled_from([0, 0, 0, 1, 30]),
)
def test_whatever_exif_claims_the_tiff_is_valid_or_refused(
    at: int, new: int, cut: int, tmp_path_factory: pytest.TempPathFactory
):
    exif = bytearray(FIT)
    exif[at] = new
    page = Page(picture(), Embedded(exif=bytes(exif[: len(exif) - cut])))
    folder = tmp_path_factory.mktemp("exif")
    try:
        path = made(folder, tiff.placed(page)[0])
    except Unmigratable:
        return

    assert status(path) is Status.VALID
