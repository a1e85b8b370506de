"""Processes that describe files: limits, deaths, and the order of answers."""

import os
import threading
import time
from contextlib import closing

import pytest
from PIL import Image

from avpres.adapters.describing.orders import MIB, Limits, Orders, Request
from avpres.adapters.describing.pool import Pool
from avpres.domain.fixity import Algorithm
from avpres.domain.validity import Status

ORDERS = Orders(algorithms=(Algorithm.MD5,))


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


def _kill_when_reading(worker, path):
    """Wait until a process has a file open, then kill it."""
    deadline = time.monotonic() + 20
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
