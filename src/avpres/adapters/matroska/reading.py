"""Reading a Matroska file of any writer, whole or damaged; payloads are read on demand."""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import BinaryIO

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.checking import CrcCheck, CrcChecker
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.encodings import PRIVATE, decoded
from avpres.adapters.matroska.indexing import Index, index_all
from avpres.adapters.matroska.model import Attached, Block, Info, Skipped, Tag, TrackHeader
from avpres.adapters.matroska.opening import Segment
from avpres.adapters.matroska.parts import Parts
from avpres.adapters.matroska.source import Source, Stretch
from avpres.adapters.matroska.timing import ticks
from avpres.adapters.matroska.walking import Element, Walk

LARGEST_FRAME = 2 * 1024**3  # bytes
_LAST_TIME = 1 << 63  # nanoseconds
_MOST_SKIPPED = 10_000  # stretches that are kept; more are only counted


class MatroskaFile:
    """A Matroska file that is open for reading; payloads may be read from many threads at once.

    Attributes:
        info: what the segment says of itself; nothing but defaults where that is lost.
        tracks: in the order of the file.
        attachments: those found so far; `survey` finds the ones that no SeekHead tells of.
        tags: of the segment and its tracks.
        skipped: what could not be understood so far, in the order in which it was met.
        skips: how many there were; `skipped` keeps the first ten thousand.
        missing: bytes that the segment claims to have behind the end of the file.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.skipped: list[Skipped] = []
        self.skips = 0
        self._told: set[tuple[int, str]] = set()
        self._parts = parts = Parts(source, self._skip)
        self.info: Info = parts.info
        self.tracks: Sequence[TrackHeader] = parts.tracks
        self.tags: Sequence[Tag] = parts.tags
        self.attachments: Sequence[Attached] = parts.attachments
        self.missing = max(0, parts.segment.claimed - source.size)
        self._numbers = {track.number: track for track in parts.tracks}

    @cached_property
    def tail(self) -> int:
        """Where the segment ends; RAWcooked's version 2 puts its data there."""
        return self._parts.tail()

    @property
    def segment(self) -> Segment:
        """Where the segment begins, and what it claims of itself."""
        return self._parts.segment

    @property
    def first_cluster(self) -> int:
        """Where the first cluster begins; the end of the segment if there is none."""
        return self._parts.first_cluster

    def track(self, number: int) -> TrackHeader:
        """Give the track of a number.

        Raises:
            MatroskaError: there is none.
        """
        if number not in self._numbers:
            raise MatroskaError(f"there is no track {number}")
        return self._numbers[number]

    def private(self, number: int) -> bytes:
        """Give a track's CodecPrivate, decompressed where the file has it compressed.

        Raises:
            MatroskaError: there is no such track, or it cannot be decompressed.
        """
        track = self.track(number)
        return decoded(track.private, track.encodings, PRIVATE)

    def blocks(self, track: int | None = None, *, from_ns: int = 0) -> Iterator[Block]:
        """Yield the frames of one track, or of all, in the order of the file.

        Damage met on the way is added to `skipped`. With `from_ns`, which is rounded as times are
        when they are written, reading begins at the cluster that the cues name, and no frame of an
        earlier time is given.
        """
        tick = ticks(from_ns, self.info.scale_ns)
        first = self._parts.first_cluster
        start = self._parts.clusters().before(track, tick) if tick > 0 else first
        least = tick * self.info.scale_ns if tick > 0 else -_LAST_TIME
        for block in self._walk(start).blocks():
            if (track is None or block.track == track) and block.time_ns >= least:
                yield block

    def index(self) -> dict[int, Index]:
        """Note where every frame of every track stands, in one pass and 33 bytes each."""
        return index_all(self.blocks())

    def survey(self) -> list[Element]:
        """Walk through all elements, and find attachments and tags that no SeekHead tells of.

        Returns:
            The elements of level 1 but clusters and Voids.
        """
        found = [each for each in self.elements() if each.id != ids.VOID]
        self._parts.take_up(found)
        return found

    def elements(self) -> list[Element]:
        """Walk through all elements of level 1, and list those that are no clusters."""
        walk = self._walk(self.segment.data)
        return [each for each in walk.elements() if each.id != ids.CLUSTER]

    def check_crcs(self, progress: Callable[[int], object] | None = None) -> Iterator[CrcCheck]:
        """Compute every CRC-32 of the file anew, and yield what became of each.

        An element of level 1 without one is yielded too. `progress` is told the bytes done.
        """
        checker = CrcChecker(self.source, progress)
        yield from checker.outer(self.segment)
        yield from checker.file(self._walk(self.segment.data))

    def check_element(self, element: Element) -> Iterator[CrcCheck]:
        """Compute the CRC-32 of one element anew, and of those within it."""
        return CrcChecker(self.source).element(element)

    def payload(self, block: Block, limit: int = LARGEST_FRAME) -> bytes:
        """Read a frame, and undo what its track's content encodings did to it.

        Raises:
            MatroskaError: it is larger than the limit, cut, or cannot be decoded.
        """
        if block.size > limit:
            raise MatroskaError(f"a frame of {block.size} bytes at {block.offset}")
        data = self.source.read(block.offset, block.size)
        if len(data) < block.size:
            raise MatroskaError(f"the frame at {block.offset} is cut")
        track = self._numbers.get(block.track)
        return decoded(data, track.encodings, limit=limit) if track and track.encodings else data

    def open(self, attached: Attached) -> BinaryIO:
        """Open an attachment, to be read like a file of its own."""
        stretch = Stretch(self.source, attached.offset, attached.size)
        return io.BufferedReader(stretch)

    def _walk(self, at: int) -> Walk:
        segment = self.segment
        return Walk(
            self.source,
            at,
            segment.end,
            scale_ns=self.info.scale_ns,
            tracks=self._numbers,
            skip=self._skip,
            longest_id=segment.longest_id,
        )

    def _skip(self, skipped: Skipped) -> None:
        key = skipped.offset, skipped.why
        if key in self._told:
            return
        self.skips += 1
        if len(self.skipped) < _MOST_SKIPPED:
            self._told.add(key)
            self.skipped.append(skipped)


def open_matroska(handle: BinaryIO, size: int | None = None) -> MatroskaFile:
    """Open a Matroska or WebM file; damage is told in `skipped`, not raised.

    Raises:
        MatroskaError: this is no Matroska.
        OSError: the file cannot be read.
    """
    return MatroskaFile(Source(handle, size))
