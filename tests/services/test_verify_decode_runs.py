"""Runs that decode are ended at any time, and go on where they were."""

import json
import os
import subprocess
import sys
import time

import pytest
from decode_cases import CHECKED, UNCHECKED, codes, framemd5, pretender, run
from normalise_cases import film, sound

from avpres.domain.exit_codes import ExitCode


def test_a_run_that_is_ended_leaves_no_ffmpeg_behind(tmp_path):
    made = film(tmp_path / "a.mkv", *UNCHECKED, "-c:a", "flac")
    note = tmp_path / "pid"
    body = f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    program = pretender(tmp_path, body)
    words = [sys.executable, "-m", "avpres", "verify", "--decode", str(made), "-q"]
    env = {**os.environ, "AVPRES_SITE__TOOLS__FFMPEG": str(program)}
    env["AVPRES_STATE_DIR"] = str(tmp_path / "state")
    child = subprocess.Popen(words, env=env)
    while not note.exists() or not note.read_text():
        time.sleep(0.05)
        assert child.poll() is None
    child.terminate()
    assert child.wait(60) == ExitCode.TERMINATED
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
    assert list((tmp_path / "state" / "verify").glob("decode-*")) == []


def test_an_interrupted_run_goes_on_behind_what_it_has_proved(tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in "abc":
        framemd5(film(shelf / f"{name}.mkv", *CHECKED, "-c:a", "flac"), shelf / f"{name}.framemd5")
    seen = tmp_path / "seen"
    body = f"open({str(seen)!r}, 'a').write(words[at + 1] + chr(10))\n"
    body += f"if 'b.mkv' in words[at + 1] and not os.path.exists({str(tmp_path / 'go')!r}):\n"
    body += "    time.sleep(60)\nsys.exit(real(words))"
    words = [sys.executable, "-m", "avpres", "verify", "--decode", str(shelf), "--json"]
    env = {**os.environ, "AVPRES_SITE__TOOLS__FFMPEG": str(pretender(tmp_path, body))}
    env["AVPRES_STATE_DIR"] = str(tmp_path / "state")
    child = subprocess.Popen(words, env=env)
    while not seen.exists() or len(seen.read_text().split()) < 3:  # two at once: one is proved
        time.sleep(0.05)
        assert child.poll() is None
    child.terminate()
    assert child.wait(60) == ExitCode.TERMINATED
    (tmp_path / "go").touch()
    done = subprocess.run(words, env=env, capture_output=True, check=False)
    report = json.loads(done.stdout)
    assert (done.returncode, report["facts"]["decoding"]["proved"]) == (0, 3)
    assert report["facts"]["decoding"]["recalled"] in {1, 2}
    assert seen.read_text().count("b.mkv") == 2
    assert len(seen.read_text().split()) < 6
    done = subprocess.run(words, env=env, capture_output=True, check=False)
    assert json.loads(done.stdout)["facts"]["decoding"]["recalled"] == 0


def test_of_several_paths_one_with_a_proof_is_enough(tmp_path):
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.txt").write_text("no film")
    made = sound(tmp_path / "a.flac")
    assert codes(run(tmp_path, papers, made)) == set()
    assert codes(run(tmp_path, papers)) == {"DEC-NOTHING"}


def test_what_killed_runs_left_goes_after_a_week(tmp_path):
    left = [tmp_path / "state" / "verify" / f"decode-{name}" for name in ("old", "new")]
    for folder in left:
        folder.mkdir(parents=True)
        (folder / "0000.frames").touch()
    os.utime(left[0], (0, 0))
    run(tmp_path, sound(tmp_path / "a.flac"))
    assert [folder.exists() for folder in left] == [False, True]
