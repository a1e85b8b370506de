import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avpres.adapters.storage.pasted import forgive
from avpres.cli.commands.copy import places
from avpres.cli.parameters import path

NAMES = st.binary(min_size=1, max_size=40).filter(lambda b: b"\0" not in b).map(os.fsdecode)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("'/a b'", "/a b"),
        ('"/a b"', "/a b"),
        (' "/a b" ', "/a b"),
        ('"/a b"/', "/a b"),
        ("'/a b'//", "/a b"),
        ('"/', '"'),
        ('/tapes/reel"', "/tapes/reel"),
        ("file:///a/b%20c", "/a/b c"),
        ("file://localhost/a", "/a"),
        ("FILE:///a", "/a"),
        ("file:///a%23b?c", "/a#b?c"),
        ("/a/", "/a"),
        ("/a///", "/a"),
        ("/", "/"),
        ("a\\b", "a\\b"),
        ("-", "-"),
        (".", "."),
        ("'", "'"),
    ],
)
def test_forgives(words, meant):
    assert forgive(words) == meant


def test_an_escaped_space_is_undone_when_that_names_something(tmp_path):
    (tmp_path / "my reel").mkdir()
    assert forgive(f"{tmp_path}/my\\ reel") == f"{tmp_path}/my reel"


def test_a_path_that_is_there_as_written_is_never_changed(tmp_path):
    for name in ("'quoted'", 'half"', "my\\ reel", " x "):
        (tmp_path / name).touch()
        assert forgive(f"{tmp_path}/{name}") == f"{tmp_path}/{name}"
    (tmp_path / "my reel").mkdir()
    assert forgive(f"{tmp_path}/my\\ reel") == f"{tmp_path}/my\\ reel"


def test_quotes_that_are_part_of_a_name_that_is_there_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("'reel'").touch()
    assert forgive("'reel'") == "'reel'"


def test_bytes_of_a_url_that_are_not_utf_8_stay_what_they_are():
    assert os.fsencode(forgive("file:///a/%FF")) == b"/a/\xff"


@given(NAMES)
def test_a_plain_absolute_path_is_what_it_is(name):
    plain = "/no-such-folder/" + name.strip("/\"' ") + "x"
    assert forgive(plain) == plain


@given(NAMES)
def test_forgiving_twice_changes_nothing_more(name):
    once = forgive("/no-such-folder/" + name + "x")
    assert forgive(once) == once


def test_what_was_changed_is_said(capsys):
    assert path('"/a b"') == Path("/a b")
    assert capsys.readouterr().err == 'note: "/a b" is read as /a b\n'


@pytest.mark.parametrize("words", ["/a/b", "/a/b/", "a", "./a"])
def test_nothing_is_said_when_nothing_was_changed(words, capsys):
    path(words)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", ["", " ", "\t"])
def test_an_empty_path_is_refused(words):
    with pytest.raises(ValueError, match="empty path"):
        path(words)


A, B, C = Path("a"), Path("b"), Path("c")


@pytest.mark.parametrize(
    ("paths", "to", "listed", "sources", "destination", "others"),
    [
        ([A, B], [], False, (A,), B, None),
        ([A, B, C], [], False, (A, B), C, None),
        ([A, B], [C], False, (A,), B, (C,)),
        ([A], [B], False, (A,), B, None),
        ([A], [B, C], False, (A,), B, (C,)),
        ([A], [], False, (A,), None, None),
        ([], [], False, None, None, None),
        ([A], [], True, (), A, None),
        ([], [A], True, (), A, None),
        ([A], [B], True, (), A, (B,)),
        ([A, B], [], True, (A,), B, None),
        ([], [], True, (), None, None),
    ],
)
def test_the_last_path_is_the_destination(paths, to, *, listed, sources, destination, others):
    assert places(paths, to, listed=listed) == {
        "sources": sources,
        "destination": destination,
        "to": others,
    }


@pytest.mark.parametrize(
    "words",
    ["smb://server/share", "http://host/a", "'afp://host/a'", "s3://bucket/key", "file://server/a"],
)
def test_a_url_of_something_elsewhere_is_never_a_local_folder(avpres, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reel").mkdir()
    before = sorted(tmp_path.iterdir())
    plain = words.strip("'")

    for line in (("reel", words), (words, "shelf"), ("reel", "shelf", "--to", words)):
        status, out, err = avpres("copy", *line)
        assert (status, out) == (2, "")
        assert err == (
            f"avpres: {plain}: is a URL and no path; mount the share and give its folder\n"
        )
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_has_the_name_of_a_url_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "smb:" / "server").mkdir(parents=True)
    assert forgive("smb://server") == "smb://server"
