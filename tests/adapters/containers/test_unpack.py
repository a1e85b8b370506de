"""Unpacking: everything that is safe arrives, nothing is written outside, the rest is told."""

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.container import open_container
from avpres.adapters.containers.landing import Landing
from avpres.adapters.containers.planned import Planned
from avpres.adapters.containers.safe_names import RefusedError, check_link, checked
from avpres.adapters.containers.unpack import unpack
from avpres.adapters.containers.unpack_limits import TooMuchError, UnpackLimits
from avpres.adapters.storage.volume import volume_of
from avpres.domain.errors import DestinationExistsError, DestinationRefusedError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box

MTIME = 1_600_000_000 * 1_000_000_000


def on_disk(root):
    found = {}
    for folder, folders, files in os.walk(os.fsencode(root)):
        for name in [*files, *folders]:
            path = os.path.join(folder, name)
            inner = os.path.relpath(path, os.fsencode(root))
            if os.path.islink(path):
                found[inner] = ("link", os.readlink(path))
            elif name in files:
                with open(path, "rb") as handle:
                    found[inner] = handle.read()
            elif not os.listdir(path):
                found[inner] = "empty"
    return found


def hostile(path, *entries, form=tarfile.GNU_FORMAT):
    """Make a tar of (name, type, target or content); nothing in it is checked."""
    with tarfile.open(path, "w", format=form, encoding="utf-8") as archive:
        for name, kind, value in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mtime = kind, 1_600_000_000
            if kind == tarfile.REGTYPE:
                info.size = len(value)
                archive.addfile(info, io.BytesIO(value))
            else:
                info.linkname = value
                archive.addfile(info)


def unpacked(path, out, **more):
    refused, problems = [], []
    with open_container(path, problems.append) as container:
        totals = unpack(container, out, on_refused=refused.append, **more)
    assert totals.refused == len(refused)
    return totals, [(row.member.path, row.code) for row in refused]


FILE, FOLDER, SOFT, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
NAMES = [
    b"pkg/ a ",
    b"pkg/100%0Adone",
    b"pkg/a\nb",
    b"pkg/caf\xe9",
    b"pkg/caf\xc3\xa9",
    b"pkg/a:b",
    b"pkg/back\\slash",
    b"pkg/" + b"n" * 255,
    b"pkg/" + b"deep/" * 100 + b"f",
]


@pytest.mark.parametrize("box", [Box.TAR, Box.TAR_GZ, Box.TAR_ZST])
def test_everything_that_was_packed_arrives(tmp_path, box):
    parents = {name[: name.index(b"/", at)] for name in NAMES for at in range(len(name) - 1)
               if b"/" in name[at:]}  # fmt: skip
    rows = [Planned(p, None, 0, MTIME, is_folder=True) for p in {*parents, b"pkg/empty"}]
    rows += [Planned(n, io.BytesIO(n), len(n), MTIME) for n in NAMES]
    rows += [Planned(b"pkg/zero", io.BytesIO(), 0, MTIME)]
    with open(tmp_path / "box", "wb") as handle:
        write_box(handle, box, sorted(rows, key=lambda row: row.path))
    totals, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == []
    assert on_disk(tmp_path / "out") == {
        **{name: name for name in NAMES}, b"pkg/zero": b"", b"pkg/empty": "empty"
    }  # fmt: skip
    assert (totals.files, totals.content) == (len(NAMES) + 1, sum(map(len, NAMES)))
    for folder, _, files in os.walk(tmp_path / "out" / "pkg"):
        assert {os.stat(os.path.join(folder, each)).st_mtime_ns for each in files} <= {MTIME}
        assert os.stat(folder).st_mtime_ns == MTIME


