"""What avpres adds comes back; hostile data are one kind of error, in little memory."""

import random
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from io import BytesIO
from pathlib import Path

import by_hand
import pytest
import rawcooked_like
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.reversible import layouts
from avpres.adapters.reversible.compressed import MOST
from avpres.adapters.reversible.numbers import element, header, read_header, vint
from avpres.adapters.reversible.reading import read_reversibility
from avpres.adapters.reversible.writing import (
    FrameTrack,
    ReversibilityWriter,
    as_version_2,
    version_2,
)
from avpres.domain.reversible import (
    Attached,
    Folder,
    Library,
    Restoration,
    ReversibilityError,
    TrackKind,
)
from avpres.domain.scan import Packing, SampleArray
from avpres.domain.sounding import Encoding, SoundArray

NAMES = st.binary(min_size=1, max_size=300)
WORDS = st.integers(0, 2**63 - 1)
TIMES = st.none() | st.integers(-(2**63), 2**63 - 1)
FILES = st.builds(
    Restoration,
    name=NAMES,
    before=st.binary(max_size=200),
    after=st.binary(max_size=50),
    residual=st.none() | st.binary(min_size=1, max_size=100),
    gaps=st.binary(max_size=20),
    layout=st.sampled_from(["", '{"picture":{}}', '{"sound":{"ä":1}}']),
    md5=st.none() | st.binary(min_size=16, max_size=16),
    sha256=st.none() | st.binary(min_size=32, max_size=32),
    size=st.none() | WORDS,
    mtime_ns=TIMES,
    mode=st.none() | st.integers(0, 0o7777),
).map(lambda file: replace(file, tell_size=file.size is not None and file.size % 2 == 0))
ATTACHED = st.builds(
    Attached,
    name=NAMES,
    size=st.none() | WORDS,
    md5=st.none() | st.binary(min_size=16, max_size=16),
    sha256=st.none() | st.binary(min_size=32, max_size=32),
    mtime_ns=TIMES,
    mode=st.none() | st.integers(0, 0o7777),
    uid=st.none() | st.integers(1, 2**64 - 1),
    coding=st.sampled_from(["", "zlib"]),
    data=st.none() | st.binary(min_size=1, max_size=100),
)
FOLDERS = st.builds(Folder, name=NAMES, mtime_ns=TIMES, mode=st.none() | st.integers(0, 0o7777))
LIBRARY = Library("avpres", "0.1.0")


def written(frames=(), *, attached=(), folders=(), sounds=()):
    handle = BytesIO()
    writer = ReversibilityWriter(handle, LIBRARY)
    for file in attached:
        writer.attachment(file)
    for folder in folders:
        writer.folder(folder)
    if frames:
        writer.begin_track(TrackKind.FRAMES, frames[0])
        for file in frames:
            writer.block(file)
    for sound in sounds:
        writer.begin_track(TrackKind.SINGLE, sound)
    assert writer.finish() == len(handle.getvalue())
    return handle.getvalue()


def read(data, **options):
    return read_reversibility(BytesIO(data), 0, len(data), **options)


@settings(derandomize=True, max_examples=60)
@given(
    st.lists(FILES, min_size=1, max_size=5),
    st.lists(ATTACHED, max_size=3),
    st.lists(FOLDERS, max_size=3),
    st.lists(FILES, max_size=2),
    st.booleans(),
)
def test_all_that_is_kept_comes_back(frames, attached, folders, sounds, second):
    data = written(frames, attached=attached, folders=folders, sounds=sounds)
    if second:
        data = b"".join(as_version_2(len(data), lambda: BytesIO(data))[1]())
    found = read(data)
    assert found.library.form == 1 + second
    assert list(found.tracks[0].files(residual=True)) == frames
    assert [track.file() for track in found.tracks[1:]] == sounds
    assert list(found.attached(data=True)) == attached
    assert list(found.folders()) == folders
    assert not found.damage
    assert found.is_checked()


