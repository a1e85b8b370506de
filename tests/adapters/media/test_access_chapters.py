"""Chapters are read out of metadata, whatever stands there."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.media.access_chapters import parse
from avpres.domain.trimming import Chapter


def test_chapters_are_read_in_order_with_their_titles_unescaped():
    text = (
        ";FFMETADATA1\ntitle=Film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=900\n"
        "title=a\\=b\\;c\\\\d\\\ne\n[STREAM]\ntitle=no\n[CHAPTER]\nSTART=0\nEND=500000000\n"
    )
    assert parse(text) == (
        Chapter(1, Fraction(0), Fraction(1, 2), ""),
        Chapter(2, Fraction(1, 2), Fraction(9, 10), "a=b;c\\d\ne"),
    )


def test_chapters_that_are_none_are_left_out():
    head = "[CHAPTER]\nTIMEBASE=1/1000\n"
    for body in ("START=5\nEND=5\n", "START=-5\nEND=5\n", "START=1\n", "START=x\nEND=9\n"):
        assert parse(head + body) == ()
    assert parse("[CHAPTER]\nTIMEBASE=1/0\nSTART=1\nEND=2\n") == ()


@given(st.text(alphabet="[]CHAPTERSNDTIMB=1/0\\\n;x", max_size=200))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_no_text_is_too_odd(text):
    assert all(each.begin < each.end for each in parse(text))
