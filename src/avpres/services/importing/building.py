"""What `import` itself adds to the making of a package: its files, comparisons and events."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from avpres.adapters.formats.text_table import table
from avpres.config.importing import ImportOptions
from avpres.domain.fixity import Algorithm, Evidence, unpack
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.domain.premis import Event
from avpres.services import record
from avpres.services.importing import comparing
from avpres.services.importing.closing import Outlook
from avpres.services.importing.events import Chronicle
from avpres.services.importing.inventory import Inventory
from avpres.services.importing.reconciling import Known
from avpres.services.packing.building import Building, joined, kept
from avpres.services.packing.chronicle import inside
from avpres.services.packing.shelf import Shelf

_WIDTH = 100  # columns of the table of comparisons
_HEADS = ("format, property", *comparing.OUTCOMES)


def shelve(inventory: Inventory, shelf: Shelf, algorithms: Sequence[Algorithm]) -> None:
    """Take in the files that are in their places."""
    for each in inventory.placed():
        digests = {digest.algorithm: digest for digest in unpack(each.digests)}
        shelf.put(
            PackagedFile(
                path=os.fsdecode(each.place),
                original=os.fsdecode(each.original),
                size=each.size,
                mtime=each.mtime,
                digests=tuple(digests[algorithm] for algorithm in algorithms),
                role=Role(each.role),
            )
        )


def evidence_of(inventory: Inventory) -> dict[Evidence, int]:
    """Count files by how they were read back; nothing for what was unpacked."""
    rows = inventory.db.execute(
        "SELECT evidence, COUNT(*) FROM file WHERE evidence <> '' GROUP BY evidence"
    )
    return {Evidence(name): count for name, count in rows}


def build(
    building: Building, inventory: Inventory, known: Known, look: Outlook, *, began: datetime
) -> Package:
    """Describe what has been placed, compare it with what the package said, write all records."""
    options = building.options
    if not isinstance(options, ImportOptions):
        raise TypeError("an import is built by its own options")
    building.clear()
    shelve(inventory, building.shelf, options.digest)
    arrived = building.context.clock()
    building.describe()
    _compare(building, inventory)
    source = os.path.abspath(options.foreign)
    title = known.label or os.path.basename(source)
    plain = building.package(title, identifiers=_identifiers(known))
    plain = replace(plain, agents=joined(plain.agents, known.agents()))
    chronicle = Chronicle(
        report=building.report,
        options=options,
        outlook=look,
        source=source,
        unpacked=options.foreign.is_file(),
        doubtful=building.gathered.doubtful,
        began=began,
        arrived=arrived,
        algorithms=options.digest,
        evidence=evidence_of(inventory),
    )
    package = replace(plain, events=_events(building, chronicle, plain, known))
    building.write(package)
    return package


def _events(
    building: Building, chronicle: Chronicle, package: Package, known: Known
) -> tuple[Event, ...]:
    happened = list(chronicle.events(package, building.context.clock()))
    building.report.events = [event for event, _ in happened]
    dated = building.options.date is not None
    new = [inside(event, package, dated=dated, occasion=occasion) for event, occasion in happened]
    before = record.history(Path(chronicle.source), building.context.state_dir)
    return kept((*known.history(), *before), new)


def _compare(building: Building, inventory: Inventory) -> None:
    """Write the comparison anew: an earlier, killed run may have begun it."""
    place = f"{building.places.supplemental}/comparison.csv"
    (building.stage.tree / place).unlink(missing_ok=True)
    with building.keeper.written(place, Role.METADATA) as handle:
        counts = comparing.compare(
            handle,
            inventory,
            building.shelf,
            lambda finding: building.context.note(building.report, finding),
        )
    building.report.facts["comparison"] = counts.groups
    building.report.lines += _lines(counts)


def _lines(counts: comparing.Counts) -> list[str]:
    rows = [
        (f"{group}, {name}", *(f"{count:,}" for count in found))
        for group, name, found in comparing.lines(counts)
    ]
    if not rows:
        return []
    heading = "What the package says of its files beside what avpres found:"
    return [heading, *table(_HEADS, rows, _WIDTH), ""]


def _identifiers(known: Known) -> dict[str, str]:
    """Keep the names that the package had, each under a type of its own."""
    return {
        "foreign" if number == 1 else f"foreign {number}": value
        for number, value in enumerate(known.identifiers, start=1)
    }
