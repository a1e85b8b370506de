"""One track of reversibility data: the files of its frames, read in any order."""

from array import array
from collections.abc import Iterator
from itertools import islice

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.compressed import MOST
from avpres.adapters.reversible.fields import fields_of
from avpres.adapters.reversible.walking import LOST, walk
from avpres.adapters.reversible.window import Element, Window
from avpres.domain.reversible import Restoration, ReversibilityError, TrackKind

STEP = 64  # frames from one that the index knows to the next


class Track:
    """A track: the file of each block, or one file. `head` is `LOST` where the Track is broken."""

    def __init__(self, window: Window, head: Element, end: int) -> None:
        self.kind = TrackKind.FRAMES
        self.frames = 0
        self.head = head
        self._window, self._end = window, end
        self._marks = array("Q")
        self._first: Restoration | None = None
        self._last = (0, 0)  # a frame and its place

    def add(self, block: Element) -> None:
        """Take a block into the index, or a stretch that was one."""
        if self.frames % STEP == 0:
            self._marks.append(block.at)
        self.frames += 1

    def settle(self) -> None:
        """Tell by what the Track holds which kind it is: only a single file is named in it."""
        if self.head.id == LOST or self.frames:
            return
        ids = {each.id for each in self._window.elements(self.head.start, self.head.end)}
        if ids & {e.NAME, e.BEFORE, e.AFTER, e.IN}:
            self.kind = TrackKind.SINGLE

    def file(self, number: int = 0, *, residual: bool = True, most: int = MOST) -> Restoration:
        """Read what gives back the file of a frame, counted from 0; or the only file.

        Args:
            number: of the block within its track of Matroska.
            residual: whether to read what is XORed with the samples, which may be large.
            most: bytes that it may have; the samples have no more.

        Raises:
            ReversibilityError: it is damaged.
            IndexError: there are fewer frames.
        """
        limit = most if residual else 0
        if self.kind is TrackKind.SINGLE:
            return fields_of(self._window, self.head, Restoration(b""), residual=limit)
        block = self._block(number)
        if block.id == LOST:
            raise ReversibilityError(f"what is kept of it is broken at byte {block.at}")
        return fields_of(self._window, block, self.masks, residual=limit)

    def files(self, *, residual: bool = False) -> Iterator[Restoration]:
        """Read the files in their order."""
        count = 1 if self.kind is TrackKind.SINGLE else self.frames
        return (self.file(number, residual=residual) for number in range(count))

    @property
    def masks(self) -> Restoration:
        """Give what the values of blocks are added to, and the layout of those that have none."""
        if self.head.id == LOST:
            raise ReversibilityError(f"what its track has in common is broken at {self.head.at}")
        if self._first is None:
            self._first = fields_of(self._window, self.head, Restoration(b""), residual=MOST)
        return self._first

    def _block(self, number: int) -> Element:
        if not 0 <= number < self.frames:
            raise IndexError(number)
        known, at = self._last
        if not known <= number < known + STEP or not at:
            known, at = number - number % STEP, self._marks[number // STEP]
        walked = walk(self._window, at, self._end)
        blocks = (found for found in walked if found.id in (e.BLOCK, LOST))
        found = next(islice(blocks, number - known, None), None)
        if found is None:
            raise ReversibilityError(f"frame {number} is no more where it was")
        self._last = (number, found.at)
        return found