def test_digests_are_those_of_what_was_written(tmp_path):
    hostile(tmp_path / "box", ("a", FILE, b"1" * 3_000_000), ("b", HARD, "a"), ("c", FILE, b""))
    rows = []
    words = {"algorithms": [Algorithm.SHA256], "on_unpacked": rows.append}
    unpacked(tmp_path / "box", tmp_path / "out", **words)
    for row in rows:
        content = (tmp_path / "out" / row.path.decode()).read_bytes()
        assert [d.value for d in row.digests] == [hashlib.sha256(content).hexdigest()]
        assert row.size == len(content)
    assert [row.path for row in rows] == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("/etc/owned", "UNP-ABSOLUTE"),
        ("../owned", "UNP-OUTSIDE"),
        ("a/../../owned", "UNP-OUTSIDE"),
        ("a/..", "UNP-OUTSIDE"),
        ("C:/owned", "UNP-ABSOLUTE"),
        ("C:\\owned", "UNP-ABSOLUTE"),
        ("\\\\server\\owned", "UNP-ABSOLUTE"),
        ("..\\owned", "UNP-OUTSIDE"),
        ("a\\..\\owned", "UNP-OUTSIDE"),
        ("n" * 256, "UNP-NAME"),
        ("n" * 256 + "/owned", "UNP-NAME"),
        ("a/" * 600 + "owned", "UNP-NAME"),
    ],
)
def test_a_name_that_leads_astray_is_refused(tmp_path, name, code):
    hostile(tmp_path / "box", (name, FILE, b"owned"), ("good", FILE, b"good"))
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == [(name.encode(), code)]
    assert on_disk(tmp_path / "out") == {b"good": b"good"}
    assert sorted(os.listdir(tmp_path)) == ["box", "out"]


def test_a_leading_dot_slash_goes(tmp_path):
    hostile(tmp_path / "box", ("./", FOLDER, ""), ("./a", FILE, b"a"), ("b/./c//d", FILE, b"d"))
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == []
    assert on_disk(tmp_path / "out") == {b"a": b"a", b"b/c/d": b"d"}


@pytest.mark.parametrize(
    ("target", "is_safe"),
    [
        ("a", True),
        ("../a", True),
        ("../../a", False),
        ("..", True),
        ("a/../../..", False),
        ("a/..", False),
        ("/etc/passwd", False),
        ("C:\\x", False),
        ("\\x", False),
        ("..\\..\\x", False),
        ("./x/./y", True),
        ("", False),
    ],
)
def test_symbolic_links_stay_inside(tmp_path, target, is_safe):
    hostile(tmp_path / "box", ("folder/link", SOFT, target), ("good", FILE, b"good"))
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == ([] if is_safe else [(b"folder/link", "UNP-LINK")])
    assert os.path.lexists(tmp_path / "out" / "folder" / "link") == is_safe
    assert (tmp_path / "out" / "good").read_bytes() == b"good"


def test_nothing_goes_through_a_link(tmp_path):
    (tmp_path / "victim").mkdir()
    hostile(
        tmp_path / "box",
        ("real/x", FILE, b""),
        ("link", SOFT, "real"),
        ("link/owned", FILE, b"owned"),
        ("link", FOLDER, ""),
        ("link/sub", FOLDER, ""),
        ("file", FILE, b""),
        ("file/owned", FILE, b"owned"),
    )
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == [
        (b"link/owned", "UNP-THROUGH"),
        (b"link", "UNP-DUPLICATE"),
        (b"link/sub", "UNP-THROUGH"),
        (b"file/owned", "UNP-THROUGH"),
    ]
    assert on_disk(tmp_path / "out" / "real") == {b"x": b""}


def test_a_link_that_comes_meanwhile_is_not_followed(tmp_path):
    (tmp_path / "victim").mkdir()
    with Landing(tmp_path / "out", volume_of(tmp_path), lambda: None) as landing:
        (tmp_path / "out" / "folder").symlink_to(tmp_path / "victim")
        with pytest.raises(RefusedError, match="link"):
            landing.make_file(b"folder/owned")
        (tmp_path / "out" / "file").symlink_to(tmp_path / "victim" / "owned")
        with pytest.raises(RefusedError, match="name"):
            landing.make_file(b"file")
    assert os.listdir(tmp_path / "victim") == []


