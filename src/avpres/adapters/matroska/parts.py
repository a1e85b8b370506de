"""The parts of a segment that are found before, or without, its frames."""

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice

from avpres.adapters.matroska import ids, parsing
from avpres.adapters.matroska.attachments import attached_files
from avpres.adapters.matroska.ebml import LONGEST_HEADER, UNKNOWN, MatroskaError, header
from avpres.adapters.matroska.model import Attached, Info, Skipped, Tag, TrackHeader
from avpres.adapters.matroska.opening import find_segment
from avpres.adapters.matroska.resync import looks_right
from avpres.adapters.matroska.source import Source
from avpres.adapters.matroska.walking import Element, Walk

_LARGEST = {  # bytes that are read at once; a larger one is told and passed over
    ids.SEEK_HEAD: 4 * 1024**2,
    ids.INFO: 1024**2,
    ids.TRACKS: 16 * 1024**2,
    ids.TAGS: 16 * 1024**2,
    ids.CUES: 256 * 1024**2,
}
_MOST_SEEKS = 4096  # places that SeekHeads name; some writers name every cluster
_MOST_ATTACHED = 1_000_000
_OF_SEGMENT = ids.LEVEL_1 | {ids.VOID}
_LAST_PLACE = (1 << 63) - 1


class Parts:
    """Info, tracks, tags and attachments; cues when they are asked for."""

    def __init__(self, source: Source, skip: Callable[[Skipped], None]) -> None:
        self.segment = find_segment(source)
        self.info = Info(app="")
        self.tracks: list[TrackHeader] = []
        self.tags: list[Tag] = []
        self.attachments: list[Attached] = []
        self.first_cluster = self.segment.end
        self._source = source
        self._skip = skip
        self._seen: dict[int, Element] = {}
        if self.segment.damage:
            skip(Skipped(0, self.segment.data, self.segment.damage))
        self.take_up(self._in_front())
        self.take_up(self._sought())

    def take_up(self, elements: Iterable[Element]) -> None:
        """Read what these elements say, but for those that were read before."""
        for element in elements:
            if element.at in self._seen:
                continue
            self._seen[element.at] = element
            try:
                self._read(element)
            except MatroskaError as error:
                self._skip(Skipped(element.at, element.end - element.at, str(error)))

    def clusters(self) -> "Clusters":
        """Read the cues: where the cluster of a time begins."""
        found = Clusters(self._source, self.first_cluster, self.segment.end)
        for element in self._seen.values():
            if element.id != ids.CUES:
                continue
            try:
                for tick, track, position in parsing.cues(self._data(element)):
                    found.add(track, tick, self.segment.data + position)
            except MatroskaError as error:
                self._skip(Skipped(element.at, element.end - element.at, str(error)))
        return found

    def tail(self) -> int:
        """Say where the segment ends and other data may begin.

        A tool that edits a film may stretch the segment over RAWcooked's data behind it, and
        damage may change its size: where an EBML header follows the elements behind the clusters,
        these data begin, whatever the segment says.
        """
        behind = [at for at in self._seen if at > self.first_cluster]
        at = min(behind, default=self._source.size)
        while (head := header(self._source.read(at, LONGEST_HEADER))) is not None:
            if head.id == ids.EBML:
                return at
            if head.id not in _OF_SEGMENT or head.size == UNKNOWN:
                break
            at += head.length + head.size
        is_overlapping = bool(behind) and self.segment.end < at <= self._source.size
        return at if is_overlapping else self.segment.end

    def _in_front(self) -> list[Element]:
        found = []
        for element in self._walk(self.segment.data).elements():
            if element.id == ids.CLUSTER:
                self.first_cluster = element.at
                break
            found.append(element)
        return found

    def _walk(self, at: int) -> Walk:
        return Walk(
            self._source,
            at,
            self.segment.end,
            scale_ns=self.info.scale_ns,
            tracks={},
            skip=self._skip,
            longest_id=self.segment.longest_id,
        )

    def _sought(self) -> list[Element]:
        """Follow the SeekHeads, also to further SeekHeads; a place that holds another is passed."""
        found: list[Element] = []
        heads = [each for each in self._seen.values() if each.id == ids.SEEK_HEAD]
        places: set[int] = set(self._seen)
        while heads:
            for id_, at in self._seeks(heads.pop()):
                element = self._element(id_, at)
                if element is None or at in places or len(places) > _MOST_SEEKS:
                    continue
                places.add(at)
                found.append(element)
                if id_ == ids.SEEK_HEAD:
                    heads.append(element)
        return found

    def _seeks(self, head: Element) -> list[tuple[int, int]]:
        try:
            said = parsing.seeks(self._data(head))
            return [(id_, self.segment.data + at) for id_, at in said if id_ != ids.CLUSTER]
        except MatroskaError:
            return []  # told when it was taken up

    def _element(self, id_: int, at: int) -> Element | None:
        head = header(self._source.read(at, LONGEST_HEADER))
        if head is None or head.id != id_ or id_ not in ids.LEVEL_1:
            return None
        data = at + head.length
        if not 0 <= head.size <= self._source.size - data:
            return None
        return Element(id_, at, data, data + head.size)

    def _read(self, element: Element) -> None:
        if element.id == ids.INFO:
            self.info = parsing.info(self._data(element))
        elif element.id == ids.TRACKS:
            self.tracks.extend(parsing.tracks(self._data(element)))
        elif element.id == ids.TAGS:
            self.tags.extend(parsing.tags(self._data(element)))
        elif element.id == ids.SEEK_HEAD:
            deque(parsing.seeks(self._data(element)), maxlen=0)  # told here if it is damaged
        elif element.id == ids.ATTACHMENTS:
            found = attached_files(self._source, element.data, element.end)
            self.attachments.extend(islice(found, _MOST_ATTACHED - len(self.attachments)))

    def _data(self, element: Element) -> bytes:
        size = element.end - element.data
        if size > _LARGEST[element.id]:
            raise MatroskaError(f"{size} bytes where {_LARGEST[element.id]} are the most")
        return self._source.read(element.data, size)


class Clusters:
    """Where the cues say that the cluster of a time begins; a hint that is checked."""

    def __init__(self, source: Source, first: int, end: int) -> None:
        self._source = source
        self._first = first
        self._end = end
        self._ticks: dict[int, array[int]] = {}
        self._places: dict[int, array[int]] = {}

    def add(self, track: int, tick: int, at: int) -> None:
        """Keep a cue; one that goes back in time is of no use and left out."""
        ticks = self._ticks.setdefault(track, array("Q"))
        if not ticks or tick > ticks[-1]:
            ticks.append(tick)
            self._places.setdefault(track, array("Q")).append(min(at, _LAST_PLACE))

    def before(self, track: int | None, tick: int) -> int:
        """Give the last cluster that begins no later; the first one where no cue can be used."""
        if track is None and len(self._ticks) == 1:
            track = next(iter(self._ticks))
        if track is None or track not in self._ticks:
            return self._first
        number = bisect_right(self._ticks[track], tick) - 1
        at = self._places[track][number] if number >= 0 else self._first
        return at if looks_right(self._source, at, self._end) else self._first
