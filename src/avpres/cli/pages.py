"""What `doctor` and `config` show to people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from avpres.adapters.formats.report_names import visible
from avpres.domain.report import Report

_MARK = {"here": "+", "missing": "-", "unfit": "!", "other systems": " "}


def config_lines(report: Report) -> Iterator[str]:
    """Show the settings in force, or the one path that was asked for."""
    action = report.facts["action"]
    if action == "path":
        settings = cast("Mapping[str, Any]", report.facts["settings"])
        yield visible(str(settings["file"] or report.facts["place"]))
    elif action == "show":
        yield from settings_lines(report)


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
