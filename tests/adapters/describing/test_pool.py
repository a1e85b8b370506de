"""Processes that describe files: limits, deaths, and the order of answers."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import closing

import imageio_ffmpeg
import pytest
from PIL import Image

from avpres.adapters.describing import early, examiner, worker
from avpres.adapters.describing.orders import MIB, Limits, Orders, Request
from avpres.adapters.describing.pool import Pool
from avpres.adapters.processes.family import MAY_FORK, Single
from avpres.domain.fixity import Algorithm
from avpres.domain.validity import Status

ORDERS = Orders(algorithms=(Algorithm.MD5,))
RECORDED = Orders(algorithms=(Algorithm.MD5,), emit=("mediainfo",))


def request(path) -> Request:
    return Request(
        os.fsencode(path), os.fsencode(path.name), os.fsencode(path.parent), path.stat().st_size
    )


@pytest.fixture
def texts(tmp_path):
    made = []
    for number in range(60):
        path = tmp_path / f"{number:02}.txt"
        path.write_text(f"text {number}\n")
        made.append(path)
    return made


def describe(paths, orders=ORDERS, size=2, group=7):
    groups = [paths[at : at + group] for at in range(0, len(paths), group)]
    with closing(Pool(orders, size)) as pool:
        answers = pool.describe([[request(path) for path in each] for each in groups])
        return [description for batch in answers for description, *_ in batch]


def test_answers_come_in_the_order_of_the_requests(texts):
    found = describe(texts)

    assert [one.path for one in found] == [path.name for path in texts]
    assert {one.status for one in found} == {Status.VALID}


def test_a_file_that_takes_too_long_is_stopped_and_the_rest_goes_on(texts, tmp_path):
    slow = tmp_path / "slow.txt"
    slow.write_bytes(b"word " * (3 * MIB))
    limits = Limits(seconds=0.02, per_gib=0)

    found = describe([*texts[:5], slow, *texts[5:]], Orders(ORDERS.algorithms, limits=limits))

    assert found[5].path == "slow.txt"
    assert found[5].status is Status.UNKNOWN
    assert "CHR-TIME" in {message.id for message in found[5].messages}
    assert len(found) == 61


def test_a_worker_that_is_killed_costs_one_file_its_examination(texts, tmp_path):
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(600 * MIB)
    paths = [*texts[:5], large, *texts[5:]]
    groups = [paths[at : at + 7] for at in range(0, len(paths), 7)]
    with closing(Pool(ORDERS, 1)) as pool:
        (worker,) = pool._workers
        threading.Thread(target=_kill_when_reading, args=(worker, os.fsencode(large))).start()
        answers = pool.describe([[request(path) for path in each] for each in groups])
        found = [description for batch in answers for description, *_ in batch]

    assert [one.path for one in found] == [path.name for path in paths]
    assert "CHR-CRASH" in {message.id for message in found[5].messages}
    assert found[5].digests
    assert all(one.status is Status.VALID for one in (*found[:5], *found[6:]))


def test_a_worker_that_dies_where_records_are_written_costs_the_records_alone(sounds):
    with closing(Pool(RECORDED, 1)) as pool:
        (worker,) = pool._workers
        large = os.fsencode(sounds[1])
        threading.Thread(target=_kill_when_reading, args=(worker, large)).start()
        (answers,) = pool.describe([[request(path) for path in sounds]])

    before, between, after = (answer.description for answer in answers)
    assert [len(answer.records) for answer in answers] == [1, 0, 1]
    assert between.status is before.status is after.status is Status.VALID
    assert (between.format, between.technical.audio[0].channels) == ("WAVE", 1)
    assert list(between.counts) == ["CHR-NO-RECORD"]
    assert before.counts == after.counts == {}


def test_records_that_cannot_be_written_are_told(sounds):
    found = examiner.describe(request(sounds[0]), RECORDED)
    asked = request(sounds[0])
    sounds[0].unlink()

    assert worker._records(found, asked, RECORDED) == []
    assert found.status is Status.VALID
    assert [message.text for message in found.messages] == [
        "its metadata records could not be written (it cannot be read any more)"
    ]


@pytest.fixture
def sounds(tmp_path):
    """Three sounds, of which the second takes a while to read."""
    made = []
    for number, size in enumerate((1000, 400 * MIB, 1000)):
        path = tmp_path / f"{number}.wav"
        form = struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16)
        with path.open("wb") as file:
            file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<I", 16))
            file.write(form + b"data" + struct.pack("<I", size))
            file.truncate(44 + size)
        made.append(path)
    return made


def _kill_when_reading(worker, path):
    """Wait until a process has a file open, then kill it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pid = worker.child.pid
        folder = f"/proc/{pid}/fd"
        try:
            names = [os.readlink(f"{folder}/{name}".encode()) for name in os.listdir(folder)]
        except OSError:
            continue
        if path in names:
            os.kill(pid, 9)
            return


def test_a_file_that_is_gone_is_an_error_of_that_file(texts):
    requests = [request(path) for path in texts[:3]]
    texts[1].unlink()

    with closing(Pool(ORDERS, 1)) as pool:
        (batch,) = pool.describe([requests])

    assert [bool(description.error) for description, *_ in batch] == [False, True, False]