def as_rawcooked(file):
    """Give of a file what RAWcooked restores of it."""
    kept = {"name": file.name, "before": file.before, "after": file.after, "in": file.residual}
    kept |= {"md5": file.md5, "size": file.size if file.tell_size else None}
    return {key: value for key, value in kept.items() if value or value == 0}


@settings(derandomize=True, max_examples=60)
@given(
    st.lists(FILES, min_size=1, max_size=5),
    st.lists(ATTACHED, max_size=3),
    st.lists(FOLDERS, max_size=3),
    st.lists(FILES, max_size=2),
)
def test_rawcooked_finds_its_own_and_skips_the_rest(frames, attached, folders, sounds):
    data = written(frames, attached=attached, folders=folders, sounds=sounds)
    tracks, listed = rawcooked_like.read(data)
    assert tracks[0][1] == [as_rawcooked(file) for file in frames]
    assert [files for _, files in tracks[1:]] == [[as_rawcooked(file)] for file in sounds]
    assert [each["name"] for each in listed] == [each.name for each in attached]
    assert [each.get("size") for each in listed] == [each.size for each in attached]
    second = b"".join(as_version_2(len(data), lambda: BytesIO(data))[1]())
    assert rawcooked_like.read(second) == (tracks, listed)


def frame(number):
    return Restoration(
        b"reel/%06d.dpx" % number,
        before=b"SDPX" + bytes(2000) + b"%06d" % number,
        md5=number.to_bytes(16, "big"),
        sha256=number.to_bytes(32, "big"),
        size=8_000_000,
        mtime_ns=1_700_000_000_000_000_000 + number,
        mode=0o644,
        layout='{"picture":{"width":2048}}',
    )


def test_frames_are_read_in_any_order_by_several_threads():
    data = written([frame(number) for number in range(1000)])
    [track] = read(data).tracks
    order = list(range(1000))
    random.Random(5).shuffle(order)  # noqa: S311 - any order will do
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(track.file, order)) == [frame(number) for number in order]
    with pytest.raises(IndexError):
        track.file(1000)
    with pytest.raises(IndexError):
        track.file(-1)


def test_forty_thousand_frames_cost_little_room_and_memory(tmp_path):
    path = tmp_path / "data"
    forms = FrameTrack(frame(0))
    block = forms.block(frame(1))
    assert len(block) < 180
    tracemalloc.start()
    try:
        with path.open("wb") as handle:
            writer = ReversibilityWriter(handle, LIBRARY)
            writer.begin_track(TrackKind.FRAMES, frame(0))
            writer.blocks(block for _ in range(40_000))
            size = writer.finish()
        with path.open("rb") as handle:
            [track] = read_reversibility(handle, 0, size).tracks
            assert track.frames == 40_000
            assert track.file(39_999) == frame(1)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_data_beyond_4_gib_are_read(tmp_path):
    huge = 5 << 30
    block = element(0x90, vint(0) + b"r/1") + header(0x85, huge)
    with (tmp_path / "sparse").open("w+b") as handle:
        head = by_hand.HEAD_1 + by_hand.SEGMENT + by_hand.TRACK
        handle.write(head + header(0x207262, len(block) + huge) + block)
        handle.seek(huge, 1)
        handle.write(by_hand.BLOCK_2)
        size = handle.tell()
        [track] = read_reversibility(handle, 0, size).tracks
        assert track.file(0, residual=False).name == b"r/1"
        assert track.file(1).name == b"r/2.dpx"
        with pytest.raises(ReversibilityError, match="too large"):
            track.file(0)
    before, left_out = version_2(size)
    id_, inner, length = read_header(before[len(by_hand.HEAD_2) :])
    assert (id_, inner, length) == (0x207263, size - len(by_hand.HEAD_1), 3 + 5)
    assert left_out == len(by_hand.HEAD_1)


def single(content):
    return by_hand.HEAD_1 + by_hand.SEGMENT + element(0x207274, content)


