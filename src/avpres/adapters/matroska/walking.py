"""Walking through a segment: every element of level 1, every frame, payloads left alone.

No size is trusted: what does not fit is told, and the walk goes on at the next element of level 1
that looks like one, as a rule the next cluster.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    LONGEST_HEADER,
    LONGEST_ID,
    UNKNOWN,
    Header,
    MatroskaError,
    header,
)
from avpres.adapters.matroska.framing import Framing
from avpres.adapters.matroska.model import Block, Skipped, TrackHeader
from avpres.adapters.matroska.resync import looks_right, next_element
from avpres.adapters.matroska.source import Source, Window

_CHILDREN = frozenset(
    (
        ids.SIMPLE_BLOCK,
        ids.BLOCK_GROUP,
        ids.TIMESTAMP,
        ids.CRC_32,
        ids.VOID,
        ids.POSITION,
        ids.PREV_SIZE,
        ids.SILENT_TRACKS,
        ids.ENCRYPTED_BLOCK,
    )
)
_OF_FILE = frozenset((ids.EBML, ids.SEGMENT))
_OF_SEGMENT = ids.LEVEL_1 | {ids.VOID, ids.CRC_32}
_NOT_OF_CLUSTER = ids.LEVEL_1 | _OF_FILE
_ANY = _CHILDREN | _NOT_OF_CLUSTER


class Element(NamedTuple):
    """An element of level 1: where it, its data, and what is behind it begin.

    `end` is `UNKNOWN` for a cluster that does not say it.
    """

    id: int
    at: int
    data: int
    end: int


class Walk:
    """One walk through a segment, from a place on; only one of its iterators is used, once.

    Attributes:
        at: how far it has come, between two elements.
        cluster: where the cluster begins that the last block came from.
        block: where the element begins that holds the last block.
        tail: where the segment ended; it is known when the walk is over.
    """

    def __init__(  # noqa: PLR0913 - each is one fact of the segment
        self,
        source: Source,
        at: int,
        end: int,
        *,
        scale_ns: int,
        tracks: Mapping[int, TrackHeader],
        skip: Callable[[Skipped], None],
        longest_id: int = LONGEST_ID,
    ) -> None:
        self._source = source
        self._window = Window(source)
        self._framing = Framing(self._window, scale_ns, tracks, longest_id)
        self.at = at
        self._end = end
        self._skip = skip
        self._longest_id = longest_id
        self.cluster = self.block = at
        self.tail = end

    def blocks(self) -> Iterator[Block]:
        """Yield every frame of every track in the order of the file."""
        for element in self.elements():
            if element.id == ids.CLUSTER:
                yield from self.blocks_of(element)

    def elements(self) -> Iterator[Element]:
        """Yield the elements of level 1, where whoever takes a cluster may ask for its blocks."""
        while self.at < self._end:
            at = self.at
            head = self._header(at)
            if head is not None and head.id in _OF_FILE:
                self.tail = at
                return
            if head is None or not self._is_known(at, head, _OF_SEGMENT):
                self._resync(at, "no element begins here")
                continue
            data = at + head.length
            if head.id != ids.CLUSTER and not 0 <= head.size <= self._end - data:
                self._resync(at, "an element that is longer than what is left")
                continue
            element = Element(head.id, at, data, UNKNOWN if head.size < 0 else data + head.size)
            yield element
            if self.at == at:
                self._pass(element)

    def blocks_of(self, cluster: Element) -> Iterator[Block]:
        """Yield the frames of a cluster that `elements` has just given."""
        self.cluster = cluster.at
        self._framing.begin()
        at = cluster.data
        end = self._end if cluster.end == UNKNOWN else min(cluster.end, self._end)
        while at < end:
            child = self._child(cluster, at, end)
            if child is None:
                return
            data = at + child.length
            if child.id in _CHILDREN:
                self.block = at
                try:
                    blocks = self._framing.read(child.id, data, child.size)
                except MatroskaError as error:
                    self._skip(Skipped(at, child.length + child.size, str(error)))
                else:
                    yield from blocks
            at = data + child.size
        self.at = at

    def _pass(self, element: Element) -> None:
        """Move behind an element that nobody looked into."""
        if element.id != ids.CLUSTER or (
            element.end != UNKNOWN and self._goes_on(element.end, _OF_SEGMENT)
        ):
            self.at = element.end
            return
        for _ in self.blocks_of(element):
            pass

    def _child(self, cluster: Element, at: int, end: int) -> Header | None:
        """Read the head of a child; None where the cluster is at its end, and `_at` is set."""
        head = self._header(at)
        if head is not None and head.id in _NOT_OF_CLUSTER:
            if cluster.end != UNKNOWN:
                size = cluster.data - cluster.at
                self._skip(Skipped(cluster.at, size, "the size of a cluster is too large"))
            self.at = at
            return None
        if head is None or not self._is_known(at, head, _CHILDREN):
            self._leave(cluster, at, "no element of a cluster begins here")
            return None
        after = at + head.length + head.size
        if head.size == UNKNOWN or (after > end and not self._goes_on(after, _ANY)):
            self._leave(cluster, at, "an element that is longer than its cluster")
            return None
        return head

    def _is_known(self, at: int, head: Header, known: frozenset[int]) -> bool:
        """Tell whether an element belongs here; a new kind does if a known one follows it."""
        if head.id in known:
            return True
        after = at + head.length + head.size
        return head.size != UNKNOWN and self._goes_on(after, known | _NOT_OF_CLUSTER)

    def _goes_on(self, at: int, known: frozenset[int]) -> bool:
        if at >= self._end:
            return at == self._end
        head = self._header(at)
        return head is not None and head.id in known

    def _leave(self, cluster: Element, at: int, why: str) -> None:
        """Give up the rest of a cluster: its own end is believed if something begins there."""
        if at < cluster.end < self._end and looks_right(self._source, cluster.end, self._end):
            self._skip(Skipped(at, cluster.end - at, why))
            self.at = cluster.end
        else:
            self._resync(at, why)

    def _resync(self, at: int, why: str) -> None:
        self.at = next_element(self._source, at + 1, self._end)
        self._skip(Skipped(at, self.at - at, why))

    def _header(self, at: int) -> Header | None:
        data, within = self._window.at(at, LONGEST_HEADER)
        return header(data, within, self._longest_id)
