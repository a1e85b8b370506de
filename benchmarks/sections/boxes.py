"""Containers: packed and searched, beside the standard library."""

import sys
from pathlib import Path

from benchmarks import box_work
from benchmarks.holdings import make_holding
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Command, Contender, run

THOUSANDS = 5


def boxes(lab: Lab) -> None:
    """Pack a mixed holding, and take a hundred files out of its tar."""
    thousands = max(1, round(THOUSANDS * lab.scale))
    room = thousands * 80 * 2**20
    with lab.volume("source", room) as source, lab.volume("target", 4 * room) as target:
        data = make_holding(source.root / "holding", thousands)
        contenders = [
            _contender(lab, name, words, data, target.root)
            for name, *words in (
                ("tarfile, gzip", "tarfile", "gz"),
                ("avpres tar.gz", "pack", "tar.gz"),
                ("avpres tar.zst", "pack", "tar.zst"),
                ("tarfile, tar", "tarfile", ""),
                ("avpres tar", "pack", "tar"),
            )
        ]
        watch = lab.stopwatch(target=target)
        lab.results.series += watch.alternate("boxes", Cache.WARM, contenders)
        judge(lab.results, "boxes", Cache.WARM)
        _search(lab, data, target.root)


def _contender(lab: Lab, name: str, words: list[str], data: Path, target: Path) -> Contender:
    out = target / f"{name.replace(' ', '-')}.box"

    def prepare() -> None:
        out.unlink(missing_ok=True)
        lab.forget_state()

    return Contender(name, (_command(*words, data, out),), (target,), prepare)


def _search(lab: Lab, data: Path, folder: Path) -> None:
    out = folder / "holding.tar"
    run(_command("pack", "tar", data, out), log=lab.log)
    contenders = (
        Contender("tarfile", (_command("scan", "", data, out),)),
        Contender("avpres index", (_command("find", "tar", data, out),)),
    )
    series = lab.stopwatch().alternate("box-search", Cache.WARM, contenders)
    lab.results.series += series
    judge(lab.results, "box-search", Cache.WARM)


def _command(*words: str | Path) -> Command:
    return (sys.executable, box_work.__file__, *words)
