"""The outcome for people (Markdown) and for programs (JSON)."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.lab import Lab
from benchmarks.results import Results, Series, Verdict, ratios

BASELINES = ("limit", "cp", "copyit")  # divided by, where they were measured
PEERS = (("cp", "--version"), ("rsync", "--version"), ("md5sum", "--version"))
MB = 10**6


def conditions(lab: Lab) -> dict[str, Any]:
    """Note all without which nobody could measure the same again."""
    cpus = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = [row.partition(":")[2].strip() for row in cpus if row.startswith("model name")]
    return {
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "arguments": sys.argv[1:],
        "places": "ext4 images on loop devices, direct I/O" if lab.images else "plain folders",
        "rounds": lab.rounds,
        "scale": lab.scale,
        "cpus": os.cpu_count(),
        "cpu": models[0] if models else platform.machine(),
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MB,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_at_start": os.getloadavg(),
        "programs": [_first_line((str(lab.program), "--version")), *map(_first_line, PEERS)],
    }


def write(folder: Path, where: dict[str, Any], results: Results) -> Path:
    """Write both forms into a folder, and return where the readable one is."""
    folder.mkdir(exist_ok=True)
    name = str(where["began"]).replace(":", "").replace("+0000", "Z")
    whole = {"conditions": where, **results.as_json()}
    (folder / f"{name}.json").write_text(json.dumps(whole, indent=1), "utf-8")
    path = folder / f"{name}.md"
    path.write_text(markdown(where, results), "utf-8")
    return path


def markdown(where: dict[str, Any], results: Results) -> str:
    """Lay out verdicts first, then what they rest on."""
    lines = [f"- {name.replace('_', ' ')}: {_plain(value)}" for name, value in where.items()]
    lines += [f"- {note}" for note in results.notes]
    lines += ["", *_verdicts(results.verdicts)]
    groups = dict.fromkeys((one.section, one.cache) for one in results.series)
    for section, cache in groups:
        lines += ["", f"{section}, {cache}" if cache != "-" else section, ""]
        lines += _group(results.of(section, cache))
    lines += [
        "",
        "CPU s: of programs, without the kernel's own threads. Ratios: medians of rounds.",
    ]
    return "\n".join(lines) + "\n"


def _verdicts(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "| section | cache | measured | median (least to most) | target | |"
    yield "| --- | --- | --- | ---: | ---: | --- |"
    for one in verdicts:
        target = f"{one.sense} {one.bound:g}{one.unit}"
        answer = "reached" if one.reached else "**not reached**"
        figures = _spread(one.values)
        yield f"| {one.section} | {one.cache} | {one.claim} | {figures} | {target} | {answer} |"


def _group(group: Sequence[Series]) -> Iterator[str]:
    named = {one.name: one for one in group}
    below = [named[name] for name in BASELINES if name in named] or [group[0]]
    devices = list(group[0].runs[0].devices)
    heads = ["", "seconds (least to most)", "of it sync", "CPU s"]
    heads += [f"÷ {one.name}" for one in below]
    heads += [f"{name}: MB read, written" for name in devices]
    heads += ["load"]
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    for one in group:
        yield f"| {' | '.join(_cells(one, below, devices))} |"


def _cells(one: Series, below: Sequence[Series], devices: Sequence[str]) -> Iterator[str]:
    yield one.name
    yield _spread(one.seconds)
    yield f"{median(run.sync_s for run in one.runs):.2f}"
    yield f"{median(run.cpu_s for run in one.runs):.2f}"
    for other in below:
        yield f"{median(ratios(one, other)):.2f}"
    for name in devices:
        moved = [run.devices[name] for run in one.runs]
        read, written = median(pair[0] for pair in moved), median(pair[1] for pair in moved)
        yield f"{read / MB:.0f}, {written / MB:.0f}"
    yield f"{median(run.load for run in one.runs):.1f}"


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return _figure(values[0])
    return f"{_figure(median(values))} ({_figure(min(values))} to {_figure(max(values))})"


def _figure(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004 - three digits


def _plain(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        joint = " " if all(isinstance(each, str) and " " not in each for each in value) else ", "
        return joint.join(map(_plain, value))
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _first_line(command: Sequence[str]) -> str:
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    return said.stdout.partition("\n")[0] or f"{command[0]}: not here"
