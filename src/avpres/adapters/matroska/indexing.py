"""Where every frame of a track stands: random access without a second walk."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import overload

from avpres.adapters.matroska.model import Block


class Index(Sequence[Block]):
    """The frames of one track in the order of the file; 33 bytes of memory each."""

    def __init__(self, track: int) -> None:
        self.track = track
        self._times = array("q")
        self._durations = array("q")
        self._offsets = array("Q")
        self._sizes = array("Q")
        self._keys = bytearray()

    def append(self, block: Block) -> None:
        """Add the next frame."""
        _, time, offset, size, key, duration = block
        self._times.append(time)
        self._offsets.append(offset)
        self._sizes.append(size)
        self._keys.append(key)
        self._durations.append(duration)

    def __len__(self) -> int:
        return len(self._times)

    @overload
    def __getitem__(self, number: int) -> Block: ...
    @overload
    def __getitem__(self, number: slice) -> list[Block]: ...
    def __getitem__(self, number: int | slice) -> Block | list[Block]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        return Block(
            self.track,
            self._times[number],
            self._offsets[number],
            self._sizes[number],
            bool(self._keys[number]),
            self._durations[number],
        )

    def number_at(self, time_ns: int) -> int:
        """Say which frame is shown at a time; -1 before the first one.

        The frames must be in the order of time, as those of intra-only tracks are.
        """
        return bisect_right(self._times, time_ns) - 1


def index_all(blocks: Iterable[Block]) -> dict[int, Index]:
    """Sort frames into one index a track."""
    indexes: dict[int, Index] = {}
    for block in blocks:
        found = indexes.get(block.track)
        if found is None:
            found = indexes[block.track] = Index(block.track)
        found.append(block)
    return indexes
