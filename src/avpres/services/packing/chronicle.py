"""Events of a run, told as a package tells them."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid5

from avpres.adapters.formats.report_names import visible
from avpres.domain.oais import Package
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.packing.building import Building

_EXAMINATIONS = (
    (EventType.FORMAT_IDENTIFICATION, "identified by first bytes and PRONOM signatures"),
    (EventType.VALIDATION, "held against the rules of the identified format"),
    (EventType.METADATA_EXTRACTION, "technical metadata taken from the files"),
)

_OF_THE_RUN = frozenset({"run_id", "argv", "host", "programs"})
"""Facts that differ from run to run, and stay out of a package of a given date."""


def inside(event: Event, package: Package, *, dated: bool, occasion: str = "") -> Event:
    """Give an event as the package tells it.

    Its id and its agents are the package's; in a package of a given date it carries that date, and
    nothing that differs from run to run. `occasion` tells it from events of its type at other
    times: the package's making has none.
    """
    identity = event_id(package.id, event.type, occasion)
    changes: dict[str, object] = {"id": identity, "agents": package.agents}
    if dated:
        facts = {name: value for name, value in event.facts.items() if name not in _OF_THE_RUN}
        facts.pop("read_from_medium", None)
        changes |= {"started": package.created, "ended": package.created, "facts": facts}
    return event.model_copy(update=changes)


def event_id(package: UUID, kind: EventType, occasion: str = "") -> UUID:
    """Name an event of a package."""
    name = f"{kind.value}\n{visible(occasion)}" if occasion else kind.value
    return uuid5(package, name)


def examinations(report: Report, step: record.Step, doubtful: int) -> Iterator[Event]:
    """Give the events of describing files, of which some are not known to be sound."""
    for kind, detail in _EXAMINATIONS:
        remarks = doubtful if kind is EventType.VALIDATION else 0
        yield record.examination(report, replace(step, remarks=remarks), kind, detail)


def making(building: Building, package: Package, step: record.Step) -> Iterator[Event]:
    """Give the events of making a package of files that `step` brought into it."""
    seen = replace(step, started=step.ended, ended=building.context.clock(), algorithms=())
    yield from examinations(building.report, seen, building.gathered.doubtful)
    made = replace(seen, objects=[str(package.id)], started=package.created)
    detail = f"{package.kind.value} in the layout {building.options.layout.value}"
    yield record.examination(building.report, made, EventType.PACKAGE_CREATION, detail)