def test_a_link_in_the_middle_of_a_path_is_not_followed(tmp_path):
    (tmp_path / "victim" / "b").mkdir(parents=True)
    with Landing(tmp_path / "out", volume_of(tmp_path), lambda: None) as landing:
        (tmp_path / "out" / "a").symlink_to(tmp_path / "victim")
        with pytest.raises(RefusedError, match="link"):
            landing.make_file(b"a/b/owned")
    assert os.listdir(tmp_path / "victim" / "b") == []


@pytest.mark.parametrize(
    ("target", "is_safe"),
    [
        ("a", True),
        ("./a", True),
        ("folder/b", True),
        ("/etc/passwd", False),
        ("../secret", False),
        ("none", False),
        ("folder", False),
        ("soft", False),
        ("soft/b", False),
    ],
)
def test_hard_links_point_at_what_was_unpacked(tmp_path, target, is_safe):
    (tmp_path / "secret").write_bytes(b"secret")
    hostile(
        tmp_path / "box",
        ("a", FILE, b"a"),
        ("folder/b", FILE, b"a"),
        ("soft", SOFT, "folder"),
        ("hard", HARD, target),
    )
    totals, refused = unpacked(tmp_path / "box", tmp_path / "out")
    if is_safe:
        assert refused == []
        assert (tmp_path / "out" / "hard").read_bytes() == b"a"
        assert totals.files == 3
    else:
        code = "UNP-THROUGH" if target == "soft/b" else "UNP-LINK"
        assert refused == [(b"hard", code)]


def test_devices_and_pipes_are_refused(tmp_path):
    hostile(
        tmp_path / "box",
        ("null", tarfile.CHRTYPE, ""),
        ("disk", tarfile.BLKTYPE, ""),
        ("pipe", tarfile.FIFOTYPE, ""),
    )
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert [code for _, code in refused] == ["UNP-DEVICE"] * 3
    assert on_disk(tmp_path / "out") == {}


def test_the_second_of_a_name_is_refused(tmp_path):
    hostile(
        tmp_path / "box",
        ("a", FILE, b"first"),
        ("a", FILE, b"second"),
        ("./a", SOFT, "b"),
        ("d/x", FILE, b""),
        ("d", FILE, b"third"),
    )
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert [code for _, code in refused] == ["UNP-DUPLICATE"] * 3
    assert on_disk(tmp_path / "out") == {b"a": b"first", b"d/x": b""}


def test_only_what_is_wanted_is_unpacked(tmp_path):
    hostile(tmp_path / "box", ("a", FILE, b"a"), ("b/c", FILE, b"c"), ("../x", FILE, b""))
    totals, refused = unpacked(tmp_path / "box", tmp_path / "out", wanted={b"b/c"}.__contains__)
    assert on_disk(tmp_path / "out") == {b"b/c": b"c"}
    assert (totals.files, refused) == (1, [(b"../x", "UNP-OUTSIDE")])


def test_too_many_bytes_stop_the_unpacking(tmp_path):
    hostile(tmp_path / "box", ("a", FILE, bytes(5000)))
    with pytest.raises(TooMuchError, match="--max"):
        unpacked(tmp_path / "box", tmp_path / "out", limits=UnpackLimits(total=4999))
    unpacked(tmp_path / "box", tmp_path / "again", limits=UnpackLimits(total=5000))


def test_too_many_members_stop_the_unpacking(tmp_path):
    hostile(tmp_path / "box", *[(f"d{n}/a", FILE, b"") for n in range(5)])
    with pytest.raises(TooMuchError, match="9 members"):
        unpacked(tmp_path / "box", tmp_path / "out", limits=UnpackLimits(members=9))
    unpacked(tmp_path / "box", tmp_path / "again", limits=UnpackLimits(members=10))


