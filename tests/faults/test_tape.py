"""Copying to tape and from tape: on a tape over FUSE, and on folders marked as tapes."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from copy_cases import MIB, Copier, Saboteur, assert_manifest, leftovers
from noise import noise

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.journal import Journal, journal_path
from avpres.adapters.storage.spool import Stretch
from avpres.adapters.storage.volume import MediumKind
from avpres.config.copy import CopyOptions
from avpres.config.site import Site, ToolPaths
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import ToolFailedError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.copy import copy
from avpres.services.transfer import engine
from avpres.services.transfer.destinations import destinations
from avpres.services.transfer.items import items, units
from avpres.services.transfer.plan import make_plan, natural
from avpres.services.verify import verify

pytestmark = [
    pytest.mark.mount,
    pytest.mark.skipif(sys.platform != "linux", reason="FUSE and attributes as on Linux"),
]

BLOCK = 512 * 1024
SCANS = 600  # more than worker processes are started for
FRAMES = [f"{number}.dpx" for number in range(1, 13)]


@pytest.fixture
def run(tmp_path) -> Copier:
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path) -> Path:
    """A sequence numbered without zeros, a film, sound, and what tape cannot keep."""
    root = tmp_path / "reel"
    (root / "scans").mkdir(parents=True)
    for name in FRAMES:
        (root / "scans" / name).write_bytes(noise(1000, name) + name.encode())
    (root / "film.mkv").write_bytes(noise(3 * MIB + 17))
    (root / "sound.wav").write_bytes(noise(700_000, "sound"))
    (root / "empty").touch()
    (root / "scans" / "1.dpx").chmod(0o400)
    with (root / "holes").open("xb") as file:
        file.truncate(2 * MIB)
    return root


@pytest.fixture
def shuffled(tmp_path) -> Path:
    """What a tape holds whose files were written in an order that is not that of their names."""
    backing = tmp_path / "written"
    order = sorted(range(SCANS), key=lambda number: number * 7919 % 1009)
    (backing / "scans").mkdir(parents=True)
    for place, number in enumerate(order):
        path = backing / "scans" / f"{number:05}.dpx"
        path.write_bytes(b"%05d" % number * 40)
        os.utime(path, ns=(0, 1_600_000_000_000_000_000 + place))
    return backing


def restore(run: Copier, source: Path, there: Path, **options: object) -> Report:
    """Copy without looking at the source before: on tape every look moves the head."""
    asked = CopyOptions(sources=(source,), destination=there, **options)
    return copy(asked, Context(state_dir=run.state))


def content(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def on_tape(tape, *names: str) -> list[int | None]:
    return [ltfs.number(tape.root / name, "startblock") for name in names]


def read(paths) -> None:
    """Read files one after another, past the page cache."""
    for path in paths:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
        try:
            while os.read(fd, MIB):
                pass
        finally:
            os.close(fd)


def test_a_tape_is_written_in_one_stream_by_its_rules(tape, run, reel):
    report = run(reel, tape.root)
    stats = tape.stats()

    assert report.exit_code is ExitCode.OK
    assert content(tape.backing / "reel") == content(reel)
    assert_manifest(tape.root, "reel")
    assert report.evidence == {Evidence.DIRECT: 16}
    assert (stats["open_writers_max"], stats["open_readers_max"]) == (1, 1)
    assert stats["files_read_at_once_max"] == 1
    assert not {"renames", "setattrs", "unlinks", "setxattrs"} & set(stats)
    assert stats["settimes"] == 16  # once for each file
    assert stats["index_writes"] == 2  # before the read-back, and after the manifest


def test_large_files_are_written_in_large_pieces(tape, run, reel):
    run(reel / "film.mkv", tape.root)

    pieces = tape.stats()["writes"] - 1  # one is the manifest
    assert pieces <= -(-(reel / "film.mkv").stat().st_size // (128 * 1024))  # what FUSE passes on


def test_holes_are_written_out_in_one_go(tape, run, reel):
    run(reel / "holes", tape.root)

    assert tape.stats()["used"] == 2 * MIB + BLOCK + 2 * BLOCK  # file, manifest, two indexes
    assert on_tape(tape, "holes") == [64]


def test_files_lie_in_the_order_in_which_they_will_be_wanted(tape, run, reel):
    run(reel, tape.root)

    blocks = on_tape(tape, *(f"reel/scans/{name}" for name in FRAMES))
    assert blocks == sorted(blocks)
    assert blocks[-1] - blocks[0] == len(FRAMES) - 1


def test_times_are_kept_and_modes_are_no_matter(tape, run, reel):
    run(reel, tape.root)

    for name in ("scans/1.dpx", "film.mkv", "empty"):
        here, there = (reel / name).stat(), (tape.root / "reel" / name).stat()
        assert here.st_mtime_ns == there.st_mtime_ns


def test_the_read_back_goes_by_the_tape(tape, run, reel):
    run(reel, tape.root)

    order = tape.stats()["order"]
    blocks = [ltfs.number(tape.root / name.lstrip("/"), "startblock") or -1 for name in order]
    assert len(order) == 16
    assert blocks == sorted(blocks)
    assert tape.stats()["seeks"] <= 3  # out, back for the read-back, and to the end again


def test_a_second_run_leaves_the_tape_alone(tape, run, reel):
    run(reel, tape.root)
    tape.rewind()

    report = run(reel, tape.root)

    assert report.exit_code is ExitCode.OK
    assert report.totals.already_there == 16
    assert not {"reads", "writes", "index_writes", "settimes"} & set(tape.stats())


def test_a_tape_that_was_taken_out_is_known_at_any_mount_point(insert_tape, run, reel):
    tape = insert_tape()
    run(reel, tape.root, ascmhl=True)
    tape.eject()
    again = insert_tape(backing=tape.backing)

    report = run(reel, again.root, ascmhl=True)

    assert report.exit_code is ExitCode.OK
    assert (report.totals.already_there, report.totals.verified_files) == (16, 0)
    assert not {"writes", "index_writes"} & set(again.stats())


def test_another_computer_recognises_what_is_there_by_its_digests(tape, run, reel, tmp_path):
    run(reel, tape.root)
    tape.rewind()

    report = Copier(tmp_path / "elsewhere")(reel, tape.root)

    assert report.exit_code is ExitCode.OK
    assert report.totals.already_there == report.totals.verified_files == 16
    assert tape.stats()["seeks"] == 2  # the files, then the manifest behind them
    assert not {"writes", "index_writes"} & set(tape.stats())


def test_what_is_added_later_goes_behind_the_rest(tape, run, reel):
    run(reel, tape.root)
    (reel / "scans" / "13.dpx").write_bytes(b"new")
    before = tape.stats()["used"]

    report = run(reel, tape.root)

    assert report.exit_code is ExitCode.OK
    assert report.totals.copied_files == 1
    assert "renames" not in tape.stats()
    assert_manifest(tape.root, "reel")
    assert tape.stats()["used"] == before + 4 * BLOCK  # file, manifest, two indexes


@pytest.mark.parametrize("record", [{"ascmhl": True}, {"mhl": True}, {"digest": ("sha256",)}])
def test_records_written_later_are_in_the_index_too(tape, run, reel, record):
    run(reel, tape.root)
    before = tape.stats()

    report = run(reel, tape.root, **record)

    stats = tape.stats()
    assert report.exit_code is ExitCode.OK
    assert stats["writes"] > before["writes"]
    assert stats["index_writes"] == before["index_writes"] + 1
    assert "renames" not in stats


def test_an_index_is_written_at_every_checkpoint(tape, run, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "GIB", MIB)
    (tmp_path / "reel").mkdir()
    for number in range(6):
        (tmp_path / "reel" / f"{number}").write_bytes(noise(MIB, number))

    report = run(tmp_path / "reel", tape.root, checkpoint=2)

    assert report.exit_code is ExitCode.OK
    assert tape.stats()["index_writes"] == 4  # three times 2 MiB, and the manifest
    assert (tape.stats()["open_writers_max"], tape.stats()["open_readers_max"]) == (1, 1)


def test_the_record_tells_of_the_tape(tape, run, reel):
    report = run(reel, tape.root)

    (told,) = report.facts["tapes"]
    expected = {
        "role": "destination",
        "volume_name": "fake tape",
        "volume_uuid": ltfs.volume_uuid(tape.root),
        "barcode": "AVP001L8",
        "serial": "AVP001",
        "generation": "LTO-8",
        "capacity": 1 << 40,
    }
    assert {name: told[name] for name in expected} == expected
    assert (told["before"]["index_generation"], told["after"]["index_generation"]) == (1, 3)
    assert told["before"]["lock_state"] == told["after"]["lock_state"] == "0x0"
    assert told["after"]["counters"]["mediaPermanentWriteErrors"] == 0
    assert told["after"]["available"] < told["before"]["available"]
    report.model_dump_json()


@pytest.mark.parametrize("proof", ["full", "size", "none"])
def test_the_record_tells_where_each_file_begins(tape, run, reel, proof):
    run(reel, tape.root, verify=proof)

    rows = _rows(run, reel, tape.root)
    places = {row.name.decode(): row.detail for row in rows}
    assert places.pop("empty") == ""
    assert len(places) == 15
    for name, detail in places.items():
        path = next((tape.root / "reel").rglob(name))
        assert detail == f"partition b, start block {ltfs.number(path, 'startblock')}"


def _rows(run, source, there):
    options = CopyOptions(sources=(source,), destination=there)
    (place,) = destinations(options)
    journal = Journal(journal_path(run.state, place.journal_key))
    try:
        item = journal.item(os.fsencode(source.name), os.fsencode(source))
        return list(journal.all_rows(item))
    finally:
        journal.close()


def test_the_first_write_error_is_the_last_thing_done_to_a_cartridge(
    insert_tape, run, reel, tmp_path
):
    tape = insert_tape("--write-error-at", str(2 * MIB))

    report = run(reel, tape.root, to=(tmp_path / "disk",))

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert report.finding_counts["COPY-LOST"] == 1
    assert report.finding_counts["COPY-HALF"] == 1
    assert content(tmp_path / "disk" / "reel") == content(reel)
    stats = tape.stats()
    assert stats["locked"]
    assert stats["open_writers_max"] == 1
    assert not {"unlinks", "renames", "index_writes", "reads"} & set(stats)
    (told,) = report.facts["tapes"]
    assert told["after"]["lock_state"] == "0xe0"
    assert told["after"]["counters"]["mediaPermanentWriteErrors"] == 1


def test_nothing_is_written_after_a_write_error(insert_tape, run, tmp_path):
    tape = insert_tape("--write-error-at", str(MIB))
    (tmp_path / "reel").mkdir()
    for number in range(20):
        (tmp_path / "reel" / f"{number:02}").write_bytes(noise(400_000, number))

    report = run(tmp_path / "reel", tape.root)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert len(os.listdir(tape.backing / "reel")) == 3  # the third met the error
    assert tape.stats()["writes"] <= 3 * 4 + 1  # one more try of the piece that was cut short
    assert report.totals.copied_files == 0


def test_a_full_tape_keeps_what_is_proved_and_tells_the_rest(insert_tape, run, tmp_path):
    tape = insert_tape("--capacity", str(8 * BLOCK))
    (tmp_path / "reel").mkdir()
    for number in range(6):
        (tmp_path / "reel" / f"{number}").write_bytes(noise(2 * BLOCK - 100, number))

    report = run(tmp_path / "reel", tape.root, skip_space_check=True)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert report.finding_counts["COPY-LOST"] == 1
    assert sorted(os.listdir(tape.backing / "reel")) == ["0", "1", "2"]
    assert report.totals.copied_files == report.totals.verified_files == 3
    assert tape.stats()["index_writes"] == 1
    again = run(tmp_path / "reel", tape.root, skip_space_check=True)
    assert again.totals.already_there == 3
    assert again.exit_code is ExitCode.DESTINATION_REFUSED


@pytest.mark.parametrize("backend", ["native", "cp"])
def test_a_source_that_changes_on_its_way_to_tape_is_copied_again(tape, run, reel, backend):
    def grow(_: Saboteur) -> None:
        if (tape.backing / "reel" / "film.mkv").exists() and not grown:
            grown.append(True)
            with (reel / "film.mkv").open("ab") as file:
                file.write(b"more")

    grown: list[bool] = []
    around = Copier(run.state, {"progress": Saboteur(advance=grow)})
    report = around(reel, tape.root, backend=backend, touches_source=True)

    assert grown
    assert report.exit_code is ExitCode.OK
    assert content(tape.backing / "reel") == content(reel)
    assert tape.stats()["unlinks"] == 1


def test_a_wrong_byte_on_tape_is_found_and_not_written_over(tape, run, reel):
    def flip(_: Saboteur) -> None:
        with (tape.backing / "reel" / "film.mkv").open("r+b") as file:
            file.seek(2 * MIB)
            byte = file.read(1)[0]
            file.seek(2 * MIB)
            file.write(bytes([byte ^ 1]))
        time.sleep(1.1)  # until the kernel has forgotten the times it knew

    around = Copier(run.state, {"progress": Saboteur(flush=flip)})
    report = around(reel, tape.root)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.finding_counts["COPY-MISMATCH"] == 1
    assert report.totals.copied_files == 15
    assert not {"unlinks", "renames"} & set(tape.stats())
    assert "take this cartridge out of use" in report.findings[0].message


def test_our_own_half_file_is_written_anew(tape, run, reel):
    killed = _killed_while_writing(run, reel, tape.root, after=2 * MIB)
    assert killed == -signal.SIGKILL
    half = tape.root / "reel" / "film.mkv"
    assert half.stat().st_size < (reel / "film.mkv").stat().st_size

    report = run(reel, tape.root)

    assert report.exit_code is ExitCode.OK
    assert content(tape.backing / "reel") == content(reel)
    assert tape.stats()["unlinks"] == 1
    assert "renames" not in tape.stats()


def _killed_while_writing(run, reel, there, *, after: int) -> int:
    code = f"""
