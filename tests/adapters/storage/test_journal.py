"""Journal, locks, spool, scratch and walk: what a run remembers, and what it must not."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import noise

from avpres.adapters.storage.folders import open_folder
from avpres.adapters.storage.journal import (
    PROVED,
    STARTED,
    Journal,
    Row,
    folded,
    job_name,
)
from avpres.adapters.storage.medium import evict, is_gone, open_direct, read_into
from avpres.adapters.storage.pipeline import Ring, pump
from avpres.adapters.storage.scratch import FolderRow, Scratch
from avpres.adapters.storage.spool import GROUP, OrderedSpool, Spool
from avpres.adapters.storage.walk import Entry, walk
from avpres.domain.fixity import Algorithm, Digest, pack, unpack

NAME = b"latin-1 \xe9\n"


def row(folder=b"", name=NAME, state=PROVED):
    return Row(
        folder, name, state, (1, 2, 3, 1 << 63), (1, 2, 3, 5), "md5:00", "direct", "full", "r", "c"
    )


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "j.sqlite")
    yield made
    made.close()


def test_rows_come_back_as_they_were_put(journal):
    item = journal.item(b"reel", b"/src/reel")
    journal.put(item, [row(), row(b"a"), row(b"a", b"b", STARTED)])

    assert journal.rows(item, b"a", b"b", NAME) == {
        NAME: row(b"a")._replace(source=(1, 2, 3, folded(1 << 63))),
        b"b": row(b"a", b"b", STARTED)._replace(source=(1, 2, 3, folded(1 << 63))),
    }
    assert journal.count(item) == 2


def test_proved_rows_come_in_path_order(journal):
    item = journal.item(b"reel", b"/src")
    paths = [b"a", b"a/b", b"a!", b"a/b/c", b"b", b"a.x"]
    journal.put(item, [row(*os.path.split(path)) for path in paths])

    found = [os.path.join(r.folder, r.name) for r in journal.all_rows(item)]
    assert found == sorted(paths)


def test_another_source_under_the_same_name_begins_anew(journal):
    item = journal.item(b"reel", b"/one")
    journal.put(item, [row()])

    assert journal.item(b"reel", b"/one") == item
    assert journal.count(item) == 1
    assert journal.count(journal.item(b"reel", b"/two")) == 0


def test_a_transaction_is_all_or_nothing(journal):
    item = journal.item(b"reel", b"/src")

    def put_and_fail():
        with journal.transaction():
            journal.put(item, [row()])
            raise KeyError

    with pytest.raises(KeyError):
        put_and_fail()

    assert journal.count(item) == 0


def test_a_damaged_journal_is_set_aside(tmp_path):
    path = tmp_path / "j.sqlite"
    path.write_bytes(b"nonsense" * 999)

    journal = Journal(path)
    journal.item(b"reel", b"/src")
    journal.close()

    assert (tmp_path / "j.sqlite.damaged").read_bytes().startswith(b"nonsense")


def test_jobs_are_told_apart_by_source_and_destination():
    names = {job_name(a, b) for a in (b"x", b"y") for b in (b"p", b"q")}

    assert len(names) == 4
    assert job_name(b"x", b"p") in names


@given(st.lists(st.sampled_from(Algorithm), unique=True), st.text("0123456789abcdef", min_size=1))
def test_digests_survive_packing(algorithms, value):
    digests = tuple(Digest(algorithm, value) for algorithm in algorithms)

    assert unpack(pack(digests)) == digests


def entry(name, size=1):
    return Entry(name, 0, size, 2, 3, (1 << 64) - 1, 5, 6, 1, 512)


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=30))
def test_a_spool_gives_back_what_was_put(tmp_path_factory, names):
    spool = Spool(tmp_path_factory.mktemp("spool"))
    spool.put(3, b"folder \xe9", [entry(name) for name in names])

    found = [(s.base, s.folder, e) for s in spool for e in s.entries]
    spool.close()
    assert found == [(3, b"folder \xe9", entry(name)) for name in names]


def test_a_spool_cuts_large_folders(tmp_path):
    spool = Spool(tmp_path)
    spool.put(0, b"", [entry(b"%d" % n) for n in range(GROUP + 1)])

    assert [len(stretch.entries) for stretch in spool] == [GROUP, 1]
    spool.close()


def test_an_ordered_spool_gives_files_as_they_lie_on_tape(tmp_path):
    spool = OrderedSpool(tmp_path)
    places = [("b", 7), ("a", 9), ("a", 2), ("a", 2)]
    for number, (part, block) in enumerate(places):
        spool.put(0, b"", [(("", part, block), entry(b"%d" % number, size=9 - number))])

    assert [e.name for s in spool for e in s.entries] == [b"3", b"2", b"1", b"0"]
    spool.close()
    assert os.listdir(tmp_path) == []


@pytest.fixture
def scratch(tmp_path):
    made = Scratch(tmp_path / "scratch")
    yield made
    made.close()
    assert os.listdir(tmp_path / "scratch") == []


def test_folders_come_outer_or_inner_first(scratch):
    for path in (b"", b"a", b"a/b", b"c"):
        scratch.put_folder(0, FolderRow(path, 1, 2, 3, 4))

    assert [r.path for r in scratch.folders(0, inner_first=False)] == [b"", b"a", b"a/b", b"c"]
    assert [r.path for r in scratch.folders(0, inner_first=True)] == [b"c", b"a/b", b"a", b""]


def test_the_first_name_of_a_hard_link_is_known(scratch):
    key = (1, (1 << 64) - 1)

    assert scratch.first_link(0, key, (b"", b"a")) is None
    assert scratch.first_link(0, key, (b"", b"a")) is None
    assert scratch.first_link(0, key, (b"x", b"b")) == (b"", b"a")
    assert scratch.first_link(1, key, (b"x", b"b")) is None


def test_twins_in_two_unicode_forms_are_two_lines_of_a_manifest(scratch):
    nfc, nfd = "caf\u00e9", "cafe\u0301"
    one, two = (Digest(Algorithm.MD5, c * 32) for c in "12")
    scratch.list("list \udce9.md5", [(nfc, (one,)), (nfd, (two,))])

    assert list(scratch.listed(nfc)) == [("list \udce9.md5", (one,))]
    assert list(scratch.listed(nfd)) == [("list \udce9.md5", (two,))]
    scratch.strike(nfc)
    assert list(scratch.unstruck()) == [("list \udce9.md5", nfd)]
    scratch.strike(nfc)  # found in the other form once its own line is gone
    assert list(scratch.unstruck()) == []


def test_a_walk_is_sorted_by_whole_paths(tmp_path):
    for path in ("a/b", "a.x", "a!", "b/c/d"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "loop").symlink_to(".")

    found = [e.name for e in walk(tmp_path, on_error=print)]

    assert found == [b"a!", b"a.x", b"a", b"a/b", b"b", b"b/c", b"b/c/d", b"loop"]


def test_every_taker_sees_every_byte_in_order():
    data = noise(100_003)
    seen = [bytearray(), bytearray()]

    def fill(view, offset):
        piece = data[offset : offset + len(view)]
        view[: len(piece)] = piece
        return len(piece)

    takers = [lambda view, _, one=one: one.extend(view) for one in seen]
    errors = pump(fill, len(data), takers, Ring(3, 4096), lambda _: None)

    assert errors == [None, None]
    assert seen == [data, data]


def test_a_taker_that_fails_does_not_stop_the_others():
    seen = bytearray()

    def bad(_view, offset):
        if offset:
            raise OSError(28, "full")

    def fill(view, _offset):
        return len(view)

    errors = pump(
        fill, 40_960, [bad, lambda view, _: seen.extend(view)], Ring(2, 4096), lambda _: None
    )

    assert [error and error.errno for error in errors] == [28, None]
    assert len(seen) == 40_960


def test_a_source_that_ends_early_is_an_error_and_gives_the_buffers_back():
    ring = Ring(2, 4096)
    for _ in range(5):
        with pytest.raises(OSError, match="only 4096 of 9000"):
            pump(
                lambda view, offset: 0 if offset else len(view),
                9000,
                [lambda _view, _offset: None],
                ring,
                lambda _: None,
            )


def test_dropped_pages_are_counted_as_gone(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(noise(300_000))
    with path.open("rb") as file:
        assert evict(file.fileno(), 300_000)
        file.read()
        assert not is_gone(file.fileno(), 300_000)
        assert evict(file.fileno(), 300_000)


def test_a_direct_reading_gives_the_same_bytes(tmp_path):
    data = noise(2_000_001)
    (tmp_path / "file").write_bytes(data)
    with open_folder(os.fsencode(tmp_path)) as folder:
        fd, _ = open_direct(folder, b"file")
        whole = Ring(1, 4 << 20).take()
        count = read_into(fd, whole, 0)
        os.close(fd)

    assert bytes(whole[:count]) == data
