"""Check sums of a wrapper cover all of its content, or prove nothing."""

import subprocess
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.media.wrapper_sums import FollowingSums, check
from avpres.adapters.tools.ffmpeg import find_ffmpeg


def element(id: str, content: bytes, *, summed=True) -> bytes:
    if summed:
        content = b"\xbf\x84" + crc32(content).to_bytes(4, "little") + content
    return bytes.fromhex(id) + (1 << 28 | len(content)).to_bytes(4, "big") + content


def film(path: Path, *parts: bytes, size: bytes = b"\x01" + b"\xff" * 7) -> bytes:
    path.write_bytes(element("1A45DFA3", b"", summed=False) + b"\x18\x53\x80\x67" + size)
    with path.open("ab") as handle:
        handle.writelines(parts)
    return bytes(path)


CLUSTER = "1F43B675"


def test_a_film_of_ffmpeg_is_right_to_its_last_bit(tmp_path):
    made = tmp_path / "a.mkv"
    source = ["-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.4", "-c:v", "ffv1"]
    subprocess.run([find_ffmpeg().path, "-v", "error", *source, made], check=True)
    found = check(bytes(made))
    assert found is not None
    assert found.is_proof
    data = made.read_bytes()
    for place in range(len(data) // 3, len(data) * 2 // 3, 97):
        made.write_bytes(data[:place] + bytes([data[place] ^ 16]) + data[place + 1 :])
        found = check(bytes(made))
        assert found is None or not found.is_proof


def test_a_cluster_without_a_sum_leaves_the_film_unproved(tmp_path):
    whole, bare = element(CLUSTER, b"a" * 90), element(CLUSTER, b"b" * 90, summed=False)
    found = check(film(tmp_path / "a", whole, element("EC", b"", summed=False), whole))
    assert found is not None
    assert found.is_proof
    found = check(film(tmp_path / "a", whole, bare))
    assert found is not None
    assert (found.is_covering, found.wrong) == (False, ())
    assert check(film(tmp_path / "a", element("1654AE6B", b"x"))) is None


def test_what_is_wrong_is_told_by_its_place(tmp_path):
    wrong = bytearray(element(CLUSTER, b"a" * 3_000_000))
    wrong[2_000_000] ^= 1
    found = check(film(tmp_path / "a", element(CLUSTER, b"b"), wrong, element(CLUSTER, b"c")))
    assert found is not None
    assert found.wrong == ("cluster at byte 35",)


def test_a_cluster_that_is_cut_is_wrong_and_one_of_unknown_size_unproved(tmp_path):
    cut = check(film(tmp_path / "a", element(CLUSTER, b"a" * 90)[:-1]))
    assert cut is not None
    assert cut.wrong
    live = bytes.fromhex(CLUSTER) + b"\xff\xe7\x81\x00"
    found = check(film(tmp_path / "a", element(CLUSTER, b"a"), live))
    assert found is not None
    assert not found.is_proof


def test_it_reads_no_further_than_it_is_allowed(tmp_path):
    path = film(tmp_path / "a", *[element(CLUSTER, b"a" * 90)] * 20)
    places: list[int] = []
    check(path, lambda place: places.append(place) or place < 500)
    assert max(places) < 700
    sums = FollowingSums(path)
    sums.allow(0.5)
    found = sums.finish()
    assert found is not None
    assert found.is_proof
    sums.stop()


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"RIFF", b"\x1a\x45\xdf\xa3"]))
def test_any_bytes_come_to_an_end(tmp_path_factory, data, head):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(head + data)
    found = check(bytes(path))
    assert found is None or not found.is_proof


@pytest.mark.parametrize("id", [CLUSTER, "1654AE6B"])
def test_a_size_beyond_the_file_costs_nothing(tmp_path, id):
    huge = bytes.fromhex(id) + b"\x01\x7f\xff\xff\xff\xff\xff\xff" + b"\xbf\x84abcdef"
    found = check(film(tmp_path / "a", huge))
    assert found is None or not found.is_proof
