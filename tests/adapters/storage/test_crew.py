"""Worker processes: what crosses to them and back, and how they end."""

import errno
import hashlib
import os
import pickle
import subprocess
import sys

import pytest

from avpres.adapters.storage.batch import Job, Place, State, Target
from avpres.adapters.storage.crew import WORTH_IT, Crew, ReadTask
from avpres.adapters.storage.delegation import copy, prove
from avpres.adapters.storage.folders import open_folder
from avpres.adapters.storage.reading import ChangedError
from avpres.adapters.storage.volume import volume_of
from avpres.adapters.storage.walk import listing
from avpres.domain.fixity import READ_BACK, Algorithm

ALGORITHMS = (Algorithm.MD5, READ_BACK)


@pytest.fixture
def crew():
    made = Crew(2)
    yield made
    made.close()


@pytest.fixture
def sides(tmp_path):
    """A source with enough small files, and two empty folders, all open."""
    folders = []
    for name in ("source", "one", "two"):
        (tmp_path / name).mkdir()
        folders.append(open_folder(os.fsencode(tmp_path / name)))
    for number in range(WORTH_IT + 8):
        (tmp_path / "source" / f"{number:04}").write_bytes(b"%d" % number * number)
    yield folders
    for folder in folders:
        folder.close()


def jobs_for(sides, tmp_path):
    source, *others = sides
    targets = [
        (Target(n, folder.path, folder, volume_of(tmp_path), in_place=False), folder)
        for n, folder in enumerate(others)
    ]
    return [
        Job(
            source,
            entry,
            entry.name,
            [Place(*target, entry.name, b"." + entry.name, State.WRITE) for target in targets],
            unit=0,
        )
        for entry in listing(source, print)
    ]


def nothing(_size, _files):
    """Progress that nobody watches."""


def test_files_are_copied_proved_and_named(crew, sides, tmp_path):
    jobs = jobs_for(sides, tmp_path)

    assert copy(crew, jobs, ALGORITHMS, nothing) == []
    for index in (0, 1):
        pairs = [(job, job.places[index]) for job in jobs]
        assert prove(crew, pairs, nothing, name=True) == []

    assert {place.state for job in jobs for place in job.places} == {State.FINAL}
    names = sorted(os.listdir(tmp_path / "source"))
    for folder in ("one", "two"):
        assert sorted(os.listdir(tmp_path / folder)) == names
        for name in names:
            assert (tmp_path / folder / name).read_bytes() == (
                tmp_path / "source" / name
            ).read_bytes()


def test_few_files_stay_with_the_caller(crew, sides, tmp_path):
    jobs = jobs_for(sides, tmp_path)[: WORTH_IT - 1]

    assert copy(crew, jobs, ALGORITHMS, nothing) == jobs


def test_a_folder_that_was_swapped_is_refused_and_the_other_filled(crew, sides, tmp_path):
    jobs = jobs_for(sides, tmp_path)
    (tmp_path / "one").rename(tmp_path / "gone")
    (tmp_path / "one").mkdir()

    copy(crew, jobs, ALGORITHMS, nothing)

    assert os.listdir(tmp_path / "one") == []
    assert {job.places[0].error.errno for job in jobs} == {errno.ESTALE}
    assert {job.places[1].state for job in jobs} == {State.WRITTEN}
    assert jobs[0].places[0].target.lost is not None


def test_a_byte_that_flips_gets_no_name(crew, sides, tmp_path):
    jobs = jobs_for(sides, tmp_path)
    copy(crew, jobs, ALGORITHMS, nothing)
    (tmp_path / "one" / ".0100").write_bytes(b"x" * 300)

    prove(crew, [(job, job.places[0]) for job in jobs], nothing, name=True)

    wrong = [job.path for job in jobs if job.places[0].state is State.MISMATCH]
    assert wrong == [b"0100"]
    assert not (tmp_path / "one" / "0100").exists()


def test_a_name_that_is_taken_meanwhile_is_left(crew, sides, tmp_path):
    jobs = jobs_for(sides, tmp_path)
    copy(crew, jobs, ALGORITHMS, nothing)
    (tmp_path / "one" / "0100").write_bytes(b"of somebody else")

    prove(crew, [(job, job.places[0]) for job in jobs], nothing, name=True)

    taken = [job.path for job in jobs if job.places[0].state is State.DIFFERS]
    assert taken == [b"0100"]
    assert (tmp_path / "one" / "0100").read_bytes() == b"of somebody else"


def test_what_cannot_be_read_is_told_of_that_file_alone(crew, sides, tmp_path):
    jobs = jobs_for(sides, tmp_path)
    (tmp_path / "source" / "0007").unlink()

    copy(crew, jobs, ALGORITHMS, nothing)

    assert [job.path for job in jobs if job.error is not None] == [b"0007"]


def test_the_error_of_a_changing_file_crosses():
    error = pickle.loads(pickle.dumps(ChangedError(b"latin-1 \xe9")))  # noqa: S301 - just made

    assert isinstance(error, ChangedError)
    assert (error.errno, error.filename) == (errno.EAGAIN, b"latin-1 \xe9")


def test_a_worker_ends_with_its_parent():
    script = (
        "import os, sys\n"
        "from avpres.adapters.storage.crew import Crew\n"
        "crew = Crew(1)\n"
        "crew.start()\n"
        "print(crew._workers[0]._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=30
    )

    pid = int(done.stdout)
    for _ in range(200):
        if not os.path.exists(f"/proc/{pid}") or _is_zombie(pid):
            return
        subprocess.run(["sleep", "0.02"], check=True)
    pytest.fail("the worker goes on without its parent")


def _is_zombie(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0] == "Z"


def test_a_place_compares_before_it_is_replaced(sides, tmp_path):
    job = jobs_for(sides, tmp_path)[0]
    place = job.places[0]
    place.state = State.COMPARE
    place.differs()
    assert place.state is State.DIFFERS


def test_tasks_are_done_here_where_no_process_may_be_started(crew, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "not-allowed"))
    film = tmp_path / "film.dpx"
    film.write_bytes(b"frame")
    task = ReadTask(volume_of(tmp_path), [(os.fsencode(film), (Algorithm.SHA256,), 5)])

    ((answer,),) = crew.run([task])

    assert answer.size == 5
    assert answer.digests == f"sha256:{hashlib.sha256(b'frame').hexdigest()}"