def test_a_name_that_is_no_text_is_identified_too(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe.png"
    with open(path, "wb") as file:
        Image.new("L", (4, 4)).save(file, "PNG")
    asked = Request(path, b"\xff\xfe.png", os.fsencode(tmp_path), os.stat(path).st_size)

    with closing(Pool(ORDERS, 1)) as pool:
        (((found, *_),),) = pool.describe([[asked]])

    assert found.format == "PNG"
    assert found.path == "\udcff\udcfe.png"
    assert found.candidates


def processes(root):
    """Find the living descendants of a process."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent = file.read().rpartition(b")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == root:
            found += [(int(name), state.decode()), *processes(int(name))]
    return found


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="no /proc here")
forks = pytest.mark.skipif(not MAY_FORK, reason="processes are not forked here")


@forks
@needs_proc
def test_the_death_of_the_process_that_all_come_from_costs_no_file(texts):
    groups = [[request(path) for path in texts[at : at + 5]] for at in range(0, 60, 5)]
    with closing(Pool(ORDERS, 2)) as pool:
        answers = pool.describe(groups)
        found = list(next(answers))
        os.kill(pool._family._mother.pid, signal.SIGKILL)
        found += [each for batch in answers for each in batch]

    assert [one.description.path for one in found] == [path.name for path in texts]
    assert {one.description.status for one in found} == {Status.VALID}
    assert all(not one.description.counts for one in found)


@needs_proc
def test_the_death_of_the_identifier_costs_no_candidate(texts):
    groups = [[request(path) for path in texts[at : at + 5]] for at in range(0, 60, 5)]
    with closing(Pool(ORDERS, 1)) as pool:
        answers = pool.describe(groups)
        found = list(next(answers))
        os.kill(pool._identifier.child.pid, signal.SIGKILL)
        found += [each for batch in answers for each in batch]

    assert [one.description.path for one in found] == [path.name for path in texts]
    assert all(one.description.candidates for one in found)


@needs_proc
def test_no_process_outlives_its_pool_and_none_is_left_unburied(texts):
    before = processes(os.getpid())
    describe(texts[:10])

    assert processes(os.getpid()) == before


@needs_proc
def test_processes_end_with_a_parent_that_is_killed():
    code = (
        "from avpres.adapters.describing.orders import Orders\n"
        "from avpres.adapters.describing.pool import Pool\n"
        "import time\n"
        "pool = Pool(Orders(), 2); [*pool.describe([[]])]; print('there', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()
        deadline = time.monotonic() + 60
        while len(processes(parent.pid)) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        children = [pid for pid, _ in processes(parent.pid)]
        parent.kill()
    while any(_is_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert len(children) >= 3
    assert not any(_is_alive(pid) for pid in children)


def _is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def test_a_caller_who_wants_no_more_gets_the_right_answers_next_time(texts):
    groups = [[request(path) for path in texts[at : at + 5]] for at in range(0, 60, 5)]
    with closing(Pool(ORDERS, 2)) as pool:
        given_up = pool.describe(groups)
        next(given_up)
        given_up.close()
        ((one,),) = pool.describe([[request(texts[59])]])

    assert one.description.path == "59.txt"


def test_processes_that_are_started_one_by_one_do_the_same(texts, tmp_path):
    slow = tmp_path / "slow.txt"
    slow.write_bytes(b"word " * (3 * MIB))
    orders = Orders(ORDERS.algorithms, limits=Limits(seconds=0.02, per_gib=0))
    paths = [*texts[:5], slow, *texts[5:9]]
    with closing(Pool(orders, 2, family=Single("describing"))) as pool:
        batches = pool.describe([[request(path) for path in paths]])
        found = [description for batch in batches for description, *_ in batch]

    assert [one.path for one in found] == [path.name for path in paths]
    assert "CHR-TIME" in found[5].counts
    assert {one.status for one in (*found[:5], *found[6:])} == {Status.VALID}


@forks
@needs_proc
def test_processes_that_were_started_early_are_taken_once_and_ended(texts):
    before = processes(os.getpid())
    with early.ahead(["characterise", "reel"]):
        (nursery,) = early._waiting
        with closing(Pool(ORDERS, 1)) as pool:
            assert pool._family is nursery
            ((one,),) = pool.describe([[request(texts[0])]])
        with closing(Pool(ORDERS, 1)) as second:
            assert second._family is not nursery
    with early.ahead(["characterise", "reel", "--signatures", "mine.sig"]):
        pass

    assert one.description.candidates
    assert _settled(before)


def _settled(before):
    """Wait for the system to bury what was forked by a process that was ended while it loaded."""
    deadline = time.monotonic() + 60
    while processes(os.getpid()) != before and time.monotonic() < deadline:
        time.sleep(0.01)
    return processes(os.getpid()) == before


def test_no_processes_are_started_where_that_is_not_allowed():
    code = (
        "import sys\n"
        "from avpres.adapters.describing.orders import Orders\n"
        "from avpres.adapters.describing.pool import Pool\n"
        "from avpres.domain.errors import ToolFailedError\n"
        "sys.executable = '/nonexistent'\n"
        "try:\n    Pool(Orders(), 1)\n"
        "except ToolFailedError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.startswith("no second process may be started here")
    assert not done.stderr


def test_a_matroska_that_was_piped_is_sound(tmp_path):
    """Its segment has no size (RFC 8794 §6.2), which MediaInfo takes for a cut."""
    path = tmp_path / "live.mkv"
    words = ["-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:d=0.4", "-c:v", "ffv1"]
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    done = subprocess.run([ffmpeg, *words, "-f", "matroska", "-"], check=True, capture_output=True)
    path.write_bytes(done.stdout)

    (found,) = describe([path])

    assert found.status is Status.VALID, found.messages
