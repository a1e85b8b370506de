"""What `copy`, `doctor` and `config` show to people beside findings and sentence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import humanize

from avpres.adapters.formats.report_names import visible
from avpres.domain.report import Report

_MARK = {"here": "+", "missing": "-", "unfit": "!", "other systems": " "}

_AMOUNTS = {"free": "free space", "index_allowance": "for the tape's index"}


def config_lines(report: Report) -> Iterator[str]:
    """Show the settings in force, or the one path that was asked for."""
    action = report.facts["action"]
    if action == "path":
        settings = cast("Mapping[str, Any]", report.facts["settings"])
        yield visible(str(settings["file"] or report.facts["place"]))
    elif action == "show":
        yield from settings_lines(report)


def copy_lines(report: Report) -> Iterator[str]:
    """Show the plan of a dry run, or how far a copy is."""
    if "plan" in report.facts:
        yield from _plan_lines(cast("Mapping[str, Any]", report.facts["plan"]))
    for row in cast("Sequence[Mapping[str, Any]]", report.facts.get("status", ())):
        yield _standing(row)
    for run in cast("Sequence[Mapping[str, Any]]", report.facts.get("last_runs", ())):
        ended = f"ended {run['ended']}" if run["ended"] else "not ended: cut short, or still at it"
        yield f"last run at {visible(run['destination'])}: begun {run['begun']}, {ended}"


def _plan_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    yield f"order of reading: {plan['order']}; moved by: {plan['backend']}"
    for place in plan["destinations"]:
        yield f"{visible(place['path'])} ({place['medium']}, {place['file_system']}):"
        for key, value in place.items():
            if isinstance(value, Mapping):
                unit = "file" if value["files"] == 1 else "files"
                yield f"  {key:<22}{value['files']:>10,} {unit}, {_size(value['size'])}"
        for key, words in _AMOUNTS.items():
            if key in place:
                yield f"  {words:<22}{_size(place[key])}"
        if place.get("names_refused"):
            yield f"  names it cannot hold  {place['names_refused']:>10,}"


def _standing(row: Mapping[str, Any]) -> str:
    files = "?" if row["files"] is None else f"{row['files']:,}"
    size = "?" if row["size"] is None else _size(row["size"])
    done = f"{row['proved_files']:,} of {files} files, {_size(row['proved_size'])} of {size} proved"
    times = f"; begun {row['begun']}" if row["begun"] else ""
    times += f", complete {row['ended']}" if row["ended"] else ""
    where = f"{visible(row['item'])} at {visible(row['destination'])}"
    return f"{where}: {visible(row['state'])}; {done}{times}"


def _size(size: int) -> str:
    return humanize.naturalsize(size, binary=True)


def doctor_lines(report: Report) -> Iterator[str]:
    """Show what was looked for by group, then the settings in force."""
    checks = cast("Sequence[Mapping[str, Any]]", report.facts["checks"])
    width = max(len(check["name"]) for check in checks)
    group = ""
    for check in checks:
        if check["group"] != group:
            group = check["group"]
            yield f"{group}:"
        told = check["value"] if check["state"] == "here" else check["state"]
        yield f"  {_MARK[check['state']]} {check['name']:<{width}}  {visible(told)}"
        if check["advice"]:
            yield f"    {'':<{width}}  {visible(check['advice'])}"
    yield "settings:"
    yield from (f"  {line}" for line in settings_lines(report, defaults=False))


def settings_lines(report: Report, *, defaults: bool = True) -> Iterator[str]:
    """Show settings, each with its layer."""
    settings = cast("Mapping[str, Any]", report.facts["settings"])
    yield f"settings file: {visible(settings['file'] or 'none')}"
    rows = [row for row in settings["values"] if defaults or row["from"] != "default"]
    width = max((len(row["key"]) for row in rows), default=0)
    for row in rows:
        yield f"{row['key']:<{width}}  {_value(row['value']):<20}  {row['from']}"


def _value(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value) or "-"
    return visible(str(value)) or '""'
