"""Files made to harm: each ends as a finding, in time and in bounded memory, and the batch goes on.

Processor time is what counts, not the clock: other work on the machine is no fault of a file.
"""

import os
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import hostile_archives
import hostile_av
import hostile_documents
import hostile_images
import hostile_texts
import pytest

from avpres.adapters.describing.orders import Orders, Request
from avpres.adapters.describing.pool import Pool
from avpres.domain.validity import Status

FAMILIES = {
    "texts": hostile_texts.files,
    "archives": hostile_archives.files,
    "images": hostile_images.files,
    "documents": hostile_documents.files,
    "sound": hostile_av.sound,
    "film": hostile_av.film,
}
MOST_SECONDS = 6.0  # of a processor, for one file, on a slow computer
MOST_MEMORY = 300  # 10**6 bytes that any process may ever hold
SPLIT_S = 0.02  # seconds between two looks at the processes

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks into /proc")


def asked(path: Path) -> Request:
    room = os.fsencode(path.parent)
    return Request(os.fsencode(path), os.fsencode(path.name), room, path.lstat().st_size)


def described(pool: Pool, *paths: Path):
    (answers,) = pool.describe([[asked(path) for path in paths]])
    return [answer.description for answer in answers]


class Watch:
    """Looks at all processes below this one while files are described."""

    def __init__(self):
        self.peak = 0  # bytes that one of them held
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while not self.ended.wait(SPLIT_S):
            self.peak = max([self.peak, *(held(pid) for pid in below(os.getpid()))])

    @contextmanager
    def watching(self):
        self.thread.start()
        try:
            yield self
        finally:
            self.ended.set()
            self.thread.join()


def below(pid: int) -> list[int]:
    """Give the processes that descend from one."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := stat_of(int(name))):
            parents[int(name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def stat_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return []


def held(pid: int) -> int:
    """Give the most memory that a process has ever held."""
    try:
        rows = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("VmHWM")), 0)


def used() -> float:
    """Give the processor seconds of all processes below this one, also of those that ended."""
    fields = [stat_of(pid) for pid in (os.getpid(), *below(os.getpid()))]
    own = sum(int(each[place]) for each in fields[1:] if each for place in (11, 12))
    gone = sum(int(each[place]) for each in fields if each for place in (13, 14))
    return (own + gone) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.txt"
    path.write_text("reel one\n")
    return path


@pytest.mark.parametrize("family", FAMILIES)
def test_hostile_files_end_as_findings_in_time_and_memory(family, tmp_path, sound):
    slow, called_sound = [], []
    with closing(Pool(Orders(), 1)) as pool, Watch().watching() as watch:
        assert described(pool, sound)[0].status is Status.VALID
        for name, make in FAMILIES[family]().items():
            path = tmp_path / name
            path.write_bytes(make())
            before = used()
            found, after = described(pool, path, sound)
            if (seconds := used() - before) > MOST_SECONDS:
                slow.append((name, seconds))
            if found.status is Status.VALID or not found.messages:
                called_sound.append((name, found.format))
            assert after.status is Status.VALID
            path.unlink()

    assert called_sound == []
    assert slow == []
    assert watch.peak / 10**6 <= MOST_MEMORY


def test_nothing_of_other_files_is_read_through_entities(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("nobody is to see this")
    path = tmp_path / "a.xml"
    path.write_text(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>&x;</a>')

    with closing(Pool(Orders(), 1)) as pool:
        (found,) = described(pool, path)

    assert found.status is not Status.VALID
    assert "nobody" not in repr(found)


def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(tmp_path, sound):
    pipe = tmp_path / "pipe.tif"
    os.mkfifo(pipe)

    with closing(Pool(Orders(), 1)) as pool:
        began = time.monotonic()
        found, after = described(pool, pipe, sound)

    assert found.error
    assert after.status is Status.VALID
    assert time.monotonic() - began < 60


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path, sound):
    link = tmp_path / "link.txt"
    link.symlink_to(sound)

    with closing(Pool(Orders(), 1)) as pool:
        (found,) = described(pool, link)

    assert found.error


def test_files_that_change_while_they_are_read_are_told(tmp_path, sound):
    path = tmp_path / "restless.wav"
    path.write_bytes(b"RIFF\xff\xff\xff\x7fWAVE" + bytes(48 * 1024 * 1024))
    ended = threading.Event()

    def restless():
        while not ended.wait(0.001):
            os.truncate(path, 20 * 1024 * 1024)
            os.truncate(path, 40 * 1024 * 1024)

    thread = threading.Thread(target=restless, daemon=True)
    thread.start()
    with closing(Pool(Orders(), 1)) as pool:
        found, after = described(pool, path, sound)
    ended.set()
    thread.join()

    assert "changed" in found.error
    assert found.status is not Status.VALID
    assert after.status is Status.VALID
