import gzip
import io
import random
import struct
import subprocess
import time
import zlib

import pytest
from archive_samples import cuts, examined, flagged_share, ids, mutated
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators import gzip as validator
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

TEXT = b"".join(b"%d reels of nitrate\n" % number for number in range(3000))


def member(flags=0, extra=b"", xfl=0, system=3, body=TEXT) -> bytes:
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = engine.compress(body) + engine.flush()
    head = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, flags, 0, xfl, system) + extra
    return head + packed + struct.pack("<II", zlib.crc32(body), len(body))


def judge(data: bytes) -> Examination:
    return examined(data, Format.GZIP)


@pytest.fixture
def packed() -> bytes:
    return gzip.compress(TEXT, mtime=86400)


def test_a_gzip_file_is_valid_and_described(packed):
    exam = judge(packed)
    assert (exam.status, exam.messages, exam.mime) == (Status.VALID, [], "application/gzip")
    box = exam.technical.container
    assert (box.members, box.size, box.created) == (1, len(TEXT), "1970-01-02T00:00:00+00:00")


def test_what_gzip_itself_writes_is_valid_and_its_name_is_kept(tmp_path):
    path = tmp_path / "reel one.txt"
    path.write_bytes(TEXT)
    subprocess.run(["gzip", "-k", str(path)], check=True)
    exam = judge((tmp_path / "reel one.txt.gz").read_bytes())
    assert exam.status is Status.VALID
    assert exam.technical.properties["original_name"] == "reel one.txt"


def test_several_members_are_all_read(packed):
    exam = judge(packed * 3)
    assert exam.status is Status.VALID
    assert (exam.technical.container.members, exam.technical.container.size) == (3, 3 * len(TEXT))


def test_a_cut_gzip_file_is_not_well_formed(packed):
    for cut in cuts(packed + member()):
        assert judge(cut).status is Status.NOT_WELL_FORMED


def test_every_cut_of_a_small_gzip_file_is_seen():
    data = member(flags=2 | 4 | 8 | 16, extra=b"", body=b"abc")
    extra = b"\x06\0AP\x02\0xy" + b"name\0" + b"comment\0"
    head = data[:10] + extra
    data = head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + data[10:]
    assert judge(data).status is Status.VALID
    assert [n for n in range(len(data)) if judge(data[:n]).status.is_sound] == []


def test_a_wrong_crc_and_a_wrong_size_are_found(packed):
    assert ids(judge(packed[:-5] + b"\x55" + packed[-4:])) == {"GZIP-CRC"}
    assert ids(judge(packed[:-1] + b"\x55")) == {"GZIP-SIZE"}


def test_nearly_every_changed_byte_is_found(packed):
    assert flagged_share(packed, Format.GZIP) >= 0.94


@pytest.mark.parametrize(
    ("tail", "id"),
    [(b"\0" * 20, "GZIP-PADDING"), (b"x", "GZIP-TRAILING"), (b"\0x", "GZIP-TRAILING")],
)
def test_appended_bytes_are_found(packed, tail, id):
    exam = judge(packed + tail)
    assert ids(exam) == {id}
    assert not exam.status.is_sound


@pytest.mark.parametrize(
    ("data", "id", "status"),
    [
        (member(flags=0x20), "GZIP-RESERVED-FLAGS", Status.NOT_VALID),
        (member(xfl=6), "GZIP-EXTRA-FLAGS", Status.NOT_VALID),
        (member(xfl=64), "GZIP-EXTRA-FLAGS", Status.NOT_VALID),
        (member(system=77), "GZIP-SYSTEM", Status.NOT_VALID),
        (member(flags=4, extra=b"\x05\0AB\x09\0x"), "GZIP-EXTRA-FIELD", Status.NOT_VALID),
        (member(flags=8, extra=b"a\x01\0"), "GZIP-TEXT-ENCODING", Status.NOT_VALID),
        (member(flags=8, extra="Maß\0".encode()), "GZIP-TEXT-ENCODING", Status.VALID),
        (member(flags=2, extra=b"\0\0"), "GZIP-HEADER-CRC", Status.NOT_WELL_FORMED),
        (b"\x1f\x8b\x07" + member()[3:], "GZIP-METHOD", Status.NOT_WELL_FORMED),
        (b"PK" + member(), "GZIP-MAGIC", Status.NOT_WELL_FORMED),
        (member(flags=8, extra=b"n" * 70_000), "GZIP-TEXT-END", Status.NOT_WELL_FORMED),
        (b"", "GZIP-EMPTY", Status.NOT_WELL_FORMED),
    ],
)
def test_what_is_wrong_is_named(data, id, status):
    exam = judge(data)
    assert ids(exam) == {id}
    assert exam.status is status


def test_a_bomb_is_left_quickly_and_never_called_valid():
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = engine.compress(bytes(1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
    bomb += (engine.compress(bytes(1 << 24)) + engine.flush(zlib.Z_FULL_FLUSH)) * 1000
    began = time.process_time()
    exam = judge(bomb)
    assert time.process_time() - began < 2
    assert (exam.status, ids(exam)) == (Status.UNKNOWN, {"GZIP-BOMB"})
    validator.decode_all(Source(io.BytesIO(), "", bomb[: len(bomb) // 200]), exam)
    assert ids(exam) == {"GZIP-BOMB", "DEEP-GZIP-CUT"}


def test_a_flood_of_empty_members_is_left_quickly():
    began = time.process_time()
    exam = judge(gzip.compress(b"", mtime=0) * 400_000)
    assert time.process_time() - began < 2
    assert (exam.status, ids(exam)) == (Status.UNKNOWN, {"GZIP-BOMB"})


def test_a_file_beyond_what_is_held_is_unpacked_to_its_end(tmp_path):
    noise = random.Random(5).randbytes(9 << 20)  # noqa: S311 - a sample, no secret
    path = tmp_path / "large.gz"
    path.write_bytes(gzip.compress(noise, 1) + gzip.compress(noise[::-1], 1))
    with path.open("r+b") as file:
        exam = Examination()
        validator.validate(Source(file, str(path)), exam)
        assert (exam.status, exam.technical.container.size) == (Status.VALID, 2 * len(noise))
        file.seek(17 << 20)
        file.write(b"damage")
        file.flush()
        exam = Examination()
        validator.validate(Source(file, str(path)), exam)
        assert exam.status is Status.NOT_WELL_FORMED


def test_bgzf_blocks_are_told():
    block = member(flags=4, extra=b"\x06\0BC\x02\0\x01\0")
    assert judge(block).profile == "BGZF"


def test_a_tar_inside_is_told(tmp_path):
    (tmp_path / "a").write_text("a")
    subprocess.run(["tar", "czf", tmp_path / "a.tgz", "-C", tmp_path, "a"], check=True)
    assert judge((tmp_path / "a.tgz").read_bytes()).technical.properties["content"] == "TAR"


@given(st.integers(min_value=0))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_damage_stops_the_validator(seed):
    judge(mutated(gzip.compress(TEXT[:500], mtime=0) + member(8, b"name\0"), seed))
