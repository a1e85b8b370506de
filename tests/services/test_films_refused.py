"""What cannot be read, holds nothing, or has no room is said as it is, with its own status."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import access_cases
import normalise_cases
import pytest

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.exit_codes import ExitCode
from avpres.services.normalise import likeness

RUNS = [(normalise_cases.run, "NRM"), (access_cases.run, "ACC")]
NOBODY = 65534
both = pytest.mark.parametrize(("run", "lead"), RUNS, ids=["normalise", "access"])


@pytest.fixture
def open_ground():
    """Give a folder that every user may enter and write."""
    folder = Path(tempfile.mkdtemp(prefix="avpres-test-"))
    for name in (".", "out", "state"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@both
@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="needs to be root")
def test_a_film_that_may_not_be_read_is_not_called_no_film(run, lead, open_ground):
    source = open_ground / "secret.avi"
    source.write_bytes(b"RIFF")
    source.chmod(0o600)
    find_ffmpeg()
    os.seteuid(NOBODY)
    try:
        report = run(open_ground, source)
    finally:
        os.seteuid(0)
    assert set(report.finding_counts) == {f"{lead}-UNREADABLE"}
    assert "Permission denied" in report.findings[0].message
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE


@both
def test_an_empty_file_is_called_empty(run, lead, tmp_path):
    source = tmp_path / "empty.mov"
    source.touch()
    report = run(tmp_path, source)
    assert report.findings[0].message.startswith("is empty")
    assert report.findings[0].code.startswith(lead)
    assert report.exit_code is ExitCode.NOT_CONFORMANT


@both
def test_a_destination_that_is_a_file_is_refused_before_the_work(run, lead, tmp_path):
    source = access_cases.still(tmp_path / "tape.mkv")
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(DestinationRefusedError, match="is no folder"):
        run(tmp_path, source)
    assert (tmp_path / "out").read_bytes() == b"a file", lead


def test_a_full_disk_is_no_fault_of_ffmpeg(tmp_path):
    body = 'case "$*" in *libx264*) echo "[error] No space left on device" >&2; exit 228;; esac\n'
    program = access_cases.wrapper(tmp_path / "bin", body + 'exec $real "$@"')
    report = access_cases.run(tmp_path, access_cases.still(tmp_path / "a.mkv"), program=program)
    assert access_cases.codes(report) >= {"ACC-NOT-WRITTEN"}
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert report.summary == "no access copy was made; 1 failed, see the findings."


def test_a_folder_of_which_no_copy_is_made_is_no_success(tmp_path):
    folder = tmp_path / "reels"
    folder.mkdir()
    report = access_cases.run(tmp_path, folder)
    assert (report.exit_code, report.summary) == (
        ExitCode.INCOMPLETE,
        "no access copy was made.",
    )
    access_cases.ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(folder / "b.wav"))
    report = access_cases.run(tmp_path, folder)
    assert access_cases.codes(report) == {"ACC-SKIPPED", "ACC-NOTHING"}
    assert report.exit_code is ExitCode.INCOMPLETE


def test_a_second_run_says_that_all_is_there(tmp_path):
    source = access_cases.still(tmp_path / "tape.mkv", frames=25)
    summaries = [access_cases.run(tmp_path, source).summary for _ in range(2)]
    assert summaries[0].endswith(": it was read back and is as it should be.")
    assert summaries[1].startswith("1 access copy is already there: ")


def test_a_second_run_of_normalise_does_not_sound_like_a_failure(tmp_path):
    source = normalise_cases.film(tmp_path / "tape.mov", "-c:v", "v210", "-c:a", "pcm_s24le")
    for _ in range(2):
        report = normalise_cases.run(tmp_path, source)
    assert report.summary == "1 file was proved by an earlier run and is there."


def test_a_date_of_blanks_is_no_loss():
    def told(**said):
        return {"media": {"track": [{"@type": "General", **said}]}}

    assert not list(likeness.differences(told(Encoded_Date="  "), told()))
    assert list(likeness.differences(told(Encoded_Date="1999"), told()))


def test_a_wrong_moment_is_told_by_the_name_of_its_flag(tmp_path):
    command = [sys.executable, "-m", "avpres", "access", "a.mov", "out", "--out", "banana"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("avpres: --out: 'banana' is neither")


@both
def test_what_is_no_film_is_told_with_a_reason_and_what_to_do(run, lead, tmp_path):
    (tmp_path / "letter.mov").write_text("dear archive")
    message = run(tmp_path, tmp_path / "letter.mov").findings[0].message
    assert message.startswith("ffmpeg finds no film or sound in it ("), lead
    assert "`avpres characterise` says what it is" in message
    assert not {"[", "@"} & set(message)


def test_the_record_holds_each_command_whole(tmp_path):
    source = normalise_cases.film(tmp_path / "tape.mov", "-c:v", "v210", "-c:a", "pcm_s24le")
    report = normalise_cases.run(tmp_path, source)
    record = json.loads((tmp_path / "out/tape/tape.normalise.json").read_text())
    assert [words[0] for words in record["commands"]] == [str(find_ffmpeg().path)] * 2
    assert all("-nostdin" in words and "-progress" in words for words in record["commands"])
    assert record["ffmpeg"] == find_ffmpeg().version
    facts = next(event.facts for event in report.events if "command 1" in event.facts)
    assert all(facts[f"command {each}"].startswith(str(find_ffmpeg().path)) for each in (1, 2))
