"""Containers are written and read back byte by byte, ours and those of others."""

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import tarfile
import threading
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noise import noise

from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.container import kind_of, open_container
from avpres.adapters.containers.member import DamagedContainerError, MemberKind, chunks
from avpres.adapters.containers.planned import Planned
from avpres.domain.errors import (
    DestinationRefusedError,
    FixityMismatchError,
    NotConformantError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Box

SECOND = 1_000_000_000
BOXES = [Box.TAR, Box.TAR_GZ, Box.TAR_ZST, Box.ZIP]
HOSTILE = [
    b"pkg/ a ",
    b"pkg/100%0Adone",
    b"pkg/-rf",
    b"pkg/a\nb",
    b"pkg/back\\slash",
    b"pkg/" + b"long" * 20 + b"/" + b"n" * 255,
    b"pkg/" + b"deep/" * 90 + b"f",
    "pkg/caf\u00e9".encode(),
    "pkg/cafe\u0301".encode(),
    b"pkg/zero",
]
NOT_UTF8 = [b"pkg/caf\xe9", b"pkg/\xff\xfe/x"]


def planned(contents, mtime=1_700_000_000 * SECOND):
    folders = {b"/".join(p.split(b"/")[:n]) for p in contents for n in range(1, p.count(b"/") + 1)}
    rows = [Planned(path, None, 0, mtime, is_folder=True) for path in folders]
    rows += [Planned(p, io.BytesIO(data), len(data), mtime) for p, data in contents.items()]
    return sorted(rows, key=lambda row: row.path)


def packed(path, box, contents, **more):
    with open(path, "wb") as handle:
        return write_box(handle, box, planned(contents), **more)


def walked(path):
    problems = []
    with open_container(path, problems.append) as container:
        rows = [(m, b"".join(chunks(reader))) for m, reader in container.walk()]
    return rows, [problem.code for problem in problems]


def on_disk(root):
    found = {}
    for folder, _, files in os.walk(os.fsencode(root)):
        for name in files:
            path = os.path.join(folder, name)
            with open(path, "rb") as handle:
                found[os.path.relpath(path, os.fsencode(root))] = handle.read()
    return found


def hostile(*, also=()):
    return {path: path * 3 if path != b"pkg/zero" else b"" for path in [*HOSTILE, *also]}


@pytest.mark.parametrize("box", BOXES)
def test_what_goes_in_comes_out(tmp_path, box):
    contents = hostile(also=NOT_UTF8 if box is not Box.ZIP else ())
    packed(tmp_path / "box", box, contents)
    rows, problems = walked(tmp_path / "box")
    assert kind_of(tmp_path / "box") == box.value
    assert {m.path: data for m, data in rows if m.kind is MemberKind.FILE} == contents
    assert all(m.mtime == 1_700_000_000 * SECOND for m, _ in rows)
    assert problems == []


names = st.binary(min_size=1, max_size=300).map(
    lambda raw: b"pkg/" + (raw.replace(b"\0", b"0").replace(b"/", b"_").strip(b".") or b"x")
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(contents=st.dictionaries(names, st.binary(max_size=2000), min_size=1, max_size=8))
def test_any_name_and_content_survives_a_tar(tmp_path_factory, contents):
    path = tmp_path_factory.mktemp("any") / "box"
    packed(path, Box.TAR_ZST, contents)
    rows, problems = walked(path)
    assert {m.path: data for m, data in rows if m.kind is MemberKind.FILE} == contents
    assert problems == []


@pytest.mark.parametrize("box", BOXES)
def test_the_same_members_give_the_same_bytes(tmp_path, box):
    contents = hostile() | {b"pkg/large": noise(100) * 60_000}
    first = packed(tmp_path / "1", box, contents)
    second = packed(tmp_path / "2", box, contents)
    assert first == second
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


@pytest.mark.parametrize("box", BOXES)
def test_digests_and_sizes_are_those_of_the_file_and_of_the_tar(tmp_path, box):
    boxed = packed(tmp_path / "box", box, hostile(), algorithms=[Algorithm.SHA256])
    said = subprocess.run(["sha256sum", tmp_path / "box"], capture_output=True, check=True)
    assert boxed.digests == (Digest(Algorithm.SHA256, said.stdout.split()[0].decode()),)
    assert boxed.size == (tmp_path / "box").stat().st_size
    assert (boxed.files, boxed.content) == (len(HOSTILE), sum(map(len, hostile().values())))
    if box in {Box.TAR_GZ, Box.TAR_ZST}:
        plain = packed(tmp_path / "tar", Box.TAR, hostile(), algorithms=[Algorithm.SHA256])
        assert (boxed.inner_size, boxed.inner_digests) == (plain.size, plain.digests)
    else:
        assert (boxed.inner_size, boxed.inner_digests) == (None, ())


@pytest.mark.programs("zstd")
@pytest.mark.parametrize("box", [Box.TAR, Box.TAR_GZ, Box.TAR_ZST])
def test_gnu_tar_unpacks_every_name(tmp_path, box):
    contents = hostile(also=NOT_UTF8)
    packed(tmp_path / "box", box, contents)
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "xf", "../box"], cwd=tmp_path / "out", check=True)
    assert on_disk(tmp_path / "out") == contents


