import io
import json
import os
import pty
import re
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from avpres.cli.progress import FAST_S, Meter, Phase, watch
from avpres.cli.progress_bar import BarView
from avpres.cli.progress_lines import JsonView, PlainView
from avpres.config.run import RunOptions
from avpres.services.context import SilentProgress


class Recorder:
    """A view that keeps what it was shown."""

    every_s = 0.005

    def __init__(self):
        self.begun, self.ended, self.seen, self.closed = [], [], [], False

    def begin(self, phase):
        self.begun.append(phase.name)

    def tick(self, phase):
        self.seen.append((phase.name, phase.size, phase.files, phase.share))

    def end(self, phase):
        self.ended.append((phase.name, phase.size, phase.files))

    def close(self):
        self.closed = True


@pytest.fixture
def recorder():
    return Recorder()


def wait_for(what, seconds=30):
    """Wait until something is so, however busy the computer is."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_phases_are_counted_from_many_threads(recorder):
    meter = Meter(recorder)
    meter.start("copy", size=8000, files=8)

    def work():
        for _ in range(1000):
            meter.advance(size=1)
        meter.advance(files=1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    meter.finish()
    meter.close()
    assert recorder.ended == [("copy", 8000, 8)]
    assert recorder.closed


@given(st.lists(st.integers(-100, 500), max_size=30), st.integers(1, 1000))
def test_progress_is_monotone_and_never_above_all(steps, total):
    meter, shares = Meter(Recorder()), []
    meter.start("copy", size=total)
    for step in steps:
        meter.advance(size=step)
        shares.append(meter._phases[-1].share)
    meter.close()
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


def test_a_phase_inside_another_takes_the_counting(recorder):
    meter = Meter(recorder)
    meter.start("copy", size=10)
    meter.start("flush")
    meter.advance(size=3)
    meter.finish()
    meter.advance(size=4)
    meter.finish()
    meter.advance(size=5)
    meter.close()
    assert recorder.ended == [("flush", 3, 0), ("copy", 4, 0)]


def test_silence_is_broken_while_nothing_moves(recorder):
    meter = Meter(recorder)
    wait_for(lambda: "at work" in {name for name, *_ in recorder.seen})
    meter.start("read back", files=2)
    wait_for(lambda: "read back" in {name for name, *_ in recorder.seen})
    meter.close()


def test_files_tell_the_share_when_sizes_do_not():
    phase = Phase("scan", total_size=0, total_files=4, began=0.0, files=1, seconds=3.0)
    assert (phase.share, phase.eta_s, phase.rate) == (0.25, 9.0, 0.0)


def test_without_a_total_there_is_no_share():
    phase = Phase("scan", None, None, began=0.0, files=1, size=6, seconds=3.0)
    assert (phase.share, phase.eta_s, phase.rate) == (None, None, 2.0)


def test_plain_lines_tell_share_size_files_rate_and_time_left(capsys):
    PlainView().tick(Phase("copy", 4096, 4, 0.0, size=1024, files=1, seconds=10.0))
    assert capsys.readouterr().err == ("copy: 25 %, 1.0 KiB, 1 file, 102 Bytes/s, 0:00:30 left\n")


def test_plain_lines_come_at_their_pace_and_short_phases_say_nothing(capsys):
    began, lines = time.monotonic(), []
    meter = Meter(PlainView(every_s=0.3))
    meter.start("scan")
    meter.finish()
    meter.start("copy", size=100)
    meter.advance(size=50)
    begun = time.monotonic()
    wait_for(lambda: lines.extend(capsys.readouterr().err.splitlines()) or "copy" in str(lines))
    wait_for(lambda: time.monotonic() - begun > 0.3)
    meter.advance(size=50)
    meter.finish()
    meter.close()
    lines += capsys.readouterr().err.splitlines()
    assert len(lines) <= (time.monotonic() - began) / 0.3 + 1
    told = [line for line in lines if line.startswith("copy: ")]
    assert told[0].startswith("copy: 50 %, 50 Bytes")
    assert told[-1].startswith("copy: done in ")
    assert not [line for line in lines if line.startswith("scan: ")]


def test_json_lines_are_json_and_few(capsys):
    meter = Meter(JsonView())
    meter.start("copy", size=1000, files=10)
    began = time.monotonic()
    while time.monotonic() - began < 0.7:
        meter.advance(size=1)
    meter.finish()
    meter.close()
    seconds = time.monotonic() - began
    every = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    events = [event for event in every if event["phase"] == "copy"]
    assert [event["event"] for event in events][:: len(events) - 1] == ["begin", "end"]
    assert len(every) <= seconds / FAST_S + 3
    assert events[-1]["share"] == 1.0
    sizes = [event["size"] for event in events]
    assert sizes == sorted(sizes)


def test_json_lines_rest_while_nothing_changes_but_not_for_ever(capsys):
    phase = Phase("copy", 10, None, 0.0)
    patient = JsonView(silence_s=60)
    patient.begin(phase)
    patient.tick(phase)
    assert len(capsys.readouterr().err.splitlines()) == 1
    chatty = JsonView(silence_s=0.001)
    chatty.begin(phase)
    time.sleep(0.002)
    chatty.tick(phase)
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_bar_draws_phases_and_their_end():
    out = io.StringIO()
    meter = Meter(BarView(Console(file=out, force_terminal=True, width=100, no_color=True)))
    meter.start("copy", size=2048, files=2)
    meter.advance(size=2048, files=2)
    meter.finish()
    meter.close()
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", out.getvalue())
    assert "copy" in text
    assert "100 %  2.0 KiB  2 files" in text


def test_the_bar_of_a_phase_that_failed_is_not_full():
    out = io.StringIO()
    meter = Meter(BarView(Console(file=out, force_terminal=True, width=100, no_color=True)))
    meter.start("copy", size=100)
    meter.advance(size=40)
    meter.finish()
    meter.close()
    assert "100 %" not in out.getvalue()
    assert " 40 %" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"progress": "none"}, None),
        ({"quiet": True}, None),
        ({"progress": "plain", "quiet": True}, PlainView),
        ({}, PlainView),
        ({"progress": "json"}, JsonView),
        ({"progress": "bar"}, BarView),
    ],
    ids=["none", "quiet", "asked for", "auto without terminal", "json", "bar"],
)
def test_progress_is_what_was_asked_for(options, shown):
    with watch(RunOptions(**options)) as progress:
        if shown is None:
            assert isinstance(progress, SilentProgress)
        else:
            assert isinstance(progress._view, shown)


def test_progress_on_a_terminal_is_a_bar_and_leaves_standard_output_alone():
    code = (
        "from avpres.cli.progress import watch; from avpres.config.run import RunOptions;"
        "import time\n"
        "with watch(RunOptions()) as p:\n"
        "  p.start('copy', size=10); p.advance(size=10); time.sleep(0.3); p.finish()"
    )
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=theirs, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 100_000)
    os.close(ours)
    assert done.stdout == b""
    assert "━".encode() in shown
    assert shown.rstrip().endswith(b"\x1b[?25h")


def test_a_phase_that_begins_again_goes_on_where_it_was(recorder):
    meter = Meter(recorder)
    for _ in range(2):
        meter.start("copy", size=10)
        meter.advance(size=5)
        meter.finish()
    meter.close()
    assert recorder.ended == [("copy", 5, 0), ("copy", 10, 0)]


@pytest.mark.parametrize("width", [80, 60])
def test_a_narrow_terminal_shows_the_frames_whole(width):
    out = io.StringIO()
    meter = Meter(BarView(Console(file=out, force_terminal=True, width=width, no_color=True)))
    meter.start("normalise", size=2000, files=2)
    meter.advance(size=500, files=1)
    meter.note("2 files: frame 12,345 of 98,765, 50.3 fps")
    wait_for(lambda: "frame 12,345" in out.getvalue())
    meter.finish()
    meter.close()
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", out.getvalue())
    assert "2 files: frame 12,345 of 98,765, 50.3 fps" in text
    assert " 25 %  500 Bytes  1 file  " in text
    assert max(len(line) for line in re.split(r"[\r\n]+", text)) <= width
