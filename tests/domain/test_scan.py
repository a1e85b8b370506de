"""The description of samples goes through JSON and comes back, or is refused."""

import json

import pytest

from avpres.domain.scan import Packing, SampleArray, UncodableScan

PLAIN = SampleArray(4, 2, ("RGB",), 10, 32, Packing.FILLED_A, (16,), ((2048, 32),), big_endian=True)
RICH = SampleArray(
    4,
    2,
    ("RGB", "A"),
    12,
    16,
    Packing.WORDS,
    (24, 8),
    ((100, 40), (200, 24)),
    first_line=-7,
    mask=2048,
    tile=(16, 8),
    by_line=True,
)


@pytest.mark.parametrize("array", [PLAIN, RICH])
def test_a_description_goes_through_json(array):
    written = json.dumps(array.as_dict())
    assert SampleArray.from_dict(json.loads(written)) == array


def test_defaults_are_not_written():
    assert "tile" not in PLAIN.as_dict()
    assert PLAIN.as_dict()["big_endian"] is True


def test_what_an_array_says_of_itself():
    assert (PLAIN.channels, PLAIN.planar, PLAIN.stride, PLAIN.size) == ("RGB", False, 16, 32)
    assert (RICH.channels, RICH.planar, RICH.size) == ("RGBA", True, 64)


@pytest.mark.parametrize(
    "change",
    [
        {"width": "4"},
        {"width": True},
        {"width": 4.0},
        {"packing": "zipped"},
        {"groups": [7]},
        {"groups": "RGB"},
        {"strides": [-1]},
        {"strides": 16},
        {"segments": [[1]]},
        {"segments": [[1, -2]]},
        {"segments": {"0": 1}},
        {"tile": [1, 2, 3]},
        {"big_endian": 1},
        {"unheard": 1},
    ],
)
def test_what_is_no_description_is_refused(change):
    with pytest.raises(UncodableScan, match="damaged") as caught:
        SampleArray.from_dict(PLAIN.as_dict() | change)
    assert caught.value.code == "HEADER"


def test_a_description_with_parts_missing_is_refused():
    found = PLAIN.as_dict()
    del found["width"]
    with pytest.raises(UncodableScan, match="damaged"):
        SampleArray.from_dict(found)
