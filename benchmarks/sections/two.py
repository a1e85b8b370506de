"""Two destinations in one source read."""

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.data import Dataset
from benchmarks.lab import Lab
from benchmarks.peers import Copying
from benchmarks.results import Cache, slowest
from benchmarks.sections.evidence import judge_devices
from benchmarks.targets import judge
from benchmarks.volumes import Image, can_throttle

RATE = 200_000_000  # bytes a second, reading and writing each: a hard disk
SMALLER = 8  # times; slow disks need no 8 GiB to show what they do


def two(lab: Lab) -> None:
    """Copy the big file to two volumes at once and to each alone.

    All images may share one disk, which then has five thirds of the work to do whatever a program
    does. On images made slow, as disks of their own would be, that is no limit: `two-slow`.
    """
    _measure(lab, "two", lab.datasets["big"], lab.caches)
    if lab.images and can_throttle():
        big = lab.datasets["big"]
        size = max(64 << 20, big.least // SMALLER)
        _measure(lab, "two-slow", Dataset("slow", 1, size, size), [Cache.COLD], rate=RATE)
        lab.results.note(f"two-slow: each of three devices limited to {RATE // 10**6} MB/s")
    else:
        lab.results.note("two-slow: not measured; needs --images and the blkio controller")


def _measure(
    lab: Lab, section: str, dataset: Dataset, caches: Sequence[Cache], rate: int = 0
) -> None:
    with (
        lab.volume("source", dataset.room) as source,
        lab.volume("first", dataset.room) as first,
        lab.volume("second", dataset.room) as second,
    ):
        data = dataset.make(source.root)
        source.forget()
        for volume in (source, first, second):
            if rate and isinstance(volume, Image):
                volume.throttle(rate)
        for cache in caches:
            ready = lab.ready(cache, source, data, first, second)

            def to(target: Path, ready: Callable[[], None] = ready) -> Copying:
                return Copying(lab, data, data, target, ready)

            contenders = (
                to(first.root).avpres("avpres to first"),
                to(second.root).avpres("avpres to second"),
                to(first.root).avpres("avpres to two", "--to", second.root),
            )
            watch = lab.stopwatch(source=source, first=first, second=second)
            series = watch.alternate(section, cache, contenders)
            lab.results.series += [*series, slowest("slower alone", series[:2])]
            judge(lab.results, section, cache)
            judge_devices(lab.results, section, cache, data)
