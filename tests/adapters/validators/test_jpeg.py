"""JPEG: segments, tables, frames, scans, restart markers, and what names the file format."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from raster_files import CUTS, examined, flipped, message, picture, profile, replaced, saved

from avpres.adapters.validators import jpeg_scan
from avpres.adapters.validators.examination import Examination, Rules
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import WHOLE, Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

BROKEN, INVALID, VALID = Status.NOT_WELL_FORMED, Status.NOT_VALID, Status.VALID
PLAIN = saved(picture(), "JPEG", quality=85, subsampling=2)
GREY = saved(picture("L"), "JPEG")
STEPWISE = saved(picture(), "JPEG", progressive=True)
RESTARTS = saved(picture(), "JPEG", restart_marker_blocks=2)
OPTIMISED = saved(picture(), "JPEG", optimize=True)
INKS = saved(picture("CMYK"), "JPEG")
EOI = b"\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def behind_soi(*segments: bytes, rest: bytes = PLAIN[2:]) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + rest


def place(content: bytes, marker: int) -> int:
    """Give the offset of what a segment holds."""
    return content.index(bytes((0xFF, marker))) + 4


def without(content: bytes, marker: int) -> bytes:
    """Take the first segment of a kind out."""
    start = content.index(bytes((0xFF, marker)))
    length = int.from_bytes(content[start + 2 : start + 4], "big")
    return content[:start] + content[start + 2 + length :]


def status(content: bytes) -> Status:
    return examined(Format.JPEG, content).status


BARE = without(PLAIN, 0xE0)
SOF, DHT, DQT, SOS = place(PLAIN, 0xC0), place(PLAIN, 0xC4), place(PLAIN, 0xDB), place(PLAIN, 0xDA)
DATA = SOS + 10
EXIF = segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0")


@pytest.mark.parametrize(
    "content",
    [PLAIN, GREY, STEPWISE, RESTARTS, OPTIMISED, behind_soi(EXIF, rest=BARE[2:])],
    ids=["plain", "grey", "progressive", "restarts", "optimised", "exif"],
)
def test_what_a_good_writer_makes_is_valid(content):
    exam = examined(Format.JPEG, content)
    assert (exam.status, exam.messages) == (VALID, [])


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (17, 33), (100, 9)])
def test_restart_markers_are_counted_right_for_every_shape(size, subsampling):
    for progressive in (False, True):
        made = saved(
            picture("RGB", size),
            "JPEG",
            subsampling=subsampling,
            restart_marker_blocks=1,
            progressive=progressive,
        )
        assert status(made) is VALID


@pytest.mark.parametrize(
    ("content", "bits", "space"),
    [
        (PLAIN, (8, 8, 8), "YCbCr"),
        (GREY, (8,), "BlackIsZero"),
        (INKS, (8, 8, 8, 8), "CMYK"),
        (saved(picture(), "JPEG", keep_rgb=True), (8, 8, 8), "RGB"),
    ],
    ids=["colour", "grey", "inks", "rgb"],
)
def test_a_jpeg_is_described_sample_by_sample(content, bits, space):
    (described,) = examined(Format.JPEG, content).technical.images
    assert (described.width, described.height) == (60, 44)
    assert (described.bits_per_sample, described.samples_per_pixel) == (bits, len(bits))
    assert (described.colour_space, described.compression) == (space, "JPEG")
    assert (described.byte_order, described.orientation) == ("big endian", 1)


def test_version_profile_and_coding_are_named():
    exam = examined(Format.JPEG, STEPWISE)
    assert (exam.version, exam.profile) == ("1.01", "JFIF, progressive")
    assert exam.technical.properties["encoding"] == "progressive DCT"
    assert exam.technical.properties["scans"] == 10
    assert examined(Format.JPEG, PLAIN).technical.properties["sampling"] == ["2x2", "1x1", "1x1"]


def test_camera_resolution_profile_and_comment_are_read():
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131], exif[0x0112] = "Maker", "Model 3", "a tool", 8
    exif.get_ifd(0x8769)[0x9003] = "2003:07:01 10:20:30"
    exif.get_ifd(0x8769)[0x9000] = b"0231"
    made = saved(
        picture(), "JPEG", exif=exif, dpi=(300, 300), icc_profile=profile(), comment=b"a still"
    )
    exam = examined(Format.JPEG, made)
    (described,) = exam.technical.images
    assert (exam.status, exam.messages, exam.profile) == (VALID, [], "JFIF, Exif")
    assert (described.make, described.model, described.software) == ("Maker", "Model 3", "a tool")
    assert (described.orientation, described.created) == (8, "2003-07-01T10:20:30")
    assert (described.x_resolution, described.resolution_unit) == (300, "in.")
    assert "sRGB" in described.icc_profile
    assert exam.technical.properties["exif_version"] == "2.31"
    assert exam.technical.properties["comments"] == ["a still"]


def test_a_long_profile_comes_in_parts_and_a_missing_part_is_mentioned():
    whole = profile()
    long = struct.pack(">I", 150_000) + whole[4:] + bytes(150_000 - len(whole))
    made = saved(picture(), "JPEG", icc_profile=long)
    exam = examined(Format.JPEG, made)
    assert (exam.status, exam.messages) == (VALID, [])
    exam = examined(Format.JPEG, without(made, 0xE2))
    assert message(exam, "JPEG-ICC").text == "a part of the ICC profile is missing"


@pytest.mark.parametrize("content", [PLAIN, STEPWISE, RESTARTS], ids=["plain", "steps", "restarts"])
def test_every_cut_is_not_well_formed(content):
    for end in [*range(2, 700), *range(700, len(content), 7), len(content) - 1]:
        assert status(content[:end]) is BROKEN, end
    for share in CUTS:
        exam = examined(Format.JPEG, content[: int(len(content) * share)])
        assert message(exam, "JPEG-CUT").jhove == "JPEG-HUL-2"


@pytest.mark.parametrize(
    ("content", "id", "jhove", "wanted"),
    [
        (b"\xff\xd9" + PLAIN[2:], "JPEG-SIGNATURE", "JPEG-HUL-4", BROKEN),
        (BARE, "JPEG-NO-FORMAT", "JPEG-HUL-9", INVALID),
        (behind_soi(segment(0xED, b"x")), "JPEG-JFIF-PLACE", "JPEG-HUL-5", INVALID),
        (behind_soi(segment(0xED, b"x"), segment(0xE8, b"SPIFF\0")), "JPEG-SPIFF-PLACE",
         "JPEG-HUL-8", INVALID),
        (PLAIN[:20] + b"junk" + PLAIN[20:], "JPEG-GARBAGE", "JPEG-HUL-7", BROKEN),
        (PLAIN[:20] + b"\xff\x01" + PLAIN[20:], "JPEG-MARKER", "JPEG-HUL-6", INVALID),
        (PLAIN[:20] + segment(0xF2, bytes(16)) + PLAIN[20:], "JPEG-TILE", "JPEG-HUL-1", INVALID),
        (PLAIN[:20] + b"\xff\x00" + PLAIN[20:], "JPEG-STUFFING", None, VALID),
        (PLAIN[:20] + b"\xff\xe5\0\1" + PLAIN[20:], "JPEG-SEGMENT-LENGTH", None, BROKEN),
        (behind_soi(segment(0xEE, b"Adobe\0\x64\0\0\0\0\3"), rest=BARE[2:]), "JPEG-ADOBE-TRANSFORM",
         "JPEG-HUL-12", INVALID),
        (replaced(PLAIN, 13, b"\3"), "JPEG-JFIF-UNIT", None, VALID),
        (replaced(PLAIN, 18, b"\2\2"), "JPEG-JFIF-SIZE", None, INVALID),
        (replaced(PLAIN, SOF, b"\7"), "JPEG-PRECISION", None, BROKEN),
        (replaced(PLAIN, SOF + 1, bytes(2)), "JPEG-DIMENSIONS", None, BROKEN),
        (replaced(PLAIN, SOF + 3, bytes(2)), "JPEG-DIMENSIONS", None, BROKEN),
        (replaced(PLAIN, SOF + 1, b"\xf0"), "JPEG-DATA-SHORT", None, BROKEN),
        (replaced(PLAIN, SOF + 5, b"\2"), "JPEG-FRAME-SIZE", None, BROKEN),
        (replaced(PLAIN, SOF + 7, b"\x51"), "JPEG-COMPONENT", None, BROKEN),
        (replaced(PLAIN, SOF + 9, b"\1"), "JPEG-SCAN-COLOUR", None, BROKEN),
        (replaced(replaced(PLAIN, SOF + 9, b"\1"), SOS + 3, b"\1"), "JPEG-COMPONENT-TWICE",
         None, VALID),
        (replaced(PLAIN, SOF + 8, b"\3"), "JPEG-NO-QUANTISATION", None, BROKEN),
        (replaced(PLAIN, DQT, b"\4"), "JPEG-QUANTISATION", None, BROKEN),
        (replaced(PLAIN, DQT + 9, b"\0"), "JPEG-QUANTISATION-ZERO", None, VALID),
        (replaced(PLAIN, DHT + 1, b"\3"), "JPEG-HUFFMAN", None, BROKEN),
        (replaced(PLAIN, DHT + 18, b"\0"), "JPEG-HUFFMAN-SYMBOLS", None, INVALID),
        (replaced(PLAIN, DHT + 18, b"\x40"), "JPEG-HUFFMAN-SYMBOLS", None, INVALID),
        (without(PLAIN, 0xC4), "JPEG-NO-HUFFMAN", None, INVALID),
        (replaced(PLAIN, SOS, b"\2"), "JPEG-SCAN-SIZE", None, BROKEN),
        (replaced(PLAIN, SOS + 1, b"\x09"), "JPEG-SCAN-COLOUR", None, BROKEN),
        (replaced(PLAIN, SOS + 8, b"\x3e"), "JPEG-SELECTION", None, VALID),
        (replaced(STEPWISE, STEPWISE.index(b"\xff\xda") + 12, b"\1"), "JPEG-SELECTION",
         None, INVALID),
        (replaced(PLAIN, DATA + 50, b"\xff\x20"), "JPEG-DATA-MARKER", None, BROKEN),
        (replaced(PLAIN, DATA + 50, b"\xff\xd0"), "JPEG-RESTART-COUNT", None, INVALID),
        (without(PLAIN, 0xC0), "JPEG-NO-FRAME", None, BROKEN),
        (PLAIN[: SOS - 4] + EOI, "JPEG-NO-SCAN", None, BROKEN),
        (PLAIN[:-2] + PLAIN[SOF - 4 :], "JPEG-FRAME-TWICE", None, INVALID),
        (PLAIN[:-2] + PLAIN[SOS - 4 :], "JPEG-SCAN-TWICE", None, INVALID),
        (PLAIN + b"xx", "JPEG-TRAILING", None, VALID),
        (PLAIN + b"x", "JPEG-BYTE-TOO-MANY", None, INVALID),
        (PLAIN[:20] + segment(0xE2, b"MPF\0") + PLAIN[20:] + PLAIN,
         "JPEG-MORE-IMAGES", None, VALID),
        (PLAIN[:20] + segment(0xE1, b"Exif\0\0no") + PLAIN[20:], "JPEG-EXIF", None, VALID),
        (without(RESTARTS, 0xDD), "JPEG-RESTART-COUNT", None, INVALID),
        (RESTARTS[:-2] + b"\xff\xd3" + EOI, "JPEG-RESTART-COUNT", None, VALID),
        (RESTARTS[:-4] + b"\xff\xd3xx" + EOI, "JPEG-RESTART-COUNT", None, INVALID),
        (without(STEPWISE, 0xDA), "JPEG-GARBAGE", "JPEG-HUL-7", BROKEN),
    ],
)  # fmt: skip
def test_each_rule_speaks_up(content, id, jhove, wanted):
    exam = examined(Format.JPEG, content)
    assert message(exam, id).jhove == jhove
    assert exam.status is wanted


def test_a_long_adobe_segment_is_wrong_for_jhove_alone():
    content = PLAIN[:20] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + b"\3\0\x10") + PLAIN[20:]
    assert status(content) is VALID
    exam = Examination(rules=Rules(strict=True))
    examine(Source(io.BytesIO(), "", content), Format.JPEG, exam)
    assert (exam.status, message(exam, "JPEG-ADOBE-LONG").jhove) == (INVALID, "JPEG-HUL-12")


def test_comments_before_jfif_are_allowed():
    assert status(behind_soi(segment(0xFE, b"one"), segment(0xFE, b"two"))) is VALID


def test_an_empty_huffman_table_is_wrong_only_where_it_is_used():
    empty = segment(0xC4, b"\x13" + bytes(16))
    assert status(behind_soi(PLAIN[2:20] + empty, rest=PLAIN[20:])) is VALID
    for number in (b"\0", b"\x10"):
        emptied = segment(0xC4, number + bytes(16)) + PLAIN[SOS - 4 :]
        exam = examined(Format.JPEG, PLAIN[: SOS - 4] + emptied)
        assert (exam.status, set(exam.counts)) == (INVALID, {"JPEG-HUFFMAN-SYMBOLS"})


def test_restart_markers_out_of_order_are_found():
    first = RESTARTS.index(b"\xff\xd0", place(RESTARTS, 0xDA))
    exam = examined(Format.JPEG, replaced(RESTARTS, first, b"\xff\xd1"))
    assert (message(exam, "JPEG-RESTART-ORDER").id, exam.status) == ("JPEG-RESTART-ORDER", INVALID)


def test_a_progressive_jpeg_that_lost_a_scan_is_not_valid():
    second = STEPWISE.index(b"\xff\xda", STEPWISE.index(b"\xff\xda") + 2)
    before = jpeg_scan.end(Source(io.BytesIO(), "", STEPWISE), place(STEPWISE, 0xDA) + 10)
    lost = STEPWISE[: place(STEPWISE, 0xDA) - 4] + STEPWISE[before:]
    assert before <= second
    assert status(lost) is INVALID


def test_a_damaged_huffman_table_is_found_wherever_it_is_hit():
    ends = [DHT + 17 + sum(PLAIN[DHT + 1 : DHT + 17])]
    for at in range(DHT + 1, ends[0]):
        for bit in range(8):
            assert not status(flipped(PLAIN, at, bit)).is_sound, (at, bit)


def test_endless_scans_come_to_an_end():
    scan = PLAIN[SOS - 4 : DATA]
    exam = examined(Format.JPEG, PLAIN[: SOS - 4] + scan * 25_000)
    assert "JPEG-TOO-MANY-SEGMENTS" in exam.counts


def test_restart_markers_without_end_are_only_counted():
    content = PLAIN[:DATA] + b"\xff\xd0" * 4_000_000 + EOI
    assert "JPEG-RESTART-COUNT" in examined(Format.JPEG, content).counts


def test_a_file_too_large_to_hold_is_walked_the_same_way(tmp_path):
    noise = b"\x55\xff\x00\x21" * (WHOLE // 4 + 1)
    target = tmp_path / "large.jpg"
    target.write_bytes(PLAIN[:DATA] + noise + b"\xff" + EOI)
    with target.open("rb") as file:
        source = Source(file, str(target))
        assert source.data is None
        assert jpeg_scan.end(source, DATA) == DATA + len(noise) + 1
        assert jpeg_scan.restarts(source, DATA, source.size) == (0, True)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    st.sampled_from([PLAIN, STEPWISE, RESTARTS, behind_soi(EXIF)]),
    st.lists(st.tuples(st.integers(2, 900), st.binary(max_size=6)), max_size=6),
)
def test_no_bytes_bring_it_down(content, wounds):
    for at, new in wounds:
        content = replaced(content, at, new)
    assert status(content) in Status


def test_damage_within_the_data_of_small_images_is_found():
    data = saved(picture(), "JPEG", quality=95, subsampling=0)
    start = data.find(b"\xff\xda") + 14
    places = range(start, len(data) - 2, 41)

    found = [examined(Format.JPEG, flipped(data, place, place % 8)) for place in places]

    assert sum("JPEG-DATA-DAMAGED" in each.counts for each in found) > len(found) / 10