@pytest.mark.programs("zstd", "unzip", "gzip")
def test_programs_find_no_fault(tmp_path):
    contents = hostile() | {b"pkg/large": bytes(range(256)) * 40_000}
    for box, words in {
        Box.TAR_GZ: ["gzip", "-tv"],
        Box.TAR_ZST: ["zstd", "-tq"],
        Box.ZIP: ["unzip", "-tq"],
    }.items():
        packed(tmp_path / f"box.{box}", box, contents)
        subprocess.run([*words, tmp_path / f"box.{box}"], check=True, capture_output=True)


def test_python_reads_our_zip(tmp_path):
    contents = hostile() | {b"pkg/large": bytes(range(256)) * 40_000}
    packed(tmp_path / "box", Box.ZIP, contents)
    with zipfile.ZipFile(tmp_path / "box") as archive:
        found = {i.filename.encode(): archive.read(i) for i in archive.infolist() if not i.is_dir()}
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
    assert found == contents


def test_a_zip_refuses_a_name_that_is_not_utf8(tmp_path):
    with pytest.raises(DestinationRefusedError, match="tar"):
        packed(tmp_path / "box", Box.ZIP, {b"pkg/caf\xe9": b""})


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("change", [-1, 1], ids=["shorter", "longer"])
def test_a_file_of_another_size_than_planned_is_refused(tmp_path, box, change):
    (tmp_path / "a").write_bytes(b"12345")
    row = Planned(b"pkg/a", os.fsencode(tmp_path / "a"), 5 + change, 0)
    with open(tmp_path / "box", "wb") as handle, pytest.raises(FixityMismatchError, match="a: "):
        write_box(handle, box, [row])


@pytest.mark.parametrize("change", [-1, 1], ids=["shorter", "longer"])
def test_a_stream_of_another_size_than_planned_is_refused(tmp_path, change):
    row = Planned(b"pkg/a", io.BytesIO(b"12345"), 5 + change, 0)
    with open(tmp_path / "box", "wb") as handle, pytest.raises(FixityMismatchError):
        write_box(handle, Box.TAR, [row])


def test_a_file_that_is_not_what_was_recorded_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    wrong = Digest(Algorithm.MD5, "0" * 32)
    row = Planned(b"pkg/a", os.fsencode(tmp_path / "a"), 5, 0, digests=(wrong,))
    with open(tmp_path / "box", "wb") as handle, pytest.raises(FixityMismatchError, match="md5"):
        write_box(handle, Box.TAR, [row])


def test_a_link_is_not_followed_while_packing(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "l").symlink_to("a")
    row = Planned(b"pkg/l", os.fsencode(tmp_path / "l"), 5, 0)
    with open(tmp_path / "box", "wb") as handle, pytest.raises(SourceUnreadableError, match="link"):
        write_box(handle, Box.TAR, [row])


@pytest.mark.parametrize("path", [b"/a", b"a/", b"a//b", b"a/../b", b"./a", b"", b"a\0"])
def test_a_path_that_cannot_be_is_not_written(tmp_path, path):
    with open(tmp_path / "box", "wb") as handle, pytest.raises(ValueError, match=r"path|sorted"):
        write_box(handle, Box.TAR, [Planned(path, None, 0, 0, is_folder=True)])


