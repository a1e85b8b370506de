"""Descriptions as JSON lines: whatever a description holds comes back."""

import base64
import io
import json
import os

import pytest
from description_cases import DESCRIPTIONS, NAMES, gif, wave
from hypothesis import given, settings

from avpres.adapters.formats.description_json import DescriptionLines, from_line, to_line
from avpres.domain.description import Completeness, Description
from avpres.domain.technical import Container, Image, Technical, Text
from avpres.domain.validity import Status


@settings(max_examples=150, deadline=None, derandomize=True)
@given(DESCRIPTIONS)
def test_every_description_comes_back(description):
    line = to_line(description)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert from_line(line) == description


@given(NAMES)
def test_every_line_is_json_in_utf_8_and_holds_the_exact_name(name):
    fields = json.loads(to_line(Description(name)).decode("utf-8"))
    raw = fields.get("path_base64")
    assert (base64.b64decode(raw) if raw else fields["path"].encode()) == os.fsencode(name)


def test_a_name_that_is_not_utf_8_can_be_read_and_is_exact():
    fields = json.loads(to_line(Description("caf\udce9.tif")))
    assert fields["path"] == r"caf\xe9.tif"
    assert base64.b64decode(fields["path_base64"]) == b"caf\xe9.tif"


def test_what_is_absent_is_left_out():
    assert json.loads(to_line(Description("a"))) == {
        "path": "a",
        "size": 0,
        "mtime": 0,
        "status": "Unknown",
    }


def test_what_is_nought_or_false_is_not_absent():
    technical = Technical(
        images=[Image(has_alpha=False, width=0), Image()],
        text=Text(has_bom=False, lines=0),
        container=Container(),
    )
    description = Description("a", technical=technical, completeness=Completeness("p"))
    fields = json.loads(to_line(description))
    assert fields["technical"]["images"] == [{"width": 0, "has_alpha": False}, {}]
    assert fields["technical"]["text"] == {"has_bom": False, "lines": 0}
    assert fields["technical"]["container"] == {}
    assert from_line(to_line(description)) == description


def test_the_keys_are_the_words_of_the_record():
    fields = json.loads(to_line(gif()))
    assert fields["digests"] == {"md5": "0" * 32, "sha256": "1" * 64}
    assert fields["status"] == Status.NOT_WELL_FORMED.value
    assert fields["messages"][1]["offset"] == 4321
    assert fields["technical"]["images"][0]["bits_per_sample"] == [8]


@pytest.mark.parametrize(
    "properties",
    [
        {"nan": float("nan")},
        {"rate": float("-inf"), "name": "a\udcff"},
        {"names": ["\udcff", "\ud800"]},
        {"name": "x", "name_base64": "eA=="},
        {"a\udcff": {"deep": ["\udcff"]}},
    ],
    ids=["nan", "infinite", "list", "base64-key", "key"],
)
def test_odd_properties_come_back_and_stay_json(properties):
    def refuse(word: str) -> None:
        raise AssertionError(word)

    line = to_line(Description("a", technical=Technical(properties=properties)))
    json.loads(line.decode("utf-8"), parse_constant=refuse)
    back = from_line(line).technical.properties
    assert repr(back) == repr(properties)


def test_a_property_that_json_has_no_word_for_does_not_lose_the_record():
    properties = {"raw": b"\x00\xff", "set": {"b", "a"}, ("x", 1): 2}
    line = to_line(Description("a", technical=Technical(properties=properties)))
    assert json.loads(line)["technical"]["properties"] == {"raw": "00ff", "set": ["a", "b"]}


def test_half_a_utf_16_pair_comes_back():
    description = Description("a\ud800b", error="\udcff\ud800")
    assert from_line(to_line(description)) == description


def test_keys_of_a_later_avpres_are_passed_over():
    fields = json.loads(to_line(wave())) | {"colour_of_box": "red", "box_base64": "eA=="}
    assert from_line(json.dumps(fields).encode()) == wave()


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"7", b'{"path": "a", "status": "Fine"}', b'{"path": "a"', b"\xff\n"],
)
def test_what_is_no_description_is_refused(line):
    with pytest.raises(ValueError, match="not a description"):
        from_line(line)


def test_lines_can_be_read_again_and_again():
    handle = io.BytesIO(to_line(gif()) + to_line(wave()))
    lines = DescriptionLines(handle)
    assert list(lines) == list(lines) == [gif(), wave()]
