"""Which files the words mean, and under which names they appear."""

import fnmatch
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.extract import findings
from avpres.services.extract.listing import Listing
from avpres.services.extract.lore import Lore


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a word: files by a column, and what is taken off their paths."""

    column: str
    path: bytes
    off: bytes


@dataclass(frozen=True, slots=True)
class Picking:
    """The choice of what is taken out.

    A word is a path in the container, in the package, in a bag's payload, among the objects, or
    the one under which a file was found when the package was made; else a pattern.
    """

    listing: Listing
    lore: Lore
    context: Context
    report: Report

    def all(self) -> None:
        """Want everything, with the folder of the package itself."""
        self.listing.pick_matching(lambda path: path)
        self.listing.pick_folders()

    def words(self, words: Iterable[str]) -> None:
        """Want what words name, and tell of those that name nothing, or two things."""
        for word in words:
            self._word(word)
        for target, path in self.listing.collisions():
            self._note(findings.collision(os.fsdecode(path), os.fsdecode(target)))
            self.listing.drop(path)

    def _word(self, word: str) -> None:
        raw = os.fsencode(word).rstrip(b"/").removeprefix(b"./")
        found: dict[tuple[int, bytes, bytes], _Reading] = {}
        for reading in self._readings(raw):
            span = self.listing.span(reading.column, reading.path)
            if span[0]:
                found.setdefault(span, reading)
        if len(found) > 1:
            meant = [self._shown(reading, span) for span, reading in found.items()]
            self._note(findings.ambiguous(word, meant))
        elif found:
            (reading,) = found.values()
            self.listing.pick(reading.column, reading.path, self._target(reading.off))
        elif not self._is_pattern(word) or not self._pattern(raw):
            self._note(findings.not_found(word))

    def _readings(self, raw: bytes) -> Iterator[_Reading]:
        lead = self.lore.lead
        for top in self._tops():
            yield _Reading("path", top + raw, top)
        places = self.lore.places
        objects = lead + os.fsencode(places.objects) + b"/" if places else lead
        if raw:
            yield _Reading("original", raw, objects)

    def _tops(self) -> list[bytes]:
        """List what may stand before a path as it was given."""
        lead, places = self.lore.lead, self.lore.places
        tops = [b"", lead]
        if self.lore.is_bag:
            tops.append(lead + b"data/")
        if places is not None:
            tops.append(lead + os.fsencode(places.objects) + b"/")
        return list(dict.fromkeys(tops))

    def _target(self, *offs: bytes) -> "_Target":
        return _Target((*offs, self.lore.lead))

    def _shown(self, reading: _Reading, span: tuple[int, bytes, bytes]) -> bytes:
        return reading.path if reading.column == "path" else span[1]

    def _is_pattern(self, word: str) -> bool:
        return any(mark in word for mark in "*?[")

    def _pattern(self, raw: bytes) -> int:
        """Want what a pattern matches: with a slash a whole path, without one a name."""
        places, lead = self.lore.places, self.lore.lead
        payload = lead + b"data/" if self.lore.is_bag else lead
        objects = lead + os.fsencode(places.objects) + b"/" if places else payload
        target = self._target(objects)
        tops = self._tops()

        def matched(path: bytes) -> bytes | None:
            if b"/" in raw:
                tails = (path[len(top) :] for top in tops if path.startswith(top))
                return target(path) if any(map(matches, tails)) else None
            name = path.rpartition(b"/")[2]
            return target(path) if path.startswith(objects) and matches(name) else None

        def matches(text: bytes) -> bool:
            return fnmatch.fnmatchcase(text, raw)

        return self.listing.pick_matching(matched)

    def _note(self, finding: Finding) -> None:
        self.context.note(self.report, finding)


@dataclass(frozen=True, slots=True)
class _Target:
    """Takes the first of some leads off a path that begins so."""

    offs: tuple[bytes, ...]

    def __call__(self, path: bytes) -> bytes:
        for off in self.offs:
            if path.startswith(off):
                return path[len(off) :]
        return path
