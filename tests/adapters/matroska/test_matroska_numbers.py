"""Numbers, blocks and laces: written and read."""

import io
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matroska_made import cluster, opened, payloads, segment, simple, track

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.clusters import Cluster
from avpres.adapters.matroska.ebml import (
    UNKNOWN,
    MatroskaError,
    double,
    header,
    integer,
    size_field,
    to_float,
    uinteger,
    unknown_size,
    vint,
    void,
)
from avpres.adapters.matroska.lacing import EBML, FIXED, XIPH, frame_sizes


@given(st.integers(0, (1 << 56) - 2), st.integers(0, 8))
@settings(derandomize=True, max_examples=60)
@example(126, 0)
@example(127, 0)
@example((1 << 56) - 2, 0)
def test_sizes_come_back(size, length):
    try:
        written = size_field(size, length)
    except ValueError:
        assert size + 1 >= 1 << 7 * length
        return
    assert vint(written + b"x") == (size, len(written))
    assert length in {0, len(written)}


def test_sizes_that_cannot_be_are_refused():
    for size, length in ((-1, 0), ((1 << 56) - 1, 0), (127, 1), (0, 9)):
        with pytest.raises(ValueError, match="does not fit"):
            size_field(size, length)
    assert vint(unknown_size()) == (UNKNOWN, 8)
    assert vint(b"\xff") == (UNKNOWN, 1)
    assert vint(b"\x00") is vint(b"") is vint(b"\x40") is None


@given(st.integers(1, (1 << 64) - 1), st.floats(allow_nan=False), st.integers(-(1 << 63), 0))
@settings(derandomize=True, max_examples=30)
def test_numbers_come_back(number, fraction, negative):
    for id_, written in (
        (ids.TRACK_UID, uinteger(ids.TRACK_UID, number)),
        (ids.DURATION, double(ids.DURATION, fraction)),
        (ids.DATE_UTC, integer(ids.DATE_UTC, negative)),
    ):
        head = header(written)
        assert (head.id, head.length + head.size) == (id_, len(written))
        payload = written[head.length :]
        if id_ == ids.TRACK_UID:
            assert int.from_bytes(payload, "big") == number
        elif id_ == ids.DURATION:
            assert to_float(payload) == fraction
        else:
            assert int.from_bytes(payload, "big", signed=True) == negative


def test_every_header_that_is_none_gives_none():
    for data in (b"", b"\x00\x81", b"\x1f\x43", b"\xa3", b"\x08" + bytes(8)):
        assert header(data) is None
    assert header(b"\x08" + bytes(4) + b"\x80", longest_id=8) == (0x0800000000, 0, 6)


@pytest.mark.parametrize("size", [2, 3, 127, 128, 129, 130, 1000])
def test_a_void_has_the_length_asked_for(size):
    head = header(void(size))
    assert len(void(size)) == head.length + head.size == size


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.integers(0, 32_000), st.binary(max_size=40)),
        min_size=1,
        max_size=20,
    )
)
@settings(derandomize=True, max_examples=40)
def test_blocks_come_back(frames):
    gathered = Cluster(0, 0)
    for number, tick, data in frames:
        gathered.add(number, tick, memoryview(data), key=True)
    handle = io.BytesIO()
    gathered.write(handle)
    assert len(handle.getvalue()) == gathered.size
    file = opened(segment(handle.getvalue()))
    found = [(each.track, each.time_ns // 1_000_000, file.payload(each)) for each in file.blocks()]
    assert found == frames
    assert not file.skipped


def xiph(frames):
    sizes = b"".join(
        b"\xff" * (len(each) // 255) + bytes((len(each) % 255,)) for each in frames[:-1]
    )
    return bytes((len(frames) - 1,)) + sizes + b"".join(frames)


def ebml(frames):
    sizes = size_field(len(frames[0])) if len(frames) > 1 else b""
    for before, each in pairwise(frames[:-1]):
        sizes += size_field(len(each) - len(before) + (1 << 20) - 1, 3)
    return bytes((len(frames) - 1,)) + sizes + b"".join(frames)


def fixed(frames):
    return bytes((len(frames) - 1,)) + b"".join(frames)


@given(st.lists(st.binary(max_size=600), min_size=1, max_size=12))
@settings(derandomize=True, max_examples=40)
def test_laces_are_taken_apart(frames):
    same = [bytes((number,)) * 7 for number, _ in enumerate(frames)]
    for kind, lace, of in ((XIPH, xiph, frames), (EBML, ebml, frames), (FIXED, fixed, same)):
        data = segment(cluster(simple(lace(of), flags=0x80 | kind << 1)))
        file = opened(data)
        assert payloads(file) == of, kind
        assert not file.skipped


@given(st.sampled_from((XIPH, FIXED, EBML)), st.binary(max_size=60), st.integers(0, 100))
@settings(derandomize=True, max_examples=100)
def test_any_lace_is_divided_within_its_block_or_refused(kind, data, size):
    try:
        head, sizes = frame_sizes(kind, data[:size], size)
    except MatroskaError:
        return
    assert head + sum(sizes) == size
    assert min(sizes) >= 0


def test_frames_of_a_lace_follow_each_other_in_time():
    entry = track(uinteger(ids.DEFAULT_DURATION, 20_000_000))
    lace = cluster(simple(fixed([b"a", b"b", b"c"]), 5, 0x04), tick=100)
    found = [each.time_ns for each in opened(segment(lace, tracks=[entry])).blocks()]
    assert found == [105_000_000, 125_000_000, 145_000_000]
