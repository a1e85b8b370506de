"""What the foreign package says of each file's make beside what avpres found: the AIHT's Table 2.

Both stand in `metadata/supplemental/comparison.csv`, a property a row; the report counts them by
format.
"""

import csv
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from avpres.adapters.formats.report_csv import cell
from avpres.adapters.formats.report_names import raw_base64
from avpres.domain.description import Description
from avpres.domain.oais import Role
from avpres.domain.report import Finding
from avpres.services.importing import findings, likeness
from avpres.services.importing.inventory import Inventory
from avpres.services.packing.shelf import Shelf

COLUMNS = (
    *("path", "original", "format", "property", "package", "avpres", "outcome"),
    *("tool", "version", "path_base64"),
)
AGREE, DIFFER, THEIRS, OURS = "agree", "differ", "package only", "avpres only"
OUTCOMES = (AGREE, DIFFER, THEIRS, OURS)
_NOTHING = frozenset({"unknown", "application/octet-stream", "application/x-unknown", "bytestream"})
"""What a package writes, in lower case, where it does not know either."""

_GROUPS = 200  # formats counted one by one


class Said(NamedTuple):
    """A property as the package says it, and who found it out."""

    property: str
    value: str
    tool: str = ""
    version: str = ""


class Compared(NamedTuple):
    """A property of a file on both sides."""

    said: Said
    ours: str
    outcome: str


@dataclass(slots=True)
class Counts:
    """Files by format, property and outcome."""

    groups: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def add(self, group: str, compared: Compared) -> None:
        """Count a property of a file."""
        known = group in self.groups or len(self.groups) < _GROUPS
        properties = self.groups.setdefault(group if known else "other", {})
        outcomes = properties.setdefault(compared.said.property, {})
        outcomes[compared.outcome] = outcomes.get(compared.outcome, 0) + 1

    def total(self, outcome: str) -> int:
        """Count an outcome in all."""
        return sum(
            outcomes.get(outcome, 0)
            for properties in self.groups.values()
            for outcomes in properties.values()
        )


def compare(
    handle: BinaryIO, inventory: Inventory, shelf: Shelf, tell: Callable[[Finding], None]
) -> Counts:
    """Write the table, tell what differs, and count."""
    counts = Counts()
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow(COLUMNS)
        for file in shelf.files(Role.OBJECT):
            if file.description is None:
                continue
            group = file.description.format or file.description.mime or "unknown"
            for compared in _of_file(inventory, file.path, file.description):
                counts.add(group, compared)
                if compared.outcome == DIFFER:
                    said = compared.said
                    tell(findings.differs(file.path, said.property, said.value, compared.ours))
                table.writerow(_row(file.path, file.original, group, compared))
        text.flush()
    finally:
        text.detach()
    return counts


def lines(counts: Counts) -> Iterator[tuple[str, str, list[int]]]:
    """Yield format, property and how many there are of each of `OUTCOMES`."""
    for group, properties in sorted(counts.groups.items()):
        for name, found in sorted(properties.items()):
            yield group, name, [found.get(outcome, 0) for outcome in OUTCOMES]


def _of_file(inventory: Inventory, path: str, description: Description) -> Iterator[Compared]:
    rows = inventory.db.execute(
        "SELECT l.mime, l.format, l.size, l.said FROM file f JOIN listing l ON l.file = f.path"
        " WHERE f.place = ? ORDER BY l.id",
        (os.fsencode(path),),
    )
    done = set()
    for row in rows.fetchall():
        for said in _theirs(*row):
            key = (said.property, said.value, said.tool)
            if key not in done:
                done.add(key)
                ours = likeness.ours(description, said.property, said.value)
                yield Compared(said, ours, _outcome(said, ours, description))


def _theirs(mime: str, format: str, size: int | None, said: str) -> Iterator[Said]:
    if mime:
        yield Said("MIME type", mime)
    if format:
        yield Said("format", format)
    if size is not None:
        yield Said("size", str(size))
    for record in json.loads(said):
        for name, value in record["said"].items():
            yield Said(name, value, record["tool"], record["version"])


def _outcome(said: Said, ours: str, description: Description) -> str:
    told_nothing = said.value.lower() in _NOTHING
    if not ours:
        return AGREE if told_nothing else THEIRS
    if likeness.is_same(said.property, said.value, ours, description):
        return AGREE
    return OURS if told_nothing else DIFFER


def _row(path: str, original: str, group: str, compared: Compared) -> list[str]:
    said = compared.said
    return [
        cell(path),
        cell(original),
        cell(group),
        said.property,
        cell(said.value),
        cell(compared.ours),
        compared.outcome,
        cell(said.tool),
        cell(said.version),
        raw_base64(path) or "",
    ]
