"""Numbers of frames, written compactly."""

import pytest

from avpres.domain.ranges import Ranges, listed


@pytest.mark.parametrize(
    ("added", "text", "count"),
    [
        ([], "", 0),
        ([(7, 7)], "7", 1),
        ([(123, 125, 5), (200, 200, 5)], "00123-00125, 00200", 4),
        ([(1, 1), (3, 3), (5, 6), (9, 12)], "1, 3 and 6 more", 8),
    ],
)
def test_ranges_are_written_compactly_and_all_are_counted(added, text, count):
    ranges = Ranges(most=2)
    for each in added:
        ranges.add(*each)
    assert (str(ranges), ranges.count) == (text, count)


def test_names_that_are_not_named_are_counted():
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b"], 1_002) == "a, b and 1,000 more"
