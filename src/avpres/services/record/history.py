"""What earlier runs did to a path, from the records that they left on this computer."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from avpres.adapters.formats.report_json import event_from_json, file_path
from avpres.domain.premis import Event


def history(path: Path, state_dir: Path) -> Iterator[Event]:
    """Yield the events of finished runs that are about what lies at a path, the oldest first.

    An event is about a path that it made, or, where it made nothing, that it looked at. Of a run
    over a larger tree that is so only when its list of files names something below the path.
    """
    sought = os.path.abspath(path)
    runs = state_dir / "runs"
    for name in sorted(os.listdir(runs)) if runs.is_dir() else ():
        folder = runs / name
        if (folder / "report.json").is_file() and (folder / "events.jsonl").is_file():
            yield from _about(sought, folder)


def _about(sought: str, folder: Path) -> Iterator[Event]:
    listed: bool | None = None
    for event in _events(folder / "events.jsonl"):
        places = list(_places(event))
        if any(_holds(sought, place) for place in places):
            yield event
        elif any(_holds(place, sought) for place in places):
            if listed is None:
                listed = _lists(folder / "files.jsonl", sought, places)
            if listed:
                yield event


def _events(path: Path) -> Iterator[Event]:
    """Give what can be read; a record of another avpres keeps nobody from working."""
    with path.open("rb") as handle:
        for line in handle:
            try:
                yield event_from_json(line)
            except ValueError:
                continue


def _places(event: Event) -> Iterator[str]:
    """Give where lies what an event made: in the destination, under the sources' names."""
    if event.destination is None:
        yield from (name for name in event.objects if os.path.isabs(name))
    elif os.path.isabs(event.destination):
        for name in event.objects:
            yield os.path.join(event.destination, os.path.basename(name))


def _holds(folder: str, path: str) -> bool:
    return (path + os.sep).startswith(folder.rstrip(os.sep) + os.sep)


def _lists(path: Path, sought: str, places: list[str]) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as handle:
        return any(
            _holds(sought, os.path.normpath(os.path.join(base, named)))
            for line in handle
            for base, named in _named(line, places)
        )


def _named(line: bytes, places: list[str]) -> Iterator[tuple[str, str]]:
    try:
        told: dict[str, Any] = json.loads(line)
        named = file_path(told)
    except (KeyError, TypeError, ValueError):
        return
    destination = told.get("destination")
    for base in [str(destination)] if destination else places:
        yield base, named
