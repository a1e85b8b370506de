"""Files brought into a tree are proved, or are not there."""

import hashlib
import os

import pytest
from noise import noise

from avpres.domain.fixity import Algorithm, Digest
from avpres.services.context import Context
from avpres.services.packing.placing import Fault, Placing, Wanted

HARD = (b"new\nline", b"not \xff utf-8", b" outer ", b"100%0Adone", b"n" * 255, b"\\", b"~")
MTIME = 1_234_567_890_123_456_789


def md5(content: bytes) -> Digest:
    return digest(Algorithm.MD5, content)


def digest(algorithm: Algorithm, content: bytes) -> Digest:
    return Digest(algorithm, hashlib.new(algorithm.value, content).hexdigest())


@pytest.fixture
def place(tmp_path):
    """Bring files into a tree, and give what became of each by its target."""

    def run(*wanted, **more):
        placing = Placing(tmp_path / "out", (Algorithm.SHA256,), Context(), **more)
        return {placed.wanted.target: placed for placed in placing.place(wanted)}

    return run


@pytest.fixture
def wanted(tmp_path):
    """Write a file below `in` and say that it is wanted."""

    def make(name, content=b"content", target=None, **more):
        source = os.fsdecode(name)
        path = tmp_path / "in" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        known = {"size": len(content), "mtime": MTIME, "digests": (md5(content),), **more}
        return Wanted(tmp_path / "in", source, target or f"there/{source}", **known)

    return make


def names(root):
    return sorted(
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, found in os.walk(root)
        for name in found
    )


def test_every_name_arrives_with_its_bytes_and_its_time(tmp_path, wanted, place):
    placed = place(*(wanted(name, b"content of " + name) for name in HARD))
    assert [each.fault for each in placed.values()] == [None] * len(HARD)
    for name in HARD:
        path = tmp_path / "out/there" / os.fsdecode(name)
        assert path.read_bytes() == b"content of " + name
        assert path.stat().st_mtime_ns == MTIME


def test_digests_are_those_asked_for_and_those_recorded(wanted, place):
    (placed,) = place(wanted("a", b"abc")).values()
    assert placed.digests[:2] == (digest(Algorithm.SHA256, b"abc"), md5(b"abc"))
    assert placed.evidence is not None


def test_other_bytes_than_recorded_do_not_stay(tmp_path, wanted, place):
    wrong = wanted("wrong", b"changed", digests=(md5(b"content"),))
    placed = place(wrong, wanted("right"))
    assert placed["there/wrong"].fault is Fault.CONTENT
    expected, found = placed["there/wrong"].differing()
    assert (expected, found) == (md5(b"content"), md5(b"changed"))
    assert names(tmp_path / "out") == ["there/right"]


def test_another_size_than_recorded_is_told_even_without_digests(tmp_path, wanted, place):
    (placed,) = place(wanted("a", b"abc", size=4, digests=())).values()
    assert (placed.fault, placed.detail) == (Fault.CONTENT, "3 bytes in place of 4")
    assert names(tmp_path / "out") == []


def test_what_cannot_be_read_is_told_and_the_others_arrive(tmp_path, wanted, place):
    gone, fine = wanted("gone"), wanted("fine")
    (tmp_path / "in/gone").unlink()
    placed = place(gone, fine)
    assert placed["there/gone"].fault is Fault.SOURCE
    assert placed["there/fine"].fault is None


def test_no_link_is_followed_below_the_root(tmp_path, wanted, place):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"content")
    fine = wanted("fine")
    (tmp_path / "in/folder").symlink_to(outside)
    (tmp_path / "in/link").symlink_to(outside / "secret")
    ways = [fine._replace(source=way, target=way) for way in ("folder/secret", "link")]
    assert {each.fault for each in place(*ways).values()} == {Fault.SOURCE}
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "a//b", "./a", "", "a\0b", "a/"])
def test_no_path_leads_out(tmp_path, wanted, place, path):
    fine = wanted("a")
    placed = place(fine._replace(target=path))
    assert placed[path].fault is Fault.PATH
    (placed,) = place(fine._replace(source=path)).values()
    assert placed.fault is Fault.PATH
    assert names(tmp_path) == ["in/a"]


def test_a_file_where_a_folder_must_be_is_told(wanted, place):
    placed = place(wanted("a", target="name"), wanted("b", target="name/b"))
    assert {each.fault for each in placed.values()} == {None, Fault.TARGET}


def test_what_a_killed_run_left_stays_if_its_digests_are_right(tmp_path, wanted, place):
    right, torn = wanted("right", b"right bytes"), wanted("torn", b"torn bytes")
    (tmp_path / "out/there").mkdir(parents=True)
    (tmp_path / "out/there/right").write_bytes(b"right bytes")
    (tmp_path / "out/there/torn").write_bytes(b"torn")
    kept = (tmp_path / "out/there/right").stat().st_ino
    placed = place(right, torn)
    assert {each.fault for each in placed.values()} == {None}
    assert (tmp_path / "out/there/right").stat().st_ino == kept
    assert (tmp_path / "out/there/right").stat().st_mtime_ns == MTIME
    assert (tmp_path / "out/there/torn").read_bytes() == b"torn bytes"


def test_many_small_files_go_through_worker_processes(tmp_path, wanted, place):
    many = [
        wanted(f"{number % 3}/{number}", b"%d" % number, f"{number % 7}/{number % 3}/{number}")
        for number in range(1500)
    ]
    placed = place(*many, jobs=2)
    assert {each.fault for each in placed.values()} == {None}
    assert list(placed) == [each.target for each in many]
    assert len(names(tmp_path / "out")) == 1500
    for each in many[::97]:
        assert (tmp_path / "out" / each.target).read_bytes() == each.source.split("/")[1].encode()
        assert (tmp_path / "out" / each.target).stat().st_mtime_ns == MTIME


def test_a_large_file_is_taken_in_blocks(tmp_path, wanted, place):
    content = noise(1024) * (3 * 1024) + b"odd"
    (placed,) = place(wanted("large", content)).values()
    assert placed.fault is None
    assert (tmp_path / "out/there/large").read_bytes() == content
