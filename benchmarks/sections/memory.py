"""The memory of avpres and its workers together, whatever it copies."""

import sys
from pathlib import Path

from benchmarks.data import Dataset
from benchmarks.lab import Lab
from benchmarks.processes import peak_pss
from benchmarks.results import Cache, Sense, Verdict
from benchmarks.timing import require_success, started

LIMIT_MB = 300.0  # 10**6 bytes


def memory(lab: Lab) -> None:
    """Copy and verify the most files and the biggest file, and look into /proc meanwhile."""
    for name in ("tiny", "big"):
        _of_dataset(lab, lab.datasets[name])


def _of_dataset(lab: Lab, dataset: Dataset) -> None:
    with (
        lab.volume("source", dataset.room) as source,
        lab.volume("target", 2 * dataset.room) as target,
    ):
        data = dataset.make(source.root)
        copy = ("copy", data, target.root)
        lab.forget_state()
        _judge(lab, f"copy of {dataset.name}", *copy)
        _judge(lab, f"no-op copy of {dataset.name}", *copy)
        _judge(lab, f"verify of {dataset.name}", "verify", target.root / data.name)
        target.renew()
        second = target.root / "second"
        second.mkdir()
        lab.forget_state()
        _judge(lab, f"copy of {dataset.name} to two", *copy, "--to", second)


def _judge(lab: Lab, what: str, *words: str | Path) -> None:
    command = (lab.program, *words)
    with (
        lab.log.open("ab") as said,
        started(command, log=said.fileno(), env=lab.env) as child,
    ):
        peak = peak_pss(child.pid, lambda: child.poll() is None)
    require_success(child.returncode, command, lab.log)
    peak_mb = peak / 10**6
    print(f"memory       {what}: {peak_mb:.0f} MB", file=sys.stderr)
    lab.results.verdicts.append(
        Verdict("memory", Cache.NONE, what, Sense.AT_MOST, LIMIT_MB, (peak_mb,), "MB")
    )
