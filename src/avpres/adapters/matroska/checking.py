"""Check sums of elements (RFC 8794, 11.3.1), computed anew."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from zlib import crc32

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import CRC_SIZE, LONGEST_HEADER, LONGEST_NUMBER, UNKNOWN, header
from avpres.adapters.matroska.opening import Segment
from avpres.adapters.matroska.source import Source, Window
from avpres.adapters.matroska.walking import Element, Walk

_DEEPEST = 8  # masters within masters
_NAMES = {
    ids.EBML: "EBML",
    ids.SEGMENT: "Segment",
    ids.SEEK_HEAD: "SeekHead",
    ids.INFO: "Info",
    ids.TRACKS: "Tracks",
    ids.CHAPTERS: "Chapters",
    ids.CLUSTER: "Cluster",
    ids.CUES: "Cues",
    ids.ATTACHMENTS: "Attachments",
    ids.TAGS: "Tags",
    ids.BLOCK_GROUP: "BlockGroup",
    ids.TRACK_ENTRY: "TrackEntry",
    ids.ATTACHED_FILE: "AttachedFile",
    ids.TAG: "Tag",
    ids.CUE_POINT: "CuePoint",
    ids.SEEK: "Seek",
}
_INNER = frozenset(
    (
        ids.SEEK,
        ids.TRACK_ENTRY,
        ids.VIDEO,
        ids.COLOUR,
        ids.AUDIO,
        ids.CONTENT_ENCODINGS,
        ids.CONTENT_ENCODING,
        ids.CONTENT_COMPRESSION,
        ids.BLOCK_GROUP,
        ids.ATTACHED_FILE,
        ids.TAG,
        ids.TARGETS,
        ids.SIMPLE_TAG,
        ids.CUE_POINT,
        ids.CUE_TRACK_POSITIONS,
        ids.EDITION_ENTRY,
        ids.CHAPTER_ATOM,
    )
)


class CrcCheck(NamedTuple):
    """What became of one check sum: an element, where it begins, and its size as a whole.

    `stated` is None for an element of level 1 that has no CRC-32.
    """

    id: int
    offset: int
    size: int
    stated: int | None
    found: int | None

    @property
    def name(self) -> str:
        """Name the element as the standard does."""
        return _NAMES.get(self.id, f"element {self.id:X}")

    @property
    def is_wrong(self) -> bool:
        """Tell whether the bytes are others than when the check sum was made."""
        return self.stated is not None and self.stated != self.found


class CrcChecker:
    """Reads every byte that a CRC-32 covers."""

    def __init__(self, source: Source, progress: Callable[[int], object] | None = None) -> None:
        self._source = source
        self._window = Window(source)
        self._progress = progress or (lambda _size: None)

    def file(self, walk: Walk) -> Iterator[CrcCheck]:
        """Check all elements of a segment in their order; damage is told by the walk."""
        for element in walk.elements():
            if element.id in ids.LEVEL_1:
                if element.end == UNKNOWN:
                    for _ in walk.blocks_of(element):
                        pass
                    element = element._replace(end=walk.at)  # noqa: PLW2901 - the same one
                yield from self.element(element)

    def outer(self, segment: Segment) -> Iterator[CrcCheck]:
        """Check the EBML header and the segment as a whole, which few writers give a CRC-32."""
        head = header(self._source.read(0, LONGEST_HEADER))
        extents = [(ids.SEGMENT, segment.at, segment.data, segment.end)]
        if head is not None and head.id == ids.EBML and head.size >= 0:
            extents.insert(0, (head.id, 0, head.length, head.length + head.size))
        for id_, at, data, end in extents:
            stated = self._stated(data, end)
            if stated is not None:
                yield CrcCheck(id_, at, end - at, stated, self._crc(data + CRC_SIZE, end))

    def element(self, element: Element) -> Iterator[CrcCheck]:
        """Check an element of level 0 or 1 and those within it."""
        stated = self._stated(element.data, element.end)
        found = None if stated is None else self._crc(element.data + CRC_SIZE, element.end)
        if stated is None:
            self._progress(element.end - element.data)
        size = element.end - element.at
        yield CrcCheck(element.id, element.at, size, stated, found)
        yield from self._within(element.data, element.end, 1)

    def _within(self, at: int, end: int, depth: int) -> Iterator[CrcCheck]:
        while at < end:
            buffer, within = self._window.at(at, LONGEST_HEADER)
            head = header(buffer, within, LONGEST_NUMBER)
            if head is None or not 0 <= head.size <= end - at - head.length:
                return  # told by whoever reads this element
            data, after = at + head.length, at + head.length + head.size
            if head.id in _INNER and depth < _DEEPEST:
                stated = self._stated(data, after)
                if stated is not None:
                    found = self._crc(data + CRC_SIZE, after)
                    yield CrcCheck(head.id, at, after - at, stated, found)
                yield from self._within(data, after, depth + 1)
            at = after

    def _stated(self, data: int, end: int) -> int | None:
        buffer, at = self._window.at(data, CRC_SIZE)
        child = header(buffer, at)
        if child is None or child.id != ids.CRC_32 or data + CRC_SIZE > end:
            return None
        value = buffer[at + child.length : at + child.length + 4]
        return int.from_bytes(value, "little") if child.size == CRC_SIZE - 2 else None

    def _crc(self, at: int, end: int) -> int:
        crc = 0
        for chunk in self._source.chunks(at, end - at):
            crc = crc32(chunk, crc)
            self._progress(len(chunk))
        return crc
