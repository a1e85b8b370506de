"""Frames on their way into clusters, with the cues and counts that they leave."""

from collections.abc import Sequence
from typing import BinaryIO

from avpres.adapters.matroska.clusters import FARTHEST, LONGEST_NS, Cluster, Cue, Cues
from avpres.adapters.matroska.statistics import Statistics
from avpres.adapters.matroska.timing import ticks

_CLUSTER_HEAD = 12  # bytes of a cluster's id and size


class ClusterStream:
    """The clusters of one file.

    Attributes:
        first: where the first cluster stands.
        end: where the last written one ends.
        last_tick: the time of that cluster.
        frames: of each track, in the clusters that are written.
        is_sound: false once a write has failed.
    """

    def __init__(  # noqa: PLR0913 - each is one fact of the file
        self,
        handle: BinaryIO,
        scale_ns: int,
        statistics: Statistics,
        *,
        data: int,
        first: int,
        sought: Sequence[int],
    ) -> None:
        self._handle = handle
        self._data = data
        self._longest = LONGEST_NS // scale_ns
        self._cluster: Cluster | None = None
        self.scale_ns = scale_ns
        self.first = self.end = first
        self.last_tick = 0
        self.cues = Cues(sought)
        self.statistics = statistics
        self.frames = dict(self.statistics.frames)
        self.is_sound = True

    def add(self, track: int, time_ns: int, data: memoryview, *, key: bool) -> int:
        """Add a frame, and write the cluster before it when this one is full."""
        tick = ticks(time_ns, self.scale_ns)
        if self._cluster is None or not self._cluster.takes(tick, len(data), self._longest):
            self.close()
            if tick < self.last_tick - FARTHEST:
                raise ValueError(f"track {track}: a frame at {time_ns} ns, far before the last one")
            self._cluster = Cluster(self.end, max(tick, self.last_tick))
        self.statistics.note(track, len(data))
        cluster = self._cluster.at
        begin, frame = self._cluster.add(track, tick, data, key=key)
        if key:
            self.cues.note(Cue(tick, track, cluster - self._data, begin - cluster - _CLUSTER_HEAD))
        return frame

    def note(self, cue: Cue, size: int) -> None:
        """Take up a frame that an earlier run has written."""
        self.cues.note(cue)
        self.statistics.note(cue.track, size)

    def go_on(self, end: int, last_tick: int) -> None:
        """Go on behind the clusters of the frames that were noted."""
        self.end, self.last_tick = end, last_tick
        self.frames = dict(self.statistics.frames)

    def close(self) -> None:
        """Write the cluster that is being filled, if there is one."""
        if self._cluster is None:
            return
        self.is_sound = False
        self._cluster.write(self._handle)
        self.is_sound = True
        self.end += self._cluster.size
        self.last_tick = self._cluster.tick
        self._cluster = None
        self.frames = dict(self.statistics.frames)
