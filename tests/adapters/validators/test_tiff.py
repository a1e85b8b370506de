import struct
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_samples import (
    ascii_,
    grey_tags,
    ids,
    jhove,
    long,
    picture,
    saved,
    short,
    tiff,
    verdict,
    with_tag,
    without,
)
from raster_files import profile

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.technical import MediaKind
from avpres.domain.validity import Status

COMPRESSIONS = ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]


NV, NWF = Status.NOT_VALID, Status.NOT_WELL_FORMED


def grey_with(*tags):
    return with_tag(grey_tags(), *tags)


def look(tmp_path, data, *, strict=False):
    return verdict(tmp_path, data, Format.TIFF, strict=strict)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("big", [False, True], ids=["classic", "big"])
def test_a_tiff_by_libtiff_is_valid(tmp_path, mode, compression, big):
    data = saved(picture(mode), "TIFF", compression=compression, big_tiff=big)
    exam = look(tmp_path, data, strict=True)
    assert exam.status is Status.VALID, exam.messages
    assert exam.profile == ("BigTIFF" if data[2] == 43 else "")


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("percent", [1, 25, 50, 90, 99])
def test_a_cut_tiff_is_not_well_formed(tmp_path, compression, percent):
    data = saved(picture(), "TIFF", compression=compression)
    exam = look(tmp_path, data[: max(1, len(data) * percent // 100)])
    assert exam.status is Status.NOT_WELL_FORMED


def test_no_cut_of_a_small_tiff_is_called_sound(tmp_path):
    data = tiff(grey_tags())
    for size in range(len(data)):
        assert look(tmp_path, data[:size]).status is Status.NOT_WELL_FORMED, size


def test_bytes_behind_the_end_are_a_note(tmp_path):
    exam = look(tmp_path, tiff(grey_tags()) + b"behind")
    assert exam.status is Status.VALID
    assert ids(exam) == {"TIFF-TRAILING"}


def test_a_flipped_bit_in_deflated_pixels_is_found(tmp_path):
    data = bytearray(saved(picture(), "TIFF", compression="tiff_adobe_deflate"))
    offset = data.index(b"\x78")
    data[offset + 40] ^= 4
    exam = look(tmp_path, bytes(data))
    assert exam.status is Status.NOT_WELL_FORMED
    assert ids(exam) == {"TIFF-DATA-DAMAGED"}


def test_an_lzw_code_without_a_meaning_is_found(tmp_path):
    pixels = b"\x80\x3f\xff\xff\xff\xff"
    tags = with_tag(grey_tags(), short(259, 5), long(279, len(pixels)))
    assert ids(look(tmp_path, tiff(tags, pixels))) == {"TIFF-DATA-DAMAGED"}


def test_packbits_that_end_inside_of_a_run_are_found(tmp_path):
    tags = with_tag(grey_tags(), short(259, 32773), long(279, 3))
    assert ids(look(tmp_path, tiff(tags, b"\x0f\x01\x02"))) == {"TIFF-DATA-DAMAGED"}


@pytest.mark.parametrize(
    ("tags", "status", "id", "theirs"),
    [
        (without(grey_tags(), 256), NV, "TIFF-NO-SIZE", "TIFF-HUL-62"),
        (without(grey_tags(), 257), NV, "TIFF-NO-SIZE", "TIFF-HUL-64"),
        (without(grey_tags(), 262), NV, "TIFF-NO-PHOTOMETRIC", "TIFF-HUL-63"),
        (without(grey_tags(), 273, 279), NV, "TIFF-NO-DATA", "TIFF-HUL-25"),
        (without(grey_tags(), 273), NV, "TIFF-NO-TABLE", "TIFF-HUL-26"),
        (without(grey_tags(), 279), NV, "TIFF-NO-TABLE", "TIFF-HUL-27"),
        ([*grey_tags(), short(322, 16)], NV, "TIFF-STRIPS-AND-TILES", "TIFF-HUL-24"),
        (grey_with(long(279, 16, 16)), NV, "TIFF-TABLES-DIFFER", "TIFF-HUL-28"),
        (grey_tags(offset=4000), NWF, "TIFF-DATA-OUTSIDE", "TIFF-HUL-29"),
        (grey_tags()[::-1], NWF, "TIFF-TAG-ORDER", "TIFF-HUL-2"),
        (grey_with((258, 2, 1, b"8")), NWF, "TIFF-TYPE", "TIFF-HUL-7"),
        (grey_with((256, 1, 1, b"4")), NWF, "TIFF-TYPE", "TIFF-HUL-8"),
        (grey_with((305, 77, 1, b"4")), NV, "TIFF-TYPE-UNKNOWN", "TIFF-HUL-3"),
        (grey_with(short(297, 1)), NWF, "TIFF-COUNT", "TIFF-HUL-6"),
        (grey_with((305, 2, 9999, bytes(4))), NWF, "TIFF-VALUE-OUTSIDE", "TIFF-HUL-13"),
        (grey_with(short(317, 7)), NV, "TIFF-VALUE-RANGE", "TIFF-HUL-66"),
        (grey_with(short(259, 6)), NV, "TIFF-NO-JPEG-PROC", "TIFF-HUL-49"),
        (grey_with(short(262, 4)), NV, "TIFF-MASK", "TIFF-HUL-40"),
        (grey_with(short(262, 2)), NV, "TIFF-SAMPLES", "TIFF-HUL-42"),
        (grey_with(short(262, 3)), NV, "TIFF-PALETTE", "TIFF-HUL-44"),
        (grey_with(short(262, 3), short(320, 1, 2)), NV, "TIFF-PALETTE", "TIFF-HUL-46"),
        (grey_with(short(265, 3)), NV, "TIFF-CELL", "TIFF-HUL-47"),
        (grey_with(short(336, 0, 300)), NV, "TIFF-DOT-RANGE", "TIFF-HUL-48"),
        (grey_with((343, 1, 1, b"1")), NV, "TIFF-CLIP-PATH", "TIFF-HUL-52"),
        (grey_with((34675, 7, 6, b"no ICC")), NV, "TIFF-ICC", "TIFF-HUL-71"),
        (grey_with(short(34735, 1, 1, 0, 9)), NV, "TIFF-GEO", "TIFF-HUL-9"),
        (grey_with(long(34665, 99999)), NWF, "TIFF-DIRECTORY-OUTSIDE", "TIFF-HUL-1"),
        (grey_with(long(330, 24)), NWF, "TIFF-LOOP", "TIFF-HUL-60"),
        (grey_with(long(279, 15)), NWF, "TIFF-DATA-SHORT", None),
        (with_tag(grey_tags(offset=10), long(279, 16)), NV, "TIFF-OVERLAP", None),
        (grey_with(short(257, 2)), NV, "TIFF-DATA-LONG", None),
        (grey_with(short(34735, 1, 1, 0, 1, 1026, 34737, 5, 0)), NWF, "TIFF-GEO", "TIFF-HUL-9"),
        (grey_with(short(34735, 1, 1, 0, 1, 2057, 34736, 1, 3)), NWF, "TIFF-GEO", None),
        (grey_with(short(517, 1, 9)), NV, "TIFF-VALUE-RANGE", "TIFF-HUL-66"),
        (grey_with(short(278, 2)), NV, "TIFF-STRIP-NUMBER", None),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(tmp_path, tags, status, id, theirs):
    exam = look(tmp_path, tiff(tags))
    assert id in ids(exam), exam.messages
    assert theirs in jhove(exam)
    assert exam.status is status


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (b"", "TIFF-SHORT"),
        (b"XX*\0" + bytes(8), "TIFF-HEADER"),
        (b"II\x2c\0" + bytes(8), "TIFF-MAGIC"),
        (b"II*\0" + bytes(8), "TIFF-NO-DIRECTORY"),
        (b"II+\0\4\0\0\0" + bytes(16), "TIFF-BIG-HEADER"),
    ],
)
def test_a_damaged_header_is_named(tmp_path, data, id):
    exam = look(tmp_path, data)
    assert ids(exam) == {id}
    assert exam.status is Status.NOT_WELL_FORMED


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        (b"2024:02:03 04:05:06\0", None),
        (b"2024:02:03\0" + bytes(9), "TIFF-HUL-53"),
        (b"2024-02-03 04:05:06\0", "TIFF-HUL-54"),
        (b"2024:13:03 04:05:06\0", "TIFF-HUL-55"),
        (b"2024:12:03 04:65:06\0", "TIFF-HUL-55"),
        (b"    :  :     :  :  \0", "TIFF-HUL-56"),
    ],
)
def test_dates_must_have_their_form(tmp_path, text, theirs):
    exam = look(tmp_path, tiff(with_tag(grey_tags(), ascii_(306, text))))
    assert (exam.status is Status.VALID) == (theirs is None)
    assert jhove(exam) == ({theirs} if theirs else set())


def test_odd_offsets_make_a_tiff_not_valid(tmp_path):
    data = tiff(with_tag(grey_tags(), long(279, 15), short(256, 5), short(257, 3)), bytes(15))
    odd = data[:8] + data[8:23] + data[24:]
    odd = odd[:4] + struct.pack("<I", 23) + odd[8:]
    exam = look(tmp_path, odd)
    assert jhove(exam) == {"TIFF-HUL-59"}
    assert exam.status is Status.NOT_VALID


@pytest.mark.parametrize(
    "tags",
    [
        grey_with(ascii_(306, b"2017:08:21 15:08:70\0")),
        grey_with((33723, 7, 0, bytes(4)), short(338), (700, 1, 0, bytes(4))),
        grey_with(short(317, 0)),
        grey_with((34675, 7, 588 + 2, profile() + bytes(2))),
        grey_with((65000, 12, 1, bytes(8)), (65001, 2, 0, bytes(4))),
        grey_with(short(256, 3)),
        with_tag(grey_tags(), long(273, 8, 8), long(279, 16, 16)),
    ],
    ids=["second", "empty", "predictor", "profile", "private", "rows of words", "strips"],
)
def test_what_every_reader_takes_is_valid(tmp_path, tags):
    exam = look(tmp_path, tiff(tags))
    assert exam.status is Status.VALID, exam.messages


def test_compressed_bytes_may_be_turned_round(tmp_path):
    turned = bytes(int(f"{byte:08b}"[::-1], 2) for byte in zlib.compress(bytes(16)))
    tags = grey_with(short(259, 8), short(266, 2), long(279, len(turned)))
    exam = look(tmp_path, tiff(tags, turned))
    assert exam.status is Status.VALID, exam.messages


@pytest.mark.parametrize(("padding", "sound"), [(0, True), (500, True), (5000, False)])
def test_jpeg_strips_may_be_padded_but_must_end(tmp_path, padding, sound):
    data = saved(picture("L", (16, 16)), "JPEG") + bytes(padding)
    tags = with_tag(grey_tags(16, 16), short(259, 7), long(279, len(data)))
    exam = look(tmp_path, tiff(tags, data))
    assert (exam.status is Status.VALID) is sound, exam.messages


def test_tiles_may_have_slices(tmp_path):
    tags = with_tag(without(grey_tags(), 273, 278, 279), short(322, 16), short(323, 16))
    tags = with_tag(tags, long(324, 8), long(325, 512), short(32997, 2), short(32998, 2))
    exam = look(tmp_path, tiff(tags, bytes(512)))
    assert exam.status is Status.VALID, exam.messages


def test_tiles_beyond_the_last_are_no_fault(tmp_path):
    tags = with_tag(without(grey_tags(), 273, 278, 279), short(322, 16), short(323, 16))
    tags = with_tag(tags, long(324, 8, 264), long(325, 256, 256))
    exam = look(tmp_path, tiff(tags, bytes(512)))
    assert "TIFF-TILE-NUMBER" in ids(exam)
    assert exam.status is Status.VALID, exam.messages


def test_geo_keys_take_their_values_from_the_parameters(tmp_path):
    keys = short(34735, 1, 1, 0, 3, 1024, 0, 1, 2, 1026, 34737, 5, 0, 2057, 34736, 1, 0)
    doubles = (34736, 12, 1, struct.pack("<d", 6378137.0))
    exam = look(tmp_path, tiff(grey_with(keys, doubles, ascii_(34737, b"WGS|\0"))))
    assert exam.status is Status.VALID, exam.messages


def test_directories_below_may_be_listed_and_chained(tmp_path):
    below = tiff(grey_tags())[24:]
    first = len(tiff(grey_with(long(330, 0, 0))))
    second = first + len(below)
    chained = below[:-4] + struct.pack("<I", second)
    exam = look(tmp_path, tiff(grey_with(long(330, first, second)), then=chained + below))
    assert exam.status is Status.VALID, exam.messages
    assert exam.technical.properties["sub_images"] == 2


def test_directories_in_a_loop_end(tmp_path):
    data = bytearray(tiff(grey_tags()))
    data[-4:] = struct.pack("<I", 24)
    exam = look(tmp_path, bytes(data))
    assert "TIFF-LOOP" in ids(exam)
    assert exam.status is Status.NOT_WELL_FORMED


def test_a_tiny_file_that_claims_gigabytes_is_done_with_at_once(tmp_path):
    tags = with_tag(
        grey_tags(),
        long(256, 0xFFFFFFFF),
        long(257, 0xFFFFFFFF),
        (273, 4, 0xFFFFFFF0, struct.pack("<I", 8)),
        (279, 4, 0xFFFFFFF0, struct.pack("<I", 8)),
    )
    started = time.process_time()
    exam = look(tmp_path, tiff(tags))
    assert time.process_time() - started < 1
    assert exam.status is Status.NOT_WELL_FORMED


def test_a_directory_of_a_million_directories_is_done_with_soon(tmp_path):
    count = 300_000
    data = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 330, 4, count, 26) + bytes(4)
    data += struct.pack(f"<{count}I", *range(26, 26 + 4 * count, 4))
    started = time.process_time()
    exam = look(tmp_path, data)
    assert time.process_time() - started < 6
    assert exam.status is Status.NOT_WELL_FORMED


