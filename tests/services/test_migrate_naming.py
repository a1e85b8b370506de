"""Names of targets, for names of any bytes."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.services.migrate.naming import as_if_alone, beside, distinct, folded, plain

NAMES = st.binary(min_size=1, max_size=255).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in {b".", b".."}
)


@pytest.mark.parametrize(
    ("place", "page", "name"),
    [
        (b"sub/photo.tif", 0, b"sub/photo.jp2"),
        (b"photo.tif", 2, b"photo-p0002.jp2"),
        (b"photo", 0, b"photo.jp2"),
        (b".hidden", 0, b".hidden.jp2"),
        (b"a.b.c", 12345, b"a.b-p12345.jp2"),
        (b"caf\xe9.gif", 0, b"caf\xe9.jp2"),
    ],
)
def test_a_target_has_the_stem_of_its_source(place, page, name):
    assert plain(place, ".jp2", page) == name


@given(NAMES, st.integers(0, 99999))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_no_name_is_longer_than_a_file_system_allows_or_leads_elsewhere(name, page):
    for how in (plain, distinct):
        found = how(b"folder/" + name, ".jp2", page)
        folder, _, last = found.partition(b"/")
        assert folder == b"folder"
        assert 0 < len(last) <= 255
        assert b"/" not in last
        assert last.endswith(b".jp2")


@given(NAMES, NAMES)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_two_sources_that_keep_their_endings_never_share_a_name(one, other):
    if one != other:
        assert distinct(one, ".jp2", 0) != distinct(other, ".jp2", 0)


def test_a_long_name_is_cut_between_characters():
    name = ("é" * 124 + ".gif").encode()

    found = beside(name, ".migration.json")

    assert len(found) <= 255
    assert found.decode().startswith("é" * 100)


def test_case_and_unicode_forms_fold_together():
    assert folded("É.gif".encode()) == folded("e\u0301.GIF".encode())
    assert folded(b"a\xff") != folded(b"a\xfe")
    assert folded(os.fsencode("straße")) == folded(os.fsencode("STRASSE"))


def test_a_target_that_kept_its_ending_tells_what_it_would_be_called_alone():
    assert as_if_alone(b"a/photo.tif", b"a/photo.tif-p0001.jp2") == b"a/photo-p0001.jp2"
    assert as_if_alone(b"a/photo.tif", b"a/photo.jp2") == b"a/photo.jp2"
