"""GIF: blocks, colour tables, extensions, image data, trailer."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from raster_files import (
    CUTS,
    examined,
    flipped,
    message,
    picture,
    profile,
    replaced,
    saved,
)

from avpres.adapters.validators import gif_lzw
from avpres.domain.formats import Format
from avpres.domain.validity import Status

BROKEN, INVALID, VALID = Status.NOT_WELL_FORMED, Status.NOT_VALID, Status.VALID
PLAIN = saved(picture("P"), "GIF")
SMALL = saved(picture("L", (9, 7)), "GIF")
MOVING = saved(
    picture("P"),
    "GIF",
    save_all=True,
    append_images=[picture("P").rotate(turn) for turn in (40, 80)],
    loop=3,
    duration=200,
    comment="a reel",
)


def gif(*blocks: bytes, version: bytes = b"89a", colours: int = 1) -> bytes:
    """Build a GIF of 2 x 2 pixels with the given blocks and a trailer."""
    packed = 0x80 | colours - 1 if colours else 0
    table = bytes(3 << colours) if colours else b""
    head = b"GIF" + version + struct.pack("<HHBBB", 2, 2, packed, 0, 0)
    return head + table + b"".join(blocks) + b";"


def image(*, width: int = 2, data: bytes = b"\x02\x01\x04\x00") -> bytes:
    """Build an image 2 pixels high."""
    return b"," + struct.pack("<HHHHB", 0, 0, width, 2, 0) + data


def codes(*pairs: tuple[int, int]) -> bytes:
    """Pack codes, each with its width in bits, from the lowest bit up."""
    packed = place = 0
    for code, width in pairs:
        packed |= code << place
        place += width
    return packed.to_bytes(-(-place // 8), "little")


LZW = codes((4, 3), (0, 3), (0, 3), (0, 3), (0, 4), (5, 4))  # clear, four pixels, end
NOTHING = b"\x02\x01" + codes((4, 3), (5, 3)) + b"\0"  # clear, end
FOUR = image(data=b"\x02" + bytes((len(LZW),)) + LZW + b"\0")


def status(data: bytes) -> Status:
    return examined(Format.GIF, data).status


@pytest.mark.parametrize("data", [PLAIN, SMALL, MOVING], ids=["palette", "grey", "moving"])
def test_what_a_good_writer_makes_is_valid(data):
    exam = examined(Format.GIF, data)
    assert exam.status is VALID
    assert not set(exam.counts) - {"GIF-CODE-SIZE-LARGE"}


def test_a_gif_is_described_with_its_bits_per_sample():
    exam = examined(Format.GIF, saved(picture("RGB").quantize(13), "GIF"))
    (described,) = exam.technical.images
    assert (described.width, described.height) == (60, 44)
    assert (described.bits_per_sample, described.samples_per_pixel) == ((4,), 1)
    assert (described.colour_space, described.compression) == ("PaletteColor", "LZW")
    assert described.byte_order == "little endian"
    assert exam.technical.properties["palette_size"] == 16
    assert exam.version in {"87a", "89a"}
    assert exam.profile == f"GIF {exam.version}"


def test_an_animation_is_described():
    said = examined(Format.GIF, MOVING).technical.properties
    assert (said["frames"], said["loops"], said["comments"]) == (3, 3, ["a reel"])
    assert said["duration"] == pytest.approx(0.6)


def test_every_cut_is_not_well_formed():
    for end in range(6, len(SMALL)):
        assert status(SMALL[:end]) is Status.NOT_WELL_FORMED, end
    for share in CUTS:
        assert status(MOVING[: int(len(MOVING) * share)]) is Status.NOT_WELL_FORMED


def test_a_cut_at_the_trailer_bears_the_id_that_jhove_gives():
    exam = examined(Format.GIF, PLAIN[:-1])
    assert message(exam, "GIF-NO-TRAILER").jhove == "GIF-HUL-9"
    assert message(exam, "GIF-NO-TRAILER").offset == len(PLAIN) - 1
    assert message(examined(Format.GIF, PLAIN[:-9]), "GIF-CUT").jhove == "GIF-HUL-10"


def test_damaged_image_data_are_found():
    flat = Image.radial_gradient("L").convert("RGB").quantize(8)  # long codes, as in drawings
    data = saved(flat, "GIF")
    start = data.index(b",", 13) + 300
    found = [status(flipped(data, at, 3)) for at in range(start, start + 200)]
    assert found.count(Status.NOT_WELL_FORMED) > 180


@pytest.mark.parametrize(
    ("data", "id", "jhove", "wanted"),
    [
        (b"GIF90a" + SMALL[6:], "GIF-SIGNATURE", "GIF-HUL-4", BROKEN),
        (gif(b"\x77"), "GIF-UNKNOWN-BLOCK", "GIF-HUL-2", BROKEN),
        (gif(b"!\x42\x00"), "GIF-UNKNOWN-EXTENSION", "GIF-HUL-3", BROKEN),
        (gif(b"!\xff\x0a" + bytes(11)), "GIF-APPLICATION-SIZE", "GIF-HUL-1", BROKEN),
        (gif(b"!\xf9\x03" + bytes(4)), "GIF-CONTROL-SIZE", "GIF-HUL-6", BROKEN),
        (gif(b"!\x01\x0b" + bytes(13)), "GIF-TEXT-SIZE", "GIF-HUL-7", BROKEN),
        (gif(b"!\x01\x0c" + bytes(13), colours=0), "GIF-TEXT-COLOURS", "GIF-HUL-8", INVALID),
        (gif(2 * (b"!\xf9\x04" + bytes(5))), "GIF-CONTROL-TWICE", "GIF-HUL-5", BROKEN),
        (gif(b"!\xf9\x04" + bytes(4) + b"\x01", FOUR), "GIF-CONTROL-END", None, INVALID),
        (gif(image(width=0)), "GIF-IMAGE-DATA", None, BROKEN),
        (gif(image(width=0, data=NOTHING)), "GIF-EMPTY-IMAGE", None, VALID),
        (gif(image(width=0, data=b"\x02\x00")), "GIF-NO-DATA", None, VALID),
        (gif(image(data=b"\x02\x00")), "GIF-NO-DATA", None, INVALID),
        (gif(image(data=b"\x0c\x01\x00\x00")), "GIF-CODE-SIZE", None, BROKEN),
        (gif(FOUR) + b"xx\0;", "GIF-SECOND-TRAILER", None, INVALID),
        (gif() + b"more", "GIF-NO-IMAGE", None, INVALID),
        (SMALL + b"xx", "GIF-TRAILING", None, VALID),
        (SMALL + b"x", "GIF-BYTE-TOO-MANY", None, INVALID),
        (gif(), "GIF-NO-IMAGE", None, VALID),
        (gif(FOUR, colours=0), "GIF-NO-COLOURS", None, VALID),
    ],
)  # fmt: skip
def test_each_rule_speaks_up(data, id, jhove, wanted):
    exam = examined(Format.GIF, data)
    assert message(exam, id).jhove == jhove
    assert exam.status is wanted


def test_an_image_outside_of_the_screen_is_only_a_warning():
    exam = examined(Format.GIF, replaced(SMALL, 6, b"\x03"))
    assert message(exam, "GIF-OUTSIDE-SCREEN").offset is not None
    assert exam.status is Status.VALID


def test_a_colour_profile_is_named():
    parts = profile()
    pieces = b"".join(
        bytes((len(parts[at : at + 255]),)) + parts[at : at + 255]
        for at in range(0, len(parts), 255)
    )
    data = SMALL[:-1] + b"!\xff\x0bICCRGBG1012" + pieces + b"\0;"
    exam = examined(Format.GIF, data)
    assert exam.status is Status.VALID
    assert "sRGB" in exam.technical.images[0].icc_profile


def test_endless_blocks_come_to_an_end():
    exam = examined(Format.GIF, gif()[:-1] + b"!\xfe\x00" * 110_000)
    assert "GIF-TOO-MANY-BLOCKS" in exam.counts
    assert exam.status is Status.UNKNOWN


def test_pixels_are_counted_whatever_the_code_sizes_do():
    for size in ((1, 1), (3, 200), (90, 90)):
        for colours in (2, 5, 30, 200):
            data = saved(picture("RGB", size).quantize(colours), "GIF")
            assert status(data) is Status.VALID


def test_a_missing_pixel_is_missed():
    assert not gif_lzw.fault(LZW, 2, 4)
    assert "only 4 of the 5" in gif_lzw.fault(LZW, 2, 5)
    assert "more than the 3" in gif_lzw.fault(LZW, 2, 3)
    assert "before its meaning" in gif_lzw.fault(codes((4, 3), (7, 3)), 2, 4)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from([PLAIN, MOVING, SMALL]),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=6)), max_size=6),
)
def test_no_bytes_bring_it_down(data, wounds):
    for share, new in wounds:
        data = replaced(data, int(share * len(data)), new)
    assert status(data) in Status
