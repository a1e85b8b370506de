"""A list of files against the files that are there: listed and there, missing, extra."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from avpres.domain.manifest import nfc

KEPT = 1000
"""Names kept of what is missing and of what is extra; beyond them only the count grows."""


class Place(StrEnum):
    """In which of the sets a path is."""

    PRESENT = "present"  # listed, and there
    MISSING = "missing"  # listed, and not there
    EXTRA = "extra"  # there, and not listed


class Entry(NamedTuple):
    """A path with what is said of it: the declared type, or the format that was found."""

    path: str
    said: str = ""


class Match(NamedTuple):
    """A path in its set; `path` is as on disk where it is there."""

    place: Place
    path: str
    declared: str = ""
    found: str = ""


@dataclass(slots=True)
class Reconciliation:
    """The sizes of the sets, and the first names of what is missing and extra."""

    kept: int = KEPT
    present: int = 0
    missing: int = 0
    extra: int = 0
    missing_names: list[str] = field(default_factory=list)
    extra_names: list[str] = field(default_factory=list)

    @property
    def listed(self) -> int:
        """Count the paths that the list has, each once."""
        return self.present + self.missing

    def add(self, match: Match) -> None:
        """Count a path."""
        if match.place is Place.PRESENT:
            self.present += 1
        elif match.place is Place.MISSING:
            self.missing += 1
            self._keep(self.missing_names, match.path)
        else:
            self.extra += 1
            self._keep(self.extra_names, match.path)

    def _keep(self, names: list[str], path: str) -> None:
        if len(names) < self.kept:
            names.append(path)


def order(entry: Entry) -> tuple[str, str]:
    """Give the key by which both sides of `reconcile` must be sorted."""
    return nfc(entry.path), entry.path


def reconcile(listed: Iterable[Entry], found: Iterable[Entry]) -> Iterator[Match]:
    """Yield every path once with its set; both sides sorted by `order`, neither is held.

    A name in another Unicode form is the same name, unless both forms are there. A path that is
    listed twice counts once.
    """
    lists, disks = _grouped(listed), _grouped(found)
    left, right = next(lists, None), next(disks, None)
    while left or right:
        if right is None or (left is not None and left[0] < right[0]):
            yield from _matches(left[1] if left else [], [])
            left = next(lists, None)
        elif left is None or right[0] < left[0]:
            yield from _matches([], right[1])
            right = next(disks, None)
        else:
            yield from _matches(left[1], right[1])
            left, right = next(lists, None), next(disks, None)


def _grouped(entries: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Gather the entries of one name, each spelling once: there are a handful at most."""
    for name, same in groupby(entries, key=lambda entry: nfc(entry.path)):
        spellings: dict[str, Entry] = {}
        for entry in same:
            spellings.setdefault(entry.path, entry)
        yield name, list(spellings.values())


def _matches(listed: list[Entry], found: list[Entry]) -> Iterator[Match]:
    exact = {entry.path: entry for entry in found}
    rest = []
    for entry in listed:
        there = exact.pop(entry.path, None)
        if there is None:
            rest.append(entry)
        else:
            yield Match(Place.PRESENT, there.path, entry.said, there.said)
    for entry in rest:
        if exact:
            there = exact.pop(next(iter(exact)))
            yield Match(Place.PRESENT, there.path, entry.said, there.said)
        else:
            yield Match(Place.MISSING, entry.path, entry.said)
    for there in exact.values():
        yield Match(Place.EXTRA, there.path, "", there.said)
