"""Damage on purpose: every byte of a small JP2 is flipped, and hostile bytes are read."""

import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.jp2 import audit, make
from avpres.adapters.jp2.calling import OpenJpegError
from avpres.adapters.jp2.decoding import tiles
from avpres.adapters.jp2.markers import read_form
from avpres.adapters.jp2.parsing import BoxError, boxes_of, codestream_of, parse
from avpres.adapters.jp2.reading import picture
from avpres.domain.imaging import Alpha, Codestream, Colour
from avpres.domain.migration import Unmigratable

FORM = Codestream(tile=64, levels=1)
ROWS = np.random.default_rng(3).integers(0, 4, (6, 7, 1)).astype(np.uint8)
COLOURS = Palette(np.random.default_rng(3).integers(0, 256, (4, 4)).astype(np.uint8), 8)
RASTER = Raster(ROWS, (8,), Colour.PALETTE, Alpha.INDEX, COLOURS)
EMBEDDED = Embedded(exif=b"II*\0\x08\0\0\0\0\0", xmp=b"<x/>", iptc=b"\x1c\x02\x78\0\1a")
MADE, PROOF = make.proved(Page(RASTER, EMBEDDED), FORM)


class Flipped:
    """What was made, with other bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.raster, self.head, self.uuids = MADE.raster, MADE.head, MADE.uuids


def test_every_flipped_byte_is_told_or_leaves_all_as_it_was():
    untold = []
    for place in range(len(MADE.data)):
        data = bytearray(MADE.data)
        data[place] ^= 0xFF
        try:
            proof = make.prove(data, MADE.raster, second=True)
            audit.check(Flipped(bytes(data)), FORM)
        except Unmigratable:
            continue
        assert proof.digest == PROOF.digest
        untold.append(place)
    # the comment's last figures, and bits that fill up the last byte of a packet
    assert len(untold) < 12, untold


@pytest.mark.parametrize("bit", range(8))
def test_every_flipped_bit_of_boxes_is_told(bit):
    codestream = codestream_of(memoryview(MADE.data))
    begin = MADE.data.index(bytes(codestream))
    for place in [*range(begin), *range(begin + len(codestream), len(MADE.data))]:
        data = bytearray(MADE.data)
        data[place] ^= 1 << bit
        with pytest.raises(Unmigratable):
            audit.check(Flipped(bytes(data)), FORM)


@pytest.mark.parametrize("cut", [1, 2, 3, 50, 100, 150, 200])
def test_a_file_that_is_cut_short_is_told(cut):
    with pytest.raises(Unmigratable):
        audit.check(Flipped(MADE.data[:-cut]), FORM)


@pytest.mark.parametrize("more", [b"\0", b"\0\0\0\x08free", b"\0\0\0\x09uuid\0"])
def test_what_stands_behind_the_last_box_is_told(more):
    with pytest.raises(Unmigratable):
        audit.check(Flipped(MADE.data + more), FORM)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.data())
def test_hostile_files_are_read_or_refused_and_never_more(data):
    hurt = bytearray(MADE.data)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(hurt) - 1))
        hurt[place] = data.draw(st.integers(0, 255))
    with suppress(Unmigratable):
        again = picture(memoryview(hurt), most_pixels=100_000)
        assert again.height * again.width <= 100_000


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.binary(max_size=80))
def test_bytes_that_are_no_jp2_are_refused(data):
    view = memoryview(data)
    assert codestream_of(view) is None
    with pytest.raises(BoxError):
        parse(view)
    assert read_form(memoryview(b"\xff\x4f\xff\x51" + data)) is None


def test_a_codestream_that_claims_a_huge_picture_is_refused_unread():
    data = bytearray(MADE.data)
    at = data.index(b"\xff\x4f\xff\x51") + 8
    data[at : at + 16] = struct.pack(">4I", 2**31, 2**31, 0, 0)

    with pytest.raises(Unmigratable, match="2147483648 x 2147483648 pixels"):
        picture(memoryview(data), most_pixels=10**9)


def test_a_box_may_tell_its_length_in_eight_bytes():
    found = list(boxes_of(memoryview(b"\0\0\0\1uuid\0\0\0\0\0\0\0\x12ab\0\0\0\x08free")))

    assert [(each.kind, bytes(each.content)) for each in found] == [
        (b"uuid", b"ab"),
        (b"free", b""),
    ]


def test_decoding_says_what_the_library_complained_of(capfd):
    coded = bytearray(codestream_of(memoryview(MADE.data)))
    coded[-20:] = bytes(20)

    with pytest.raises(OpenJpegError):
        list(tiles(memoryview(coded)))
    assert capfd.readouterr() == ("", "")
