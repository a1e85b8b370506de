"""Open questions of a film: places in which copies differ, and no check sum vouches for one."""

import hashlib
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from avpres.adapters.matroska.source import CHUNK, Source
from avpres.services.repair.copies import Change, Copy, Run
from avpres.services.repair.target import Target

_AROUND = 512  # bytes beside a difference that are looked at for a block that was lost
_FILLED = 64  # equal bytes that look like one
_OTHERS = 16  # bytes of another copy that are not like them
_FEW = 3  # bytes side by side that may be damaged in one copy each
_MOST_HEADS = 64  # ways to put a few bytes together


@dataclass(frozen=True, slots=True)
class Question:
    """One place. Copies that have the same there are one offer, named by the first of them.

    Attributes:
        likes: for each copy the one that stands for what it has; -1 where it has nothing.
        firm: the offers that do not look like a block that was lost.
    """

    begin: int
    end: int
    likes: tuple[int, ...]
    firm: tuple[int, ...]

    @property
    def offers(self) -> tuple[int, ...]:
        """Give one copy for each content, likely ones first."""
        others = dict.fromkeys(each for each in self.likes if each >= 0)
        return (*self.firm, *(each for each in others if each not in self.firm))


class Sheet:
    """The questions in the order of the film, and what was decided of them."""

    def __init__(self, target: Target, copies: Sequence[Copy], runs: Iterable[Run]) -> None:
        """Find the offers for each place, and put the likeliest into the new film."""
        self.target = target
        self.copies = copies
        self.source: Source = target.source()
        self.changes: list[Change] = []
        self._open: list[Question] = []
        for run in runs:
            for begin, end in self._parts(run):
                question = self._question(begin, end)
                if len(question.offers) > 1:
                    self._open.append(question)
                elif question.offers:
                    self.decide(question, question.offers[0])
        self._open.sort(key=lambda each: each.begin)
        for each in self._open:
            self.put(each, each.offers[0])

    def within(self, begin: int, end: int) -> list[Question]:
        """Give the questions that lie wholly or in part in a stretch."""
        first = bisect_right(self._open, begin, key=lambda each: each.end)
        last = bisect_left(self._open, end, key=lambda each: each.begin)
        return self._open[first:last]

    def cut(self, *places: int) -> None:
        """Make two questions of each that goes over a place."""
        for at in places:
            for each in self.within(at, at + 1):
                if each.begin < at:
                    number = self._open.index(each)
                    parts = (self._question(each.begin, at), self._question(at, each.end))
                    for part in parts:
                        self.put(part, each.offers[0])
                    self._open[number : number + 1] = [p for p in parts if len(p.offers) > 1]

    def inside(self, begin: int, end: int) -> list[Question]:
        """Give the questions of a stretch, cut where it begins and ends."""
        self.cut(begin, end)
        return self.within(begin, end)

    def put(self, question: Question, copy: int) -> None:
        """Try what a copy has."""
        self.target.put(self.copies, [Change(question.begin, question.end, copy)])

    def decide(self, question: Question, copy: int) -> None:
        """Put in what a copy has, for good."""
        self.put(question, copy)
        if copy:
            self.changes.append(Change(question.begin, question.end, copy))
        place = bisect_left(self._open, question.begin, key=lambda each: each.begin)
        if place < len(self._open) and self._open[place] == question:
            del self._open[place]

    def clear(self, begin: int, end: int, lacking: int) -> None:
        """Put in the zeros that a copy has where it lacks something."""
        change = Change(begin, end, lacking)
        self.target.put(self.copies, [change])
        self.changes.append(change)

    def settle(self, choice: Iterable[tuple[Question, int]]) -> None:
        """Decide several."""
        for question, copy in list(choice):
            self.decide(question, copy)

    def try_out(self, choice: Iterable[tuple[Question, int]]) -> None:
        """Put in what may be right."""
        for question, copy in choice:
            self.put(question, copy)

    def left(self) -> list[Question]:
        """Give all questions that are open."""
        return list(self._open)

    def close(self) -> None:
        """Put in what looks likeliest where nothing is decided."""
        self.try_out((each, each.offers[0]) for each in self._open)

    def undecided(self) -> list[Change]:
        """Give what stands in the new film from other copies though nothing decided on it."""
        return [
            Change(each.begin, each.end, each.offers[0]) for each in self._open if each.offers[0]
        ]

    def ways(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield what a few bytes may have been, likely ones first."""
        found = self.within(begin, end)
        base = bytearray(self.source.read(begin, end - begin))
        choices = [each.offers for each in found]
        seen = set()
        for choice in itertools.islice(itertools.product(*choices), _MOST_HEADS):
            for question, copy in zip(found, choice, strict=True):
                first, last = max(begin, question.begin), min(end, question.end)
                data = self.copies[copy].source.read(first, last - first)
                base[first - begin : last - begin] = data.ljust(last - first, b"\0")
            way = bytes(base)
            if way not in seen:
                seen.add(way)
                yield way

    def match(self, begin: int, wanted: bytes) -> bool:
        """Decide for bytes that are known; say whether they are there now."""
        for question in self.inside(begin, begin + len(wanted)):
            size = question.end - question.begin
            right = wanted[question.begin - begin :][:size]
            for copy in question.offers:
                if self.copies[copy].source.read(question.begin, size) == right:
                    self.decide(question, copy)
                    break
        return self.source.read(begin, len(wanted)) == wanted

    def read(self, question: Question, copy: int, at: int, size: int) -> bytes:
        """Read what a copy offers, from a place of the film on."""
        size = min(size, question.end - at)
        return self.copies[copy].source.read(at, size).ljust(size, b"\0")

    def _parts(self, run: Run) -> Iterator[tuple[int, int]]:
        """Divide a difference that may be damage of two copies, side by side.

        That is where a copy begins or ends to have something, or to be filled up; and a few bytes.
        """
        places = {run.begin, run.end}
        if run.end - run.begin <= _FEW:
            places.update(range(run.begin, run.end))
        for copy in self.copies:
            for hole in copy.holes:
                places.update(place for place in hole if run.begin < place < run.end)
            places.update(_filled(copy.source, run))
        return itertools.pairwise(sorted(places))

    def _question(self, begin: int, end: int) -> Question:
        likes, known = [], dict[bytes, int]()
        for number, copy in enumerate(self.copies):
            key = None if copy.lacks(begin, end) else self._digest(copy, begin, end)
            likes.append(-1 if key is None else known.setdefault(key, number))
        offers = tuple(known.values())
        firm = tuple(each for each in offers if not self._is_lost(each, offers, begin, end))
        return Question(begin, end, tuple(likes), firm or offers)

    @staticmethod
    def _digest(copy: Copy, begin: int, end: int) -> bytes:
        if end - begin <= hashlib.sha256().digest_size:
            return copy.source.read(begin, end - begin)
        digest = hashlib.sha256()
        for chunk in copy.source.chunks(begin, end - begin):
            digest.update(chunk)
        return digest.digest()

    def _is_lost(self, copy: int, offers: Sequence[int], begin: int, end: int) -> bool:
        """Say whether a copy has one byte over and over around a place, and another has not."""
        if len(offers) < 2:  # noqa: PLR2004 - nothing to choose from
            return False
        source = self.copies[copy].source
        middle = source.read(begin, min(end - begin, CHUNK))
        filling = middle[:1]
        if middle != filling * len(middle):
            return False
        before = source.read(max(0, begin - _AROUND), begin - max(0, begin - _AROUND))
        behind = source.read(end, _AROUND)
        first = begin - (len(before) - len(before.rstrip(filling)))
        last = end + len(behind) - len(behind.lstrip(filling))
        size = min(last - first, CHUNK)
        if size < _FILLED:
            return False
        return all(
            size - self.copies[each].source.read(first, size).count(filling) >= _OTHERS
            for each in offers
            if each != copy
        )


def _filled(source: Source, run: Run) -> Iterator[int]:
    """Yield where, in a difference, bytes that are all alike begin or end."""
    start = max(0, run.begin - _FILLED)
    for at in range(start, run.end, CHUNK):
        chunk = source.read(at, min(CHUNK, run.end - at) + 2 * _FILLED)
        values = np.frombuffer(chunk, np.uint8)
        edges = np.concatenate(([0], np.flatnonzero(np.diff(values)) + 1, [len(values)]))
        for place in np.flatnonzero(np.diff(edges) >= _FILLED).tolist():
            for edge in (at + int(edges[place]), at + int(edges[place + 1])):
                if run.begin < edge < run.end:
                    yield edge
