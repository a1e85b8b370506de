"""`characterise`: what is said of sound, damaged, strange and unreadable files."""

import hashlib
import os
import subprocess
import sys
import time
import wave

import pytest
from characterise_cases import Describer, codes, make_holding, picture

from avpres.domain.errors import SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.formats import Emit
from avpres.domain.premis import EventType, Outcome
from avpres.services.describing.known import COMMIT_EVERY


@pytest.fixture
def describe(tmp_path):
    return Describer(tmp_path / "state")


@pytest.fixture
def holding(tmp_path):
    return make_holding(tmp_path / "holding")


def snapshot(folder):
    return {
        path: (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_sound_files_end_with_0_and_one_sentence(describe, holding):
    report = describe(holding)

    assert report.exit_code is ExitCode.OK, report.findings
    assert report.summary.startswith("7 files, ")
    assert report.summary.endswith("every file is sound and completely described.")
    assert report.totals.files == 7


def test_every_file_has_a_record_with_identity_digests_and_status(describe, holding):
    records = describe.records(describe(holding))

    tiff = records["stills/frame.tif"]
    assert (tiff["format"], tiff["puid"], tiff["mime"]) == ("TIFF", "fmt/353", "image/tiff")
    assert tiff["status"] == "Well-Formed and valid"
    content = (holding / "stills" / "frame.tif").read_bytes()
    assert tiff["digests"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert tiff["candidates"][0]["tool"] == "Siegfried"
    assert tiff["technical"]["images"][0]["bits_per_sample"] == [8, 8, 8]
    assert records["stills/frame.gif"]["technical"]["images"][0]["bits_per_sample"]
    assert records["über.txt"]["technical"]["text"]["charset"] == "UTF-8"


def test_nothing_is_written_beside_or_into_what_is_described(describe, holding, tmp_path):
    before = snapshot(holding)

    describe(holding)

    assert snapshot(holding) == before
    assert {path.name for path in tmp_path.iterdir()} == {"holding", "state"}


@pytest.mark.parametrize("name", ["frame.tif", "frame.png", "frame.jpg", "frame.gif"])
@pytest.mark.parametrize("share", [0.01, 0.25, 0.5, 0.9])
def test_a_cut_file_is_not_well_formed_and_stays_what_it_was(describe, holding, name, share):
    path = holding / "stills" / name
    whole = path.read_bytes()
    path.write_bytes(whole[: max(1, int(len(whole) * share))])

    report = describe(path)

    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert codes(report) == {"CHR-NOT-WELL-FORMED"}
    record = describe.records(report)[name]
    assert record["status"] == "Not well-formed"
    assert record["format"] in {"TIFF", "PNG", "JPEG", "GIF"}


def test_an_empty_file_is_a_class_of_its_own(describe, holding):
    (holding / "lost.tif").touch()

    report = describe(holding)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == {"CHR-EMPTY"}
    record = describe.records(report)["lost.tif"]
    assert (record["format"], record["status"]) == ("empty", "Unknown")


def test_a_format_without_validator_is_unknown_and_never_sound(describe, holding):
    (holding / "frame.bmp").write_bytes(picture("BMP"))

    report = describe(holding)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == {"CHR-UNKNOWN"}
    record = describe.records(report)["frame.bmp"]
    assert (record["format"], record["status"]) == ("Windows Bitmap", "Unknown")


def test_bytes_of_no_format_under_the_name_of_one_fail_that_one(describe, holding):
    (holding / "scan.tif").write_bytes(b"\x01\x02\xff\xfe" * 500)

    report = describe(holding)

    record = describe.records(report)["scan.tif"]
    assert (record["format"], record["status"]) == ("TIFF", "Not well-formed")
    assert report.exit_code is ExitCode.NOT_CONFORMANT


NAMES = [
    b"100%0Adone.txt",
    b" a ",
    b"line\nbreak.txt",
    b"\xff\xfe not utf-8.txt",
    "Köln.txt".encode(),
    "Ko\u0308ln.txt".encode(),
    b"-rf",
    b"n" * 251 + b".txt",
]


@pytest.mark.skipif(sys.platform != "linux", reason="such names exist on Linux alone")
def test_any_file_name_is_described(describe, tmp_path):
    folder = os.fsencode(tmp_path / "odd names")
    os.mkdir(folder)
    for name in NAMES:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"words")

    report = describe(tmp_path / "odd names", ndjson=tmp_path / "out.ndjson")

    assert report.exit_code is ExitCode.OK, report.findings
    assert report.totals.files == len(NAMES)


def test_links_and_special_files_are_told_and_not_followed(describe, holding):
    (holding / "again").symlink_to(holding)
    (holding / "dangling").symlink_to("nowhere")
    os.mkfifo(holding / "pipe")

    report = describe(holding)

    assert report.exit_code is ExitCode.OK
    assert report.finding_counts == {"CHR-SKIPPED": 3}
    assert report.totals.files == 7


def test_a_file_that_may_not_be_read_is_a_finding(describe, holding):
    (holding / "notes.txt").chmod(0)
    if os.access(holding / "notes.txt", os.R_OK):
        pytest.skip("root reads everything")

    report = describe(holding)

    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert codes(report) == {"CHR-UNREADABLE"}
    assert report.totals.files == 7


def test_a_path_that_is_not_there_is_an_error(describe, tmp_path):
    with pytest.raises(SourceUnreadableError, match="is not there"):
        describe(tmp_path / "nowhere")


def test_a_second_run_reads_only_what_has_changed(describe, holding):
    for path in holding.rglob("*"):
        os.utime(path, (1_000_000, 1_000_000))
    later(holding)
    first = describe(holding)
    (holding / "notes.txt").write_text("another text\n")

    second = describe(holding)

    assert first.totals.already_there == 0
    assert second.totals.already_there == 6
    assert (
        describe.records(second)["notes.txt"]["digests"]
        != (describe.records(first)["notes.txt"]["digests"])
    )
    assert describe(holding, restart=True).totals.already_there == 0


def later(holding):
    """Wait until the files are old enough for a change to be seen by their times."""
    youngest = max(path.stat().st_ctime for path in holding.rglob("*"))
    while time.time() - youngest < 2.1:
        time.sleep(0.1)


def test_a_known_verdict_is_told_again(describe, holding):
    damaged = holding / "stills" / "frame.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    later(holding)

    first, second = describe(holding), describe(holding)

    assert second.totals.already_there == 7
    assert first.exit_code is second.exit_code is ExitCode.NOT_CONFORMANT
    assert first.finding_counts == second.finding_counts


def test_other_digests_are_taken_where_they_are_asked_for(describe, holding):
    report = describe(holding, digest=(Algorithm.SHA512,))

    record = describe.records(report)["notes.txt"]
    content = (holding / "notes.txt").read_bytes()
    assert record["digests"] == {"sha512": hashlib.sha512(content).hexdigest()}


def test_a_list_is_held_against_what_is_there(describe, holding, tmp_path):
    table = tmp_path / "list.csv"
    table.write_text("path,mime\nnotes.txt,text/plain\nlost.tif,image/tiff\n", "utf-8")

    report = describe(holding, manifest=table)

    assert report.finding_counts == {"CHR-MISSING": 1, "CHR-EXTRA": 6}
    assert report.exit_code is ExitCode.INCOMPLETE


def test_a_broken_list_is_refused(describe, holding, tmp_path):
    table = tmp_path / "list.csv"
    table.write_text("a,b\n1,2\n", "utf-8")

    with pytest.raises(UsageError):
        describe(holding, manifest=table)


def test_a_run_leaves_premis_events(describe, holding):
    report = describe(holding)

    assert [event.type for event in report.events] == [
        EventType.FORMAT_IDENTIFICATION,
        EventType.VALIDATION,
        EventType.METADATA_EXTRACTION,
        EventType.MESSAGE_DIGEST_CALCULATION,
    ]
    assert {event.outcome for event in report.events} == {Outcome.SUCCESS}


def test_paths_named_twice_or_within_each_other_count_once(describe, holding):
    report = describe(holding, holding / "stills", holding)

    assert report.totals.files == 7


def test_a_file_can_be_named_alone(describe, holding):
    report = describe(holding / "notes.txt")

    assert report.totals.files == 1
    assert list(describe.records(report)) == ["notes.txt"]


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path, holding):
    for number in range(400):
        (holding / f"{number:03}.txt").write_text(f"text {number}\n" * 3000)
    later(holding)
    words = [sys.executable, "-m", "avpres", "characterise", str(holding)]
    env = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
    process = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    known = tmp_path / "state" / "characterise"
    while not list(known.glob("*.sqlite")) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(COMMIT_EVERY + 0.1)  # what it has done so far is kept, and no more
    process.kill()
    process.wait()

    report = Describer(tmp_path / "state")(holding)

    assert report.exit_code is ExitCode.OK
    assert report.totals.files == 407
    assert list(known.glob("*.sqlite"))


def test_an_output_never_takes_the_place_of_something_else(describe, holding, tmp_path):
    place = tmp_path / "mine.csv"
    place.write_text("a diary")

    with pytest.raises(Exception, match="left as it is"):
        describe(holding, csv=place)

    assert place.read_text() == "a diary"


def test_a_link_that_is_named_is_followed(describe, holding, tmp_path):
    link = tmp_path / "latest.tif"
    link.symlink_to(holding / "stills" / "frame.tif")

    report = describe(link)

    assert report.exit_code is ExitCode.OK, report.findings
    assert describe.records(report)["latest.tif"]["format"] == "TIFF"


def test_records_are_made_of_the_files_that_they_fit(describe, holding, tmp_path):
    into = tmp_path / "records"

    first = describe(holding, emit=(Emit.MIX, Emit.TEXTMD), into=into)
    second = describe(holding, emit=(Emit.MIX, Emit.TEXTMD), into=into)

    assert first.exit_code is second.exit_code is ExitCode.OK
    made = {path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()}
    assert made == {
        *(f"holding/stills/frame.{kind}.mix.xml" for kind in ("tif", "png", "jpg", "gif")),
        "holding/notes.txt.textmd.xml",
        "holding/über.txt.textmd.xml",
    }


def test_a_record_that_differs_is_never_overwritten(describe, holding, tmp_path):
    into = tmp_path / "records"
    describe(holding / "notes.txt", emit=(Emit.TEXTMD,), into=into)
    (record,) = into.rglob("*.xml")
    record.write_text("somebody's own")

    report = describe(holding / "notes.txt", emit=(Emit.TEXTMD,), into=into)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert codes(report) == {"CHR-RECORD-EXISTS"}
    assert record.read_text() == "somebody's own"


def test_records_want_a_folder(describe, holding):
    with pytest.raises(UsageError, match="--into"):
        describe(holding, emit=(Emit.MIX,))


def test_a_profile_of_the_archive_is_held_against_every_file(describe, holding, tmp_path):
    profile = tmp_path / "house.toml"
    profile.write_text(
        'name = "house"\n[[rule]]\nkind = "image"\nrequired = ["images.icc_profile"]\n', "utf-8"
    )

    report = describe(holding, profile=str(profile))

    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert report.finding_counts == {"CHR-INCOMPLETE": 4}
    assert report.summary.endswith("7 sound; 4 incompletely described.")


def test_the_deep_pass_finds_what_structure_cannot(describe, tmp_path):
    whole = picture("TIFF", compression="tiff_lzw")
    damaged = bytearray(whole)
    damaged[300:340] = bytes(40)
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "whole.tif").write_bytes(whole)
    (tmp_path / "scans" / "damaged.tif").write_bytes(damaged)

    report = describe(tmp_path / "scans", deep=True)

    records = describe.records(report)
    assert records["whole.tif"]["status"] == "Well-Formed and valid"
    assert records["damaged.tif"]["status"] == "Not well-formed"


