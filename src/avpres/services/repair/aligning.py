"""Copies of which blocks are missing: all that follows stands in another place there.

A tape that is read past its bad blocks, without anything in their stead, gives such files. Where
two copies have nothing more in common, what follows in one is looked for in the other.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.reading import MatroskaFile
from avpres.adapters.matroska.source import CHUNK, Source
from avpres.domain.errors import NotConformantError
from avpres.services.repair.aligned import Aligned, Piece, Together
from avpres.services.repair.copies import Copy, Run

_REACH = 16 * 1024 * 1024  # bytes that may be missing in one place
_WORD = 64  # equal bytes that are no chance
_LIVELY = 16  # different values among them; blocks that were lost, and Voids, have fewer
_SHORT = 4096  # bytes of damage after which nothing is looked for elsewhere
_PROBES = (0, *(1 << power for power in range(6, 23)))  # from the first difference on
_WIDTHS = (1 << 12, 1 << 14, 1 << 16, 1 << 20)  # bytes behind a gap that are compared
_SAMPLES = 64  # words of them
_LIKE = 0.5  # part of them that is enough
_SOUGHT = 16  # places of one word
_MOST = 10_000  # pieces of one copy


def align(copies: Sequence[Copy]) -> None:
    """Find what is missing in the middle of copies, if their sizes are not what they should be."""
    if not any(_is_short(copy) for copy in copies) and len({c.source.size for c in copies}) == 1:
        return
    pieces = [[Piece(0, copies[0].source.size, 0)]]
    sources = [copies[0].source]
    for copy in copies[1:]:
        reference = Together(sources, pieces)
        stretches = list(_stretches(reference, copy.source))
        mine: list[Piece] = []
        at = 0
        for size, here, is_mine in stretches:
            if here < 0:  # the others lack it
                for each in pieces:
                    _make_room(each, at, size)
            if is_mine >= 0:
                mine.append(Piece(at, at + size, is_mine))
            at += size
        pieces.append(mine)
        sources.append(copy.source)
    size = max(each[-1].end for each in pieces if each)
    for copy, each in zip(copies, pieces, strict=True):
        _take(copy, each, size)


def _is_short(copy: Copy) -> bool:
    try:
        return MatroskaFile(copy.source).missing > 0
    except MatroskaError:
        return True


def _take(copy: Copy, pieces: list[Piece], size: int) -> None:
    """Let a copy be read in places of the film, if anything is missing in its middle."""
    last = 0
    for each in pieces:
        if each.begin > last:
            copy.holes.append(Run(last, each.begin))
        last = each.end
    if copy.holes:
        copy.source = Aligned(copy.source, pieces, last)
    if last < size:
        copy.holes.append(Run(last, size))


def _make_room(pieces: list[Piece], at: int, size: int) -> None:
    """Move all behind a place."""
    moved: list[Piece] = []
    for begin, end, there in pieces:
        if end <= at:
            moved.append(Piece(begin, end, there))
            continue
        if begin < at:
            moved.append(Piece(begin, at, there))
            there, begin = there + at - begin, at  # noqa: PLW2901 - the rest of it
        moved.append(Piece(begin + size, end + size, there))
    pieces[:] = moved


def _stretches(one: Source, other: Source) -> Iterator[tuple[int, int, int]]:
    """Yield size, place in the one and place in the other; -1 where one of them lacks it."""
    here = there = 0
    for _ in range(_MOST):
        size, more_here, more_there = _in_step(one, other, here, there)
        if size:
            yield size, here, there
        here, there = here + size, there + size
        if more_here:
            yield more_here, here, -1
        if more_there:
            yield more_there, -1, there
        here, there = here + more_here, there + more_there
        if here >= one.size and there >= other.size:
            return
    raise NotConformantError("the copies have too little in common to be put in step")


def _in_step(one: Source, other: Source, here: int, there: int) -> tuple[int, int, int]:
    """Say how far two copies go side by side, and how much each has then that the other lacks."""
    size = 0
    left, right = one.size - here, other.size - there
    while size < min(left, right):
        data, like = one.read(here + size, CHUNK), other.read(there + size, CHUNK)
        both = min(len(data), len(like))
        if data[:both] == like[:both]:
            size += both
            continue
        size += _first_unlike(data, like)
        again = _again(one, other, here + size, there + size)
        if again < 0 or (
            again >= _SHORT
            and not _is_filled(one, here + size, again)
            and not _is_filled(other, there + size, again)
        ):
            width = again if again > 0 else _REACH
            more_here, more_there = _move(one, other, (here + size, there + size), width)
            if more_here + more_there:
                return size, more_here, more_there
        size += again if again > 0 else min(_REACH, min(left, right) - size)
    return size, left - size, right - size


def _first_unlike(left: bytes, right: bytes) -> int:
    both = min(len(left), len(right))
    unlike = np.frombuffer(left, np.uint8, both) != np.frombuffer(right, np.uint8, both)
    return int(np.argmax(unlike))


def _again(one: Source, other: Source, here: int, there: int) -> int:
    """Say after how many bytes two copies are alike again without being moved; -1: nowhere."""
    for at in range(0, _REACH, CHUNK):
        left, right = one.read(here + at, CHUNK + _WORD), other.read(there + at, CHUNK + _WORD)
        both = min(len(left), len(right))
        if not both:
            return -1
        unlike = np.flatnonzero(
            np.frombuffer(left, np.uint8, both) != np.frombuffer(right, np.uint8, both)
        )
        edges = np.concatenate(([-1], unlike, [both]))
        for place in np.flatnonzero(np.diff(edges) > _WORD).tolist():
            begin, end = int(edges[place]) + 1, int(edges[place + 1])
            if any(_is_lively(left[word : word + _WORD]) for word in _words(begin, end)):
                return at + begin
    return -1


def _words(begin: int, end: int) -> Iterator[int]:
    return iter(range(begin, max(begin + 1, end - _WORD + 1), _WORD))


def _is_lively(word: bytes) -> bool:
    return len(set(word)) >= _LIVELY


def _is_filled(source: Source, at: int, size: int) -> bool:
    """Say whether a stretch was lost and filled up: one byte stands in it over and over."""
    first = source.read(at, 1)
    return all(
        not chunk.strip(first) for chunk in source.chunks(at, size - _WORD if size > _WORD else 1)
    )


def _move(one: Source, other: Source, places: tuple[int, int], width: int) -> tuple[int, int]:
    """Look in each for what comes next in the other; say how much stands before it in both.

    Sounds and leaders repeat themselves, so that of several places where it is found as soon the
    one is taken after which most is alike.
    """
    here, there = places
    found = []
    for probe, distance in _distances(one, other, here, there):
        likeness = _likeness(one, other, (here + distance, there), (probe, width))
        found.append((-probe, likeness, distance, 0))
    for probe, distance in _distances(other, one, there, here):
        likeness = _likeness(other, one, (there + distance, here), (probe, width))
        found.append((-probe, likeness, 0, distance))
    likely = (each for each in found if each[1] > _LIKE)
    return max(likely, default=(0, 0.0, 0, 0))[2:]


def _distances(one: Source, other: Source, here: int, there: int) -> Iterator[tuple[int, int]]:
    """Yield how many bytes further what follows in the other stands in the one."""
    ahead = one.read(here, _REACH + _PROBES[-1])
    known = set()
    for probe in _PROBES:
        word = other.read(there + probe, _WORD)
        found = probe if len(word) == _WORD and _is_lively(word) else -1
        for _ in range(_SOUGHT):
            found = ahead.find(word, found + 1) if found >= 0 else -1
            if found > probe and found - probe not in known:
                known.add(found - probe)
                yield probe, found - probe


def _likeness(
    one: Source, other: Source, places: tuple[int, int], window: tuple[int, int]
) -> float:
    """Say how much of what follows is alike too: at once, and as far as nothing more is missing."""
    here, there = places
    begin, end = window
    last = min(end, one.size - here, other.size - there)
    widths = {min(last - begin, width) for width in (*_WIDTHS, last - begin)}
    found = [_part_alike(one, other, (here + begin, there + begin), width) for width in widths]
    return max(found) + sum(found) / len(found) / _SAMPLES


def _part_alike(one: Source, other: Source, places: tuple[int, int], size: int) -> float:
    here, there = places
    same = lively = 0
    for at in range(0, size - _WORD + 1, max(_WORD, size // _SAMPLES)):
        word = other.read(there + at, _WORD)
        if _is_lively(word):
            lively += 1
            same += word == one.read(here + at, _WORD)
    return same / lively if lively else 0.0
