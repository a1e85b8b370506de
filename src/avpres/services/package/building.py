"""What `package` itself adds to the making of a package: its sources, and what happened to them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from avpres.config.copy import CopyOptions
from avpres.config.package import PackageOptions
from avpres.domain.errors import IncompleteError
from avpres.domain.oais import Package
from avpres.domain.premis import Event
from avpres.services import record
from avpres.services.package import events
from avpres.services.package.gathering import shelve
from avpres.services.packing.building import Building, kept
from avpres.services.packing.children import children_of
from avpres.services.packing.chronicle import inside

_NAMED = 3  # sources that make the title of a package that was given none


def prepare(
    building: Building, options: PackageOptions, copies: Sequence[CopyOptions], began: datetime
) -> Package:
    """Take in and describe the copied files, and say what the package of them is."""
    building.clear()
    for asked in copies:
        _add(building, options, asked)
    _require_all(building)
    copied = building.context.clock()
    building.describe(wanted=options.describe)
    plain = building.package(_title(options.sources))
    children = children_of(building.stage.tree, building.places.objects, building.shelf)
    happened = _events(building, options, plain, began, copied)
    return replace(plain, events=happened, children=tuple(children))


def _add(building: Building, options: PackageOptions, asked: CopyOptions) -> None:
    found = shelve(asked, options, building.stage.tree, building.shelf, building.context)
    evidence = building.gathered.evidence
    for kind, count in found.evidence.items():
        evidence[kind] = evidence.get(kind, 0) + count


def _require_all(building: Building) -> None:
    files, planned = building.given[0], building.report.totals.files
    if not files:
        raise IncompleteError("there is no file in the sources; no package was made")
    if files != planned:
        raise IncompleteError(
            f"{files:,} of {planned:,} files can be accounted for; no package was made, the "
            "sources are as they were. Run the same command again"
        )


def _events(
    building: Building,
    options: PackageOptions,
    package: Package,
    began: datetime,
    copied: datetime,
) -> tuple[Event, ...]:
    named = (*options.sources, *options.supplement)
    chronicle = events.Chronicle(
        building.report,
        options,
        building.gathered,
        [os.path.abspath(path) for path in named],
        *building.given,
        began,
        copied,
    )
    happened = list(chronicle.events(package, building.context.clock()))
    building.report.events = happened
    dated = options.date is not None
    new = [inside(event, package, dated=dated) for event in happened]
    return kept(_before(building, options), new)


def _before(building: Building, options: PackageOptions) -> Iterator[Event]:
    """Give what earlier runs on this computer did to the sources."""
    for path in (*options.sources, *options.supplement):
        yield from record.history(path, building.context.state_dir)


def _title(sources: Sequence[Path]) -> str:
    names = [os.path.basename(os.path.abspath(path)) for path in sources]
    rest = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
