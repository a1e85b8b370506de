"""What a film may hold, and every way to its frames."""

import bz2
import io
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from films import FRAMES, attachment, film, pictures
from matroska_made import HEAD, INFO, block, cluster, opened, payloads, segment, simple, track

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    MatroskaError,
    checked,
    double,
    element,
    id_field,
    integer,
    text,
    uinteger,
    unknown_size,
)
from avpres.adapters.matroska.reading import open_matroska


def test_block_groups_tell_duration_and_references():
    group = element(
        ids.BLOCK_GROUP,
        uinteger(ids.BLOCK_DURATION, 40)
        + element(ids.BLOCK, block(b"frame", flags=0))
        + integer(ids.REFERENCE_BLOCK, -1),
    )
    lone = element(ids.BLOCK_GROUP, element(ids.BLOCK, block(b"other", 3, 0)))
    file = opened(segment(cluster(group, lone, tick=2)))
    first, second = file.blocks()
    assert (first.time_ns, first.key, first.duration_ns) == (2_000_000, False, 40_000_000)
    assert (second.time_ns, second.key, second.duration_ns) == (5_000_000, True, 0)
    assert payloads(file) == [b"frame", b"other"]


def test_clusters_of_unknown_size_end_where_the_next_begins():
    parts = [
        id_field(ids.CLUSTER) + unknown_size() + uinteger(ids.TIMESTAMP, n) + simple(b"%d" % n)
        for n in range(3)
    ]
    file = opened(segment(*parts, element(ids.TAGS, b"")))
    assert payloads(file) == [b"0", b"1", b"2"]
    assert [each.id for each in file.survey()] == [ids.INFO, ids.TRACKS, ids.TAGS]
    assert not file.skipped


def encoded(algorithm, settings_=b"", scope=1):
    compression = uinteger(ids.CONTENT_COMP_ALGO, algorithm) + element(
        ids.CONTENT_COMP_SETTINGS, settings_
    )
    encoding = uinteger(ids.CONTENT_ENCODING_SCOPE, scope) + element(
        ids.CONTENT_COMPRESSION, compression
    )
    return element(ids.CONTENT_ENCODINGS, element(ids.CONTENT_ENCODING, encoding))


def test_compression_and_stripped_beginnings_are_undone():
    packed = zlib.compress(b"frame" * 9)
    private = element(ids.CODEC_PRIVATE, zlib.compress(b"private"))
    file = opened(segment(cluster(simple(packed)), tracks=[track(encoded(0, scope=3), private)]))
    assert payloads(file) == [b"frame" * 9]
    assert file.private(1) == b"private"
    file = opened(segment(cluster(simple(b"me")), tracks=[track(encoded(3, b"fra"))]))
    assert payloads(file) == [b"frame"]


def test_compressed_frames_that_cannot_be_undone_are_refused():
    bomb = zlib.compress(bytes(10_000_000))
    file = opened(segment(cluster(simple(bomb)), tracks=[track(encoded(0))]))
    (found,) = file.blocks()
    with pytest.raises(MatroskaError, match="too large"):
        file.payload(found, limit=1_000_000)
    for data, algorithm, words in (
        (b"x" * 9, 0, "damaged"),
        (bomb[:50], 0, "cut"),
        (b"x", 2, "LZO"),
    ):
        file = opened(segment(cluster(simple(data)), tracks=[track(encoded(algorithm))]))
        with pytest.raises(MatroskaError, match=words):
            payloads(file)


def test_ids_of_eight_bytes_are_read_where_the_file_says_so():
    strange = b"\x01" + bytes(6) + b"\x07" + b"\x83abc"
    data = segment(cluster(strange, simple(b"frame")))
    data = data.replace(
        HEAD,
        element(ids.EBML, text(ids.DOC_TYPE, "matroska") + uinteger(ids.EBML_MAX_ID_LENGTH, 8)),
    )
    file = opened(data)
    assert payloads(file) == [b"frame"]
    assert not file.skipped


def test_elements_of_a_later_standard_are_passed_over():
    new = element(0x4FFF, b"new")
    file = opened(segment(new, cluster(new, simple(b"one"), new, simple(b"two"))))
    assert payloads(file) == [b"one", b"two"]
    assert not file.skipped


def test_random_access_gives_the_frames_that_a_walk_gives(clustered):
    file = opened(clustered[0])
    index = file.index()
    assert list(index[1]) == list(file.blocks(1))
    assert index[1][-1] == index[1][FRAMES - 1] == index[1][20:][4]
    assert index[1].number_at(-1) == -1
    assert index[1].number_at(83_000_000) == 2
    for first in (0, 1, 7, 24):
        start = index[1][first].time_ns
        assert list(file.blocks(1, from_ns=start)) == index[1][first:]
    assert not list(file.blocks(from_ns=10**12))


def test_frames_are_read_from_many_threads_at_once(tmp_path, clustered):
    path = tmp_path / "film.mkv"
    path.write_bytes(clustered[0])
    with path.open("rb") as handle, ThreadPoolExecutor(8) as pool:
        file = open_matroska(handle)
        for each in (file, opened(clustered[0])):
            assert list(pool.map(each.payload, list(each.blocks(1)) * 8)) == pictures()[1] * 8


