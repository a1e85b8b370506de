"""`avpres config`: the settings in force, and the beginning of a settings file."""

import os
from pathlib import Path

from avpres.config.setup import ConfigOptions
from avpres.config.sources import user_file
from avpres.config.template import template
from avpres.domain.errors import DestinationExistsError, DestinationRefusedError
from avpres.domain.report import Output, Report
from avpres.services.context import Context


def config(options: ConfigOptions, context: Context) -> Report:
    """Begin a settings file, or tell where it is; what is in force stands in every report.

    Raises:
        DestinationExistsError: there is a file already; it is never overwritten.
        DestinationRefusedError: the file cannot be written.
    """
    report = context.report("config")
    report.facts["action"] = options.action
    place = options.file or _named() or user_file()
    report.facts["place"] = str(place)
    if options.action == "init":
        _write(place)
        report.outputs.append(Output(kind="settings", path=str(place)))
        report.summary = f"{place} is written; nothing in it is in force until you uncomment it."
    return report


def _named() -> Path | None:
    named = os.environ.get("AVPRES_CONFIG")
    return Path(named) if named else None


def _write(place: Path) -> None:
    try:
        os.makedirs(place.parent, exist_ok=True)
    except OSError as error:
        raise DestinationRefusedError(
            f"{place.parent} cannot be made: {error.strerror}; name another file"
        ) from error
    try:
        with place.open("x", encoding="utf-8", newline="\n") as handle:
            handle.write(template())
    except FileExistsError as error:
        raise DestinationExistsError(
            f"{place} is there already and is left as it is; edit it or name another file"
        ) from error
    except OSError as error:
        raise DestinationRefusedError(
            f"{place} cannot be written: {error.strerror}; name another file"
        ) from error
