"""Films of other writers, whole and damaged; numbers, laces and mutations."""

import hashlib
import io
import random
import subprocess
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from films import FRAMES, attachment, film, pictures
from hypothesis import example, given, settings
from hypothesis import strategies as st

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.clusters import Cluster
from avpres.adapters.matroska.ebml import (
    UNKNOWN,
    MatroskaError,
    double,
    element,
    header,
    id_field,
    integer,
    size_field,
    text,
    to_float,
    uinteger,
    unknown_size,
    vint,
    void,
)
from avpres.adapters.matroska.lacing import EBML, FIXED, XIPH, frame_sizes
from avpres.adapters.matroska.model import Kind
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.tools.ffmpeg import find_ffmpeg

CLUSTER = b"\x1f\x43\xb6\x75"
HEAD = element(ids.EBML, text(ids.DOC_TYPE, "matroska"))
INFO = element(ids.INFO, text(ids.MUXING_APP, "hand"))


def opened(data):
    return open_matroska(io.BytesIO(data))


def payloads(file, track=1):
    return [file.payload(block) for block in file.blocks(track)]


def track(*more, number=1):
    return element(
        ids.TRACK_ENTRY,
        uinteger(ids.TRACK_NUMBER, number)
        + uinteger(ids.TRACK_UID, number)
        + uinteger(ids.TRACK_TYPE, 2)
        + text(ids.CODEC_ID, "A_PCM/INT/LIT")
        + b"".join(more),
    )


def segment(*parts, tracks=()):
    return (
        HEAD
        + id_field(ids.SEGMENT)
        + unknown_size()
        + INFO
        + element(ids.TRACKS, b"".join(tracks or [track()]))
        + b"".join(parts)
    )


def cluster(*children, tick=0):
    return element(ids.CLUSTER, uinteger(ids.TIMESTAMP, tick) + b"".join(children))


def block(data, relative=0, flags=0x80):
    return b"\x81" + relative.to_bytes(2, "big", signed=True) + bytes((flags,)) + data


def simple(data, relative=0, flags=0x80):
    return element(ids.SIMPLE_BLOCK, block(data, relative, flags))


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


_FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4", "-c:a", "flac")
_MADE = {
    "ffmpeg": (*_FFV1, "film.mkv"),
    "live": (*_FFV1, "-f", "matroska", "-live", "1", "film.mkv"),
    "large clusters": (*_FFV1, "-cluster_size_limit", "100000", "film.mkv"),
    "cues in front": (*_FFV1, "-reserve_index_space", "5000", "film.mkv"),
    "pcm": ("-c:v", "mpeg4", "-c:a", "pcm_s24le", "film.mkv"),
    "webm": ("-c:v", "libvpx-vp9", "-c:a", "libopus", "film.webm"),
}
_SOURCE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1")


def made(folder, *words):
    path = folder / words[-1]
    command = [str(find_ffmpeg().path), "-v", "error", "-y", *_SOURCE, *words[:-1], str(path)]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode:
        pytest.skip("this ffmpeg cannot make it")
    return path


def packets(path):
    """Let FFmpeg take the frames out: CRC-free digests of each packet, by stream."""
    command = [str(find_ffmpeg().path), "-v", "error", "-i", str(path), "-map", "0:v?", "-map",
               "0:a?", "-c", "copy", "-f", "framehash", "-hash", "md5", "-"]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.split(",") for line in said.splitlines() if line and line[0] != "#"]
    return [(int(line[0]), int(line[4]), line[5].strip()) for line in lines]


def same_packets(path):
    with path.open("rb") as handle:
        file = open_matroska(handle)
        order = sorted(
            file.tracks, key=lambda each: (each.kind != Kind.VIDEO, each.kind != Kind.AUDIO)
        )
        numbers = {each.number: number for number, each in enumerate(order)}
        found = []
        for each in file.blocks():
            data = file.payload(each)
            found.append((numbers[each.track], len(data), hashlib.md5(data).hexdigest()))  # noqa: S324
        assert not file.skipped
        assert not [check for check in file.check_crcs() if check.is_wrong]
    assert sorted(found) == sorted(packets(path))


@pytest.mark.parametrize("how", _MADE)
def test_films_of_ffmpeg_give_the_same_packets(tmp_path, how):
    same_packets(made(tmp_path, *_MADE[how]))


@pytest.mark.programs("mkvmerge")
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--compression", "0:zlib", "--compression", "1:zlib"),
        ("--enable-durations",),
        ("--engage", "no_simpleblocks"),
        ("--clusters-in-meta-seek",),
        ("--cluster-length", "5000ms"),
        ("--timestamp-scale", "100000"),
    ],
    ids=" ".join,
)
def test_films_of_mkvmerge_give_the_same_packets(tmp_path, words):
    source = made(tmp_path, *_MADE["pcm"])
    target = tmp_path / "merged.mkv"
    subprocess.run(
        ["mkvmerge", "-q", "-o", str(target), *words, str(source)], check=True, capture_output=True
    )
    same_packets(target)


@pytest.mark.programs("mkvmerge")
@pytest.mark.parametrize("sound", ["mp3", "ac3"])
def test_sound_that_mkvmerge_laced_or_stripped_gives_the_same_packets(tmp_path, sound):
    source = made(
        tmp_path,
        "-vn",
        "-map",
        "1",
        "-c:a",
        sound if sound != "mp3" else "libmp3lame",
        f"s.{sound}",
    )
    target = tmp_path / "merged.mka"
    subprocess.run(
        ["mkvmerge", "-q", "-o", str(target), str(source)], check=True, capture_output=True
    )
    same_packets(target)


@pytest.mark.programs("mkvpropedit", "mkvmerge")
def test_a_film_whose_tracks_were_rewritten_is_read(tmp_path):
    path = tmp_path / "film.mkv"
    path.write_bytes(film([attachment("a.txt", b"text"), attachment("b.bin", bytes(99))])[0])
    name = "a name that is longer than any room that was left in front " * 9
    subprocess.run(
        ["mkvpropedit", str(path), "--edit", "track:1", "--set", f"name={name}", "--edit", "info",
         "--set", f"title={name}", "--delete-attachment", "1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with path.open("rb") as handle:
        file = open_matroska(handle)
        assert (file.track(1).name, file.info.title) == (name, name)
        assert [each.name for each in file.attachments] == ["b.bin"]
        assert payloads(file) == pictures()[1]
        assert not [check for check in file.check_crcs() if check.is_wrong]
        assert not file.skipped


@pytest.fixture(scope="module")
def clustered():
    """A film with a cluster for each frame, as those of real pictures are, and its clusters."""
    from avpres.adapters.matroska import clusters

    limit = clusters.LIMIT
    clusters.LIMIT = 1
    data = film([attachment("a.txt", b"text")], 500, b"\x1a\x45\xdf\xa3")[0]
    clusters.LIMIT = limit
    places = [check.offset for check in opened(data).check_crcs() if check.name == "Cluster"]
    return data, places


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
