"""Names in reports: nothing hidden, nothing lost."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.formats.report_names import (
    encodable,
    from_base64,
    raw_base64,
    segments,
    visible,
)

names_on_disk = st.binary(min_size=1, max_size=60).map(os.fsdecode)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("reel é/scan.dpx", "reel é/scan.dpx"),
        ("two\nlines\tand\rmore", r"two\nlines\tand\rmore"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("not utf-8 \udcff", r"not utf-8 \xff"),
        ("txt\u202egpj.exe", r"txt\u202egpj.exe"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("c1 \x9b", r"c1 \u009b"),
        ("half a pair \ud800", r"half a pair \ud800"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(name, shown):
    assert visible(name) == shown
    assert "".join(piece for _, piece in segments(name)) == shown


@given(names_on_disk)
def test_a_shown_name_is_one_line_that_utf8_can_hold(name):
    shown = visible(name)
    assert len(shown.splitlines()) == 1
    assert not any("\ud800" <= character <= "\udfff" for character in shown)
    encodable(name).encode("utf-8")


@given(names_on_disk)
def test_a_name_is_kept_exact_in_base64_when_utf8_cannot_hold_it(name):
    raw = raw_base64(name)
    if raw is None:
        assert encodable(name) == name
    else:
        assert from_base64(raw) == name
        assert encodable(name) != name
