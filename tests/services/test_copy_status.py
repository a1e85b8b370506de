"""`copy --dry-run` and `--status`: told, and nothing touched."""

import os
import shutil

import pytest
from copy_cases import Copier, look, make_reel

from avpres.cli.pages import copy_lines
from avpres.domain.exit_codes import ExitCode

FILES = 11  # in `make_reel`


@pytest.fixture
def copier(tmp_path):
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def contents(root):
    """Everything below a folder that a look must not change."""
    return {
        path: (s.size, s.mtime_ns, s.content)
        for path, s in look(root).items()
        if path not in {b"", b"plans"}  # where plans lie while they are made
    }


def plan_of(report):
    (place,) = report.facts["plan"]["destinations"]
    return place


def test_a_plan_makes_neither_folder_nor_journal(copier, reel, shelf, tmp_path):
    report = copier(reel, shelf, dry_run=True)

    assert report.exit_code is ExitCode.OK
    assert not shelf.exists()
    kept = [name for _, _, names in os.walk(tmp_path / "state") for name in names]
    assert kept == []
    assert plan_of(report)["new"] == {"files": FILES, "size": report.totals.size}
    assert plan_of(report)["free"] > 0
    assert report.facts["plan"]["backend"] == "native"
    assert report.summary == "11 files, 3.1 MiB: a plan only, nothing was copied."


def test_a_plan_tells_new_proved_unproved_and_different_files_apart(copier, reel, shelf):
    copier(reel, shelf)
    (reel / "new.wav").write_bytes(b"new")
    (shelf / "reel" / ".hidden").write_bytes(b"longer than it was")
    os.utime(shelf / "reel" / "film.mkv")
    state, place = contents(copier.state), contents(shelf)

    report = copier(reel, shelf, dry_run=True)

    found = plan_of(report)
    assert found["new"] == {"files": 1, "size": 3}
    assert found["there and proved"]["files"] == FILES - 2
    assert found["there, to be compared"] == {
        "files": 1,
        "size": (reel / "film.mkv").stat().st_size,
    }
    assert found["there and different"]["files"] == 1
    assert "1 at a destination differ and would be left alone" in report.summary
    assert contents(shelf) == place
    assert contents(copier.state) == state


def test_a_plan_with_replace_says_what_would_be_replaced(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / ".hidden").write_bytes(b"longer than it was")

    report = copier(reel, shelf, dry_run=True, replace=True)

    assert plan_of(report)["there, to be replaced"] == {"files": 1, "size": 1}
    assert (shelf / "reel" / ".hidden").read_bytes() == b"longer than it was"


def test_a_plan_fails_where_the_copy_would_be_refused(copier, reel, shelf):
    report = copier(reel, shelf, dry_run=True, reserve=90)

    if report.exit_code is ExitCode.OK:
        pytest.skip("more than 90 % of this volume are free")
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert "; the destination cannot take it" in report.summary
    assert not shelf.exists()


def test_a_plan_for_tape_allows_for_its_index(copier, reel, shelf):
    report = copier(reel, shelf, dry_run=True, lto=True)
    assert plan_of(report)["index_allowance"] > 0
    assert plan_of(report)["medium"] == "tape"


def test_a_plan_can_be_written_as_a_report(copier, reel, shelf, tmp_path):
    path = tmp_path / "plan.txt"
    copier(reel, shelf, dry_run=True, report=(path,))
    assert "a plan only" in path.read_text(encoding="utf-8")


def test_a_plan_is_shown_line_by_line(copier, reel, shelf):
    shown = "\n".join(copy_lines(copier(reel, shelf, dry_run=True)))
    assert str(shelf) in shown
    assert "11 files, 3.1 MiB" in shown
    assert "free space" in shown


def test_a_plan_for_one_file_speaks_of_one(copier, reel, shelf):
    shown = "\n".join(copy_lines(copier(reel / "film.mkv", shelf, dry_run=True)))
    assert " 1 file, " in shown
    assert "1 files" not in shown


def test_the_status_of_what_was_never_begun_is_incomplete(copier, reel, shelf, tmp_path):
    report = copier(reel, shelf, status=True)

    assert report.exit_code is ExitCode.INCOMPLETE
    (row,) = report.facts["status"]
    assert (row["item"], row["state"], row["proved_files"]) == ("reel", "not begun", 0)
    assert not shelf.exists()
    assert not (tmp_path / "state").exists()


