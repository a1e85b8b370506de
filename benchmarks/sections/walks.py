"""How often each folder of the source is enumerated: dear on tape and over networks."""

import re
import shutil
import sys
from collections import Counter
from pathlib import Path

from benchmarks.data import KIB, Dataset
from benchmarks.lab import Lab
from benchmarks.results import Cache, Sense, Verdict
from benchmarks.timing import run

# The end of a folder: getdents64 gives nothing more. `-y` tells the path behind a descriptor.
ENDED = re.compile(r"getdents64\(\d+<(?P<folder>[^>]*)>.* = 0$")
TREE = Dataset("walked", 5000, 1 * KIB, 2 * KIB)  # five folders; enough for worker processes


def walks(lab: Lab) -> None:
    """Count by strace what avpres asks of the source."""
    if not shutil.which("strace"):
        lab.results.note("walks: not measured, strace is not here")
        return
    source, target, trace = (lab.work / name for name in ("walks", "walked-to", "walks.trace"))
    source.mkdir()
    target.mkdir()
    data = TREE.make(source)
    strace = ("strace", "-ff", "-qq", "-y", "-e", "trace=getdents64", "-o", trace)
    lab.forget_state()
    run((*strace, lab.program, "copy", data, target), log=lab.log, env=lab.env)
    counts = _ended(trace, data)
    most = max(counts.values()) if len(counts) == len(_folders(data)) else 0
    if not most:
        raise RuntimeError(f"walks: strace saw {len(counts)} of {len(_folders(data))} folders")
    print(f"walks        each folder of the source: {most}", file=sys.stderr)
    claim = "enumerations of a source folder"
    verdict = Verdict("walks", Cache.NONE, claim, Sense.AT_MOST, 1, (float(most),), "")
    lab.results.verdicts.append(verdict)


def _ended(trace: Path, data: Path) -> Counter[str]:
    """Read one trace a thread, since lines of several would be cut by each other."""
    wanted, counts = _folders(data), Counter[str]()
    for part in trace.parent.glob(f"{trace.name}.*"):
        lines = part.read_text("utf-8", "replace").splitlines()
        found = [match["folder"] for line in lines if (match := ENDED.search(line))]
        counts.update(folder for folder in found if folder in wanted)
    return counts


def _folders(data: Path) -> set[str]:
    return {str(data), *(str(path) for path in data.iterdir() if path.is_dir())}