def test_members_out_of_order_are_not_written(tmp_path):
    rows = [Planned(name, None, 0, 0, is_folder=True) for name in (b"b", b"a")]
    with open(tmp_path / "box", "wb") as handle, pytest.raises(ValueError, match="sorted"):
        write_box(handle, Box.TAR, rows)


def test_a_level_that_is_none_is_told(tmp_path):
    with pytest.raises(UsageError, match="0 to 3"):
        packed(tmp_path / "box", Box.TAR_GZ, {b"pkg/a": b""}, level=9)


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    (root / "folder" / ("d" * 120)).mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "folder" / ("d" * 120) / ("n" * 120)).write_bytes(b"long")
    (root / "zero").touch()
    (root / "file").write_bytes(b"content" * 1000)
    os.link(root / "file", root / "hard")
    (root / "soft").symlink_to("t" * 150)
    os.mkfifo(root / "pipe")
    with open(root / "sparse", "wb") as handle:
        for place in range(0, 60 * 65536, 3 * 65536):
            handle.seek(place)
            handle.write(b"x" * 5000)
        handle.truncate(70 * 65536)
    return root


@pytest.mark.parametrize(
    "flavour",
    [
        ["--format=gnu"],
        ["--format=oldgnu"],
        ["--format=posix"],
        ["--format=gnu", "--sparse"],
        ["--format=posix", "--sparse", "--sparse-version=0.0"],
        ["--format=posix", "--sparse", "--sparse-version=0.1"],
        ["--format=posix", "--sparse", "--sparse-version=1.0"],
    ],
    ids=" ".join,
)
def test_every_flavour_of_gnu_tar_is_read(tmp_path, tree, flavour):
    subprocess.run(["tar", *flavour, "-cf", tmp_path / "box", "tree"], cwd=tmp_path, check=True)
    rows, problems = walked(tmp_path / "box")
    found = {m.path.decode(): (m, data) for m, data in rows}
    files = {p: d for p, (m, d) in found.items() if m.kind is MemberKind.FILE}
    linked = {"tree/file", "tree/hard"} & set(files)
    assert len(linked) == 1
    assert files == {
        f"tree/folder/{'d' * 120}/{'n' * 120}": b"long",
        "tree/zero": b"",
        "tree/sparse": (tree / "sparse").read_bytes(),
        linked.pop(): b"content" * 1000,
    }
    assert found["tree/soft"][0].target == b"t" * 150
    assert found["tree/pipe"][0].kind is MemberKind.FIFO
    assert found["tree/empty"][0].kind is MemberKind.FOLDER
    hard = [m for m, _ in found.values() if m.kind is MemberKind.HARDLINK]
    assert [m.target in {b"tree/file", b"tree/hard"} for m in hard] == [True]
    assert problems == []


@pytest.mark.parametrize("flavour", ["v7", "ustar"])
def test_old_flavours_are_read(tmp_path, flavour):
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "sub" / ("n" * 80)).write_bytes(b"data")
    words = ["tar", f"--format={flavour}", "-cf", tmp_path / "box", "tree"]
    subprocess.run(words, cwd=tmp_path, check=True)
    rows, problems = walked(tmp_path / "box")
    assert [(m.path, m.kind.value, data) for m, data in rows] == [
        (b"tree", "folder", b""),
        (b"tree/sub", "folder", b""),
        (b"tree/sub/" + b"n" * 80, "file", b"data"),
    ]
    assert problems == []


def test_a_single_member_is_read_without_the_others(tmp_path):
    packed(tmp_path / "box", Box.TAR, hostile())
    with open_container(tmp_path / "box", pytest.fail) as container:
        members = [m for m, _ in container.walk() if m.kind is MemberKind.FILE]
        found = {m.path: b"".join(chunks(container.read(m))) for m in reversed(members)}
    assert found == hostile()


def test_a_compressed_tar_has_no_way_to_a_single_member(tmp_path):
    packed(tmp_path / "box", Box.TAR_GZ, {b"pkg/a": b""})
    with open_container(tmp_path / "box", pytest.fail) as container:
        member, _ = next(container.walk())
        assert not container.has_random_access
        with pytest.raises(UsageError, match="walk"):
            container.read(member)