def test_an_image_is_described(tmp_path):
    options = {
        "dpi": (300, 300),
        "software": "scan 3",
        "artist": "Á. Lumière",
        "date_time": "2024:02:03 04:05:06",
        "compression": "tiff_lzw",
        "icc_profile": None,
    }
    exam = look(tmp_path, saved(picture("RGB"), "TIFF", **options))
    (image,) = exam.technical.images
    assert exam.technical.kind is MediaKind.IMAGE
    assert (image.width, image.height, image.bits_per_sample) == (61, 47, (8, 8, 8))
    assert (image.colour_space, image.compression) == ("RGB", "LZW")
    assert (image.x_resolution, image.resolution_unit) == (300.0, "in.")
    assert (image.software, image.created) == ("scan 3", "2024-02-03T04:05:06")
    assert image.byte_order == "little endian"
    assert exam.mime == "image/tiff"


def test_every_page_is_an_image(tmp_path):
    pages = [picture("L", (10 + page, 9)) for page in range(1, 120)]
    data = saved(picture("L"), "TIFF", save_all=True, append_images=pages)
    exam = look(tmp_path, data)
    assert exam.status is Status.VALID
    assert exam.technical.properties["pages"] == 120
    assert len(exam.technical.images) == 100
    assert exam.technical.images[3].width == 13


