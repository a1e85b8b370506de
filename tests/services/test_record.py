"""Records of a run: complete, streamed, never over what is not avpres's."""

import json
import os
import shutil
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from avpres.domain.errors import DestinationExistsError, DestinationRefusedError, UsageError
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.premis import Outcome
from avpres.domain.report import FileRecord, Report
from avpres.services import record
from avpres.services.context import Context

BEGUN = datetime(2026, 3, 5, 9, 12, 4, tzinfo=UTC)


@pytest.fixture
def report() -> Report:
    context = Context(
        operator="Anna",
        argv=("avpres", "copy", "my reel", "/disk"),
        run_id="0b7e4f8e-2f2f-4a39-9d7a-3a5b8d9c0e11",
        clock=lambda: BEGUN,
    )
    return context.report("copy")


def step(**fields: object) -> record.Step:
    plain: dict[str, object] = {
        "objects": ("/scans/reel",),
        "destination": "/disk/reel",
        "started": BEGUN,
        "ended": BEGUN + timedelta(seconds=90),
        "files": 12,
        "size": 4096,
    }
    return record.Step(**(plain | fields))  # type: ignore[arg-type]


def files(count: int):
    digest = Digest(Algorithm.MD5, "0" * 32)
    for number in range(count):
        yield FileRecord(
            path=f"reel/{number:07}.dpx",
            size=number,
            outcome="copied",
            digests=(digest,),
            evidence=Evidence.DIRECT,
            destination="/disk",
        )


def test_events_say_who_ran_what_where_and_how_much(report):
    event = record.replication(report, step(), backend="native")
    assert event.type == "replication"
    assert event.outcome is Outcome.SUCCESS
    assert event.destination == "/disk/reel"
    assert event.detail == "copied to /disk/reel with native"
    assert event.outcome_detail == "12 files, 4.0 KiB; 0 failed"
    assert event.facts["argv"] == "avpres copy 'my reel' /disk"
    assert event.facts["operator"] == "Anna"
    assert event.facts["host"] == report.host
    assert event.facts["run_id"] == report.run_id
    assert str(event.facts["programs"]).startswith("avpres ")
    assert (event.facts["files"], event.facts["bytes"]) == (12, 4096)


def test_a_fixity_check_counts_its_evidence_and_the_weakest_decides(report):
    evidence = {Evidence.DIRECT: 10, Evidence.UNKNOWN: 2}
    event = record.fixity_check(
        report, step(algorithms=(Algorithm.XXH128,), evidence=evidence), against="the source"
    )
    assert event.detail == "xxh128 of /disk/reel compared with the source"
    assert event.facts["read_from_medium"] == "unknown"
    assert (event.facts["read_direct"], event.facts["read_unknown"]) == (10, 2)
    assert event.outcome_detail.endswith("read back: 10 direct, 2 unknown")
    assert event.outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"failed": 1}, Outcome.FAIL),
        ({"failed": 1, "remarks": 3}, Outcome.FAIL),
        ({"remarks": 1}, Outcome.WARNING),
        ({"evidence": {Evidence.DIRECT: 11, Evidence.CACHED: 1}}, Outcome.WARNING),
        ({"evidence": {Evidence.CACHED: 0}}, Outcome.SUCCESS),
    ],
)
def test_an_outcome_is_no_better_than_its_worst_file(report, fields, outcome):
    assert record.fixity_check(report, step(**fields), against="x").outcome is outcome


def test_event_ids_repeat_for_the_same_step_and_differ_for_another(report):
    def ids(**fields: object):
        return {
            record.replication(report, step(**fields), backend="native").id,
            record.digest_calculation(report, step(**fields)).id,
            record.fixity_check(report, step(**fields), against="x").id,
        }

    assert ids() == ids()
    assert len(ids() | ids(destination="/other") | ids(objects=("/scans/reel\udcff",))) == 9


def test_a_clock_set_back_gives_no_event_that_ends_before_it_begins(report):
    event = record.digest_calculation(report, step(ended=BEGUN - timedelta(hours=1)))
    assert event.ended == event.started


