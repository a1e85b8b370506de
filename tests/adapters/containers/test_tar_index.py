"""The index beside a tar."""

import io
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.member import chunks
from avpres.adapters.containers.planned import Planned
from avpres.adapters.containers.tar_index import IndexSpool
from avpres.adapters.containers.tar_index_read import TarIndex, member_at
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box

ALGORITHMS = (Algorithm.SHA512, Algorithm.MD5)
CONTENTS = {
    b"pkg/a.txt": b"first",
    b"pkg/a/b": b"second" * 300,
    b"pkg/caf\xe9": b"not utf-8",
    "pkg/caf\u00e9".encode(): b"utf-8",
    b"pkg/line\nfeed": b"",
    b"pkg/" + b"n" * 255: b"long",
}


def make(folder, contents):
    rows = [Planned(p, io.BytesIO(d), len(d), 1_700_000_000_000_000_000) for p, d in contents]
    with IndexSpool() as spool:
        with open(folder / "x.tar", "wb") as handle:
            boxed = write_box(handle, Box.TAR, rows, algorithms=ALGORITHMS, on_packed=spool)
        with open(folder / "x.tar.idx", "wb") as handle:
            spool.write(handle, b"x.tar", boxed)
    return boxed


@pytest.fixture
def boxed(tmp_path):

    return make(tmp_path, sorted(CONTENTS.items()))


def test_every_member_is_found_by_one_seek(tmp_path, boxed):
    with TarIndex(tmp_path / "x.tar.idx") as index, open(tmp_path / "x.tar", "rb") as tar:
        index.check(tmp_path / "x.tar")
        for path in sorted(CONTENTS, reverse=True):
            row = index.find(path)
            member, reader = member_at(tar, row)
            data = b"".join(chunks(reader))
            hasher = MultiHasher(ALGORITHMS)
            hasher.update(data)
            assert (member.path, data, row.digests) == (path, CONTENTS[path], hasher.digests())
        assert index.find(b"pkg/a") is None
        assert index.find(b"") is None
        assert index.find(b"\xff") is None
    assert boxed.files == len(CONTENTS)


def test_the_header_tells_of_the_tar(tmp_path, boxed):
    with TarIndex(tmp_path / "x.tar.idx") as index:
        assert index.head.container == b"x.tar"
        assert (index.head.size, index.head.digests) == (boxed.size, boxed.digests)
        assert index.head.members == len(CONTENTS)


def test_rows_come_in_the_order_of_their_bytes(tmp_path, boxed):
    with TarIndex(tmp_path / "x.tar.idx") as index:
        assert [row.path for row in index] == sorted(CONTENTS)
        assert [row.mtime for row in index] == [1_700_000_000_000_000_000] * boxed.files


def test_what_is_beneath_a_folder_is_found(tmp_path, boxed):
    with TarIndex(tmp_path / "x.tar.idx") as index:
        assert [row.path for row in index.below(b"pkg/a")] == [b"pkg/a/b"]
        assert len(list(index.below(b"pkg"))) == boxed.files
        assert list(index.below(b"pk")) == []


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    names=st.sets(st.binary(min_size=1, max_size=40), min_size=1, max_size=60),
    other=st.binary(min_size=1, max_size=40),
)
def test_halving_finds_what_is_there_and_nothing_else(tmp_path_factory, names, other):
    folder = tmp_path_factory.mktemp("many")
    paths = sorted({b"r/" + n.replace(b"\0", b"0").replace(b"/", b"_") + b"x" for n in names})
    make(folder, [(path, b"") for path in paths])
    with TarIndex(folder / "x.tar.idx") as index:
        assert [index.find(path).path for path in paths] == paths
        assert (index.find(b"r/" + other) is not None) == (b"r/" + other in paths)


@pytest.mark.parametrize("at", [0, 1, 10, 300, -1, -2, -20])
def test_an_index_that_was_cut_is_refused(tmp_path, boxed, at):
    raw = (tmp_path / "x.tar.idx").read_bytes()
    assert boxed.size
    (tmp_path / "x.tar.idx").write_bytes(raw[:at])
    with pytest.raises(NotConformantError, match=r"x\.tar\.idx"):
        TarIndex(tmp_path / "x.tar.idx")


def test_an_index_of_another_size_does_not_belong(tmp_path, boxed):
    os.truncate(tmp_path / "x.tar", boxed.size - 512)
    with (
        TarIndex(tmp_path / "x.tar.idx") as index,
        pytest.raises(NotConformantError, match="bytes"),
    ):
        index.check(tmp_path / "x.tar")


def test_an_index_that_names_another_member_is_noticed(tmp_path, boxed):
    assert boxed.size
    with TarIndex(tmp_path / "x.tar.idx") as index:
        row = index.find(b"pkg/a.txt")
        wrong = [
            row._replace(path=b"pkg/b.txt"),
            row._replace(header=row.header + 512),
            row._replace(size=4),
            row._replace(header=1 << 40),
        ]
    with open(tmp_path / "x.tar", "rb") as tar:
        for each in wrong:
            with pytest.raises(NotConformantError, match="index"):
                member_at(tar, each)


@pytest.mark.parametrize(
    "change",
    [
        {"offset": "1"},
        {"size": -1},
        {"path": None},
        {"path_base64": "*"},
        {"digests": {"sha512": "00"}},
        {"digests": []},
        {"mtime": True},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_is_refused(tmp_path, boxed, change):
    lines = (tmp_path / "x.tar.idx").read_bytes().splitlines(keepends=True)
    row = json.loads(lines[1]) | change
    lines[1] = json.dumps(row).encode() + b"\n"
    (tmp_path / "x.tar.idx").write_bytes(b"".join(lines))
    assert boxed.size
    with TarIndex(tmp_path / "x.tar.idx") as index, pytest.raises(NotConformantError):
        list(index)


def test_a_later_version_is_refused(tmp_path, boxed):
    raw = (tmp_path / "x.tar.idx").read_bytes().replace(b'"version":1', b'"version":2', 1)
    (tmp_path / "x.tar.idx").write_bytes(raw)
    assert boxed.size
    with pytest.raises(NotConformantError, match="version"):
        TarIndex(tmp_path / "x.tar.idx")


def test_an_index_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SourceUnreadableError, match=r"none\.idx"):
        TarIndex(tmp_path / "none.idx")
