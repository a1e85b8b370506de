"""`verify` after an interruption, its evidence, and its order on tape."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta

import pytest
from fixity_cases import Runner, checksums, codes, context, make_tree
from noise import noise

from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.fixity import scratch as scratch_module
from avpres.services.verify import verify

FILES = 60
VERIFY = """
import sys
from pathlib import Path
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context
from avpres.services.verify import verify
report = verify(VerifyOptions(paths=(Path(sys.argv[1]),), jobs=1), Context())
print(report.summary)
sys.exit(report.exit_code)
"""


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def runner(state):
    return Runner(state)


@pytest.fixture
def reel(tmp_path):
    content = {f"{n:03}.dpx": bytes([n]) * 1000 for n in range(FILES)}
    reel = make_tree(tmp_path / "reel", content)
    (tmp_path / "reel_manifest.md5").write_bytes(checksums(reel, tmp_path))
    return reel


class StopsAfter:
    """Progress that interrupts the run after some files, as Ctrl-C would."""

    def __init__(self, files: int) -> None:
        self.left = files
        self.phase = ""

    def start(self, phase, **_totals):
        self.phase = phase

    def advance(self, *, files=0, **_size):
        if self.phase == "read back":
            self.left -= files
            if self.left < 0:
                raise KeyboardInterrupt

    def finish(self):
        pass


def interrupt(state, reel, files=20):
    with pytest.raises(KeyboardInterrupt):
        verify(VerifyOptions(paths=(reel,), jobs=1), context(state, progress=StopsAfter(files)))


def kept(state):
    (file,) = (state / "verify").glob("*.sqlite")
    with closing(sqlite3.connect(file)) as db:
        return db.execute("SELECT count(*) FROM reading").fetchone()[0]


def read_times(reel):
    return {path.name: path.stat().st_atime_ns for path in reel.iterdir()}


def test_an_interrupted_run_goes_on_where_it_stopped(runner, state, reel):
    interrupt(state, reel)
    assert 15 <= kept(state) <= 20
    report = runner.verify(reel)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, FILES)
    (event,) = report.events
    assert event.facts["verified_before"] in range(15, 21)
    assert "continued_from" in event.facts


DIES = """
import os
import sys
from pathlib import Path
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context, SilentProgress
from avpres.services.fixity import scratch
from avpres.services.verify import verify

class Dies(SilentProgress):
    files = 0
    def start(self, phase, **_totals):
        self.reading = phase == "read back"
    def advance(self, *, size=0, files=0):
        self.files += files if self.reading else 0
        if self.files == 20:
            os._exit(9)

