"""Exif: orientation and resolution are looked at, whatever else stands in the block."""

import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from avpres.adapters.images import exif


@pytest.mark.parametrize("number", range(10))
def test_orientation_is_one_of_eight(number):
    made = Image.Exif()
    made[0x0112] = number
    wanted = number if 1 <= number <= 8 else 1
    assert exif.orientation(made.tobytes()[6:]) == wanted


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("unit", "scale"), [(2, Fraction(10000, 254)), (3, Fraction(100))])
def test_resolution_is_exact_in_both_orders(order, unit, scale):
    block = _block(order, (3001, 10), (72, 1), unit)
    assert exif.resolution(block) == (Fraction(3001, 10) * scale, Fraction(72) * scale)


def test_resolution_without_a_unit_or_a_number_is_none():
    assert exif.resolution(_block("<", (300, 1), (300, 1), 1)) is None
    assert exif.resolution(_block("<", (300, 0), (300, 1), 2)) is None
    assert exif.resolution(_block("<", (0, 1), (300, 1), 2)) is None
    assert exif.resolution(b"") is None


def test_a_block_cut_anywhere_is_read_as_far_as_it_goes():
    block = _block("<", (300, 1), (300, 1), 2)
    for end in range(len(block)):
        assert exif.orientation(block[:end]) == 1
        assert exif.resolution(block[:end]) in {None, exif.resolution(block)}


@settings(max_examples=200, derandomize=True)
@given(st.binary(max_size=64), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]))
def test_no_bytes_are_too_odd(rest, head):
    assert exif.orientation(head + rest) in range(1, 9)
    exif.resolution(head + rest)
    assert exif.is_whole(head + rest) in {True, False}


def test_any_byte_changed_gives_an_answer():
    block = _block(">", (300, 1), (300, 1), 2)
    for place, value in np.ndindex(len(block), 4):
        changed = bytearray(block)
        changed[place] = (0, 1, 0x7F, 0xFF)[value]
        exif.resolution(bytes(changed))


def _block(order, across, down, unit):
    """Give a directory of three entries, with the fractions behind it."""
    behind = 8 + 2 + 36 + 4
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, 3)
    entries = struct.pack(order + "HHII", 0x011A, 5, 1, behind)
    entries += struct.pack(order + "HHII", 0x011B, 5, 1, behind + 8)
    entries += struct.pack(order + "HHIHH", 0x0128, 3, 1, unit, 0)
    return head + entries + bytes(4) + struct.pack(order + "4I", *across, *down)
