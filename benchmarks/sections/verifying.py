"""Verification of many files and of one, against md5sum and the limits of disk and digest."""

import sys
from pathlib import Path

from benchmarks import digest_limit
from benchmarks.data import Dataset, write_md5_list
from benchmarks.lab import Lab
from benchmarks.results import Cache, slowest
from benchmarks.sections.evidence import judge_verified
from benchmarks.targets import judge
from benchmarks.timing import Contender
from benchmarks.volumes import Volume

DIGEST = Path(digest_limit.__file__)


def verify(lab: Lab) -> None:
    """Verify scans, then a film, by the MD5 sidecars that archives have."""
    _section(lab, "verify-many", lab.datasets["mid"])
    _section(lab, "verify-one", lab.datasets["big"])


def _section(lab: Lab, section: str, dataset: Dataset) -> None:
    with lab.volume("source", dataset.room) as source:
        data = dataset.make(source.root)
        listed = source.root / f"{data.name}_manifest.md5"
        write_md5_list(data, listed)
        for cache in lab.caches:
            contenders = list(_verifiers(lab, cache, source, data, listed))
            if dataset.files == 1:
                contenders += _limits(lab, cache, source, data)
            watch = lab.stopwatch(source=source)
            series = watch.alternate(section, cache, contenders)
            if dataset.files == 1:
                series.append(slowest("disk or digest", series[2:]))
            lab.results.series += series
            judge(lab.results, section, cache)
            judge_verified(lab.results, section, cache, data)
    lab.results.note("verify, warm: md5sum reads memory, avpres reads the medium all the same")


def _verifiers(
    lab: Lab, cache: Cache, source: Volume, data: Path, listed: Path
) -> tuple[Contender, Contender]:
    ready = lab.ready(cache, source, data)
    theirs = ("md5sum", "--quiet", "-c", listed)
    ours = (lab.program, "verify", data)
    return (
        Contender("md5sum -c", (theirs,), (), ready, cwd=source.root),
        Contender("avpres verify", (ours,), (), ready, env=lab.env),
    )


def _limits(lab: Lab, cache: Cache, source: Volume, data: Path) -> tuple[Contender, Contender]:
    ready = lab.ready(cache, source, data)
    disk = ("dd", f"if={data}", "of=/dev/null", "bs=8M", "status=none", "iflag=direct")
    digest = (sys.executable, "-I", DIGEST, str(data.stat().st_size))
    return Contender("disk", (disk,), (), ready), Contender("digest", (digest,), (), ready)