COMPRESS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda data: (
        subprocess.run(["zstd", "-q", "-c"], input=data, capture_output=True, check=True).stdout
    ),
}


@pytest.fixture
def plain(tmp_path):
    packed(tmp_path / "plain", Box.TAR, {b"pkg/a": noise(50_000), b"pkg/b": b"b"})
    return (tmp_path / "plain").read_bytes()


@pytest.mark.programs("zstd")
@pytest.mark.parametrize("form", COMPRESS)
def test_compressed_tars_of_others_are_read(tmp_path, plain, form):
    data = COMPRESS[form](plain[:20_000]) + COMPRESS[form](plain[20_000:])
    (tmp_path / "box").write_bytes(data)
    rows, problems = walked(tmp_path / "box")
    assert [m.path for m, _ in rows] == [b"pkg", b"pkg/a", b"pkg/b"]
    assert problems == []


@pytest.mark.programs("zstd")
@pytest.mark.parametrize("form", COMPRESS)
def test_a_compressed_tar_that_was_cut_is_told(tmp_path, plain, form):
    (tmp_path / "box").write_bytes(COMPRESS[form](plain)[:-30_000])
    with open_container(tmp_path / "box", (problems := []).append) as container:
        assert len(list(container.walk())) < 3
    assert [problem.code for problem in problems] == ["CON-CUT"]