def test_exif_and_gps_directories_are_judged(tmp_path):
    base = tiff(with_tag(grey_tags(), long(34665, 0)))
    exif = struct.pack("<HHHI4sI", 1, 40961, 3, 1, b"\7\0\0\0", 0)
    tags = with_tag(grey_tags(), long(34665, len(base)))
    exam = look(tmp_path, tiff(tags, then=exif))
    assert jhove(exam) == {"TIFF-HUL-66"}
    gps = struct.pack("<HHHI4sI", 1, 1, 3, 1, b"N\0\0\0", 0)
    exam = look(tmp_path, tiff(with_tag(grey_tags(), long(34853, len(base))), then=gps))
    assert jhove(exam) == {"TIFF-HUL-7"}


def test_unknown_tags_are_no_fault(tmp_path):
    exam = look(tmp_path, tiff(with_tag(grey_tags(), short(65000, 1))))
    assert exam.status is Status.VALID
    assert exam.technical.properties["unknown_tags"] == [65000]


def test_tiles_are_checked(tmp_path):
    tags = [
        *without(grey_tags(20, 16), 273, 278, 279),
        *(short(322, 16), short(323, 16), long(324, 8, 264), long(325, 256, 256)),
    ]
    assert look(tmp_path, tiff(tags, bytes(512))).status is Status.VALID
    odd = with_tag(tags, short(322, 17))
    assert "TIFF-HUL-34" in jhove(look(tmp_path, tiff(odd, bytes(512))))
    few = with_tag(tags, long(324, 8), long(325, 256))
    assert {"TIFF-HUL-38", "TIFF-HUL-39"} <= jhove(look(tmp_path, tiff(few, bytes(512))))
    sparse = with_tag(tags, long(324, 8, 0), long(325, 256, 0))
    assert look(tmp_path, tiff(sparse, bytes(512))).status is Status.VALID


SEEDS = [
    saved(picture("RGB", (20, 12)), "TIFF", compression=how, big_tiff=big)
    for how in COMPRESSIONS
    for big in (False, True)
] + [tiff(with_tag(grey_tags(), short(320, 1, 2), long(330, 24), long(34665, 24)))]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 3000),
)
def test_no_bytes_upset_the_validator(tmp_path_factory, seed, changes, cut):
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(bytes(data[: cut or None]))
    exam = Examination()
    with path.open("rb") as file:
        examine(Source(file, str(path)), Format.TIFF, exam)
    assert exam.status in Status
