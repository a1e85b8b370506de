"""What findings say of single files, kept until the records are written."""

import contextlib
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.storage.folders import join
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Item, Unit

EVERYWHERE = -1
"""In the place of a destination's number: the finding holds for all of them."""

_KINDS: dict[str, str] = {
    **dict.fromkeys(("COPY-SKIPPED", "COPY-SPECIAL"), "skipped"),
    **dict.fromkeys(("COPY-EXTRA", "COPY-EXTRA-JUNK"), "extra"),
    **dict.fromkeys(
        (
            *("COPY-UNREADABLE", "COPY-CHANGING", "COPY-REFUSED", "COPY-PROGRAM", "COPY-EXISTS"),
            *("COPY-MISMATCH", "COPY-UNPROVED", "COPY-LINK"),
        ),
        "failed",
    ),
    **dict.fromkeys(("COPY-CHANGED", "COPY-ATTRIBUTE", "COPY-UNLINKED", "COPY-SIDECAR"), "remark"),
}
_LEAVES_NO_GAP = frozenset({"COPY-LINK", "COPY-MISMATCH"})
"""No file is missing after these: a link is none, and what was written once more is counted."""
_SCHEMA = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE outcome(
  unit INTEGER, place INTEGER, path BLOB, kind TEXT, detail TEXT, size INTEGER,
  PRIMARY KEY(unit, path, place)) WITHOUT ROWID;
