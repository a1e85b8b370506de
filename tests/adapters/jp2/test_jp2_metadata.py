"""Metadata find a place in JP2, or are given back; nothing is dropped."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.images.raster import Embedded
from avpres.adapters.jp2.boxes import rational, told
from avpres.adapters.jp2.metadata import placed

PACKET = b"<?xpacket begin='\xef\xbb\xbf'?><x:x xmlns:x='adobe:ns:meta/'/>   \n<?xpacket end='w'?>"


def test_what_has_its_place_is_not_touched():
    embedded = Embedded(exif=b"II*\0", xmp=PACKET, iptc=b"\x1c\2\0")

    found = placed(embedded)

    assert found.embedded == embedded
    assert (found.left_over, found.notes) == ((), ())


@pytest.mark.parametrize(
    "packet",
    [
        b"<x>",
        b"\xff\xfe<",
        b"<a:x/>",
        b"<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>",
        b"<?xml version='1.0' encoding='nonsense'?><x/>",
        PACKET[:-1],
        b"\0\0",
    ],
)
def test_xmp_that_no_validator_would_take_goes_beside_whole(packet):
    found = placed(Embedded(xmp=packet))

    assert found.embedded.xmp is None
    assert found.left_over == (("xmp", packet),)
    assert found.notes == ("the XMP is not well-formed XML; it is kept beside",)


def test_nul_bytes_behind_xmp_are_left_away_and_told():
    found = placed(Embedded(xmp=PACKET + bytes(7)))

    assert found.embedded.xmp == PACKET
    assert found.notes == ("7 NUL bytes behind the XMP were left away",)


def test_comments_and_unknown_tags_are_given_back():
    others = (("comment", b"a tower"), ("APP12", b"\0\1"))

    assert placed(Embedded(others=others)).left_over == others


@pytest.mark.parametrize("number", [Fraction(0), Fraction(-3), Fraction(10) ** 140])
def test_a_resolution_that_makes_no_sense_goes_beside(number):
    found = placed(Embedded(resolution=(number, number)))

    assert found.embedded.resolution is None
    assert found.left_over[0][0] == "resolution"


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1), st.sampled_from([1, 100, 254]))
def test_every_resolution_is_exact_or_near(numerator, denominator, unit):
    wanted = Fraction(numerator, denominator) * unit

    numbers = rational(wanted)

    assert all(0 < each <= 65535 for each in numbers[:2])
    assert -128 <= numbers[2] < 128
    assert abs(told(*numbers) - wanted) <= wanted / 10**6


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.integers(1, 65535), st.integers(1, 65535), st.integers(-9, 9))
def test_whatever_16_bits_can_tell_is_told_exactly(numerator, denominator, exponent):
    wanted = told(numerator, denominator, exponent)

    assert told(*rational(wanted)) == wanted
