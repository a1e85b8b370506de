"""Run contenders in turn and time each: wall, CPU of all descendants, bytes on the devices."""

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.results import Cache, Run, Series

Command = Sequence[str | Path]
STOP_S = 30.0  # given to a child for leaving nothing behind
SAID = 2000  # characters of what a program said that are shown when it fails
SECTOR = 512  # bytes; /proc/diskstats counts in these whatever the device


@dataclass(frozen=True)
class Contender:
    """One way to do the work: commands in order, and after them the folders to be synced."""

    name: str
    commands: Sequence[Command]
    sync: Sequence[Path] = ()
    prepare: Callable[[], None] = lambda: None
    check: Callable[[], None] = lambda: None
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None


@dataclass(frozen=True)
class Stopwatch:
    """How a group of contenders is measured."""

    rounds: int
    log: Path
    devices: Mapping[str, str] = field(default_factory=dict)  # what it is called: loop3

    def alternate(
        self, section: str, cache: Cache, contenders: Sequence[Contender]
    ) -> list[Series]:
        """Run all contenders once a round, each round beginning with another one."""
        runs: dict[str, list[Run]] = {one.name: [] for one in contenders}
        for number in range(self.rounds):
            turn = number % len(contenders)
            for one in (*contenders[turn:], *contenders[:turn]):
                run = self.measure(one)
                runs[one.name].append(run)
                _say(f"{section:12} {cache:5} {number + 1}/{self.rounds} {one.name:20}", run)
        return [Series(section, cache, name, tuple(made)) for name, made in runs.items()]

    def measure(self, contender: Contender) -> Run:
        """Prepare and check outside the timing; sync inside it."""
        contender.prepare()
        load, devices, cpu = os.getloadavg()[0], self._counters(), cpu_s()
        began = time.perf_counter()
        for command in contender.commands:
            run(command, log=self.log, env=contender.env, cwd=contender.cwd)
        written = time.perf_counter()
        for folder in contender.sync:
            run(("sync", "-f", folder), log=self.log)
        ended = time.perf_counter()
        spent, moved = cpu_s() - cpu, self._moved(devices)
        contender.check()
        return Run(ended - began, spent, ended - written, load, moved)

    def _counters(self) -> dict[str, tuple[int, int]]:
        rows = [row.split() for row in Path("/proc/diskstats").read_text("ascii").splitlines()]
        found = {row[2]: (int(row[5]) * SECTOR, int(row[9]) * SECTOR) for row in rows}
        return {name: found[device] for name, device in self.devices.items()}

    def _moved(self, before: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        after = self._counters()
        return {
            name: (after[name][0] - before[name][0], after[name][1] - before[name][1])
            for name in before
        }


def run(
    command: Command, *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run one program to its end.

    Raises:
        RuntimeError: it ended with another status than 0: a failed run has no time.
    """
    with log.open("ab") as said, started(command, log=said.fileno(), env=env, cwd=cwd) as child:
        status = child.wait()
    require_success(status, command, log)


def require_success(status: int, command: Command, log: Path) -> None:
    """Refuse any other status than 0.

    Raises:
        RuntimeError: with the last words of the program.
    """
    if status:
        last = log.read_text("utf-8", "replace")[-SAID:].strip()
        raise RuntimeError(f"status {status}: {' '.join(map(str, command))}\n{last}")


@contextlib.contextmanager
def started(
    command: Command, *, log: int, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start one program and let it not outlive the block."""
    child = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, **(env or {})},
        cwd=cwd,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def cpu_s() -> float:
    """Sum what all children that have ended took, workers and their workers included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _say(what: str, run: Run) -> None:
    print(
        f"{what} {run.seconds:9.3f} s  cpu {run.cpu_s:7.2f}  load {run.load:.1f}", file=sys.stderr
    )