import os, sys
from pathlib import Path
from avpres.config.copy import CopyOptions
from avpres.services.context import Context
from avpres.services.copy import copy

class Kill:
    size = 0
    def start(self, phase, *, size=None, files=None): pass
    def finish(self): pass
    def advance(self, *, size=0, files=0):
        self.size += size
        if self.size >= {after}:
            os.kill(os.getpid(), 9)

from avpres.adapters.storage import medium, pipeline
pipeline.RING = 1
medium.BLOCK = 1 << 20
copy(CopyOptions(sources=(Path({str(reel)!r}),), destination=Path({str(there)!r})),
     Context(state_dir=Path({str(run.state)!r}), progress=Kill()))
"""
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode


def test_a_file_of_somebody_else_is_never_touched(tape, run, reel):
    (tape.root / "reel").mkdir()
    (tape.root / "reel" / "film.mkv").write_bytes(b"another film")

    report = run(reel, tape.root)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (tape.root / "reel" / "film.mkv").read_bytes() == b"another film"
    assert report.totals.copied_files == 15
    assert "unlinks" not in tape.stats()


def test_what_lies_on_another_tape_at_the_same_place_is_not_ours(tmp_path, run, reel):
    """Tapes change at a mount point; the journal of one says nothing of the next."""
    folder = tmp_path / "mnt"
    folder.mkdir()
    _mark(folder, "volumeUUID", "first")
    killed = _rehearsal(run, reel, folder)
    assert killed.exit_code is ExitCode.OK
    shutil.rmtree(folder)
    (folder / "reel").mkdir(parents=True)
    (folder / "reel" / "film.mkv").write_bytes(b"another film")
    _mark(folder, "volumeUUID", "second")

    report = _rehearsal(run, reel, folder)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (folder / "reel" / "film.mkv").read_bytes() == b"another film"


def _mark(path: Path, name: str, value: str) -> None:
    try:
        os.setxattr(path, f"user.ltfs.{name}", value.encode())
    except OSError as error:
        if error.errno not in {errno.ENOTSUP, errno.EOPNOTSUPP}:
            raise
        pytest.skip("no extended attributes here")


def _rehearsal(run, source, there):
    return run(source, there, lto=True)


def test_a_folder_marked_as_tape_is_written_as_one(tmp_path, run, reel):
    folder = tmp_path / "rehearsal"
    folder.mkdir()
    _mark(folder, "volumeUUID", "rehearsal")

    report = _rehearsal(run, reel, folder)

    assert report.exit_code is ExitCode.OK
    assert content(folder / "reel") == content(reel)
    assert leftovers(folder) == []
    assert report.facts["tapes"][0]["volume_uuid"] == "rehearsal"


def test_reading_goes_by_the_attributes_of_a_marked_folder(tmp_path):
    source = tmp_path / "tape"
    (source / "b").mkdir(parents=True)
    _mark(source, "volumeUUID", "one")
    places = {"c": 9, "b/x": 3, "a": 5, "b/y": 1, "d": 5}
    for name, block in places.items():
        (source / name).write_bytes(b"1" * (600_000 if name == "a" else 5))
        _mark(source / name, "volumeUUID", "one")
        _mark(source / name, "partition", "b")
        _mark(source / name, "startblock", str(block))
    (source / "empty").touch()

    assert _planned(source, lto=True) == ["empty", "b/y", "b/x", "d", "a", "c"]
    assert _planned(source, lto=None) == ["a", "c", "d", "empty", "b/x", "b/y"]


def test_files_of_unknown_place_keep_the_order_of_their_names(tmp_path):
    source = tmp_path / "tape"
    source.mkdir()
    _mark(source, "volumeUUID", "one")
    for number in range(5):
        (source / f"{number}").write_bytes(b"1" * (5 - number))

    assert _planned(source, lto=True) == ["0", "1", "2", "3", "4"]


def _planned(source: Path, *, lto: bool | None) -> list[str]:
    options = CopyOptions(sources=(source,), destination=source.parent / "there", lto=lto)
    context = Context(state_dir=source.parent / "state")
    grouped = units(items(options))
    plan = make_plan(grouped, options, context, note=print, watch=lambda *_: None)
    try:
        stretches: list[Stretch] = list(plan.spool)
        return [os.path.join(s.folder, e.name).decode() for s in stretches for e in s.entries]
    finally:
        plan.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [(b"2.dpx", b"10.dpx"), (b"a1b2", b"a1b10"), (b"a", b"a1"), (b"01", b"1"), (b"1\xff", b"2")],
)
def test_numbers_in_names_are_sorted_by_value(one, other):
    assert natural(one) < natural(other)


def test_a_copy_from_tape_reads_it_in_one_pass(insert_tape, shuffled, run, tmp_path):
    tape = insert_tape(backing=shuffled)
    names = sorted((tape.root / "scans").iterdir())
    read(sorted(names, key=lambda path: ltfs.read_order(ltfs.tape_position(path))))
    ideal = tape.stats()["seek_s"]
    tape.rewind()
    read(names)
    by_name = tape.stats()["seek_s"]
    tape.rewind()

    report = restore(run, tape.root / "scans", tmp_path / "disk")

    stats = tape.stats()
    assert report.exit_code is ExitCode.OK
    assert content(tmp_path / "disk" / "scans") == content(shuffled / "scans")
    assert stats["seek_s"] <= 1.3 * ideal
    assert by_name >= 100 * stats["seek_s"]
    assert (stats["open_readers_max"], stats["files_read_at_once_max"]) == (1, 1)
    assert stats["reads"] == SCANS  # each file in one request: no read-ahead, no second look
    assert stats["bytes_read"] == SCANS * 200
    assert "writes" not in stats
    assert report.facts["tapes"][0]["role"] == "source"


def test_verify_reads_a_tape_in_one_pass(insert_tape, shuffled, run):
    lines = [
        f"{_md5(path)}  scans/{path.name}\n" for path in sorted((shuffled / "scans").iterdir())
    ]
    (shuffled / "scans_manifest.md5").write_text("".join(lines))
    os.utime(shuffled / "scans_manifest.md5", ns=(0, 0))
    tape = insert_tape(backing=shuffled)

    report = verify(VerifyOptions(paths=(tape.root / "scans",)), Context(state_dir=run.state))

    stats = tape.stats()
    assert report.exit_code is ExitCode.OK
    assert report.totals.verified_files == SCANS
    assert stats["seeks"] <= 3
    assert (stats["open_readers_max"], stats["files_read_at_once_max"]) == (1, 1)


def _md5(path: Path) -> str:
    import hashlib

    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def test_a_read_error_on_tape_is_told_and_the_rest_is_copied(insert_tape, run, tmp_path):
    backing = tmp_path / "written"
    (backing / "reel").mkdir(parents=True)
    for name in ("a", "bad", "c"):
        (backing / "reel" / name).write_bytes(noise(3 * BLOCK, name))
    tape = insert_tape("--read-error", f"bad@{2 * BLOCK}", backing=backing)

    report = restore(run, tape.root / "reel", tmp_path / "disk")

    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert sorted(os.listdir(tmp_path / "disk" / "reel")) == ["a", "c"]
    assert "locked" in tape.stats()
    assert not tape.stats()["locked"]


def test_tape_to_tape_has_one_reader_and_one_writer(insert_tape, shuffled, run):
    one = insert_tape("--uuid", "one", backing=shuffled)
    two = insert_tape("--uuid", "two")

    report = restore(run, one.root / "scans", two.root)

    assert report.exit_code is ExitCode.OK
    assert content(two.backing / "scans") == content(shuffled / "scans")
    assert one.stats()["seeks"] == 1
    assert "writes" not in one.stats()
    for tape in (one, two):
        assert tape.stats()["open_readers_max"] == 1
    assert two.stats()["open_writers_max"] == 1
    assert two.stats()["seeks"] <= 3
    assert [told["role"] for told in report.facts["tapes"]] == ["source", "destination"]


def test_two_tapes_are_written_from_one_read(insert_tape, run, reel):
    one, two = insert_tape("--uuid", "one"), insert_tape("--uuid", "two")

    report = run(reel, one.root, to=(two.root,))

    assert report.exit_code is ExitCode.OK
    for tape in (one, two):
        assert content(tape.backing / "reel") == content(reel)
        assert (tape.stats()["open_writers_max"], tape.stats()["open_readers_max"]) == (1, 1)
        assert tape.stats()["index_writes"] == 2


def test_one_tape_is_no_two_destinations(tape, run, reel):
    with pytest.raises(UsageError, match="one tape"):
        run(reel, tape.root / "a", to=(tape.root / "b",))

    assert os.listdir(tape.backing) == []


def test_jobs_do_not_make_a_tape_parallel(insert_tape, shuffled, run, tmp_path):
    tape = insert_tape(backing=shuffled)

    restore(run, tape.root / "scans", tmp_path / "disk", jobs=8)

    assert tape.stats()["open_readers_max"] == 1
    assert tape.stats()["seeks"] == 1


def test_many_small_files_start_no_worker_processes(tape, run, tmp_path):
    (tmp_path / "small").mkdir()
    for number in range(600):
        (tmp_path / "small" / f"{number:03}").write_bytes(b"%d" % number)
    children = []

    def look(_: Saboteur) -> None:
        children.append(Path("/proc/self/task").joinpath(str(os.getpid()), "children").read_text())

    around = Copier(run.state, {"progress": Saboteur(finish=look)})
    before = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    report = around(tmp_path / "small", tape.root)

    assert report.exit_code is ExitCode.OK
    assert set(children) == {before}
    assert (tape.stats()["open_writers_max"], tape.stats()["open_readers_max"]) == (1, 1)


def test_hard_links_become_copies_and_are_told(tape, run, reel):
    os.link(reel / "sound.wav", reel / "zsame.wav")

    report = run(reel, tape.root)

    assert report.exit_code is ExitCode.OK
    assert report.finding_counts["COPY-UNLINKED"] == 1
    assert content(tape.backing / "reel") == content(reel)


def test_names_of_either_form_are_recognised_again(tape, run, tmp_path):
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "cafe\u0301").write_bytes(b"decomposed")

    report = run(tmp_path / "reel", tape.root)
    again = run(tmp_path / "reel", tape.root)

    assert os.listdir(tape.backing / "reel") == ["caf\u00e9"]
    assert (report.exit_code, again.exit_code) == (ExitCode.OK, ExitCode.OK)
    assert again.totals.already_there == 1


def test_a_tape_that_is_said_to_be_none_is_treated_as_any_other_volume(tape, run, reel):
    (reel / "holes").unlink()
    report = run(reel, tape.root, lto=False)

    assert report.exit_code is ExitCode.OK
    assert tape.stats()["renames"] >= 16  # 15 files and the manifest, at least once each
    assert content(tape.backing / "reel") == content(reel)
    assert not [name for name in os.listdir(tape.backing) if name.startswith(".")]
    assert "tapes" not in report.facts


@pytest.mark.parametrize("program", ["cp", "rsync"])
def test_a_program_writes_to_tape_under_final_names(program, tape, run, reel):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")

    report = run(reel, tape.root, backend=program, touches_source=True)

    assert report.exit_code is ExitCode.OK
    assert content(tape.backing / "reel") == content(reel)
    assert not {"renames", "unlinks"} & set(tape.stats())
    assert tape.stats()["open_writers_max"] == 1
    assert tape.stats()["index_writes"] == 2
    assert os.listdir(tape.backing).count("reel") == 1
    assert not [name for name in os.listdir(tape.backing) if name.startswith(".")]


def test_a_program_killed_on_tape_leaves_what_the_next_run_mends(tape, run, reel, tmp_path):
    script = tmp_path / "cp"
    script.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {shutil.which("cp")} "$1"\n'
        f'{shutil.which("cp")} "$@"\ntruncate -s 1000 {tape.root}/reel/film.mkv\nkill -9 $$\n'
    )
    script.chmod(0o755)
    around = Copier(run.state, {"site": Site(tools=ToolPaths(cp=script))})
    with pytest.raises(ToolFailedError, match="SIGKILL"):
        around(reel, tape.root, backend="cp", touches_source=True)

    report = run(reel, tape.root)

    assert report.exit_code is ExitCode.OK
    assert content(tape.backing / "reel") == content(reel)
    assert (report.totals.copied_files, report.totals.already_there) == (1, 15)


def test_a_program_reads_a_tape_in_its_order(insert_tape, shuffled, run, tmp_path):
    tape = insert_tape(backing=shuffled)

    report = restore(run, tape.root / "scans", tmp_path / "disk", backend="cp")

    assert report.exit_code is ExitCode.OK
    assert content(tmp_path / "disk" / "scans") == content(shuffled / "scans")
    assert tape.stats()["seeks"] <= 3  # once for the digests, once for cp
    assert tape.stats()["open_readers_max"] == 1


def test_without_tape_attributes_lto_makes_a_volume_a_tape(tmp_path, run, reel):
    (place,) = destinations(CopyOptions(sources=(reel,), destination=tmp_path / "gate", lto=True))
    assert place.volume.kind is MediumKind.TAPE
    assert place.volume.tape_root is None

    report = run(reel, tmp_path / "gate", lto=True)

    assert report.exit_code is ExitCode.OK
    assert content(tmp_path / "gate" / "reel") == content(reel)
    assert not re.search(r"\.part", " ".join(os.listdir(tmp_path / "gate")))
    assert "tapes" not in report.facts