@pytest.mark.programs("zstd")
@pytest.mark.parametrize("form", COMPRESS)
def test_a_flipped_byte_in_compressed_data_is_told(tmp_path, plain, form):
    data = bytearray(COMPRESS[form](plain))
    data[-6 if form == "gz" else len(data) // 2] ^= 0x55
    (tmp_path / "box").write_bytes(data)
    with open_container(tmp_path / "box", (problems := []).append) as container:
        list(container.walk())
    assert [problem.code for problem in problems][:1] in (["CON-CHECKSUM"], ["CON-DAMAGED"])


@pytest.mark.programs("zstd")
@pytest.mark.parametrize("form", COMPRESS)
def test_what_stands_behind_compressed_data_is_told(tmp_path, plain, form):
    (tmp_path / "box").write_bytes(COMPRESS[form](plain) + b"garbage" * 10)
    assert walked(tmp_path / "box")[1] == ["CON-TRAILING"]


def test_zeros_behind_gzip_are_padding(tmp_path, plain):
    (tmp_path / "box").write_bytes(gzip.compress(plain) + bytes(2000))
    assert walked(tmp_path / "box")[1] == []


def test_the_data_of_a_cut_member_are_refused(tmp_path, plain):
    (tmp_path / "box").write_bytes(plain[:10_000])
    with open_container(tmp_path / "box", (problems := []).append) as container:
        walk = iter(container.walk())
        next(walk)
        _, reader = next(walk)
        with pytest.raises(DamagedContainerError, match="cut"):
            list(chunks(reader))
        assert list(walk) == []
    assert [problem.code for problem in problems] == ["CON-CUT"]


def test_a_damaged_header_is_told_and_the_next_member_found(tmp_path):
    packed(tmp_path / "box", Box.TAR, {b"pkg/a": b"a" * 600, b"pkg/b": b"b", b"pkg/c": b"c"})
    data = bytearray((tmp_path / "box").read_bytes())
    data[512 + 3] ^= 1
    (tmp_path / "box").write_bytes(data)
    rows, problems = walked(tmp_path / "box")
    assert [m.path for m, _ in rows] == [b"pkg", b"pkg/b", b"pkg/c"]
    assert problems == ["CON-HEADER"]


def test_a_tar_without_its_end_is_a_warning(tmp_path, plain):
    (tmp_path / "box").write_bytes(plain.rstrip(b"\0").ljust(512 * (len(plain) // 512), b"\0"))
    end = len(plain.rstrip(b"\0"))
    (tmp_path / "box").write_bytes(plain[: end + -end % 512])
    rows, problems = walked(tmp_path / "box")
    assert len(rows) == 3
    assert problems == ["CON-END"]


def test_what_stands_behind_a_tar_is_told(tmp_path, plain):
    (tmp_path / "box").write_bytes(plain + b"more")
    assert walked(tmp_path / "box")[1] == ["CON-TRAILING"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_damaged_containers_never_crash(tmp_path_factory, data):
    box = data.draw(st.sampled_from(BOXES))
    path = tmp_path_factory.mktemp("damage") / "box"
    packed(path, box, {b"pkg/a": b"a" * 700, b"pkg/caf\xc3\xa9": b"b" * 50, b"pkg/z": b""})
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        with open_container(path, (problems := []).append) as container:
            for _, reader in container.walk():
                try:
                    list(chunks(reader))
                except DamagedContainerError as error:
                    problems.append(error.problem)
    except NotConformantError:
        pass


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_zips_of_python_are_read(tmp_path, method):
    content = noise(1000) * 3000
    with zipfile.ZipFile(tmp_path / "box", "w", method) as archive:
        archive.writestr("a/", b"")
        archive.writestr("a/b", content)
        archive.writestr("a/zero", b"")
        with archive.open("a/large", "w", force_zip64=True) as handle:
            handle.write(b"large")
    rows, problems = walked(tmp_path / "box")
    assert [(m.path, m.kind.value, data) for m, data in rows] == [
        (b"a", "folder", b""),
        (b"a/b", "file", content),
        (b"a/zero", "file", b""),
        (b"a/large", "file", b"large"),
    ]
    assert problems == []


@pytest.mark.programs("zip", "unzip")
def test_zips_of_info_zip_are_read(tmp_path, tree):
    (tree / "pipe").unlink()
    subprocess.run(["zip", "-qry", "../box.zip", "."], cwd=tree, check=True)
    rows, problems = walked(tmp_path / "box.zip")
    found = {m.path: (m, data) for m, data in rows}
    assert found[b"file"][1] == b"content" * 1000
    assert found[b"soft"][0].kind is MemberKind.SYMLINK
    assert found[b"soft"][0].target == b"t" * 150
    assert found[b"sparse"][1] == (tree / "sparse").read_bytes()
    assert problems == []


def test_a_wrong_crc_in_a_zip_is_told(tmp_path):
    packed(tmp_path / "box", Box.ZIP, {b"pkg/a": b"unmistakable", b"pkg/b": b"b"})
    raw = (tmp_path / "box").read_bytes().replace(b"unmistakable", b"unmistakeable"[:12])
    (tmp_path / "box").write_bytes(raw)
    codes, good = [], []
    with open_container(tmp_path / "box", pytest.fail) as container:
        for member, reader in container.walk():
            try:
                list(chunks(reader))
                good.append(member.path)
            except DamagedContainerError as error:
                codes.append((error.problem.code, error.problem.member))
    assert codes == [("CON-CHECKSUM", b"pkg/a")]
    assert good == [b"pkg", b"pkg/b"]


def test_a_zip_that_was_cut_is_told(tmp_path):
    packed(tmp_path / "box", Box.ZIP, {b"pkg/a": b"a" * 5000})
    raw = (tmp_path / "box").read_bytes()
    (tmp_path / "box").write_bytes(raw[:-10])
    assert walked(tmp_path / "box") == ([], ["CON-CUT"])


def test_something_before_a_zip_does_not_shift_its_members(tmp_path):
    packed(tmp_path / "box", Box.ZIP, {b"pkg/a": b"content"})
    raw = (tmp_path / "box").read_bytes()
    (tmp_path / "box").write_bytes(b"PK\x07\x08" + raw)
    rows, _ = walked(tmp_path / "box")
    assert [data for _, data in rows] == [b"", b"content"]


@pytest.mark.programs("zip", "unzip")
def test_an_encrypted_member_is_told(tmp_path):
    (tmp_path / "a").write_bytes(b"secret")
    words = ["zip", "-qP", "word", "box.zip", "a"]
    subprocess.run(words, cwd=tmp_path, check=True)
    with open_container(tmp_path / "box.zip", pytest.fail) as container:
        _, reader = next(iter(container.walk()))
        with pytest.raises(DamagedContainerError, match="encrypted"):
            reader.read(10)


@pytest.mark.parametrize(
    "content",
    [b"", b"text", bytes(511), gzip.compress(b"text", mtime=0)],
    ids=["nothing", "text", "zeros", "gzip"],
)
def test_other_files_are_no_containers(tmp_path, content):
    (tmp_path / "box").write_bytes(content)
    assert kind_of(tmp_path / "box") is None
    with pytest.raises(NotConformantError, match="box"):
        open_container(tmp_path / "box", pytest.fail)


def test_a_tar_of_nothing_is_one(tmp_path):
    with tarfile.open(tmp_path / "box", "w"):
        pass
    assert walked(tmp_path / "box") == ([], [])


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceUnreadableError, match="box"):
        open_container(tmp_path / "box", pytest.fail)


@pytest.mark.programs("zip", "unzip")
def test_a_zip_of_more_than_65535_members_is_read_by_everybody(tmp_path):
    rows = [Planned(b"pkg/%06d" % n, io.BytesIO(), 0, 0) for n in range(65_540)]
    with open(tmp_path / "box", "wb") as handle:
        write_box(handle, Box.ZIP, rows)
    with zipfile.ZipFile(tmp_path / "box") as archive:
        assert len(archive.infolist()) == len(rows)
    with open_container(tmp_path / "box", pytest.fail) as container:
        assert [m.path for m, _ in container.walk()] == [row.path for row in rows]
    subprocess.run(["zipinfo", "-h", tmp_path / "box"], check=True, capture_output=True)


@pytest.mark.slow
def test_a_file_beyond_4_gib_goes_into_a_zip(tmp_path):
    with open(tmp_path / "large", "wb") as handle:
        handle.truncate((1 << 32) + 5)
    rows = [
        Planned(b"pkg/a", os.fsencode(tmp_path / "large"), (1 << 32) + 5, 0),
        Planned(b"pkg/b", io.BytesIO(b"behind"), 6, 0),
    ]
    with open(tmp_path / "box", "wb") as handle:
        write_box(handle, Box.ZIP, rows, algorithms=[Algorithm.XXH128])
    with zipfile.ZipFile(tmp_path / "box") as archive:
        assert archive.read("pkg/b") == b"behind"
        assert archive.getinfo("pkg/a").file_size == (1 << 32) + 5
    with open_container(tmp_path / "box", pytest.fail) as container:
        sizes = {m.path: sum(map(len, chunks(reader))) for m, reader in container.walk()}
    assert sizes == {b"pkg/a": (1 << 32) + 5, b"pkg/b": 6}
    subprocess.run(["unzip", "-tq", tmp_path / "box"], check=True, capture_output=True)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_members(tmp_path):
    script = """
import io, sys
from pathlib import Path
from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.container import open_container
from avpres.adapters.containers.planned import Planned
from avpres.adapters.containers.tar_index import IndexSpool
from avpres.domain.oais import Box
path = Path(sys.argv[1])
rows = (Planned(b"pkg/%09d" % n, io.BytesIO(b"x"), 1, 0) for n in range(200_000))
with IndexSpool() as spool, open(path, "wb") as handle:
    boxed = write_box(handle, Box(sys.argv[2]), rows, on_packed=spool)
    with open(str(path) + ".idx", "wb") as idx:
        spool.write(idx, b"box", boxed)
with open_container(path, print) as container:
    assert sum(1 for _ in container.walk()) == 200_000
status = Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""
    for box in (Box.TAR, Box.ZIP):
        words = [sys.executable, "-c", script, tmp_path / "box", box]
        said = subprocess.run(words, check=True, capture_output=True)
        assert int(said.stdout) < 80 * 1024


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is not here")
@pytest.mark.parametrize("box", BOXES)
def test_a_full_disk_ends_the_packing(box):
    data = noise(30_000_000)
    with open("/dev/full", "wb", buffering=0) as handle, pytest.raises(OSError, match="space"):
        write_box(handle, box, planned({b"pkg/a": data, b"pkg/b": data}))


@pytest.mark.parametrize("box", BOXES)
def test_no_thread_is_left_behind_after_an_error(tmp_path, box):
    before = threading.active_count()
    rows = [
        Planned(b"a", io.BytesIO(bytes(30_000_000)), 30_000_000, 0),
        Planned(b"b", io.BytesIO(b""), 1, 0),
    ]
    with open(tmp_path / "box", "wb") as handle, pytest.raises(FixityMismatchError):
        write_box(handle, box, rows)
    assert threading.active_count() == before


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_no_container(tmp_path, make):
    make(tmp_path / "box")
    with pytest.raises(SourceUnreadableError, match="no file"):
        kind_of(tmp_path / "box")
