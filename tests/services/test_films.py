"""Films and sounds are found once each, and no two results get one name."""

import os

import pytest

from avpres.domain.errors import SourceUnreadableError
from avpres.services.transfer.films import Films


@pytest.fixture
def reels(tmp_path):
    folder = tmp_path / "reels"
    (folder / "one").mkdir(parents=True)
    for name in (b"one/a.mov", b"one/A.MKV", b"one/b\xff\n.MXF", b"notes.txt", b".DS_Store"):
        (folder / os.fsdecode(name)).write_bytes(b"x")
    return folder


def find(*sources, exclude=(), said=None):
    said = [] if said is None else said
    films = Films(
        frozenset({b".mov", b".mkv", b".mxf"}),
        exclude,
        lambda path, why: said.append((os.path.basename(path), why)),
        lambda path, error: said.append((path, error.strerror)),
    )
    return films.find(sources)


def test_endings_count_in_folders_and_twins_keep_theirs(reels):
    said = []
    found = find(reels, said=said)
    assert {each.stem for each in found} == {b"one/a.mov", b"one/A.MKV", b"one/b\xff\n"}
    assert not any(each.is_named for each in found)
    assert {name for name, _ in said} == {"notes.txt", ".DS_Store"}
    assert any("name it to try it" in why for _, why in said)


def test_a_file_that_is_named_is_always_taken_and_only_once(reels):
    notes = reels / "notes.txt"
    (found,) = find(notes, notes)
    assert (found.stem, found.is_named) == (b"notes", True)
    assert len(find(reels, reels / "one" / "a.mov")) == 3


def test_what_is_excluded_is_told_and_what_is_not_there_is_refused(reels):
    said = []
    assert find(reels, exclude=("one/",), said=said) == []
    assert "one" in {name for name, _ in said}
    with pytest.raises(SourceUnreadableError):
        find(reels / "two")
