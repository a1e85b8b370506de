"""Exif blocks: what is read, and that nothing in them is trusted."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from avpres.adapters.validators import exif, icc
from avpres.domain.technical import Image


def block() -> bytes:
    made = Pillow.Exif()
    made[exif.MAKE], made[exif.ORIENTATION] = "Bell & Howell", 3
    made[exif.X_RESOLUTION] = made[exif.Y_RESOLUTION] = 2400.5
    made[exif.RESOLUTION_UNIT], made[exif.DATE_TIME] = 3, "1999:12:31 23:59:58"
    return made.tobytes()[6:]


def directory(*entries: tuple[int, int, int, int]) -> bytes:
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + packed


def test_a_block_describes_an_image():
    image = Image()
    found = exif.parse(block())
    exif.describe(found, image)
    assert found.faults == []
    assert (image.make, image.orientation) == ("Bell & Howell", 3)
    assert (image.x_resolution, image.resolution_unit) == (2400.5, "cm")
    assert image.created == "1999-12-31T23:59:58"


def test_big_endian_blocks_are_read_too():
    entry = struct.pack(">HHIHH", exif.ORIENTATION, 3, 1, 6, 0)
    found = exif.parse(b"MM\0*\0\0\0\x08\0\1" + entry)
    assert found.tags == {exif.ORIENTATION: 6}


def test_what_points_outside_is_a_fault_and_nothing_more():
    assert exif.parse(b"II*\0\xff\xff\xff\xff").faults
    assert exif.parse(directory((exif.MAKE, 2, 0xFFFFFFFF, 0))).faults
    assert exif.parse(directory((exif.MAKE, 99, 1, 0))).faults
    assert exif.parse(directory((exif.EXIF_DIRECTORY, 4, 1, 0xFFFFFFF0))).faults
    assert exif.parse(b"Exif").faults


def test_a_directory_that_points_to_itself_ends():
    assert exif.parse(directory((exif.EXIF_DIRECTORY, 4, 1, 8))).tags == {exif.EXIF_DIRECTORY: 8}


def test_dates_that_are_none_are_left_out():
    assert exif.iso_date("0000:00:00 00:00:00") == ""
    assert exif.iso_date("yesterday at about noon") == ""
    assert exif.iso_date("2024:02:29 01:02:03") == "2024-02-29T01:02:03"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]))
def test_no_bytes_bring_it_down(content, head):
    exif.describe(exif.parse(head + content), Image())
    icc.faults(bytes(128) + content)
    assert isinstance(icc.description(bytes(128) + content), str)
