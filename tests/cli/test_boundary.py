import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from avpres.domain.exit_codes import ExitCode

TINY = [sys.executable, str(Path(__file__).parent / "tiny_avpres.py"), "tiny"]


def logs_of(home):
    return sorted((home / "state" / "logs").glob("*.jsonl"))


def test_success_says_one_sentence_on_standard_output(tiny):
    assert tiny("reel") == (0, "0 findings.\n", "")


def test_a_known_error_gives_its_status_and_one_sentence(tiny):
    status, out, err = tiny("reel", "--do", "fail")
    assert status == ExitCode.FIXITY_MISMATCH
    assert out == ""
    assert err == "avpres: reel1.dpx: bytes differ; take the other copy\n"


def test_debug_adds_the_traceback(tiny):
    status, _, err = tiny("reel", "--do", "fail", "--debug")
    assert status == ExitCode.FIXITY_MISMATCH
    assert "Traceback (most recent call last)" in err
    assert err.endswith("avpres: reel1.dpx: bytes differ; take the other copy\n")


def test_the_environment_can_ask_for_tracebacks(tiny, monkeypatch):
    monkeypatch.setenv("AVPRES_DEBUG", "1")
    assert "Traceback" in tiny("reel", "--do", "fail")[2]


def test_a_defect_is_status_1_and_its_traceback_is_in_the_run_log(tiny, home):
    status, out, err = tiny("reel", "--do", "break")
    (log,) = logs_of(home)
    assert status == 1
    assert out == ""
    assert err == (
        "avpres: a defect in avpres (ZeroDivisionError: one by none); please report it "
        f"(the run log is {log})\n"
    )
    last = json.loads(log.read_text().splitlines()[-1])
    assert last["event"] == "stopped"
    assert "in _break" in last["traceback"]


def test_an_error_with_json_is_a_report_too(tiny):
    status, out, _ = tiny("reel", "--do", "fail", "--json")
    report = json.loads(out)
    assert status == report["exit_code"] == ExitCode.FIXITY_MISMATCH
    assert report["summary"] == "reel1.dpx: bytes differ; take the other copy"
    assert report["argv"] == ["avpres", "tiny", "reel", "--do", "fail", "--json"]


def test_interruption_is_130_and_says_that_it_can_be_run_again(tiny):
    status, _, err = tiny("reel", "--do", "interrupt")
    assert status == 130
    assert err == (
        "avpres: interrupted; what was written is safe; run the same command again to go on\n"
    )


def test_termination_is_143(tiny):
    status, _, err = tiny("reel", "--do", "terminate")
    assert status == 143
    assert err.startswith("avpres: terminated by SIGTERM; ")
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)],
    ids=["ctrl-c", "term", "hang-up"],
)
def test_a_signal_lets_the_service_clean_up(tmp_path, number, status):
    ready, cleaned = tmp_path / "ready", tmp_path / "cleaned"
    env = {**os.environ, "TINY_READY": str(ready), "TINY_CLEANED": str(cleaned)}
    with subprocess.Popen(
        [*TINY, "reel", "--do", "hang"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env
    ) as child:
        _wait_for(ready)
        child.send_signal(number)
        err = child.communicate(timeout=60)[1]
    assert child.returncode == status
    assert cleaned.exists()
    assert len(err.splitlines()) == 1


def test_an_ignored_hang_up_stays_ignored(tmp_path):
    ready, cleaned = tmp_path / "ready", tmp_path / "cleaned"
    env = {**os.environ, "TINY_READY": str(ready), "TINY_CLEANED": str(cleaned)}
    command = ["nohup", *TINY, "reel", "--do", "hang"]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=env,
    ) as child:
        _wait_for(ready)
        child.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=60) == 143


def _wait_for(file):
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_broken_pipe_inside_a_service_is_never_success(tiny):
    assert tiny("reel", "--do", "pipe")[0] == 1


def test_a_reader_that_leaves_is_no_error():
    words = [sys.executable, "-m", "avpres", "doctor", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.close()
        err = child.stderr.read()
    assert (child.returncode, err) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("words", ["--version", "--help", "config path", "doctor --json"])
def test_results_that_could_not_be_written_are_no_success(words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "avpres", *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == ExitCode.DESTINATION_REFUSED
    assert done.stderr == (
        b"avpres: standard output could not be written: No space left on device\n"
    )


def test_closed_streams_are_no_error():
    script = f"{sys.executable} -m avpres config path <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", script], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["cpoy"], "avpres: no such command 'cpoy'. Did you mean 'copy'?; see `avpres --help`\n"),
        (["copy", "--jbos", "2"], "avpres: no such option: --jbos (Possible options: --jobs"),
        (["copy", "--jobs", "many"], "avpres: invalid value for '--jobs' / '-j': "),
        (["copy", "--verify", "half"], "avpres: invalid value for '--verify': "),
        (["copy", "--to"], "avpres: option '--to' requires an argument; see `avpres copy --help`"),
        (["copy", "", "/x"], "avpres: invalid value for 'SRC... DST': an empty path was given"),
    ],
    ids=["command", "option", "number", "choice", "no value", "empty path"],
)
def test_wrong_words_are_status_2_and_one_sentence(avpres, words, sentence):
    status, out, err = avpres(*words)
    assert status == 2
    assert out == ""
    assert err.lower().startswith(sentence.lower())
    assert len(err.splitlines()) == 1


def test_no_words_show_the_overview_on_standard_error(avpres):
    status, out, err = avpres()
    assert (status, out) == (2, "")
    assert err.startswith("Usage: avpres COMMAND")