BOMB = zlib.compress(bytes(64 << 20))
HOSTILE = {
    "claims more than zlib can give": element(0x81, vint(MOST - 1) + BOMB[:100]),
    "claims more than it has": element(0x81, vint(65 << 20) + BOMB),
    "claims less than it has": element(0x81, vint(10) + BOMB),
    "claims too much": element(0x81, vint(MOST + 1) + BOMB),
    "is cut within": element(0x81, vint(64 << 20) + BOMB[:-9]),
    "is no zlib": element(0x81, vint(100) + b"\1" * 50),
    "has no size": element(0x81, b"\0"),
    "has a cut size": element(0x81, b"\x10\0"),
    "a name of a megabyte": element(0x90, vint(0) + bytes(1 << 20)),
    "a part larger than its whole": header(0x90, 1 << 40),
    "no id": b"\0\0\0\0",
    "an addition of ours that is cut": element(0x11617601, header(0x81, 32)),
    "a layout that is no text": element(0x11617601, element(0x86, vint(0) + b"\xff")),
    "a bomb in the name": element(0x90, vint(64 << 20) + BOMB),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_values_are_refused_in_little_memory(name):
    data = single(element(0x90, vint(0) + b"r/s") + HOSTILE[name])
    tracemalloc.start()
    try:
        with pytest.raises(ReversibilityError) as found:
            read(data).tracks[0].file()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(found.value)
    assert peak < 150 << 20 if "it has" in name or "within" in name else peak < 5 << 20


def test_a_residual_is_read_up_to_the_size_of_its_samples():
    data = single(element(0x90, vint(0) + b"r/s") + element(0x85, vint(64 << 20) + BOMB))
    [track] = read(data).tracks
    with pytest.raises(ReversibilityError, match="cannot be"):
        track.file(most=1 << 20)
    assert track.file(most=64 << 20).residual == bytes(64 << 20)


def test_deep_nesting_is_no_recursion():
    nested = b""
    for _ in range(2000):
        nested = element(0x207263, nested)
    assert read(by_hand.HEAD_2 + nested, lenient=True).tracks == []


def test_a_frame_without_a_track_is_damage():
    with pytest.raises(ReversibilityError, match="before its track"):
        read(by_hand.HEAD_1 + by_hand.SEGMENT + by_hand.BLOCK_1)


@pytest.mark.parametrize(
    "rest",
    [
        b"\x20\x72\x62\x41\x00" * 100_000,
        b"\x20\x72\x62\x17\xff\xff\xff\x81\x5f\xff" * 100_000,
        b"\x20\x72\x62\x17\xff\xff\xff\x81\x21\x00\x00" * 100_000,
    ],
)
def test_broken_data_of_many_marks_are_walked_in_little_time(rest):
    begun = time.process_time()
    found = read(by_hand.HEAD_1 + by_hand.SEGMENT + by_hand.TRACK + rest, lenient=True)
    assert found.damage
    assert time.process_time() - begun < 10


def files_of(track):
    """Read every file of a track; None for one that is broken."""
    for number in range(1 if track.kind is TrackKind.SINGLE else track.frames):
        try:
            yield track.file(number)
        except ReversibilityError:
            yield None


@pytest.mark.parametrize("form", ["1", "2", "alpha"])
def test_data_cut_anywhere_give_what_came_before_or_one_error(form):
    whole = {"1": by_hand.VERSION_1, "2": by_hand.VERSION_2, "alpha": by_hand.ALPHA}[form]
    right = [list(files_of(track)) for track in read(whole).tracks]
    for length in range(len(whole)):
        try:
            found = read(whole[:length], lenient=True)
        except ReversibilityError:
            assert length < 64
            continue
        for track, files in zip(found.tracks, right, strict=False):
            pairs = zip(files_of(track), files, strict=False)
            assert all(got in {None, file} for got, file in pairs)


@pytest.mark.parametrize("second", [False, True], ids=["version 1", "version 2"])
def test_a_flipped_bit_costs_one_frame_at_most(second):
    frames = [
        Restoration(
            b"r/%02d" % n, b"SDPX" + b"%02d" % n * 8, residual=b"x" * (n + 1), md5=b"m" * 16
        )
        for n in range(9)
    ]
    sound = Restoration(b"r/s.wav", b"RIFF", b"tail", md5=b"s" * 16)
    whole = written(frames, sounds=[sound])
    if second:
        whole = b"".join(as_version_2(len(whole), lambda: BytesIO(whole))[1]())
    chance = random.Random(1)  # noqa: S311 - any bits will do
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 1 << chance.randrange(8)
        found = read(bytes(data), lenient=True)
        pictures, recording = found.tracks
        wrong = [n for n, got in enumerate(files_of(pictures)) if got not in frames[n : n + 1]]
        assert len(wrong) <= 1, (at, wrong)
        assert pictures.frames == len(frames)
        assert list(files_of(recording)) == [sound]


@pytest.mark.parametrize("second", [False, True], ids=["version 1", "version 2"])
def test_no_flipped_bit_behind_the_head_passes_the_check_sum(second):
    folders = [Folder(b"r/empty", mtime_ns=1, mode=0o755)]
    whole = written([frame(n) for n in range(3)], folders=folders)
    before, head = version_2(len(whole))
    if second:
        whole, head = before + whole[head:], len(before)
    for at in range(head, len(whole)):
        data = bytearray(whole)
        data[at] ^= 1 << at % 8
        found = read(bytes(data), lenient=True)
        assert found.damage or not found.is_checked(), at


def test_data_of_rawcooked_have_no_check_sum():
    assert read(by_hand.VERSION_1).is_checked() is None


@settings(derandomize=True, max_examples=400)
@given(
    st.sampled_from([by_hand.VERSION_1, by_hand.VERSION_2, by_hand.ALPHA]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=5),
    st.booleans(),
)
def test_damaged_data_are_read_or_one_error(whole, changes, lenient):
    data = bytearray(whole)
    for at, value in changes:
        data[at % len(data)] = value
    try:
        found = read(bytes(data), lenient=lenient)
        for track in found.tracks:
            list(track.files(residual=True))
        list(found.attached(data=True))
        list(found.folders())
    except ReversibilityError as error:
        assert str(error)  # noqa: PT017 - no error at all is as good


@settings(derandomize=True, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_behind_a_head_are_read_or_one_error(rest):
    try:
        read(by_hand.HEAD_1 + rest)
    except ReversibilityError as error:
        assert str(error)  # noqa: PT017 - no error at all is as good


PICTURE = SampleArray(
    width=4,
    height=2,
    groups=("RGB",),
    bits=10,
    word=32,
    packing=Packing.FILLED_A,
    strides=(16,),
    segments=((2048, 32),),
    big_endian=True,
)
SOUND = SoundArray(2, 24, 20, Encoding.SIGNED, True)


def test_layouts_are_lines_that_people_can_read():
    assert layouts.picture_array(layouts.layout_of(PICTURE)) == PICTURE
    assert layouts.sound_array(layouts.layout_of(SOUND)) == SOUND
    assert layouts.layout_of(SOUND) == (
        '{"sound":{"big_endian":true,"bits":20,"channels":2,"encoding":"signed","word":24}}'
    )


@pytest.mark.parametrize(
    "layout",
    [
        *("", "[]", "{}", '{"sound":[]}', '{"sound":{}}', "[" * 100_000, '{"picture":{"x":1}}'),
        layouts.layout_of(SOUND).replace("24", '"24"'),
        layouts.layout_of(SOUND).replace("24", "25"),
        layouts.layout_of(SOUND).replace(":2,", ":0,"),
        layouts.layout_of(SOUND).replace("signed", "odd"),
    ],
)
def test_damaged_layouts_are_one_error(layout):
    with pytest.raises(ReversibilityError):
        layouts.sound_array(layout)
    with pytest.raises(ReversibilityError):
        layouts.picture_array(layout)


def test_every_field_and_packing_of_a_picture_stands_on_the_page():
    page = Path(__file__).parents[3] / "docs" / "reversibility-format.md"
    text = page.read_text(encoding="utf-8")
    words = [field.name for field in fields(SampleArray)] + list(Packing)
    assert [word for word in words if f"`{word}`" not in text] == []
