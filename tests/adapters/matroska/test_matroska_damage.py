"""Damaged and hostile films: what can be read is read, all else is told."""

import random
import time
import tracemalloc

import pytest
from films import attachment, film, pictures
from hypothesis import given, settings
from hypothesis import strategies as st
from matroska_made import CLUSTER, HEAD, cluster, opened, payloads, segment, simple

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    MatroskaError,
    element,
    id_field,
    size_field,
    text,
    unknown_size,
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF" + bytes(100),
        HEAD,
        element(ids.EBML, text(ids.DOC_TYPE, "rawcooked")),
        id_field(ids.EBML) + size_field(1 << 50) + b"x",
        HEAD + element(ids.CLUSTER, b""),
        bytes(70_000),
    ],
)
def test_what_is_no_matroska_is_refused(data):
    with pytest.raises(MatroskaError):
        opened(data)


def test_a_cut_film_gives_all_frames_before_the_cut(clustered):
    data, places = clustered
    for number in range(3, len(places), 5):
        for cut in (
            places[number],
            places[number] + 9,
            places[number] + 40,
            places[number] + 80,
        ):
            file = opened(data[:cut])
            whole = [each for each in opened(data).blocks() if each.offset + each.size <= cut]
            assert list(file.blocks()) == whole
            assert file.missing == len(data) - cut
            assert bool(file.skipped) == (cut > places[number])
            assert file.attachments


def test_one_flipped_byte_costs_one_cluster_at_most(clustered):
    data, places = clustered
    whole = {each.offset: each for each in opened(data).blocks()}
    chance = random.Random(3)  # noqa: S311 - damage, not secrets
    for _ in range(400):
        at = chance.randrange(places[0], places[-1])
        damaged = bytearray(data)
        damaged[at] ^= 1 << chance.randrange(8)
        file = opened(bytes(damaged))
        begin = max(place for place in places if place <= at)
        end = min(place for place in places if place > at)
        found = {each.offset: each for each in file.blocks()}
        for offset, each in whole.items():
            if not begin <= offset < end:
                assert found.get(offset) == each, (at, offset)
        wrong = [check for check in file.check_crcs() if check.is_wrong]
        told = [*(check.offset for check in wrong), *(skip.offset for skip in file.skipped)]
        assert any(begin <= offset < end for offset in told), at


def test_a_check_sum_names_the_damaged_element(clustered):
    data, _ = clustered
    file = opened(data)
    for name in ("Attachments", "Tags", "Cues", "Tracks", "Info", "SeekHead", "Cluster"):
        check = next(each for each in file.check_crcs() if each.name == name)
        damaged = bytearray(data)
        damaged[check.offset + check.size - 1] ^= 1
        wrong = [each for each in opened(bytes(damaged)).check_crcs() if each.is_wrong]
        assert [(each.name, each.offset, each.size) for each in wrong] == [
            (name, check.offset, check.size)
        ]


def test_a_stretch_of_zeros_is_told_and_passed_over(clustered):
    data, places = clustered
    damaged = data[: places[5] - 3] + bytes(places[9] - places[5]) + data[places[9] - 3 :]
    file = opened(damaged)
    found = {each.offset for each in file.blocks()}
    whole = {each.offset for each in opened(data).blocks()}
    assert {each for each in whole if each < places[4]} <= found
    assert {each for each in whole if each > places[9]} <= found
    assert file.skipped
    assert all(places[4] <= skip.offset <= places[9] for skip in file.skipped)


def test_a_damaged_beginning_leaves_the_frames(clustered):
    data, places = clustered
    for begin, end in ((0, 40), (0, 52), (40, 52), (40, 44), (300, 700), (52, places[0])):
        damaged = data[:begin] + bytes(end - begin) + data[end:]
        if (begin, end) == (0, 52):
            with pytest.raises(MatroskaError):  # nothing tells that this was Matroska
                opened(damaged)
            continue
        file = opened(damaged)
        assert payloads(file) == pictures()[1]
        assert file.skipped