def test_a_record_folder_holds_everything_and_the_report_names_it(report, tmp_path):
    report.events.append(record.replication(report, step(), backend="native"))
    folder = record.record_folder(report, tmp_path)
    assert folder == tmp_path / "runs" / "2026-03-05T091204Z_copy_0b7e4f8e"
    outputs = record.write_records(report, files(3), folder=folder)
    names = ["events.jsonl", "files.jsonl", "premis.xml", "report.json"]
    assert sorted(entry.name for entry in folder.iterdir()) == names
    assert sorted(Path(output.path).name for output in outputs) == names
    document = json.loads((folder / "report.json").read_text())
    assert [output["path"] for output in document["outputs"]] == [o.path for o in outputs]
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert [event["type"] for event in events] == ["replication"]
    assert list(record.read_file_records(folder)) == list(files(3))


def test_a_run_without_events_has_no_event_files(report, tmp_path):
    record.write_records(report, [], folder=tmp_path / "r")
    assert sorted(os.listdir(tmp_path / "r")) == ["files.jsonl", "report.json"]


def test_records_cut_short_have_no_report(report, tmp_path):
    def broken():
        yield from files(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record.write_records(report, broken(), folder=tmp_path / "r")
    assert os.listdir(tmp_path / "r") == []


def test_a_folder_that_cannot_be_made_is_refused_with_advice(report, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DestinationRefusedError, match="AVPRES_STATE_DIR"):
        record.write_records(report, [], folder=tmp_path / "file" / "r")


@pytest.mark.parametrize("extension", [".html", ".csv", ".txt", ".json", ".HTML"])
def test_the_extension_says_which_report(report, tmp_path, extension):
    path = tmp_path / f"report{extension}"
    output = record.write_report_file(path, report, files(3))
    assert output.path == str(path)
    content = path.read_text(encoding="utf-8-sig")
    assert ("reel/0000002.dpx" in content) is (extension != ".txt")
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("extension", [".html", ".csv", ".txt", ".json"])
def test_a_report_can_be_written_again_by_the_same_command(report, tmp_path, extension):
    path = tmp_path / f"report{extension}"
    record.write_report_file(path, report, files(3))
    report.summary = "the second run"
    record.write_report_file(path, report, files(4))
    content = path.read_text(encoding="utf-8-sig")
    assert ("0000003.dpx" if extension == ".csv" else "second run") in content.replace("The", "the")


@pytest.mark.parametrize("extension", [".html", ".csv", ".txt", ".json"])
def test_what_is_not_a_report_is_never_written_over(report, tmp_path, extension):
    path = tmp_path / f"report{extension}"
    path.write_text("an archivist's own notes")
    with pytest.raises(DestinationExistsError, match="not a report of avpres"):
        record.write_report_file(path, report, files(3))
    assert path.read_text() == "an archivist's own notes"


def test_a_link_is_not_followed_to_write_a_report(report, tmp_path):
    (tmp_path / "r.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DestinationExistsError):
        record.write_report_file(tmp_path / "r.txt", report, [])
    assert os.listdir(tmp_path) == ["r.txt"]


@pytest.mark.parametrize("name", ["report", "report.pdf", "missing/report.html"])
def test_a_report_that_cannot_be_is_refused_before_the_work(tmp_path, name):
    with pytest.raises(UsageError):
        record.check_report_path(tmp_path / name)


@pytest.mark.slow
@pytest.mark.parametrize("extension", [".html", ".csv", ".txt", ".json"])
def test_memory_does_not_grow_with_the_number_of_files(report, tmp_path, extension):
    def peak(count: int) -> int:
        tracemalloc.start()
        record.write_report_file(tmp_path / f"{count}{extension}", report, files(count))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    few, many = peak(4_000), peak(12_000)
    assert many < few * 1.2 + 256 * 1024, (few, many, sys.version)


@pytest.fixture
def small_disk(tmp_path):
    """Mount 64 KiB of memory as a file system."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:  # noqa: PLW1510
        pytest.skip("cannot mount here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.mount
def test_a_full_disk_is_told_and_leaves_nothing(report, small_disk):
    with pytest.raises(DestinationRefusedError, match="no space left on device"):
        record.write_report_file(small_disk / "r.csv", report, files(2000))
    with pytest.raises(DestinationRefusedError, match="no space left on device"):
        record.write_records(report, files(2000), folder=small_disk / "runs")
    assert os.listdir(small_disk) == ["runs"]
    assert os.listdir(small_disk / "runs") == []
