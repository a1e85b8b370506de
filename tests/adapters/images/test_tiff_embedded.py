"""What a TIFF tells beside its samples is read whole, and comes back where readers expect it."""

import io
import json
import shutil
import struct
import subprocess
from fractions import Fraction

import pytest
import tiff_maker as make

from avpres.adapters.images import icc, tiff_iptc, tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Icc
from avpres.domain.migration import Reason, Unmigratable

RECORDS = (
    b"\x1c\x02\x00\x00\x02\x00\x04" + b"\x1c\x02\x50\x00\x05Ellen" + b"\x1c\x02\x69\x00\x04Arch"
)
PACKET = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>  \n<?xpacket end='w'?>"


def read(data: bytes):
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    return traits, list(tiff_pages.pages(memoryview(data), traits, Limits()))


def text(value: str) -> tuple[int, bytes]:
    return make.ASCII, value.encode() + b"\0"


def ratios(order: str, *numbers: int) -> tuple[int, bytes]:
    return make.RATIONAL, struct.pack(f"{order}{len(numbers)}I", *numbers)


def shorts(order: str, *numbers: int) -> tuple[int, bytes]:
    return make.SHORT, struct.pack(f"{order}{len(numbers)}H", *numbers)


def exif_page(order: str, note: bytes = b"") -> make.Page:
    interop = make.Page({1: text("R98"), 2: (make.UNDEFINED, b"0100")})
    tags = {
        33434: ratios(order, 1, 125),
        36864: (make.UNDEFINED, b"0230"),
        36867: text("2024:05:06 07:08:09"),
        37510: (make.UNDEFINED, b"ASCII\0\0\0seen from the tower"),
        42036: text("a lens"),
    }
    if note:
        tags[37500] = (make.UNDEFINED, note)
    return make.Page(tags, inner={40965: interop})


def gps_page(order: str) -> make.Page:
    return make.Page(
        {
            0: (make.BYTE, b"\2\3\0\0"),
            1: text("N"),
            2: ratios(order, 52, 1, 31, 1, 10, 1),
            3: text("E"),
            4: ratios(order, 13, 1, 24, 1, 0, 1),
        }
    )


def told_tags(order: str) -> dict[int, tuple[int, bytes]]:
    return {
        269: text("a document"),
        270: text("A tower, seen from below"),
        271: text("Maker"),
        272: text("Model"),
        274: shorts(order, 6),
        282: ratios(order, 600, 1),
        283: ratios(order, 600, 1),
        296: shorts(order, 2),
        305: text("scanner 1.0"),
        306: text("2024:05:06 07:08:09"),
        315: text("Ellen"),
        33432: text("nobody"),
    }


def exiftool(data: bytes, name: str, folder) -> dict[str, object]:
    path = folder / name
    path.write_bytes(data)
    asked = ["exiftool", "-j", "-G1", "-n", "-a", "-u", "-EXIF:all", str(path)]
    done = subprocess.run(asked, capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)[0]
    layout = {
        *("ImageWidth", "ImageHeight", "BitsPerSample", "Compression", "RowsPerStrip"),
        *("PhotometricInterpretation", "StripOffsets", "SamplesPerPixel", "StripByteCounts"),
        *("PlanarConfiguration", "FillOrder", "Predictor", "SampleFormat", "ExtraSamples"),
    }
    return {
        key: value
        for key, value in found.items()
        if key != "SourceFile" and key.split(":")[-1] not in layout
    }


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("note", [b"", bytes(range(200))])
def test_exiftool_reads_from_the_copy_what_it_reads_from_the_source(order, big, note, tmp_path):
    inner = {34665: exif_page(order, note), 34853: gps_page(order)}
    data = make.tiff(make.grain(5, 6), order=order, big=big, tags=told_tags(order), inner=inner)
    traits, (page,) = read(data)
    assert page.embedded.exif is not None
    if big:  # exiftool takes the GPS directory of a BigTIFF for one of EXIF
        data = make.tiff(make.grain(5, 6), order=order, tags=told_tags(order), inner=inner)
    source = exiftool(data, "source.tif", tmp_path)
    assert source == exiftool(page.embedded.exif, "copy.tif", tmp_path)
    assert len(source) >= 20
    assert traits.metadata == {"exif"}
    assert (traits.orientation, page.orientation) == (6, 6)


def test_a_makers_note_keeps_its_place():
    note = bytes(range(256)) * 2
    data = make.tiff(make.grain(5, 6), inner={34665: exif_page("<", note)})
    _, (page,) = read(data)
    assert page.embedded.exif is not None
    assert page.embedded.exif.index(note) == data.index(note)


def test_resolution_alone_makes_no_exif_and_is_exact():
    tags = {282: ratios("<", 1, 3), 283: ratios("<", 600, 7), 296: shorts("<", 3)}
    traits, (page,) = read(make.tiff(make.grain(5, 6), tags=tags))
    assert traits.resolution == (Fraction(100, 3), Fraction(60000, 7))
    assert page.embedded.resolution == traits.resolution
    assert page.embedded.exif is None
    assert traits.metadata == frozenset()


