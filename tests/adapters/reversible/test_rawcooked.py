"""The bytes of RAWcooked, by hand: what is written, and what is read of every version."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import by_hand
import pytest

from avpres.adapters.reversible.reading import is_reversibility, read_reversibility
from avpres.adapters.reversible.writing import ReversibilityWriter, as_version_2
from avpres.domain.reversible import (
    Attached,
    Library,
    Restoration,
    ReversibilityError,
    TrackKind,
)

LIBRARY = Library("RAWcooked", "21.09")
TEXT = Attached(b"r/a.txt", size=5, md5=by_hand.MD5_A)
EMPTY = Attached(b"r/empty", size=0)
FIRST = Restoration(b"r/1.dpx", before=b"SDPX", after=b"end", md5=by_hand.MD5_B)
SECOND = Restoration(
    b"r/2.dpx",
    before=b"SDPXy",
    residual=b"\1\2\3\4",
    md5=by_hand.MD5_C,
    size=0x102,
    tell_size=True,
)
SOUND = Restoration(b"r/s.wav", before=b"RIFF", md5=by_hand.MD5_D)


def read(data, **options):
    return read_reversibility(BytesIO(data), 0, len(data), **options)


def test_the_writer_gives_the_bytes_of_rawcooked():
    handle = BytesIO()
    writer = ReversibilityWriter(handle, LIBRARY)
    writer.attachment(TEXT)
    writer.attachment(EMPTY)
    writer.begin_track(TrackKind.FRAMES, FIRST)
    writer.block(FIRST)
    writer.block(SECOND)
    writer.begin_track(TrackKind.SINGLE, SOUND)
    assert handle.getvalue() == by_hand.VERSION_1
    assert writer.finish() == len(handle.getvalue())
    copies = handle.getvalue().removeprefix(by_hand.VERSION_1)
    assert copies.count(bytes.fromhex("11617603")) == 2
    assert copies.count(by_hand.TRACK[4:]) == copies.count(by_hand.SOUND[4:]) == 1


def test_version_2_has_the_same_elements_in_a_root():
    size, pieces = as_version_2(len(by_hand.VERSION_1), lambda: BytesIO(by_hand.VERSION_1))
    data = b"".join(pieces())
    assert data == by_hand.VERSION_2
    assert size == len(data)


@pytest.mark.parametrize("form", [1, 2])
def test_both_versions_are_read(form):
    found = read(by_hand.VERSION_1 if form == 1 else by_hand.VERSION_2)
    assert found.library == replace(LIBRARY, form=form)
    frames, sound = found.tracks
    assert (frames.kind, frames.frames) == (TrackKind.FRAMES, 2)
    assert list(frames.files(residual=True)) == [FIRST, SECOND]
    assert frames.file(1, residual=False) == replace(SECOND, residual=None)
    assert sound.kind is TrackKind.SINGLE
    assert sound.file() == SOUND
    assert list(found.attached()) == [TEXT, replace(EMPTY)]
    assert list(found.folders()) == []


def test_data_within_a_larger_file_are_read_and_what_follows_is_not():
    data = b"before" + by_hand.VERSION_2 + b"\xff behind"
    found = read_reversibility(BytesIO(data), 6, len(data) - 6)
    assert [track.frames for track in found.tracks] == [2, 0]


def test_the_second_alpha_is_read():
    found = read(by_hand.ALPHA)
    assert found.library == Library("__RAWcooked__", "Alpha", 0)
    assert found.tracks[0].file(0) == Restoration(b"r/2.dpx", before=b"SDPY")


def test_a_sound_of_18_10_is_read():
    found = read(by_hand.HEAD_1 + by_hand.SEGMENT + by_hand.OLD_SOUND)
    assert found.tracks[0].file() == Restoration(b"r/s.wav", b"A" * 100, md5=by_hand.MD5_D)


def test_an_avi_is_named():
    found = read(by_hand.AVI, lenient=True)
    assert found.container == b"r/a.avi"
    assert found.damage
    assert not found.tracks
    assert found.library == Library("RAWcooked", "25.12")


def test_masks_wrap_around_and_reach_as_far_as_both():
    first = Restoration(b"\xff\x01\x80", before=b"\0" * 4)
    handle = BytesIO()
    writer = ReversibilityWriter(handle, LIBRARY)
    writer.begin_track(TrackKind.FRAMES, first)
    writer.block(Restoration(b"\x01\xff", before=b"\xff" * 6))
    assert bytes.fromhex("91 83 80 02FE") in handle.getvalue()
    [track] = read(handle.getvalue()).tracks
    assert track.file() == Restoration(b"\x01\xff", before=b"\xff" * 6)


def test_a_masked_residual_is_read_though_nobody_writes_one():
    track = bytes.fromhex("207274 85  86 83 80 FF02")
    block = bytes.fromhex("207262 86  86 84 80 020305")
    [found] = read(by_hand.HEAD_1 + by_hand.SEGMENT + track + block).tracks
    assert found.file().residual == b"\x01\x05\x05"


def test_what_is_not_known_is_skipped():
    unknown = bytes.fromhex("EC 82 0000  20726F 81 00  1F43B675 80")
    data = by_hand.HEAD_1 + unknown + by_hand.ELEMENTS + unknown
    assert list(read(data).tracks[0].files(residual=True)) == [FIRST, SECOND]


@pytest.mark.parametrize("data", [by_hand.VERSION_1, by_hand.VERSION_2, by_hand.ALPHA])
def test_data_are_told_by_their_first_bytes(data):
    assert is_reversibility(data[:64])


@pytest.mark.parametrize(
    "data", [b"", b"\x1aE\xdf\xa3", b"\x1aE\xdf\xa3\x93B\x82\x88matroska" + b"\0" * 60, b"RIFF"]
)
def test_other_files_are_none(data):
    assert not is_reversibility(data[:64])
    with pytest.raises(ReversibilityError, match="no reversibility data"):
        read(data)


def test_the_example_of_the_page_is_true():
    page = Path(__file__).parents[3] / "docs" / "reversibility-format.md"
    lines = page.read_text(encoding="utf-8").split("```")[-2].strip().splitlines()
    data = bytes.fromhex(" ".join(line.split("  ")[0] for line in lines).replace("…", "BB" * 16))
    found = read(data)
    assert found.library == LIBRARY
    assert found.tracks[0].file() == replace(FIRST, after=b"")