scratch.COMMIT_EVERY = 0.0
verify(VerifyOptions(paths=(Path(sys.argv[1]),), jobs=1), Context(progress=Dies()))
"""


def test_a_batch_of_readings_waits_no_longer_than_a_commit(runner, state, reel):
    environment = {**os.environ, "AVPRES_STATE_DIR": str(state)}
    died = subprocess.run([sys.executable, "-c", DIES, reel], env=environment, check=False)
    assert died.returncode == 9
    (event,) = runner.verify(reel).events
    assert event.facts["verified_before"] in range(17, 21)


def test_a_finished_run_is_forgotten(runner, state, reel):
    interrupt(state, reel)
    runner.verify(reel)
    assert list((state / "verify").iterdir()) == []
    (event,) = runner.verify(reel).events
    assert "continued_from" not in event.facts


def test_a_file_that_changed_since_is_read_again(runner, state, reel):
    interrupt(state, reel)
    (reel / "000.dpx").write_bytes(b"x" * 1000)
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.FIXITY_MISMATCH, {"FIX-CHANGED": 1})


def test_a_kept_reading_that_disagrees_with_a_new_manifest_is_no_pass(runner, state, reel):
    interrupt(state, reel)
    manifest = reel.with_name("reel_manifest.md5")
    manifest.write_bytes(manifest.read_bytes().replace(manifest.read_bytes()[:32], b"0" * 32))
    assert runner.verify(reel).exit_code is ExitCode.FIXITY_MISMATCH


def test_restart_reads_everything_again(runner, state, reel):
    interrupt(state, reel)
    (event,) = runner.verify(reel, restart=True).events
    assert "continued_from" not in event.facts


def test_what_was_bad_is_read_again(runner, state, reel):
    good = (reel / "000.dpx").read_bytes()
    (reel / "000.dpx").write_bytes(b"bad")
    interrupt(state, reel, files=50)
    (reel / "000.dpx").write_bytes(good)
    assert runner.verify(reel).exit_code is ExitCode.OK


def test_an_old_interruption_is_not_continued(runner, state, reel):
    interrupt(state, reel)
    old = time.time() - scratch_module.KEPT - 60
    for file in (state / "verify").iterdir():
        os.utime(file, (old, old))
    (event,) = runner.verify(reel).events
    assert "continued_from" not in event.facts


def test_torn_tables_cost_time_and_no_verdict(runner, state, reel):
    interrupt(state, reel)
    (file,) = (state / "verify").glob("*.sqlite")
    file.write_bytes(b"SQLite format 3\0" + noise(4096, "torn"))
    assert runner.verify(reel).exit_code is ExitCode.OK


def test_two_runs_at_once_do_not_meet(state, reel):
    others = [
        subprocess.Popen(
            [sys.executable, "-c", VERIFY, reel],
            env={**os.environ, "AVPRES_STATE_DIR": str(state)},
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    assert [each.wait(60) for each in others] == [0, 0, 0]
    for each in others:
        each.stdout.close()
    assert list((state / "verify").iterdir()) == []


@pytest.mark.parametrize("delay", [0.25, 0.45, 0.6, 0.8])
def test_a_killed_run_is_completed_by_the_next(runner, state, tmp_path, delay):
    reel = make_tree(tmp_path / "big", {f"{n:04}.dpx": b"%08d" % n * 6_000 for n in range(900)})
    (tmp_path / "big_manifest.md5").write_bytes(checksums(reel, tmp_path))
    victim = subprocess.Popen(
        [sys.executable, "-c", VERIFY, reel],
        env={**os.environ, "AVPRES_STATE_DIR": str(state)},
        stdout=subprocess.DEVNULL,
    )
    time.sleep(delay)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    (reel / "0500.dpx").write_bytes(b"changed after the kill")
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert (report.totals.verified_files, codes(report)) == (899, {"FIX-CHANGED": 1})
    assert list((state / "verify").iterdir()) == []


def test_the_clock_going_backwards_does_no_harm(state, reel):
    interrupt(state, reel)
    base = context(state)
    earlier = context(state, clock=lambda: base.clock() - timedelta(days=400))
    report = verify(VerifyOptions(paths=(reel,)), earlier)
    assert report.exit_code is ExitCode.OK


def make_tape(folder):
    """Give a folder the attributes of a tape, files in reverse order on it."""
    try:
        os.setxattr(folder, "user.ltfs.volumeUUID", b"6b1f0c5e-0000-4000-8000-000000000001")
        os.setxattr(folder, "user.ltfs.softwareProduct", b"LTFS LE")
        for block, path in enumerate(sorted(folder.rglob("*.dpx"), reverse=True), start=5):
            os.setxattr(path, "user.ltfs.partition", b"b")
            os.setxattr(path, "user.ltfs.startblock", str(block).encode())
    except OSError:
        pytest.skip("no extended attributes here")


def test_a_tape_is_read_in_its_own_order_by_one_reader(state, reel):
    make_tape(reel)
    order = []

    class Watch(StopsAfter):
        def advance(self, *, files=0, **_size):
            if self.phase == "read back" and files:
                order.append(files)
                if len(order) == 10:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(VerifyOptions(paths=(reel,), lto=True, jobs=8), context(state, progress=Watch(0)))
    (file,) = (state / "verify").glob("*.sqlite")
    with closing(sqlite3.connect(file)) as db:
        read = sorted(os.fsdecode(path) for (path,) in db.execute("SELECT path FROM reading"))
    last = sorted(path.name for path in reel.iterdir())[-len(read) :]
    assert 8 <= len(read) <= 10
    assert read == last


def test_a_reading_that_proves_nothing_is_no_pass(runner, reel, monkeypatch):
    """On a file system where pages can neither be passed by nor counted (`cached`)."""
    from avpres.adapters.storage import reading
    from avpres.domain.fixity import Evidence

    monkeypatch.setattr(reading, "_evidence", lambda _volume, _bypassed, _gone: Evidence.CACHED)
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.INCOMPLETE, {"FIX-CACHED": FILES})
    assert "not proven to come from the medium" in report.summary


def test_unknown_evidence_is_said_and_refused_on_request(runner, reel, monkeypatch):
    from avpres.adapters.storage import reading
    from avpres.domain.fixity import Evidence

    monkeypatch.setattr(reading, "_evidence", lambda _volume, _bypassed, _gone: Evidence.UNKNOWN)
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.OK
    assert "whether a server's answered cannot be known" in report.summary
    strict = runner.verify(reel, require_medium=True)
    assert (strict.exit_code, codes(strict)) == (ExitCode.INCOMPLETE, {"FIX-CACHED": FILES})
