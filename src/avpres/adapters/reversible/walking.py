"""Walk over the elements of damaged data: what is broken is one gap, what follows is found again.

A flipped bit in the size of a Block must not cost the frames behind it, nor give them the numbers
of others. So each element is believed only if its parts fill it; if not, the next one that can be
believed is looked for, and the stretch between counts as one that is lost.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.numbers import LONGEST, read_header
from avpres.adapters.reversible.window import Element, Window
from avpres.domain.reversible import ReversibilityError

LOST = 0  # the id of a stretch that is broken
MOST_OTHERS = 16  # elements beside each other that are not known
MOST_TRIES = 4096  # of places where an element might begin, in one walk; chance gives a few
MOST_PARTS = 64  # of an element; those that are known have at most twelve
_KNOWN = frozenset({e.SEGMENT, e.ATTACHMENT, e.TRACK, e.BLOCK, e.FOLDER, e.COPY, e.CHECK})
_MARKS = re.compile(rb"\x20\x72[\x73\x61\x74\x62]|\x11\x61\x76[\x02-\x04]")  # of what is known
_CHUNK = 64 * 1024  # bytes
MARKS = {
    e.TRACK.to_bytes(3, "big"): e.TRACK,
    e.BLOCK.to_bytes(3, "big"): e.BLOCK,
    e.ATTACHMENT.to_bytes(3, "big"): 0,
    e.SEGMENT.to_bytes(3, "big"): 0,
    e.EBML.to_bytes(4, "big")[:3]: 0,
    e.FOLDER.to_bytes(4, "big")[:3]: 0,  # a Copy and a Check begin with the same
}


def kind_of(window: Window, gap: Element, *, in_track: bool) -> int:
    """Tell what was broken, by its id or by what it holds: a Track, a Block, or 0: anything else.

    `in_track` says that Blocks may come here. An id of which one bit is wrong is still told, unless
    it could be two.
    """
    first = window.read(gap.at, 3)
    near = {kind for mark, kind in MARKS.items() if _bits(first, mark) <= 1}
    if first in MARKS or len(near) == 1:
        return MARKS[first] if first in MARKS else near.pop()
    ids = _parts(window, gap)
    if ids & {e.MORE_NAME, e.COPY_NUMBER, e.LIBRARY_NAME} or not (ids or in_track):
        return 0
    if e.NAME in ids:
        return e.TRACK if e.BEFORE in ids else 0
    is_track = not in_track or (e.MORE in ids and e.HASH not in ids)
    return e.TRACK if e.MASKED_NAME in ids and is_track else e.BLOCK


def _bits(one: bytes, other: bytes) -> int:
    """Count the bits in which they differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def _parts(window: Window, gap: Element) -> set[int]:
    """Give the ids of what it holds, where its size was spared."""
    head = read_header(window.read(gap.at, LONGEST))
    if head is None or gap.at + head[2] + head[1] > gap.end:
        return set()
    with suppress(ReversibilityError):
        start = gap.at + head[2]
        return {each.id for each in islice(window.elements(start, start + head[1]), MOST_PARTS)}
    return set()


def walk(window: Window, start: int, end: int) -> Iterator[Element]:
    """Yield the elements beside each other, and `LOST` for each stretch that is broken."""
    pages = _Pages(window, end)
    while start < end:
        found = _believed(pages, start, end) or _broken(pages, start, end)
        yield found
        start = found.end


class _Pages:
    """A window read page by page; small reads cost no call of the system."""

    def __init__(self, window: Window, end: int) -> None:
        self._window, self._end = window, end
        self._at, self._page = 0, b""
        self.patience = MOST_TRIES

    def get(self, at: int, size: int) -> bytes:
        """Read, or less at the end."""
        begin, ahead = at - self._at, at - self._at - len(self._page)
        if begin < 0 or ahead >= _CHUNK:
            return self._window.read(at, min(size, self._end - at))
        if begin + size > len(self._page):
            self.turn(at)
            begin = 0
        return self._page[begin : begin + size]

    def turn(self, at: int) -> None:
        """Take up the page that begins at a place."""
        self._at = at
        self._page = self._window.read(at, min(_CHUNK, self._end - at))

    def find(self, at: int) -> int:
        """Give the next place where an element that is known may begin, or the end."""
        while at < self._end:
            if not self._at <= at < self._at + len(self._page) - LONGEST:
                self.turn(at)
            found = _MARKS.search(self._page, at - self._at)
            if found:
                return self._at + found.start()
            at = max(at + 1, self._at + len(self._page) - LONGEST)
        return self._end


def _believed(pages: _Pages, at: int, end: int) -> Element | None:
    """Give the element at a place, if its parts fill it."""
    head = read_header(pages.get(at, LONGEST))
    if head is None:
        return None
    id_, size, length = head
    if at + length + size > end:
        return None
    found = Element(id_, at, at + length, at + length + size)
    if id_ in _KNOWN or id_ == e.EBML:
        return found if _is_filled(pages, found) else None
    if id_ == e.ROOT:
        return found if _first_part(pages, found) == e.SEGMENT else None
    if _holds_what_is_known(pages, found) or not _ends_well(pages, found.end, end):
        return None
    return found


def _is_filled(pages: _Pages, found: Element) -> bool:
    at = found.start
    for _ in range(MOST_PARTS):
        if at == found.end:
            return True
        head = read_header(pages.get(at, min(LONGEST, found.end - at)))
        if head is None or head[0] in _KNOWN or at + head[1] + head[2] > found.end:
            return False
        at += head[1] + head[2]
    return at == found.end


def _ends_well(pages: _Pages, at: int, end: int) -> bool:
    """Tell whether something that is known follows, perhaps after a few others, or the end."""
    for _ in range(MOST_OTHERS):
        if at == end:
            return True
        head = read_header(pages.get(at, min(LONGEST, max(0, end - at))))
        if head is None:
            return False
        if head[0] in _KNOWN:
            return True
        at += head[1] + head[2]
    return False


def _holds_what_is_known(pages: _Pages, found: Element) -> bool:
    """Tell whether only the id is broken: what it holds begins as a Root does, or with a name."""
    first = _first_part(pages, found)
    names = {e.NAME, e.MASKED_NAME, e.MORE_NAME, e.COPY_NUMBER}
    return first == e.SEGMENT or (first in names and _is_filled(pages, found))


def _first_part(pages: _Pages, found: Element) -> int:
    """Give the id of the first part of an element; 0: there is none."""
    first = read_header(pages.get(found.start, min(LONGEST, found.size)))
    return first[0] if first else 0


def _broken(pages: _Pages, at: int, end: int) -> Element:
    """Look for the next element that can be believed."""
    following = pages.find(at + 1)
    while following < end and not _believed(pages, following, end):
        pages.patience -= 1
        following = pages.find(following + 1) if pages.patience > 0 else end
    return Element(LOST, at, at, following)