def test_containers_in_containers_come_to_an_end():
    limits = UnpackLimits(nesting=2).inner()
    with pytest.raises(TooMuchError):
        limits.inner()


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(tmp_path):
    head = tarfile.TarInfo("bomb")
    head.size = 3 << 30
    with gzip.open(tmp_path / "box", "wb", compresslevel=6) as handle:
        handle.write(head.tobuf())
        for _ in range(1200):
            handle.write(bytes(1 << 20))
    with open_container(tmp_path / "box", (problems := []).append, ratio=500) as container:
        assert len(list(container.walk())) == 1
    assert [problem.code for problem in problems] == ["CON-BOMB"]


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    hostile(tmp_path / "box", ("a", FILE, b"a"))
    (tmp_path / "out").mkdir()
    with pytest.raises(DestinationExistsError, match="out"):
        unpacked(tmp_path / "box", tmp_path / "out")
    assert on_disk(tmp_path / "out") == {}


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    hostile(tmp_path / "box", ("a", FILE, b"a"))
    with pytest.raises(DestinationRefusedError, match="out"):
        unpacked(tmp_path / "box", tmp_path / "none" / "out")


def test_a_damaged_file_is_refused_and_the_others_arrive(tmp_path):
    with zipfile.ZipFile(tmp_path / "box", "w") as archive:
        archive.writestr("a", b"unmistakable")
        archive.writestr("b", b"b")
    raw = (tmp_path / "box").read_bytes().replace(b"unmistakable", b"unmistakaBle")
    (tmp_path / "box").write_bytes(raw)
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == [(b"a", "CON-CHECKSUM")]
    assert on_disk(tmp_path / "out") == {b"b": b"b"}


def test_the_last_member_of_a_cut_tar_does_not_look_finished(tmp_path):
    hostile(tmp_path / "box", ("a", FILE, b"a"), ("b", FILE, b"b" * 5000))
    os.truncate(tmp_path / "box", 3000)
    _, refused = unpacked(tmp_path / "box", tmp_path / "out")
    assert refused == [(b"b", "CON-CUT")]
    assert on_disk(tmp_path / "out") == {b"a": b"a"}


def test_sparse_files_are_whole(tmp_path):
    with open(tmp_path / "sparse", "wb") as handle:
        handle.seek(5_000_000)
        handle.write(b"end")
    words = ["tar", "-S", "-cf", "box", "sparse"]
    subprocess.run(words, cwd=tmp_path, check=True)
    unpacked(tmp_path / "box", tmp_path / "out")
    assert (tmp_path / "out" / "sparse").read_bytes() == (tmp_path / "sparse").read_bytes()


parts = st.sampled_from(["a", "b", "..", ".", "", "link", "C:", "x\\..", "deep/er", "\udcff"])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    entries=st.lists(
        st.tuples(
            st.lists(parts, min_size=1, max_size=4).map("/".join),
            st.sampled_from([FILE, FOLDER, SOFT, HARD]),
            st.lists(parts, min_size=1, max_size=4).map("/".join),
        ),
        max_size=12,
    )
)
def test_nothing_is_ever_written_outside(tmp_path_factory, entries):
    home = tmp_path_factory.mktemp("home")
    rows = [(n, k, b"owned" if k == FILE else t) for n, k, t in entries if n]
    hostile(home / "box", *rows)
    unpacked(home / "box", home / "out")
    assert sorted(os.listdir(home)) == ["box", "out"]
    root = os.path.realpath(home / "out")
    for folder, folders, files in os.walk(home / "out"):
        for name in [*folders, *files]:
            real = os.path.realpath(os.path.join(folder, name))
            assert real == root or real.startswith(root + os.sep)


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_checked_path_has_no_way_out(path):
    try:
        inner = checked(path)
    except RefusedError:
        return
    assert b".." not in inner.split(b"/")
    assert not inner.startswith(b"/")


def test_a_link_at_the_root_goes_nowhere_up():
    with pytest.raises(RefusedError, match="outside"):
        check_link(b"link", b"..")
    check_link(b"a/link", b"..")
