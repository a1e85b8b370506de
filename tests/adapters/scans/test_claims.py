"""What headers claim beside the picture."""

from fractions import Fraction

import pytest
import scan_maker

from avpres.adapters.scans.claims import behind, rates
from avpres.adapters.scans.reading import read_scan


@pytest.mark.parametrize("order", "<>")
def test_both_rates_of_a_dpx_are_read(order):
    data = scan_maker.dpx(order=order, film_rate=24.0, television_rate=29.97)
    found = rates(data[:4096], read_scan(data))
    assert found == (Fraction(24), Fraction(30000, 1001))
    assert found.disagree


def test_rates_are_not_read_from_where_the_picture_stands():
    data = scan_maker.dpx()
    scan = read_scan(data)
    assert rates(data[:1700], scan) == (Fraction(24), None)


def test_other_formats_have_one_rate_at_most():
    data = scan_maker.cineon(rate=18.0)
    assert rates(data, read_scan(data)) == (Fraction(18), None)
    assert not rates(data, read_scan(data)).disagree


def test_bytes_behind_a_picture_are_counted_and_directories_are_none():
    assert behind(read_scan(scan_maker.dpx(trailer=b"12345"))) == 5
    assert behind(read_scan(scan_maker.dpx())) == 0
    assert behind(read_scan(scan_maker.tiff())) == 0
