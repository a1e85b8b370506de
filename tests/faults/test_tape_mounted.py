"""A tape over FUSE: what avpres knows of it, and that the fake behaves as tapes do."""

import errno
import json
import mmap
import os

import pytest

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.limits import limits_of
from avpres.adapters.storage.naming import check_name
from avpres.adapters.storage.volume import MediumKind, free_space, volume_of
from avpres.adapters.storage.walk import Kind
from avpres.services.preflight import preflight

pytestmark = pytest.mark.mount

BLOCK = 512 * 1024
PIECE = 128 * 1024
NUMBERS = [7, 3, 11, 0, 9, 1, 5, 10, 2, 8, 4, 6]


@pytest.fixture
def reels(tape):
    """Twelve files on tape, written in an order that is not that of their names."""
    for number in NUMBERS:
        (tape.root / f"{number:02}.dpx").write_bytes(bytes([number]) * (BLOCK + 1))
    tape.rewind()
    return [tape.root / f"{number:02}.dpx" for number in sorted(NUMBERS)]


def read(paths):
    """Read past the page cache, whose read-ahead asks FUSE out of order (LTFS #221)."""
    buffer = mmap.mmap(-1, 1 << 20)
    for path in paths:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
        try:
            while os.readv(fd, [buffer]):
                pass
        finally:
            os.close(fd)


def write(path, size):
    """Write in the pieces in which FUSE passes data on; a longer write would hide its error."""
    with path.open("xb", buffering=0) as file:
        for _ in range(0, size, PIECE):
            file.write(bytes(PIECE))


def test_a_tape_is_recognised_without_being_told(tape):
    volume = volume_of(tape.root / "not" / "yet")

    assert volume.kind is MediumKind.TAPE
    assert volume.filesystem == "ltfs"
    assert volume.identity == f"ltfs:{ltfs.volume_uuid(tape.root)}"
    assert volume.mount == volume.tape_root == tape.root
    assert volume.block_size == BLOCK
    assert (volume.readers, volume.writers) == (1, 1)
    assert volume.direct_is_proof
    assert not volume.syncfs_is_enough
    assert free_space(volume).trusted


def test_the_user_can_say_that_it_is_no_tape(tape):
    assert volume_of(tape.root, tape=False).kind is MediumKind.FUSE


def test_two_tapes_are_two_volumes(insert_tape):
    one, two = insert_tape("--uuid", "one"), insert_tape("--uuid", "two")

    assert volume_of(one.root).identity == "ltfs:one"
    assert volume_of(two.root).identity == "ltfs:two"


def test_positions_follow_the_order_of_writing(reels):
    by_position = sorted(reels, key=lambda path: ltfs.read_order(ltfs.tape_position(path)))

    assert [int(path.stem) for path in by_position] == NUMBERS


def test_an_empty_file_has_no_position(tape):
    (tape.root / "empty").touch()

    assert ltfs.tape_position(tape.root / "empty") is None


def test_reading_in_tape_order_winds_once(tape, reels):
    read(reels)
    by_name = tape.stats()
    tape.rewind()

    read(sorted(reels, key=lambda path: ltfs.read_order(ltfs.tape_position(path))))
    in_order = tape.stats()

    assert in_order["seeks"] == 1  # from the start of the tape to the first file
    assert by_name["seeks"] >= len(reels) - 1
    assert by_name["seek_s"] > 4 * in_order["seek_s"]
    assert in_order["bytes_read"] == by_name["bytes_read"] == len(reels) * (BLOCK + 1)
    assert in_order["open_readers_max"] == 1


def test_the_fake_counts_readers_and_writers_at_once(tape, reels):
    with reels[0].open("rb"), reels[1].open("rb"), (tape.root / "new").open("xb"):
        pass

    assert tape.stats()["open_readers_max"] == 2
    assert tape.stats()["open_writers_max"] == 1


def test_writing_an_index_counts_up(tape):
    before = ltfs.index_generation(tape.root)

    assert ltfs.write_index(tape.root)

    assert ltfs.index_generation(tape.root) == before + 1
    assert tape.stats()["index_writes"] == 1


def test_looking_at_a_tape_writes_no_index(tape):
    ltfs.tape_info(tape.root)
    volume_of(tape.root)
    list(preflight(tape.root, volume_of(tape.root)).close())

    assert tape.stats()["generation"] == 1
    assert "index_writes" not in tape.stats()


def test_preflight_writes_nothing_to_tape(tape):
    flight = preflight(tape.root / "reel", volume_of(tape.root))
    flight.see(b"reel/a", Kind.FILE, 1)

    assert list(flight.close()) == []
    assert tape.stats()["used"] == 0
    assert not {"unlinks", "writes"} & set(tape.stats())
    assert os.listdir(tape.backing) == []


def test_a_tape_that_is_too_small_is_refused(insert_tape):
    tape = insert_tape("--capacity", str(64 << 20))
    flight = preflight(tape.root, volume_of(tape.root))
    for number in range(128):
        flight.see(b"%d" % number, Kind.FILE, 1)

    assert [finding.code for finding in flight.close()] == ["PRE-SPACE"]


@pytest.mark.parametrize(("options", "held"), [(["--old-format"], False), ([], True)])
def test_colons_are_judged_by_the_format_of_the_tape(insert_tape, options, held):
    root = insert_tape(*options).root

    assert (check_name(b"a:b", limits_of(volume_of(root))) is None) is held
    if held:
        (root / "a:b").touch()
    else:
        with pytest.raises(OSError, match="Invalid"):
            (root / "a:b").touch()


def test_names_are_stored_in_one_form(tape):
    (tape.root / "cafe\u0301").touch()

    assert os.listdir(tape.root) == ["caf\u00e9"]


def test_the_first_write_error_locks_the_tape(insert_tape):
    tape = insert_tape("--write-error-at", str(BLOCK))
    with pytest.raises(OSError, match="Input/output") as failed:
        write(tape.root / "film", 2 * BLOCK)

    assert ltfs.ends_writing(failed.value)
    assert ltfs.is_locked(tape.root)
    assert (tape.backing / "film").stat().st_size == 0
    with pytest.raises(OSError, match="Read-only") as refused:
        (tape.root / "next").touch()
    assert ltfs.ends_writing(refused.value)
    assert [f.code for f in preflight(tape.root, volume_of(tape.root)).close()] == ["PRE-WRITE"]


def test_a_full_tape_is_full_and_can_still_write_its_index(insert_tape):
    tape = insert_tape("--capacity", str(16 * BLOCK))
    with pytest.raises(OSError, match="space") as full:
        write(tape.root / "film", 20 * BLOCK)

    assert full.value.errno == errno.ENOSPC
    assert not ltfs.ends_writing(full.value)
    assert ltfs.write_index(tape.root)


def test_a_bad_spot_is_a_read_error(insert_tape, tmp_path):
    backing = tmp_path / "written"
    backing.mkdir()
    (backing / "film").write_bytes(bytes(4 * BLOCK))
    tape = insert_tape("--read-error", f"film@{3 * BLOCK}", backing=backing)

    with pytest.raises(OSError, match="Input/output"):
        read([tape.root / "film"])


def test_the_counters_outlive_the_mount(insert_tape, tmp_path):
    tape = insert_tape("--stats", str(tmp_path / "stats.json"))
    (tape.root / "a").write_bytes(b"x")
    (tape.root / "a").rename(tape.root / "b")
    (tape.root / "b").chmod(0o444)
    tape.eject()

    stats = json.loads((tmp_path / "stats.json").read_text())

    assert (stats["renames"], stats["setattrs"], stats["writes"]) == (1, 1, 1)
