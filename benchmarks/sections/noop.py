"""Run again over what is there already: nothing is copied, and soon said."""

from benchmarks.data import count
from benchmarks.lab import Lab
from benchmarks.results import Cache
from benchmarks.targets import judge
from benchmarks.timing import Contender, run
from benchmarks.volumes import Volume


def noop(lab: Lab) -> None:
    """Measure second runs of rsync and avpres over very many tiny files."""
    dataset = lab.datasets["tiny"]
    with (
        lab.volume("source", dataset.room) as source,
        lab.volume("target", dataset.room) as ours,
        lab.volume("second", dataset.room) as theirs,
    ):
        data = dataset.make(source.root)
        lab.forget_state()
        copy = (lab.program, "copy", data, ours.root)
        rsync = ("rsync", "-a", data, theirs.root)
        run(copy, log=lab.log, env=lab.env)
        run(rsync, log=lab.log)
        for cache in lab.caches:

            def prepare(cache: Cache = cache) -> None:
                _prepare(cache, source, ours, theirs)

            contenders = (
                Contender("rsync no-op", (rsync,), (theirs.root,), prepare),
                Contender("avpres no-op", (copy,), (ours.root,), prepare, env=lab.env),
            )
            watch = lab.stopwatch(source=source, ours=ours, theirs=theirs)
            lab.results.series += watch.alternate("noop", cache, contenders)
            judge(lab.results, "noop", cache)


def _prepare(cache: Cache, *volumes: Volume) -> None:
    """Forget, or walk through, all three trees."""
    for volume in volumes:
        if cache is Cache.COLD:
            volume.forget()
        else:
            count(volume.root)
