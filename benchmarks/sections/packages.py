"""Packages of as many files as Harvard had: made, written about, taken out and in again."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import mets_work, metsrw_work
from benchmarks.holdings import make_holding
from benchmarks.lab import Lab
from benchmarks.processes import peak_pss
from benchmarks.results import Cache, Run, Sense, Series, Verdict
from benchmarks.timing import Command, cpu_s, require_success, started

THOUSANDS = 57  # the AIHT's holding was of 57,450 files
SECTION = "packages"
METS_S, METS_MB = 10.0, 150.0
MINUTES = 15 * 60.0  # seconds; the AIHT's imports took up to 35 hours
PEER = "METSRW_PYTHON"  # names a Python that has metsrw
MEMORY_MB = 500.0


def packages(lab: Lab) -> None:
    """Measure `package`, METS alone, `export` and `import`, over one holding."""
    thousands = max(1, round(THOUSANDS * lab.scale))
    room = thousands * 200 * 2**20
    with lab.volume("source", room) as source, lab.volume("target", 4 * room) as target:
        data = make_holding(source.root / "holding", thousands)
        files = thousands * 1000
        lab.forget_state()
        made = _step(lab, "package", "package", data, target.root / "packages")
        package = _only(target.root / "packages")
        _phases(lab, made)
        _mets(lab, package, target.root, files)
        dip = target.root / "dips"
        _step(lab, "export", "export", package, dip)
        _step(lab, "import", "import", _only(dip), target.root / "imported")


def _step(lab: Lab, name: str, *words: str | Path) -> Mapping[str, float]:
    """Run a command once: its time, its memory, and the seconds of its phases."""
    command: Command = (lab.program, words[0], "--progress", "json", *words[1:])
    before, load, began = cpu_s(), os.getloadavg()[0], time.perf_counter()
    told = lab.work / f"{name}.told"
    with told.open("wb") as said, started(command, log=said.fileno(), env=lab.env) as child:
        peak = peak_pss(child.pid, lambda: child.poll() is None)
    require_success(child.returncode, command, told)
    whole, spent = time.perf_counter() - began, cpu_s() - before
    run = Run(whole, spent, 0.0, load)
    lab.results.series.append(Series(SECTION, Cache.NONE, f"avpres {name}", (run,)))
    _verdict(lab, f"avpres {name}: most memory", MEMORY_MB, peak / 1e6, "MB")
    if name != "package":
        _verdict(lab, f"avpres {name}", MINUTES, whole, " s")
    return _seconds(told)


def _seconds(told: Path) -> Counter[str]:
    """Add up the seconds of each phase."""
    seconds: Counter[str] = Counter()
    for event in _events(told):
        if event["event"] == "end":
            seconds[str(event["phase"])] += float(str(event["seconds"]))
    return seconds


def _events(told: Path) -> Iterator[dict[str, object]]:
    for line in told.read_text("utf-8", "replace").splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _phases(lab: Lab, phases: Mapping[str, float]) -> None:
    shown = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in phases.items())
    lab.results.note(f"packages: phases of avpres package: {shown}")


def _mets(lab: Lab, package: Path, out: Path, files: int) -> None:
    for what in ("write", "read"):
        command = (sys.executable, mets_work.__file__, what, package, out)
        found = _measured(command, lab)
        _verdict(lab, f"METS with PREMIS, {what}: CPU", METS_S, found["cpu"], " s")
        _verdict(lab, f"METS with PREMIS, {what}: memory", METS_MB, found["mb"], "MB")
    peer = os.environ.get(PEER)
    if not peer:
        lab.results.note(f"packages: no metsrw; {PEER} names a Python that has it")
        return
    found = _measured((peer, metsrw_work.__file__, str(files), out / "peer.xml"), lab)
    lab.results.note(
        f"packages: metsrw writes {files:,} files, path and digest alone, in {found['cpu']:.1f} s "
        f"of CPU and {found['mb']:.0f} MB"
    )


def _measured(command: Command, lab: Lab) -> dict[str, float]:
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    lab.log.write_text(done.stderr, "utf-8")
    require_success(done.returncode, command, lab.log)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _verdict(lab: Lab, claim: str, bound: float, value: float, unit: str) -> None:
    lab.results.verdicts.append(
        Verdict(SECTION, Cache.NONE, claim, Sense.AT_MOST, bound, (value,), unit)
    )


def _only(folder: Path) -> Path:
    """Give what appeared in a folder: a package, or the container of one with files beside it."""
    found = [path for path in folder.iterdir() if not path.name.startswith(".")]
    return max(found, key=lambda path: (path.is_dir(), path.stat().st_size))
