"""Clusters while they are gathered, and the cues that point into them."""

from array import array
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple
from zlib import crc32

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    CRC_SIZE,
    checked,
    crc_element,
    element,
    id_field,
    size_field,
    uinteger,
)

HEAD = 4 + 8 + CRC_SIZE  # bytes of a cluster before its timestamp
FARTHEST = 32_767  # ticks of a block from its cluster; they are stored in 16 bits
LIMIT = 5 * 1024 * 1024  # bytes after which a cluster is closed, as FFmpeg does
LONGEST_NS = 5_000_000_000  # time after which a cluster is closed, as FFmpeg does
_KEY = 0x80


class Cluster:
    """Blocks of one cluster, held by reference until it is written in one go."""

    def __init__(self, at: int, tick: int) -> None:
        self.at = at
        self.tick = tick
        self._pieces: list[bytes | memoryview] = [uinteger(ids.TIMESTAMP, tick)]
        self.size = HEAD + len(self._pieces[0])

    def takes(self, tick: int, size: int, longest: int) -> bool:
        """Tell whether one more block belongs here: near enough in time, and room is left."""
        is_near = -FARTHEST <= tick - self.tick <= min(FARTHEST, longest)
        return is_near and (len(self._pieces) == 1 or self.size + size <= LIMIT)

    def add(self, track: int, tick: int, data: memoryview, *, key: bool) -> tuple[int, int]:
        """Put a block at the end; say where it will stand and where its frame begins."""
        fixed = size_field(track) + (tick - self.tick).to_bytes(2, "big", signed=True)
        fixed += bytes((_KEY if key else 0,))
        head = b"\xa3" + size_field(len(fixed) + len(data)) + fixed
        begin = self.at + self.size
        self._pieces += (head, data)
        self.size += len(head) + len(data)
        return begin, begin + len(head)

    def write(self, handle: BinaryIO) -> None:
        """Write the cluster with its CRC-32; its frames are not copied."""
        crc = 0
        for piece in self._pieces:
            crc = crc32(piece, crc)
        size = size_field(self.size - 12, 8)
        write_all(handle, id_field(ids.CLUSTER) + size + crc_element(crc))
        for piece in self._pieces:
            write_all(handle, piece)


class Cue(NamedTuple):
    """Where a block stands: its cluster in the segment's data, itself in the cluster's data."""

    tick: int
    track: int
    cluster: int
    relative: int


class Cues:
    """One cue a cluster for each track that is sought in; 32 bytes of memory each."""

    def __init__(self, tracks: Iterable[int]) -> None:
        self.tracks = frozenset(tracks)
        self._last = dict.fromkeys(self.tracks, -1)
        self._values = array("q")

    def note(self, cue: Cue) -> None:
        """Keep a block that is the first of its track in its cluster."""
        if cue.track in self.tracks and self._last[cue.track] != cue.cluster:
            self._last[cue.track] = cue.cluster
            self._values.extend(cue)

    def __iter__(self) -> Iterator[Cue]:
        values = self._values
        for at in range(0, len(values), 4):
            yield Cue(*values[at : at + 4])

    def __len__(self) -> int:
        return len(self._values) // 4

    def written(self) -> bytes:
        """Write the Cues element."""
        return element(ids.CUES, checked(_cue_point(cue) for cue in self))


def _cue_point(cue: Cue) -> bytes:
    where = (
        uinteger(ids.CUE_TRACK, cue.track)
        + uinteger(ids.CUE_CLUSTER_POSITION, cue.cluster)
        + uinteger(ids.CUE_RELATIVE_POSITION, cue.relative)
    )
    return element(
        ids.CUE_POINT, uinteger(ids.CUE_TIME, cue.tick) + element(ids.CUE_TRACK_POSITIONS, where)
    )


def write_all(handle: BinaryIO, data: bytes | memoryview) -> None:
    """Write every byte, also where the handle takes them in parts, as unbuffered ones do."""
    written = handle.write(data)
    if written < len(data):
        rest = memoryview(data)[written:]
        while rest:
            rest = rest[handle.write(rest) :]