def test_an_index_keeps_some_bytes_of_each_frame(tmp_path):
    data = segment(*[cluster(simple(bytes(10)), tick=number) for number in range(5_000)])
    path = tmp_path / "film.mkv"
    path.write_bytes(data)
    with path.open("rb") as handle:
        tracemalloc.start()
        index = open_matroska(handle).index()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(index[1]) == 5_000
    assert peak < 5_000 * 80 + 6_000


def test_an_attachment_is_read_from_any_place():
    file = opened(film([attachment("a.bin", bytes(range(200)))])[0])
    with file.open(file.attachments[0]) as handle:
        assert handle.seek(-3, io.SEEK_END) == 197
        assert handle.read() == bytes((197, 198, 199))
        handle.seek(10)
        handle.seek(5, io.SEEK_CUR)
        assert (handle.read(2), handle.tell()) == (b"\x0f\x10", 17)
        assert handle.seek(500) == 500
        assert handle.read() == b""
        with pytest.raises(ValueError, match="before the beginning"):
            handle.seek(-1)


def test_frames_from_a_time_on_are_found_without_cues():
    parts = [cluster(simple(b"%d" % number), tick=1000 * number) for number in range(4)]
    file = opened(segment(*parts))
    assert [file.payload(each) for each in file.blocks(1, from_ns=2_000_000_000)] == [b"2", b"3"]


def test_cues_that_lie_are_not_followed():
    parts = [cluster(simple(b"%d" % number), tick=1000 * number) for number in range(4)]
    where = uinteger(ids.CUE_TRACK, 1) + uinteger(ids.CUE_CLUSTER_POSITION, 77)
    point = uinteger(ids.CUE_TIME, 0) + element(ids.CUE_TRACK_POSITIONS, where)
    cues = element(ids.CUES, element(ids.CUE_POINT, point))
    file = opened(segment(cues, *parts))
    assert [file.payload(each) for each in file.blocks(1, from_ns=2_000_000_000)] == [b"2", b"3"]


def test_a_time_scale_of_one_track_is_heeded():
    entry = track(double(ids.TRACK_TIMESTAMP_SCALE, 0.5))
    file = opened(segment(cluster(simple(b"a", 10), tick=100), tracks=[entry]))
    assert [each.time_ns for each in file.blocks()] == [105_000_000]


def test_encrypted_and_damaged_blocks_are_told():
    group = element(ids.BLOCK_GROUP, uinteger(ids.BLOCK_DURATION, 1))
    broken = element(ids.BLOCK_GROUP, b"\xa1\x90ab")
    secret = element(ids.ENCRYPTED_BLOCK, b"secret")
    long = element(ids.TIMESTAMP, bytes(9))
    short = element(ids.SIMPLE_BLOCK, b"\x81\x00")
    file = opened(segment(cluster(group, broken, secret, long, short, simple(b"good"))))
    assert payloads(file) == [b"good"]
    assert [skip.why for skip in file.skipped] == [
        "a block group without a block",
        "a block group that is damaged",
        "an encrypted block",
        "an integer of 9 bytes",
        "a block without a whole head, or before its cluster's time",
    ]


def test_bzlib_and_encryption_are_told_apart():
    entry = track(encoded(1))
    file = opened(segment(cluster(simple(bz2.compress(b"frame"))), tracks=[entry]))
    assert payloads(file) == [b"frame"]
    hidden = element(ids.CONTENT_ENCODING, uinteger(ids.CONTENT_ENCODING_TYPE, 1))
    entry = track(element(ids.CONTENT_ENCODINGS, hidden))
    file = opened(segment(cluster(simple(b"x")), tracks=[entry]))
    with pytest.raises(MatroskaError, match="encrypted"):
        payloads(file)


def test_a_frame_beyond_a_limit_is_not_read():
    file = opened(segment(cluster(simple(bytes(1000)))))
    (found,) = file.blocks()
    with pytest.raises(MatroskaError, match="1000 bytes"):
        file.payload(found, limit=999)
    with pytest.raises(MatroskaError, match="no track 7"):
        file.private(7)


def test_a_check_sum_over_the_whole_segment_or_the_ebml_header_is_checked():
    parts = INFO + element(ids.TRACKS, track()) + cluster(simple(b"frame"))
    head = element(ids.EBML, checked([text(ids.DOC_TYPE, "matroska")]))
    data = head + element(ids.SEGMENT, checked([parts]))
    file = opened(data)
    assert payloads(file) == [b"frame"]
    told = [(each.name, each.is_wrong) for each in file.check_crcs() if each.stated is not None]
    assert told == [("EBML", False), ("Segment", False)]
    for place, expected in ((-1, ("Segment", len(head))), (8, ("EBML", 0))):
        damaged = bytearray(data)
        damaged[place] ^= 1
        wrong = [each for each in opened(bytes(damaged)).check_crcs() if each.is_wrong]
        assert [(each.name, each.offset) for each in wrong] == [expected]
