"""Copies of one big file, of many middling and of very many tiny files."""

from benchmarks.lab import Lab
from benchmarks.peers import Copying
from benchmarks.sections.evidence import judge_devices
from benchmarks.targets import judge


def big(lab: Lab) -> None:
    """Copy one film."""
    copying(lab, "big")


def mid(lab: Lab) -> None:
    """Copy scans."""
    copying(lab, "mid")


def tiny(lab: Lab) -> None:
    """Copy sidecars and the like, where the number of files is everything."""
    copying(lab, "tiny")


def copying(lab: Lab, section: str) -> None:
    """Measure limit, peers and avpres on one dataset, cold and warm."""
    dataset = lab.datasets[section]
    single = dataset.files == 1
    room = dataset.room if single else 2 * dataset.room
    with lab.volume("source", room) as source, lab.volume("target", dataset.room) as target:
        data = dataset.make(source.root)
        solid = data if single else dataset.make_solid(source.root)
        for cache in lab.caches:
            ready = lab.ready(cache, source, data, target)
            ways = Copying(lab, data, solid, target.root, ready)
            contenders = (
                ways.limit(),
                ways.cp(),
                ways.rsync(),
                ways.copyit(),
                ways.avpres("avpres md5"),
                ways.avpres("avpres sha256", "--digest", "sha256"),
            )
            watch = lab.stopwatch(source=source, target=target)
            lab.results.series += watch.alternate(section, cache, contenders)
            judge(lab.results, section, cache)
            judge_devices(lab.results, section, cache, data)
