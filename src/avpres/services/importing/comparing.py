"""What the foreign package says of each file's make beside what avpres found: the AIHT's Table 2.

Both stand in `metadata/supplemental/comparison.csv`, a property a row; the report counts them by
format.
"""

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from avpres.adapters.formats.report_csv import cell
from avpres.adapters.formats.report_names import raw_base64
from avpres.adapters.identification.names import format_of_mime
from avpres.domain.description import Description
from avpres.domain.oais import Role
from avpres.domain.report import Finding
from avpres.domain.technical import Technical
from avpres.services.importing import findings
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
_PUID = re.compile(r"(?:x-)?fmt/\d+")


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
                ours = _ours(description, said)
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
    if not ours:
        return THEIRS
    if said.value.lower() in _NOTHING:
        return OURS
    same = _SAME.get(said.property, _same_word)(said.value, ours, description)
    return AGREE if same else DIFFER


def _ours(description: Description, said: Said) -> str:
    if said.property == "format" and _PUID.fullmatch(said.value):
        return description.puid
    find = _OURS.get(said.property)
    return _property(description.technical, said.property) if find is None else find(description)


_OURS: dict[str, Callable[[Description], str]] = {
    "MIME type": lambda found: found.mime,
    "format": lambda found: found.format,
    "size": lambda found: str(found.size),
    "status": lambda found: found.status.value,
}
_PICTURE: dict[str, str] = {
    "width": "width",
    "height": "height",
    "bits per sample": "bits_per_sample",
    "samples per pixel": "samples_per_pixel",
    "compression": "compression",
    "colour space": "colour_space",
    "byte order": "byte_order",
}
_SOUND = {
    "sample rate": "sample_rate",
    "channels": "channels",
    "bits per sample": "bits_per_sample",
    "byte order": "byte_order",
}
_TEXT = {"charset": "charset", "line break": "line_break", "byte order": "byte_order"}


def _property(technical: Technical, name: str) -> str:
    """Find a property in the first stream or image that has it."""
    text = [technical.text] if technical.text else []
    for parts, names in (
        (technical.images[:1], _PICTURE),
        (technical.video[:1], _PICTURE),
        (technical.audio[:1], _SOUND),
        (text, _TEXT),
    ):
        for part in parts:
            found = getattr(part, names.get(name, ""), None) if name in names else None
            if found not in {None, "", ()}:
                return _written(found)
    return ""


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _same_word(theirs: str, ours: str, _: Description) -> bool:
    return _plain(theirs) == _plain(ours)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", text.lower())


def _same_mime(theirs: str, ours: str, _: Description) -> bool:
    one, other = (mime.partition(";")[0].strip().lower() for mime in (theirs, ours))
    if one == other:
        return True
    known = format_of_mime(one)
    return known is not None and known is format_of_mime(other)


def _same_format(theirs: str, ours: str, found: Description) -> bool:
    """Compare names loosely: `WAVE-hul`, `TIFF 6.0` and `TIFF` are one format."""
    if _PUID.fullmatch(theirs):
        return theirs == ours
    one, other = _plain(theirs), _plain(ours)
    whole = _plain(f"{found.format} {found.version}")
    return bool(other) and (other in one or other.startswith(one) or one == whole)


def _same_number(theirs: str, ours: str, _: Description) -> bool:
    """Compare the number at the beginning; audioMD writes kHz where others write Hz."""
    one, other = _number(theirs), _number(ours)
    if one is None or other is None:
        return _plain(theirs) == _plain(ours)
    return one == other or one * 1000 == other


def _same_bits(theirs: str, ours: str, _: Description) -> bool:
    """Compare `8,8,8` with `8 8 8` and with `8`."""
    one, other = (re.findall(r"\d+", text) for text in (theirs, ours))
    return one == other or (bool(one) and set(one) == set(other) and 1 in {len(one), len(other)})


def _number(text: str) -> float | None:
    match = re.match(r"\s*(\d{1,15}(?:\.\d{1,6})?)", text)
    return float(match[1]) if match else None


Same = Callable[[str, str, Description], bool]
_SAME: dict[str, Same] = {
    "MIME type": _same_mime,
    "format": _same_format,
    "bits per sample": _same_bits,
    **dict.fromkeys(
        ("width", "height", "sample rate", "channels", "samples per pixel"), _same_number
    ),
}


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
