"""A film that lies in a folder of its own, with all that proves it, read again by its record."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from avpres.adapters.formats.report_json import event_from_json, to_json, unshown
from avpres.adapters.storage import durable
from avpres.domain.premis import Event
from avpres.services.cook.stage import ALGORITHMS, RECORD, Stage, sizes_of
from avpres.services.packing.result import Result, listed_digests, unreadable

EVENTS = ".events.jsonl"
LOG = ".rawcooked.log"

_SOURCE = "source/"  # the folder of what is told of the source


class CookedResult(Result):
    """A result, which holds a film."""

    __slots__ = ()

    @property
    def film(self) -> str:
        """Name the film."""
        return f"{self.prefix}.mkv"

    @property
    def others(self) -> list[str]:
        """Name all that its record lists besides the film and the events."""
        return [name for name in _own(self.told) if name not in {self.film, self.prefix + EVENTS}]

    def events(self) -> Iterator[Event]:
        """Give what was done to make it."""
        for line in (self.folder / (self.prefix + EVENTS)).read_bytes().splitlines():
            yield event_from_json(line)


def read_result(folder: Path) -> CookedResult:
    """Read what a result says of itself; it was found whole before.

    Raises:
        IncompleteError: its record or its manifests cannot be read.
    """
    try:
        prefix, told = _record(folder)
        missing = {f"{prefix}.mkv", prefix + EVENTS} - set(_own(told))
        if missing:
            raise ValueError(f"it lists no {missing.pop()}")  # noqa: TRY301 - said as the others
        return CookedResult(folder, prefix, told, listed_digests(folder, prefix, ALGORITHMS))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise unreadable(folder, error) from error


def names_of(folder: Path) -> list[str]:
    """Name all files of a result, its record last; none, where that is gone."""
    try:
        prefix, told = _record(folder)
        return [*_own(told), *(f"{prefix}.{each.value}" for each in ALGORITHMS), prefix + RECORD]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def write_events(stage: Stage, events: Iterable[Event]) -> None:
    """Write what was done to a reel, for whoever makes a package of its film."""
    with durable.replace(stage.file(EVENTS)) as handle:
        handle.writelines(to_json(event).encode() + b"\n" for event in events)


def _record(folder: Path) -> tuple[str, dict[str, Any]]:
    (record,) = [path for path in folder.iterdir() if path.name.endswith(RECORD)]
    return record.name.removesuffix(RECORD), unshown(json.loads(record.read_bytes()))


def _own(told: Mapping[str, Any]) -> list[str]:
    """Name the files that a record lists, without any that would lie elsewhere."""
    return [name for name in sizes_of(told) if os.path.basename(name) == name.removeprefix(_SOURCE)]
