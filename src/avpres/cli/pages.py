"""What `doctor` and `config` show to people."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from avpres.adapters.formats.report_names import visible
from avpres.domain.report import Report


def config_lines(report: Report) -> Iterator[str]:
    """Show the settings in force, or the one path that was asked for."""
    action = report.facts["action"]
    if action == "path":
        yield visible(str(report.facts["place"]))
    elif action == "show":
        yield from settings_lines(report)


def settings_lines(report: Report) -> Iterator[str]:
    """Show every setting with its layer; what is at its default is left out of no section."""
    settings = cast("Mapping[str, Any]", report.facts["settings"])
    yield f"settings file: {visible(settings['file'] or 'none')}"
    rows = settings["values"]
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
