"""Winding on a simulated tape: avpres's order against the ideal one and the order of names.

The simulation prices winding (10 s and more for a locate) and sleeps not; its ratios show what
order does, not hours.
"""

import contextlib
import json
import mmap
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.data import files_of, write_stream
from benchmarks.lab import Lab
from benchmarks.results import Cache, Sense, Verdict
from benchmarks.timing import run

FAKE = Path(__file__).parents[2] / "tests" / "faults" / "fake_ltfs.py"
FILES = 400
SIZE = 700_000  # bytes; two blocks of tape
START_BLOCK = "user.ltfs.startblock"
MOUNT_S = 15.0


def tape(lab: Lab) -> None:
    """Read the same tape in four ways, and write one."""
    backing = lab.work / "cartridge"
    _record(backing / "reel")
    with _mounted(lab, backing, "tape") as root:
        reel, out = root / "reel", lab.work / "from-tape"
        out.mkdir()
        names = list(files_of(reel))
        ideal = _wound(root, lambda: _read(sorted(names, key=_start_block)))
        by_name = _wound(root, lambda: _read(names))
        copied = _wound(root, lambda: _avpres(lab, "copy", reel, out))
        listed = out / "reel_manifest.md5"
        proved = _wound(root, lambda: _avpres(lab, "verify", reel, "--manifest", listed))
        for what, wound in (("copy from tape", copied), ("verify", proved)):
            _judge(lab, f"{what}: winding / ideal", Sense.AT_MOST, 1.3, _ratio(wound, ideal))
            _judge(lab, f"{what}: by name / ours", Sense.AT_LEAST, 100, _ratio(by_name, wound))
            _judge(lab, f"{what}: readers at once", Sense.AT_MOST, 1, wound["open_readers_max"])
    _write_to_tape(lab, out / "reel")


def _write_to_tape(lab: Lab, reel: Path) -> None:
    backing = lab.work / "blank"
    backing.mkdir()
    with _mounted(lab, backing, "blank-tape") as root:
        wound = _wound(root, lambda: _avpres(lab, "copy", reel, root))
        for kind in ("writers", "readers"):
            _judge(
                lab, f"copy to tape: {kind} at once", Sense.AT_MOST, 1, wound[f"open_{kind}_max"]
            )


def _record(reel: Path) -> None:
    """Make files whose times, and so whose places on tape, are not in the order of names."""
    reel.mkdir(parents=True)
    order = list(range(FILES))
    Random("tape").shuffle(order)  # noqa: S311 - an order, no secret
    for place, number in enumerate(order):
        path = reel / f"scan_{number:05}.dpx"
        write_stream(path, path.name, SIZE)
        os.utime(path, ns=(place * 10**9, place * 10**9))


@contextlib.contextmanager
def _mounted(lab: Lab, backing: Path, name: str) -> Iterator[Path]:
    root = lab.work / name
    root.mkdir()
    with lab.log.open("ab") as said:
        server = subprocess.Popen([sys.executable, FAKE, backing, root], stdout=said, stderr=said)
    try:
        end = time.monotonic() + MOUNT_S
        while not root.is_mount():
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the fake tape did not mount; see {lab.log}")
            time.sleep(0.05)
        yield root
    finally:
        subprocess.run(["umount", root], check=False, capture_output=True, start_new_session=True)
        try:
            server.wait(timeout=MOUNT_S)
        except subprocess.TimeoutExpired:
            subprocess.run(["umount", "-l", root], check=False, capture_output=True)
            server.kill()
            server.wait()


def _wound(root: Path, act: Callable[[], None]) -> dict[str, Any]:
    """Rewind, act, and read the counters of the drive."""
    os.setxattr(root, "user.fake.rewind", b"1")
    act()
    stats: dict[str, Any] = json.loads(os.getxattr(root, "user.fake.stats"))
    return stats


def _read(paths: Iterable[Path]) -> None:
    """Read past the page cache, whose read-ahead would wind on its own account."""
    with mmap.mmap(-1, 1 << 20) as buffer:
        for path in paths:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
            while os.readv(fd, [buffer]):
                pass
            os.close(fd)


def _avpres(lab: Lab, *words: str | Path) -> None:
    lab.forget_state()
    run((lab.program, *words), log=lab.log, env=lab.env)


def _start_block(path: Path) -> int:
    return int(os.getxattr(path, START_BLOCK))


def _ratio(above: dict[str, Any], below: dict[str, Any]) -> float:
    return float(above["seek_s"] / below["seek_s"])


def _judge(lab: Lab, claim: str, sense: Sense, bound: float, value: float) -> None:
    print(f"tape         {claim}: {value:.2f}", file=sys.stderr)
    lab.results.verdicts.append(
        Verdict("tape", Cache.NONE, claim, sense, bound, (value,), "" if bound == 1 else "x")
    )