BEGIN;
"""


class Told(NamedTuple):
    """What a finding says of one file; `path` is relative to the destination."""

    place: int
    path: bytes
    kind: str
    detail: str
    size: int


class Outcomes:
    """Listens to the findings of a run: counts them, and keeps what they say of single files.

    On disk, and only once there is something to keep: findings may be as many as files.
    """

    def __init__(self, folder: Path, units: Sequence[Unit], places: Sequence[Destination]) -> None:
        self._folder = folder
        self._home = contextlib.ExitStack()
        self._made: sqlite3.Connection | None = None
        self._places = {str(place.path): place.index for place in places}
        loose = [unit for unit in units if not unit.is_folder]
        self._units = {os.fsencode(unit.root): unit for unit in [*loose, *_folders(units)]}
        self._single = {os.fsencode(i.source): unit for unit in loose for i in unit.items}
        self._landing = {unit.prefix: unit for unit in _folders(units)}
        self._spoken: set[int] = set()
        self.errors: Counter[str] = Counter()  # by code
        self.at: Counter[tuple[int, str]] = Counter()  # by destination and code
        self._failed: set[tuple[int, int, bytes]] = set()  # destination, unit, single file
        self._wrong: set[tuple[int, int]] = set()  # destination, unit

    def close(self) -> None:
        """Forget all of it."""
        self._home.close()

    def listening(self, note: Callable[[Finding], None]) -> Callable[[Finding], None]:
        """Give a `note` that also comes here."""

        def both(finding: Finding) -> None:
            note(finding)
            self.take(finding)

        return both

    def take(self, finding: Finding) -> None:
        """Count a finding, and keep it if it is about one file."""
        place = self._places.get(finding.destination or "", EVERYWHERE)
        self.at[place, finding.code] += 1
        if finding.severity is Severity.ERROR:
            self.errors[finding.code] += 1
            self._wrong.add((place, self._blamed(finding)))
        kind = _KINDS.get(finding.code)
        if kind is None or not finding.path:
            return
        found = self._owner(os.fsencode(finding.path), landing=kind == "extra")
        if found is None:
            return
        unit, path = found
        if kind == "failed" and finding.code not in _LEAVES_NO_GAP:
            self._failed.add((place, unit.number, b"" if unit.is_folder else path))
        detail = f"{finding.code}: {finding.message}"
        self._keep(unit, Told(place, path, kind, detail, _size(finding.path)))

    def _blamed(self, finding: Finding) -> int:
        """Find the unit that an error is about; one that cannot be told is about all of them."""
        path = os.fsencode(finding.path or "")
        found = self._owner(path, landing=not os.path.isabs(path))
        return EVERYWHERE if found is None else found[0].number

    def _owner(self, path: bytes, *, landing: bool) -> tuple[Unit, bytes] | None:
        """Find the unit that a path belongs to, and the path below the destination."""
        if landing:
            unit = self._landing.get(path.split(b"/", 1)[0])
            return None if unit is None else (unit, path)
        if path in self._single:
            return self._single[path], os.path.basename(path)
        above = path
        while above not in self._units:
            above, before = os.path.dirname(above), above
            if above == before:
                return None
        unit = self._units[above]
        return unit, join(
            unit.prefix, os.path.relpath(path, above)
        ) if path != above else unit.prefix

    def _keep(self, unit: Unit, told: Told) -> None:
        verb = "IGNORE" if told.kind == "remark" else "REPLACE"
        self._spoken.add(unit.number)
        self._db.execute(
            f"INSERT OR {verb} INTO outcome VALUES(?,?,?,?,?,?)",
            (unit.number, told.place, told.path, told.kind, _text(told.detail), told.size),
        )

    @property
    def _db(self) -> sqlite3.Connection:
        if self._made is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            home = tempfile.TemporaryDirectory(prefix="told-", dir=self._folder)
            path = self._home.enter_context(home)
            self._made = sqlite3.connect(os.path.join(path, "told.sqlite"), isolation_level=None)
            self._home.callback(self._made.close)
            self._made.executescript(_SCHEMA)
        return self._made

    def holds(self, unit: Unit, item: Item, place: int) -> bool:
        """Tell whether no file of an item failed at a destination."""
        name = b"" if unit.is_folder else item.name
        return not any((at, unit.number, name) in self._failed for at in (place, EVERYWHERE))

    def ended_well(self, unit: Unit, place: int) -> bool:
        """Tell whether no error was about a unit at a destination, be it a file's or another's."""
        told = ((at, about) for at in (place, EVERYWHERE) for about in (unit.number, EVERYWHERE))
        return self._wrong.isdisjoint(told)

    def at_all(self, code: str) -> bool:
        """Tell whether there was a finding of a code anywhere."""
        return any(count for (_, told), count in self.at.items() if told == code)

    def has_any(self, unit: Unit) -> bool:
        """Tell whether anything was said of single files of a unit."""
        return unit.number in self._spoken

    def of_file(self, unit: Unit, place: int, path: bytes) -> Told | None:
        """Find what was said of one file at one destination."""
        if self._made is None:
            return None
        found = self._made.execute(
            "SELECT place, path, kind, detail, size FROM outcome"
            " WHERE unit=? AND path=? AND place IN (?,?) ORDER BY place DESC",
            (unit.number, path, place, EVERYWHERE),
        ).fetchone()
        return None if found is None else _told(found)

    def of_item(self, unit: Unit, item: Item) -> Iterator[Told]:
        """Yield all that was said of the files of an item."""
        if self._made is None:
            return
        only = "" if unit.is_folder else " AND path=?"
        found = self._made.execute(
            f"SELECT place, path, kind, detail, size FROM outcome WHERE unit=?{only}"  # noqa: S608 - no outside text
            " ORDER BY path, place",
            (unit.number,) if unit.is_folder else (unit.number, item.name),
        )
        yield from map(_told, found.fetchall() if not unit.is_folder else found)


def _folders(units: Iterable[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.is_folder]


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except (OSError, ValueError):
        return 0


def _text(text: str) -> bytes:
    """Make bytes of text, which SQLite refuses with lone surrogates."""
    return text.encode("utf-8", "surrogateescape")


def _told(row: tuple[int, bytes, str, bytes, int]) -> Told:
    place, path, kind, detail, size = row
    return Told(place, path, kind, detail.decode("utf-8", "surrogateescape"), size)
