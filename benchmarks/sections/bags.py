"""Bags: made and validated, beside bagit.py in its own way and in ours.

bagit.py works in place: it moves what it is given into `data`. avpres never touches a source: it
copies, flushes, and reads every byte back. `cp, bagit.py` does as much, but for the reading back.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import KIB, MIB, Dataset, count
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Command, Contender, run
from benchmarks.volumes import Volume

BAGIT = (sys.executable, "-m", "bagit", "--quiet")
DIGESTS = ("--sha256", "--sha512")
OURS = ("--layout", "bag", "--no-describe", "--digest", "sha256", "--digest", "sha512")


def bags(lab: Lab) -> None:
    """Make bags of many small files and of some large ones, and validate them."""
    many = Dataset("bag-many", max(2, round(10_000 * lab.scale)), KIB // 2, 8 * KIB)
    large = max(MIB, round(256 * MIB * lab.scale))
    for dataset in (many, Dataset("bag-large", 8, large, large)):
        with (
            lab.volume("source", dataset.room) as source,
            lab.volume("target", 3 * dataset.room) as target,
        ):
            data = dataset.make(source.root)
            for cache in lab.caches:
                _make(lab, cache, source, target, data)
                _validate(lab, cache, target, data)


@dataclass(frozen=True)
class _Bagging:
    lab: Lab
    data: Path
    bag: Path
    prepare: Callable[[], None]

    def in_place(self, name: str, *more: str) -> Contender:
        """Begin with a copy that nobody pays for."""

        def prepare() -> None:
            self.prepare()
            shutil.copytree(self.data, self.bag)
            subprocess.run(("sync", "-f", self.bag), check=True)

        return self._made(name, [(*BAGIT, *DIGESTS, *more, self.bag)], prepare)

    def copied(self) -> Contender:
        """Copy, then make a bag of the copy."""
        commands = [("cp", "-r", self.data, self.bag), (*BAGIT, *DIGESTS, self.bag)]
        return self._made("cp, bagit.py", commands, self.prepare)

    def ours(self) -> Contender:
        """Copy, digest and prove in one reading of the source, with METS and PREMIS."""
        command = (self.lab.program, "package", *OURS, self.data, self.bag.parent / "ours")
        return self._made("avpres package", [command], self.prepare)

    def _made(self, name: str, commands: list[Command], prepare: Callable[[], None]) -> Contender:
        folder = self.bag.parent
        return Contender(name, commands, (folder,), prepare, self._arrived, env=self.lab.env)

    def _arrived(self) -> None:
        payload = next(self.bag.parent.rglob("bagit.txt")).parent / "data"
        if count(payload) != count(self.data):
            raise RuntimeError(f"{payload}: {count(payload)} files and bytes are in the bag")


def _make(lab: Lab, cache: Cache, source: Volume, target: Volume, data: Path) -> None:
    ready = lab.ready(cache, source, data, target)
    bagging = _Bagging(lab, data, target.root / "bag", ready)
    contenders = (
        bagging.copied(),
        bagging.in_place("bagit.py in place"),
        bagging.in_place("bagit.py in place, 2", "--processes", "2"),
        bagging.ours(),
    )
    watch = lab.stopwatch(source=source, target=target)
    lab.results.series += watch.alternate(data.name, cache, contenders)
    judge(lab.results, data.name, cache)


def _validate(lab: Lab, cache: Cache, target: Volume, data: Path) -> None:
    """Validate one bag, of bagit.py's making."""
    target.renew()
    bag = target.root / "bag"
    shutil.copytree(data, bag)
    run((*BAGIT, *DIGESTS, bag), log=lab.log)
    ready = lab.ready(cache, target, bag)
    theirs = (*BAGIT, "--validate")
    contenders = (
        Contender("bagit.py", ((*theirs, bag),), (), ready),
        Contender("bagit.py, 2", ((*theirs, "--processes", "2", bag),), (), ready),
        Contender("avpres verify", ((lab.program, "verify", bag),), (), ready, env=lab.env),
    )
    section = f"{data.name}-validated"
    lab.results.series += lab.stopwatch(target=target).alternate(section, cache, contenders)
    judge(lab.results, section, cache)