@pytest.mark.parametrize(
    "tags",
    [
        {282: ratios("<", 1, 0), 283: ratios("<", 1, 0)},
        {282: ratios("<", 72, 1), 283: ratios("<", 72, 1), 296: shorts("<", 1)},
        {282: ratios("<", 72, 1)},
    ],
    ids=["zero", "no-unit", "one-axis"],
)
def test_resolution_that_says_nothing_is_none(tags):
    traits, (page,) = read(make.tiff(make.grain(5, 6), tags=tags))
    assert traits.resolution is None
    assert page.embedded.exif is not None  # where it is kept as it stands
    assert struct.pack("<HHI", 282, make.RATIONAL, 1) in page.embedded.exif


@pytest.mark.parametrize("order", ["<", ">"])
def test_iptc_is_found_however_it_is_stored(order):
    swapped = RECORDS + b"\0" * (-len(RECORDS) % 4)
    words = struct.unpack(f">{len(swapped) // 4}I", swapped)
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(RECORDS)) + RECORDS
    resource += b"\0" * (len(resource) % 2)
    for tags in (
        {33723: (make.UNDEFINED, RECORDS)},
        {33723: (make.BYTE, RECORDS + b"\0\0\0")},
        {33723: (make.LONG, struct.pack(f"<{len(words)}I", *words))},
        {34377: (make.BYTE, b"8BIM\x03\xed\0\0\0\0\0\2ab" + resource)},
    ):
        traits, (page,) = read(make.tiff(make.grain(5, 6), order=order, tags=tags))
        assert page.embedded.iptc == RECORDS
        assert "iptc" in traits.metadata
        assert page.embedded.exif is None


def test_photoshop_resources_are_kept_whole():
    raw = b"8BIM\x03\xed\0\0\0\0\0\2ab"
    traits, (page,) = read(make.tiff(make.grain(5, 6), tags={34377: (make.BYTE, raw)}))
    assert page.embedded.others == (("photoshop", raw),)
    assert traits.metadata == {"other"}


def test_xmp_loses_its_padding_alone():
    tags = {700: (make.BYTE, PACKET + b"\n" + bytes(100))}
    traits, (page,) = read(make.tiff(make.grain(5, 6), tags=tags))
    assert page.embedded.xmp == PACKET
    assert traits.metadata == {"xmp"}


def test_a_profile_is_judged_and_trimmed():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for channels, wanted in ((3, icc.judge(profile, tiff_colour(3))), (1, Icc.MISMATCH)):
        tags = {34675: (make.UNDEFINED, profile + b"\0\0\0")}
        traits, (page,) = read(make.tiff(make.grain(5, 6, channels), tags=tags))
        assert page.embedded.icc == profile
        assert traits.icc is wanted


def tiff_colour(channels: int):
    traits, _ = read(make.tiff(make.grain(5, 6, channels)))
    return traits.colour


def test_unknown_tags_are_kept_small_ones_in_exif_and_large_ones_beside():
    large = bytes(range(256)) * 300
    tags = {65001: text("a private tag"), 65002: (make.UNDEFINED, large), 65003: (99, b"abcd")}
    tags.pop(65003)
    traits, (page,) = read(make.tiff(make.grain(5, 6), tags=tags))
    assert page.embedded.exif is not None
    assert b"a private tag" in page.embedded.exif
    assert page.embedded.others == (("tiff:65002", large),)
    assert traits.metadata == {"exif", "other"}


def test_numbers_of_bigtiff_become_those_of_exif():
    tags = {65001: (16, struct.pack("<2Q", 7, 9))}
    _, (page,) = read(make.tiff(make.grain(5, 6), big=True, tags=tags))
    assert page.embedded.exif is not None
    assert page.embedded.exif[10:18] == struct.pack("<HHI", 65001, 4, 2)


def test_numbers_too_large_for_exif_are_not_lost_in_silence():
    tags = {65001: (16, struct.pack("<2Q", 1 << 40, 9))}
    with pytest.raises(Unmigratable) as refused:
        read(make.tiff(make.grain(5, 6), big=True, tags=tags))
    assert refused.value.reason is Reason.METADATA_LOST


def test_exif_that_leads_to_itself_is_damage():
    exif = make.Page({34665: (make.LONG, struct.pack("<I", 8))})
    data = bytearray(make.tiff(make.grain(5, 6), inner={34665: exif}))
    start = data.index(struct.pack("<HHI", 34665, 4, 1))
    struct.pack_into("<I", data, start + 8, start - 2)
    with pytest.raises(Unmigratable) as refused:
        read(bytes(data))
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", b""),
        (RECORDS, RECORDS),
        (RECORDS + b"\0\0", RECORDS),
        (RECORDS + b"rest", RECORDS + b"rest"),
        (RECORDS[:-1], RECORDS[:-1]),
        (b"\x1c\x02\x50\x80\x04\0\0\0\2ab\0\0\0", b"\x1c\x02\x50\x80\x04\0\0\0\2ab"),
        (b"something else", b"something else"),
    ],
)
def test_records_lose_padding_alone(raw, wanted):
    assert tiff_iptc.records(raw) == wanted
