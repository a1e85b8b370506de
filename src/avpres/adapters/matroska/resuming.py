"""Taking up a file whose writing was broken off."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from avpres.adapters.matroska.clusters import Cue
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Skipped
from avpres.adapters.matroska.source import Source
from avpres.adapters.matroska.walking import Walk

_CLUSTER_HEAD = 12  # bytes of a cluster's id and size, as they are written here


def clusters_of(handle: BinaryIO, state: Mapping[str, Any], data: int) -> Iterator[tuple[Cue, int]]:
    """Walk through the clusters of a state: each frame as a cue, and its size.

    Raises:
        MatroskaError: they are not whole, or do not end where the state says.
    """
    source = Source(handle)
    end = int(state["end"])
    if source.size < end:
        raise MatroskaError(f"the file ends at {source.size}, before the state's {end}")
    scale = int(state["scale_ns"])
    walk = Walk(source, int(state["first"]), end, scale_ns=scale, tracks={}, skip=_refuse)
    counts: dict[int, int] = {}
    for block in walk.blocks():
        cluster = walk.cluster
        relative = walk.block - cluster - _CLUSTER_HEAD
        counts[block.track] = counts.get(block.track, 0) + 1
        yield Cue(block.time_ns // scale, block.track, cluster - data, relative), block.size
    if counts != {track: count for track, count in state["frames"] if count}:
        raise MatroskaError("the file does not hold the frames that its state tells of")


def _refuse(skipped: Skipped) -> None:
    raise MatroskaError(f"the file is damaged at {skipped.offset}: {skipped.why}")
