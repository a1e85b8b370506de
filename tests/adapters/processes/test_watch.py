"""How long a process has been at one thing."""

import os
import subprocess
import sys
import time

import pytest

from avpres.adapters.processes.watch import SLACK_S, Watch

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="no /proc here")


@pytest.fixture
def started():
    found = []

    def start(code):
        found.append(subprocess.Popen([sys.executable, "-c", code]))
        return found[-1].pid

    yield start
    for each in found:
        each.kill()
        each.wait()


def is_over_within(watch, pid, seconds, marks):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if watch.is_over(next(marks), pid, 0.05):
            return True
        time.sleep(0.02)
    return False


def test_a_process_that_computes_at_one_thing_for_too_long_is_told(started):
    pid = started("while True: pass")

    assert is_over_within(Watch(), pid, 20, iter(lambda: "a file", None))


def test_a_process_that_goes_from_file_to_file_is_not(started):
    pid = started("while True: pass")

    assert not is_over_within(Watch(), pid, SLACK_S + 0.5, iter(range(10_000)))


def test_a_process_that_waits_for_a_disk_has_patience(started):
    pid = started("import time; time.sleep(60)")

    assert not is_over_within(Watch(), pid, SLACK_S + 0.5, iter(lambda: "a file", None))


def test_a_process_that_is_gone_is_over():
    assert is_over_within(Watch(), 2**22 + 1, 20, iter(lambda: "a file", None))
