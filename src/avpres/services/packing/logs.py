"""The logs inside a package: its events for machines, and the same for people."""

from collections.abc import Iterator
from typing import BinaryIO

from avpres.adapters.formats.report_json import to_json
from avpres.adapters.formats.report_names import visible
from avpres.domain.oais import Package, Role
from avpres.domain.premis import Event, utc
from avpres.services.packing.layouts import Places
from avpres.services.packing.records import RecordKeeper


def write_logs(keeper: RecordKeeper, places: Places, package: Package) -> None:
    """Write `events.jsonl`, which later commands append to, and the same for people."""
    with keeper.written(f"{places.logs}/events.jsonl", Role.LOG) as handle:
        _events(handle, package)
    log = places.log.format(id=package.id)
    with keeper.written(f"{places.logs}/{log}", Role.LOG) as handle:
        handle.writelines(f"{line}\n".encode() for line in _lines(package))


def _events(handle: BinaryIO, package: Package) -> None:
    handle.writelines(to_json(event).encode() + b"\n" for event in package.events)


def _lines(package: Package) -> Iterator[str]:
    created = utc(package.created)
    yield f"{created} {package.kind.value} {package.id}: {visible(package.label)}"
    for agent in package.agents:
        name = f"{agent.name} {agent.version or ''}".strip()
        yield f"{created} {agent.type}: {visible(name)}"
    for event in package.events:
        yield from _told(event)


def _told(event: Event) -> Iterator[str]:
    what = visible(f"{event.type.value}: {event.outcome.value}: {event.detail}")
    yield f"{utc(event.ended)} {what} ({event.outcome_detail})"
    for name in event.objects:
        yield f"{utc(event.ended)} {event.type.value} of {visible(name)}"