def test_nothing_to_describe_is_no_success(describe, tmp_path):
    (tmp_path / "card").mkdir()

    report = describe(tmp_path / "card")

    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == {"CHR-NOTHING"}


@pytest.mark.parametrize(("option", "name"), [("csv", "list.csv"), ("html", "page.html")])
def test_nothing_is_written_into_what_is_described(describe, holding, option, name):
    with pytest.raises(UsageError, match="outside"):
        describe(holding, **{option: holding / "stills" / name})

    assert not (holding / "stills" / name).exists()


def test_another_name_for_a_known_file_has_its_own_record(describe, holding, tmp_path):
    later(holding)
    link = tmp_path / "latest.tif"
    link.symlink_to(holding / "stills" / "frame.tif")
    describe(holding)
    describe(link)

    records = describe.records(describe(holding))

    assert "stills/frame.tif" in records
    assert records["stills/frame.tif"]["root"] == str(holding)


def test_names_that_steer_terminals_are_identified(describe, holding):
    os.rename(holding / "stills" / "frame.tif", holding / "stills" / "a\x1b[31m.tif")

    report = describe(holding)

    assert report.exit_code is ExitCode.OK
    record = describe.records(report)["stills/a\x1b[31m.tif"]
    assert record["puid"] == "fmt/353"


def test_a_killed_decoder_proves_nothing(describe, tmp_path, monkeypatch):
    fake = tmp_path / "bin" / "ffmpeg"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\ncase "$*" in *-version*) echo "ffmpeg version 7.1";; *) kill -9 $$;; esac\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    sound = tmp_path / "sound"
    sound.mkdir()
    with wave.open(str(sound / "a.wav"), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        file.writeframes(bytes(4000))

    report = describe(sound, deep=True)

    assert describe.records(report)["a.wav"]["status"] == "Unknown"
    assert report.exit_code is ExitCode.INCOMPLETE
