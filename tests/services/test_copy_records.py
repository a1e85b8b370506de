"""`copy`: what every run leaves behind, and the sentence that it ends with."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from copy_cases import Copier, make_reel

from avpres.adapters.formats.report_json import file_from_json, file_to_json
from avpres.adapters.storage.journal import Journal, journal_path
from avpres.domain.errors import DestinationExistsError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, VerifyMode
from avpres.domain.premis import EventType, Outcome

FILES = 11  # in `make_reel`
SCHEMAS = Path(os.environ.get("AVPRES_SCHEMAS", Path(__file__).parents[3] / "shared" / "schemas"))


@pytest.fixture
def copier(tmp_path):
    return Copier(
        tmp_path / "state", {"argv": ("avpres", "copy", "reel", "shelf"), "operator": "Ada"}
    )


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def record_of(report):
    (place,) = {Path(o.path).parent for o in report.outputs if o.path.endswith("/report.json")}
    return place


def lines_of(report, folder=None):
    text = ((folder or record_of(report)) / "files.jsonl").read_text(encoding="utf-8")
    return [file_from_json(line) for line in text.splitlines()]


def outcomes(report):
    return {record.path: record.outcome for record in lines_of(report)}


def test_a_run_leaves_a_record_of_every_file(copier, reel, shelf):
    report = copier(reel, shelf)

    assert sorted(os.listdir(record_of(report))) == [
        "events.jsonl",
        "files.jsonl",
        "premis.xml",
        "report.json",
    ]
    found = {record.path: record for record in lines_of(report)}
    assert len(found) == FILES
    film = found["reel/film.mkv"]
    assert (film.outcome, film.size) == ("copied", (reel / "film.mkv").stat().st_size)
    assert {d.algorithm for d in film.digests} == {Algorithm.MD5, Algorithm.XXH128}
    assert film.evidence is not None
    assert film.destination == str(shelf)


def test_the_record_says_the_same_as_the_report(copier, reel, shelf):
    report = copier(reel, shelf)

    kept = json.loads((record_of(report) / "report.json").read_text(encoding="utf-8"))
    assert kept["summary"] == report.summary
    assert kept["totals"]["files"] == FILES
    assert (kept["operator"], kept["argv"][0]) == ("Ada", "avpres")


def test_lines_written_the_quick_way_are_those_of_the_long_way(copier, reel, shelf):
    (reel / 'quote " back \\ slash é').write_bytes(b"x")
    (reel / os.fsdecode(b"latin \xe9")).write_bytes(b"y")

    report = copier(reel, shelf)

    lines = (record_of(report) / "files.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == FILES + 2
    assert [file_to_json(file_from_json(line)) for line in lines] == lines


def test_events_tell_what_was_done_at_each_destination(copier, reel, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"

    report = copier(reel, one, to=(two,))

    assert [(event.type, event.destination) for event in report.events] == [
        (kind, str(place))
        for place in (one, two)
        for kind in (
            EventType.REPLICATION,
            EventType.MESSAGE_DIGEST_CALCULATION,
            EventType.FIXITY_CHECK,
        )
    ]
    assert {event.outcome for event in report.events} == {Outcome.SUCCESS}
    assert {event.objects for event in report.events} == {(str(reel),)}
    copied, digested, checked = report.events[:3]
    assert copied.facts["operator"] == "Ada"
    assert copied.facts["argv"] == "avpres copy reel shelf"
    assert copied.facts["backend"] == "native"
    assert digested.facts["algorithms"] == "md5, xxh128"
    assert checked.facts["files"] == FILES
    assert sum(v for k, v in checked.facts.items() if k.startswith("read_") and v != "yes") == FILES
    assert len({event.id for event in report.events}) == 6


def test_the_volumes_are_in_the_record(copier, reel, shelf):
    report = copier(reel, shelf)

    source, destination = report.facts["volumes"]
    assert (source["role"], destination["role"]) == ("source", "destination")
    assert destination["path"] == str(shelf)
    assert all(each["file_system"] and each["medium"] and each["volume"] for each in (source,))


@pytest.mark.skipif(not shutil.which("xmllint"), reason="no xmllint here")
@pytest.mark.skipif(not (SCHEMAS / "premis.xsd").exists(), reason="no schemas here")
def test_the_premis_of_a_copy_is_valid(copier, reel, shelf):
    report = copier(reel, shelf)

    subprocess.run(
        [
            "xmllint",
            "--noout",
            "--schema",
            SCHEMAS / "premis.xsd",
            record_of(report) / "premis.xml",
        ],
        check=True,
        capture_output=True,
    )


def test_a_run_that_found_nothing_new_names_the_run_that_proved_it(copier, reel, shelf):
    first = copier(reel, shelf)

    again = copier(reel, shelf)

    assert lines_of(again) == []
    assert again.events == []
    assert again.facts["proved_by_runs"] == [first.run_id]
    assert again.totals.already_there == FILES


def test_what_was_proved_before_is_counted_and_what_is_new_is_listed(copier, reel, shelf):
    first = copier(reel, shelf)
    (reel / "new.wav").write_bytes(b"new")

    again = copier(reel, shelf)

    assert outcomes(again) == {"reel/new.wav": "copied"}
    assert again.facts["proved_by_runs"] == [first.run_id]
    assert again.events[0].facts["proved_by_earlier_runs"] == FILES
    assert f"({FILES} files proved by an earlier run and not touched since)" in again.summary


def test_what_was_there_without_a_journal_is_told_apart(copier, reel, shelf):
    shutil.copytree(reel, shelf / "reel", symlinks=True)

    report = copier(reel, shelf)

    assert set(outcomes(report).values()) == {"already there"}
    assert [event.type for event in report.events] == [
        EventType.MESSAGE_DIGEST_CALCULATION,
        EventType.FIXITY_CHECK,
    ]


def test_files_of_a_run_that_was_cut_short_are_listed_by_the_next(copier, reel, shelf):
    first = copier(reel, shelf)
    shutil.rmtree(record_of(first))
    forget_the_end_of(copier, shelf, first.run_id)

    again = copier(
        reel, shelf, digest=(Algorithm.MD5, Algorithm.SHA1, Algorithm.XXH64), verify="full"
    )
    assert len(lines_of(again)) == FILES  # taken anew, for the digests

    forget_the_end_of(copier, shelf, again.run_id)
    (reel / "new.wav").write_bytes(b"new")
    third = copier(reel, shelf)
    assert len(lines_of(third)) == FILES + 1
    details = {record.detail for record in lines_of(third) if record.path != "reel/new.wav"}
    assert details == {f"by run {again.run_id}, which was cut short"}

    (reel / "newer.wav").write_bytes(b"newer")
    assert outcomes(copier(reel, shelf)) == {"reel/newer.wav": "copied"}


def forget_the_end_of(copier, shelf, run):
    """Make a journal as it is when a run was killed before it left its record."""
    journal = Journal(journal_path(copier.state, shelf))
    journal._db.execute("UPDATE run SET ended=NULL, status=NULL, recorded=0 WHERE id=?", (run,))
    journal._db.execute("DELETE FROM seal")
    journal.close()


def test_what_failed_is_in_the_record_with_its_reason(copier, reel, shelf):
    (shelf / "reel").mkdir(parents=True)
    (shelf / "reel" / "film.mkv").write_bytes(b"other")
    (shelf / "reel" / "stray").write_bytes(b"?")

    report = copier(reel, shelf, exclude=("*.txt",))

    found = {record.path: record for record in lines_of(report)}
    assert found["reel/film.mkv"].outcome == "failed"
    assert found["reel/film.mkv"].detail.startswith("COPY-EXISTS: ")
    assert found["reel/film.mkv"].size == (reel / "film.mkv").stat().st_size
    assert found["reel/empty.txt"].outcome == "skipped"
    assert found["reel/stray"].outcome == "extra"
    assert found["reel/a/00000.dpx"].outcome == "copied"
    replicated = report.events[0]
    assert (replicated.outcome, replicated.facts["failed"]) == (Outcome.FAIL, 1)


def test_a_source_that_cannot_be_read_fails_the_digest_event(copier, reel, shelf):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (reel / "film.mkv").chmod(0)
    report = copier(reel, shelf, touches_source=True)
    assert report.events[1].outcome is Outcome.FAIL


def test_a_destination_that_takes_nothing_has_every_file_in_the_record(copier, reel, tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    bad.mkdir()
    (bad / "reel").write_bytes(b"a file")

    report = copier(reel, good, to=(bad,))

    records = lines_of(report)
    assert sum(r.destination == str(good) and r.outcome == "copied" for r in records) == FILES
    missed = [r for r in records if r.destination == str(bad) and "not reached" in r.detail]
    assert len(missed) == FILES
    failed = [event for event in report.events if event.destination == str(bad)]
    assert [(e.type, e.outcome) for e in failed] == [(EventType.REPLICATION, Outcome.FAIL)]
    assert "complete at 1 of 2 destinations" in report.summary


def test_no_fixity_check_is_recorded_that_was_not_made(copier, reel, shelf):
    report = copier(reel, shelf, verify=VerifyMode.SIZE)

    assert EventType.FIXITY_CHECK not in {event.type for event in report.events}
    assert report.events[0].facts["verify"] == "size"


@pytest.mark.parametrize("ending", ["html", "csv", "txt", "json"])
def test_a_report_is_written_where_it_is_asked(copier, reel, shelf, tmp_path, ending):
    path = tmp_path / f"report.{ending}"

    report = copier(reel, shelf, report=(path,))

    assert str(path) in {output.path for output in report.outputs if output.kind == "report"}
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as handle:
            assert {row["path"] for row in csv.DictReader(handle)} == set(outcomes(report))
    elif ending == "json":
        assert len(json.loads(path.read_text(encoding="utf-8"))["files"]) == FILES
    else:
        assert report.summary in path.read_text(encoding="utf-8").replace("\n", " ")


def test_a_report_that_cannot_be_written_is_refused_before_the_first_byte(
    copier, reel, shelf, tmp_path
):
    taken = tmp_path / "report.html"
    taken.write_text("somebody's page")

    with pytest.raises(DestinationExistsError, match="not a report"):
        copier(reel, shelf, report=(taken,))
    with pytest.raises(UsageError, match="ends in"):
        copier(reel, shelf, report=(tmp_path / "report.docx",))
    assert not shelf.exists()


def test_each_item_of_a_list_has_a_record_of_its_own_on_request(copier, tmp_path, shelf):
    reels = [make_reel(tmp_path / "src" / name) for name in ("one", "two")]
    single = tmp_path / "src" / "film.mov"
    single.write_bytes(b"film")
    listing = tmp_path / "list"
    listing.write_text("".join(f"{path}\n" for path in (*reels, single)))

    report = copier((), shelf, from_list=listing, per_item=True)

    items = (
        record_of(
            report.model_copy(
                update={"outputs": [o for o in report.outputs if "/items/" not in o.path]}
            )
        )
        / "items"
    )
    assert sorted(os.listdir(items)) == ["film.mov", "one", "two"]
    one = json.loads((items / "one" / "report.json").read_text(encoding="utf-8"))
    assert one["totals"]["files"] == FILES
    assert {event["type"] for event in one["events"]} == {
        EventType.REPLICATION.value,
        EventType.MESSAGE_DIGEST_CALCULATION.value,
        EventType.FIXITY_CHECK.value,
    }
    assert one["summary"].endswith(
        "every file has reached its destination and the checksums match."
    )
    assert {r.path for r in lines_of(report, items / "film.mov")} == {"film.mov"}
    whole = {r.path for r in lines_of(report, items.parent)}
    assert {
        r.path for n in ("one", "two", "film.mov") for r in lines_of(report, items / n)
    } == whole
    assert not (items / "one" / "nested").exists()


def test_an_item_that_failed_says_so_in_its_own_record(copier, tmp_path, shelf):
    reels = [make_reel(tmp_path / "src" / name) for name in ("one", "two")]
    (shelf / "two").mkdir(parents=True)
    (shelf / "two" / "film.mkv").write_bytes(b"other")

    report = copier(tuple(reels), shelf, per_item=True)

    folder = next(Path(o.path).parent for o in report.outputs if "/items/two/" in o.path)
    two = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    one = json.loads((folder.parent / "one" / "report.json").read_text(encoding="utf-8"))
    assert (one["exit_code"], two["exit_code"]) == (0, 22)
    assert two["totals"]["failed"] == 1


REACHED = "every file has reached its destination and the checksums match"
SENTENCES = {
    "one": ({}, f"11 files, 3.1 MiB: {REACHED}."),
    "size": ({"verify": "size"}, "sizes match, contents were not read back."),
    "none": ({"verify": "none"}, "was copied to its destination; nothing was read back."),
    "left out": (
        {"exclude": ("*.txt", "Thumbs.db")},
        f"9 files, 3.1 MiB: {REACHED}; 2 names were left out.",
    ),
}


@pytest.mark.parametrize(("options", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_the_sentence_claims_what_was_done(copier, reel, shelf, options, sentence):
    assert copier(reel, shelf, **options).summary.endswith(sentence)


def test_the_sentence_names_both_destinations_and_the_sidecar(copier, reel, tmp_path):
    made = "find reel -type f -print0 | xargs -0 md5sum > reel_manifest.md5"
    subprocess.run(["sh", "-c", made], cwd=reel.parent, check=True)

    report = copier(reel, tmp_path / "one", to=(tmp_path / "two",))
    assert report.summary == (
        "11 files, 3.1 MiB: every file has reached both destinations and the checksums match; "
        "the manifest beside the source agrees."
    )


def test_the_sentence_of_a_second_run_speaks_of_the_first(copier, reel, shelf):
    copier(reel, shelf)
    assert copier(reel, shelf).summary == (
        "11 files, 3.1 MiB: every file has been at its destination since an earlier run; "
        "the checksums matched then, and nothing has been touched since."
    )


def test_the_sentence_of_a_second_run_claims_no_checksum_that_was_never_compared(
    copier, reel, shelf
):
    copier(reel, shelf, verify=VerifyMode.NONE)
    again = copier(reel, shelf, verify=VerifyMode.NONE)
    assert "checksums" not in again.summary
    assert "contents were not compared" in again.summary


def test_the_sentence_of_a_failure_says_how_many_and_what_to_do(copier, reel, shelf):
    (shelf / "reel").mkdir(parents=True)
    (shelf / "reel" / "film.mkv").write_bytes(b"other")
    assert copier(reel, shelf).summary == (
        "11 files, 3.1 MiB: 10 are in their place; 1 found something else under its name. "
        "Mend what is named above and run the same command again."
    )


def test_a_single_file_is_spoken_of_as_one(copier, reel, shelf):
    report = copier(reel / "film.mkv", shelf)
    assert report.summary == (
        "1 file, 3.0 MiB: the file has reached its destination and the checksums match."
    )


def test_findings_outlive_the_error_that_stops_a_run(tmp_path, reel):
    """A state folder that turns out to be read-only is an error; what was found before is shown."""
    program = Path(sys.executable).parent / "avpres"
    (reel / "pipe").unlink(missing_ok=True)
    os.mkfifo(reel / "pipe")
    history = reel / "ascmhl"
    history.mkdir()
    (history / "ascmhl_chain.xml").write_text("no chain")
    done = subprocess.run(
        [program, "copy", reel, tmp_path / "shelf", "--ascmhl", "--json"],
        env={"AVPRES_STATE_DIR": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    told = json.loads(done.stdout)
    assert done.returncode == ExitCode.NOT_CONFORMANT
    assert told["exit_code"] == ExitCode.NOT_CONFORMANT
    assert "COPY-SPECIAL" in told["finding_counts"]