@pytest.mark.parametrize("bit", range(56))
def test_a_size_of_the_segment_that_lies_costs_nothing(clustered, bit):
    behind = element(ids.EBML, text(ids.DOC_TYPE, "rawcooked")) + bytes(500)
    for tail in (b"", behind):
        data = bytearray(clustered[0] + tail)
        data[45 + bit // 8] ^= 0x80 >> bit % 8
        file = opened(bytes(data))
        assert payloads(file) == pictures()[1]
        assert data[file.tail :] == tail
        assert file.missing or file.skipped or tail  # a size that is too large by some bytes


def test_attachments_behind_damage_are_found(clustered):
    data, _ = clustered
    check = next(each for each in opened(data).check_crcs() if each.name == "Tracks")
    damaged = bytearray(data)
    damaged[check.offset + 6] ^= 0x7F  # its size
    file = opened(bytes(damaged))
    assert next(each.name for each in file.attachments) == "a.txt"
    assert file.skipped


@given(st.data())
@settings(derandomize=True, max_examples=150)
def test_any_damage_raises_one_kind_of_error_only(data):
    whole = film([attachment("a.txt", b"text")], 300, b"\x1a\x45\xdf\xa3")[0]
    head = 1500
    damaged = bytearray(
        whole[:head] + whole[-1200:] if data.draw(st.booleans()) else whole[:20_000]
    )
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=8))
    read_all(bytes(damaged))


@given(st.binary(max_size=400))
@settings(derandomize=True, max_examples=150)
def test_any_bytes_in_a_segment_are_borne(data):
    read_all(segment(data))
    read_all(segment(cluster(data)))
    read_all(HEAD + id_field(ids.SEGMENT) + unknown_size() + data)


def read_all(data):
    try:
        file = opened(data)
        file.survey()
        for each in file.attachments:
            file.open(each).read(1000)
        list(file.check_crcs())
        list(file.blocks(from_ns=5_000_000))
        index = file.index()
        for number, blocks in index.items():
            for each in blocks:
                assert each.track == number
                assert each.offset + each.size <= len(data)
                payload_or_error(file, each)
    except MatroskaError:
        return


def payload_or_error(file, each):
    try:
        file.payload(each)
    except MatroskaError:
        return


@pytest.mark.parametrize(
    "hostile",
    [
        id_field(ids.TRACKS) + size_field(1 << 50) + b"x" * 50,
        id_field(ids.CLUSTER) + size_field(1 << 50) + b"x" * 50,
        cluster(id_field(ids.SIMPLE_BLOCK) + size_field((1 << 55) + 5)),
        cluster(simple(b"\xff" + b"\xff" * 300, flags=0x82)),
        cluster(simple(b"x"), tick=(1 << 64) - 1),
        element(ids.SEEK_HEAD, b"\xff" * 100),
        element(ids.TRACKS, b"\xae\x80" * 6_000),
        element(ids.TAGS, element(ids.TAG, b"\x67\xc8\x80" * 3_000)),
        element(ids.ATTACHMENTS, b"\x61\xa7\x80" * 1_000),
        (CLUSTER + b"\x84\xe7\x82\x00\x00") * 1_000,
        (CLUSTER + b"\xff\xe7\x81\x00\x00") * 1_000,
        CLUSTER * 2_000,
        b"\xec\x80" * 6_000,
        cluster(b"\xec\x80" * 6_000),
        cluster(element(ids.BLOCK_GROUP, b"\xec\x80" * 6_000)),
        id_field(ids.CLUSTER) + unknown_size() + b"\xa3\x84\x81\x00\x00\x80" * 2_000,
    ],
    ids=range(16),
)
def test_hostile_files_take_neither_time_nor_memory(hostile):
    began = time.process_time()
    tracemalloc.start()
    read_all(segment(hostile))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000
    assert time.process_time() - began < 20  # seconds; tracing takes most of them