def test_the_status_of_a_complete_copy_needs_neither_side(copier, reel, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    done = copier(reel, one, to=(two,))
    shutil.rmtree(one)
    reel.rename(tmp_path / "away")
    state = contents(copier.state)

    report = copier(reel, one, to=(two,), status=True)

    assert report.exit_code is ExitCode.OK
    assert [(r["destination"], r["state"]) for r in report.facts["status"]] == [
        (str(one), "complete"),
        (str(two), "complete"),
    ]
    assert {r["proved_files"] for r in report.facts["status"]} == {FILES}
    assert report.summary == (
        "by the journal all 2 are complete: 22 files, 6.1 MiB proved; "
        "neither source nor destination was looked at."
    )
    assert {run["id"] for run in report.facts["last_runs"]} == {done.run_id}
    assert contents(copier.state) == state
    assert not one.exists()


def test_the_status_of_a_half_copy_says_how_far_it_is(copier, reel, shelf):
    (shelf / "reel").mkdir(parents=True)
    (shelf / "reel" / "film.mkv").write_bytes(b"other")
    copier(reel, shelf)

    report = copier(reel, shelf, status=True)

    assert report.exit_code is ExitCode.INCOMPLETE
    (row,) = report.facts["status"]
    assert (row["state"], row["files"], row["proved_files"]) == ("begun", FILES, FILES - 1)
    shown = "\n".join(copy_lines(report))
    assert "10 of 11 files" in shown
    assert "last run" in shown


def test_the_status_of_single_files_is_told_one_by_one(copier, reel, shelf):
    film, text = reel / "film.mkv", reel / "empty.txt"
    copier(film, shelf)

    assert copier(film, shelf, status=True).exit_code is ExitCode.OK
    both = copier((film, text), shelf, status=True)
    assert [row["state"] for row in both.facts["status"]] == ["complete", "not begun"]


def test_the_status_does_not_take_one_source_for_another_of_its_name(copier, reel, shelf, tmp_path):
    copier(reel, shelf)
    other = make_reel(tmp_path / "other" / "reel")

    report = copier(other, shelf, status=True)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.facts["status"][0]["state"] == f"another source: {reel}"


def test_one_item_is_complete_though_another_is_not(copier, reel, shelf, tmp_path):
    other = make_reel(tmp_path / "src" / "other")
    (shelf / "other").mkdir(parents=True)
    (shelf / "other" / "film.mkv").write_bytes(b"something else")
    assert copier((reel, other), shelf).exit_code is ExitCode.DESTINATION_EXISTS

    states = {
        r["item"]: r["state"] for r in copier((reel, other), shelf, status=True).facts["status"]
    }
    assert states == {"reel": "complete", "other": "begun"}


def test_what_ended_badly_is_not_called_complete_until_it_ends_well(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / "extra.txt").write_bytes(b"not in the source")
    assert copier(reel, shelf).exit_code is ExitCode.INCOMPLETE

    report = copier(reel, shelf, status=True)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.facts["status"][0]["state"] == "begun"
    assert "neither source nor destination was looked at" in report.summary

    (shelf / "reel" / "extra.txt").unlink()
    assert copier(reel, shelf).exit_code is ExitCode.OK
    assert copier(reel, shelf, status=True).exit_code is ExitCode.OK


def test_a_manifest_beside_the_source_that_differs_is_no_good_end(copier, reel, shelf):
    (reel.parent / "reel_manifest.md5").write_text(f"{'0' * 32}  reel/film.mkv\n")
    assert copier(reel, shelf).exit_code is ExitCode.FIXITY_MISMATCH
    assert copier(reel, shelf, status=True).exit_code is ExitCode.INCOMPLETE


def test_an_extra_file_in_one_item_says_nothing_of_another(copier, reel, shelf, tmp_path):
    other = make_reel(tmp_path / "src" / "other")
    (shelf / "other").mkdir(parents=True)
    (shelf / "other" / "extra.txt").write_bytes(b"not in the source")
    assert copier((reel, other), shelf).exit_code is ExitCode.INCOMPLETE

    found = copier((reel, other), shelf, status=True).facts["status"]
    assert {r["item"]: r["state"] for r in found} == {"reel": "complete", "other": "begun"}
