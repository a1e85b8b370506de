"""Workers that die, hang or take too much: they cost one file, and the run goes on."""

import os
import signal
import threading
import time
from contextlib import closing

import numpy as np
import pytest
import tifffile
from PIL import Image

from avpres.adapters.migrating.crew import Crew
from avpres.adapters.migrating.orders import Job, Orders
from avpres.adapters.processes.family import Single
from avpres.adapters.storage.reading import signature
from avpres.domain.migration import Outcome, Reason
from avpres.services.migrate.policies import load

POLICY = load("avpres-jp2")


@pytest.fixture
def small(tmp_path):
    """Make a dozen small pictures."""
    paths = []
    for number in range(12):
        samples = np.random.default_rng(number).integers(0, 256, (20, 30, 3), np.uint8)
        paths.append(tmp_path / f"{number:02}.gif")
        Image.fromarray(samples).save(paths[-1])
    return paths


@pytest.fixture
def large(tmp_path):
    """Make a picture that keeps a worker busy for a second and more."""
    samples = np.random.default_rng(1).integers(0, 256, (1500, 1500, 3), np.uint8)
    tifffile.imwrite(tmp_path / "large.tif", samples)
    return tmp_path / "large.tif"


def jobs(paths, tmp_path):
    staged = tmp_path / "staged"
    staged.mkdir(exist_ok=True)
    for number, path in enumerate(paths):
        name = os.fsencode(staged / f"{number}")
        yield Job(number, os.fsencode(path), signature(path.stat()), name)


def made(paths, tmp_path, *, seconds=60.0, memory=2048, size=2, family=None, meanwhile=None):
    with closing(Crew(Orders(POLICY, seconds, memory), size, family=family)) as crew:
        if meanwhile:
            threading.Thread(target=meanwhile, args=(crew,), daemon=True).start()
        found = {each.number: each for each in crew.work(jobs(paths, tmp_path))}
    assert sorted(found) == list(range(len(paths)))
    return found


def kill(times):
    """Give what ends the worker that has the large picture, as often as asked."""

    def at_once(crew):
        for _ in range(times):
            while not (pid := busy(crew)):
                time.sleep(0.01)
            time.sleep(0.1)
            os.kill(pid, signal.SIGKILL)
            while busy(crew) == pid:
                time.sleep(0.01)

    return at_once


def busy(crew) -> int:
    for hand in crew._hands:
        if hand.jobs and hand.jobs[0].path.endswith(b"large.tif"):
            return hand.child.pid
    return 0


def test_all_files_are_migrated_whatever_the_order(small, tmp_path):
    found = made(small, tmp_path)

    assert {each.outcome for each in found.values()} == {Outcome.OK}
    assert len(list((tmp_path / "staged").iterdir())) == len(small)


def test_processes_that_are_started_one_by_one_do_the_same(small, tmp_path):
    with closing(Single("migrating")) as family:
        found = made(small[:2], tmp_path, size=1, family=family)

    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_a_file_that_a_worker_died_of_is_tried_once_more(small, large, tmp_path):
    found = made([large, *small], tmp_path, meanwhile=kill(1))

    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_a_file_that_two_workers_died_of_has_failed_and_no_other(small, large, tmp_path):
    found = made([*small[:3], large, *small[3:]], tmp_path, meanwhile=kill(2))

    bad = found.pop(3)
    assert (bad.outcome, bad.reason) == (Outcome.FAILED, Reason.CRASH)
    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_a_worker_that_hangs_is_ended(small, large, tmp_path):
    def stop(crew):
        while not (pid := busy(crew)):
            time.sleep(0.01)
        os.kill(pid, signal.SIGSTOP)

    found = made([large, *small], tmp_path, seconds=0.8, meanwhile=stop)

    bad = found.pop(0)
    assert (bad.outcome, bad.reason) == (Outcome.FAILED, Reason.TIME)
    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_a_file_that_takes_too_long_is_stopped(small, large, tmp_path, monkeypatch):
    monkeypatch.setattr("avpres.adapters.migrating.crew.PATIENCE", 100.0)
    found = made([large, *small], tmp_path, seconds=0.3)

    bad = found.pop(0)
    assert (bad.outcome, bad.reason) == (Outcome.FAILED, Reason.TIME)
    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_a_file_that_wants_too_much_memory_has_failed_and_no_other(small, tmp_path):
    huge = tmp_path / "huge.tif"
    tifffile.imwrite(huge, np.zeros((5000, 5000, 3), np.uint8))
    found = made([huge, *small], tmp_path, memory=100)

    bad = found.pop(0)
    assert (bad.outcome, bad.reason) == (Outcome.FAILED, Reason.MEMORY)
    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_a_source_that_changed_since_it_was_listed_has_failed(small, tmp_path):
    (job,) = jobs(small[:1], tmp_path)
    small[0].write_bytes(small[0].read_bytes() + b"\0")
    with closing(Crew(Orders(POLICY, 60.0, 2048), 1)) as crew:
        (found,) = crew.work([job])

    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.UNREADABLE)
    assert list((tmp_path / "staged").iterdir()) == []


def test_a_link_in_the_place_of_a_source_is_not_followed(small, tmp_path):
    (job,) = jobs(small[:1], tmp_path)
    small[0].rename(tmp_path / "other.gif")
    small[0].symlink_to(tmp_path / "other.gif")
    with closing(Crew(Orders(POLICY, 60.0, 2048), 1)) as crew:
        (found,) = crew.work([job])

    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.UNREADABLE)


def test_workers_that_die_with_their_mother_cost_no_file(small, large, tmp_path):
    def end_all(crew):
        while not busy(crew):
            time.sleep(0.01)
        os.kill(crew._family._mother.pid, signal.SIGKILL)

    found = made([large, *small], tmp_path, meanwhile=end_all)

    assert {each.outcome for each in found.values()} == {Outcome.OK}


def test_who_dies_with_its_memory_taken_died_of_that(large, tmp_path, monkeypatch):
    monkeypatch.setattr("avpres.adapters.migrating.crew.NEARLY", 0.001)

    def twice(crew):
        kill(1)(crew)
        while not any(hand._taken for hand in crew._hands):
            time.sleep(0.01)
        os.kill(busy(crew), signal.SIGKILL)

    (bad,) = made([large], tmp_path, meanwhile=twice).values()

    assert (bad.outcome, bad.reason) == (Outcome.FAILED, Reason.MEMORY)
    assert "--memory-limit" in bad.detail
