"""Copies of which blocks are missing: all that follows stands in another place there.

A tape that is read past its bad blocks, without anything in their stead, gives such files. Where
two copies have nothing more in common, what follows in one is looked for in the other.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import MatroskaError, id_field
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
_BORNE = 2  # damaged words that keep nothing from being alike
_SOUGHT = 256  # places of one word
_EBML = id_field(ids.EBML)
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
    """Say whether the segment ends elsewhere than it claims; version 2 has data behind it."""
    try:
        claimed = MatroskaFile(copy.source).segment.claimed
    except MatroskaError:
        return True
    return claimed != copy.source.size and copy.source.read(claimed, len(_EBML)) != _EBML


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
        if not both:
            raise NotConformantError("a copy became shorter while it was read; run again")
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
            more_here, more_there = _move(one, other, here + size, there + size)
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


def _move(one: Source, other: Source, here: int, there: int) -> tuple[int, int]:
    """Look in each for what comes next in the other; say how much stands before it in both.

    Sounds and leaders repeat themselves. So of several places where it is found as soon the one
    is taken after which all is alike for long, till a head of a frame tells another time; and
    rather a near one.
    """
    ahead = one.read(here, _REACH), other.read(there, _REACH)
    for probe in _PROBES:
        found = []
        for distance in _distances(*ahead, probe):
            size = _alike(one, other, here + probe + distance, there + probe)
            found.append((size * size / distance, distance, 0))
        for distance in _distances(*ahead[::-1], probe):
            size = _alike(one, other, here + probe, there + probe + distance)
            found.append((size * size / distance, 0, distance))
        likeliest = max(found, default=(0.0, 0, 0))
        if likeliest[0]:
            return likeliest[1:]
    return 0, 0


def _distances(one: bytes, other: bytes, probe: int) -> Iterator[int]:
    """Yield how many bytes further a word of the other stands in the one."""
    word = other[probe : probe + _WORD]
    found = probe if len(word) == _WORD and _is_lively(word) else -1
    for _ in range(_SOUGHT):
        found = one.find(word, found + 1) if found >= 0 else -1
        if found > probe:
            yield found - probe


def _alike(one: Source, other: Source, here: int, there: int) -> int:
    """Say for how many bytes two copies are alike but for little damage, if they are for long."""
    size = 0
    for wanted in (_SHORT, CHUNK):
        left, right = one.read(here, wanted), other.read(there, wanted)
        both = min(len(left), len(right)) // _WORD * _WORD
        unlike = np.frombuffer(left, np.uint8, both) != np.frombuffer(right, np.uint8, both)
        words = np.flatnonzero(unlike.reshape(-1, _WORD).any(axis=1))
        size = both if len(words) <= _BORNE else int(words[_BORNE]) * _WORD
        if size < min(_SHORT, both):
            return 0
    return size
