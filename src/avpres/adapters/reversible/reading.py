"""Read reversibility data of RAWcooked, of any version since the first alphas, and of avpres.

One pass over element headers makes an index that holds a number for every 64th frame; files are
read when they are asked for, in any order and by several threads.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO, TypeVar

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.apart import Apart
from avpres.adapters.reversible.compressed import unpacked
from avpres.adapters.reversible.copies import is_checked, read_copy
from avpres.adapters.reversible.fields import MOST_NAME, attached
from avpres.adapters.reversible.more import read_more
from avpres.adapters.reversible.track import Track
from avpres.adapters.reversible.walking import LOST, kind_of, walk
from avpres.adapters.reversible.window import Element, Window
from avpres.domain.reversible import (
    Attached,
    Folder,
    Library,
    ReversibilityError,
    TrackKind,
)

__all__ = ["FIRST_BYTES", "Reversibility", "Track", "is_reversibility", "read_reversibility"]

MOST_TRACKS = 65_536  # of a file; RAWcooked itself knows 127
MOST_TEXT = 4096  # bytes of a library's name
MAGIC = e.EBML.to_bytes(4, "big")
ALPHA = (e.TRACK.to_bytes(3, "big"), e.BLOCK.to_bytes(3, "big"))
FIRST_BYTES = 64  # enough to tell
TRACK_MARK, SEGMENT_MARK, ROOT_MARK = (x.to_bytes(3, "big") for x in (e.TRACK, e.SEGMENT, e.ROOT))
MARKS = (SEGMENT_MARK, ROOT_MARK, TRACK_MARK)
ENOUGH = 2
ROOTED = 2  # the version with a root
FOLDER = frozenset(Folder.__dataclass_fields__)
_Read = TypeVar("_Read")


def is_reversibility(first: bytes) -> bool:
    """Tell by the first 64 bytes whether an attachment holds reversibility data.

    The attachment's name tells nothing (Matroska.cpp: `IsAlpha2 || IsEBML`). RAWcooked takes every
    attachment that begins as EBML for its own; here two of three signs must be there: the head of
    EBML, its DocType, and an element of RAWcooked.
    """
    signs = (first.startswith(MAGIC), e.DOC_TYPE_NAME in first, any(m in first for m in MARKS))
    return first.startswith(ALPHA) or sum(signs) >= ENOUGH


class Reversibility:
    """Reversibility data: tracks in the order of Matroska's, attachments, folders."""

    def __init__(self, window: Window, start: int, end: int, form: int) -> None:
        self.library = Library("", "", form)
        self.tracks: list[Track] = []
        self.container = b""  # the name of an AVI file that RAWcooked took apart
        self._container: Element | None = None
        self._apart: Apart | None = None
        self.damage = ""
        self._window = window
        self.start, self._end = start, end
        self._behind_head = start
        self._copies: dict[int, Element] = {}
        self._check: Element | None = None

    def index(self) -> None:
        """Pass over all elements once; what is broken is told in `damage`.

        Raises:
            ReversibilityError: there are too many tracks to be believed.
        """
        for found in walk(self._window, self.start, self._end):
            if found.id == LOST:
                self._lose(found)
            else:
                self._take(found)
        for number, track in enumerate(self.tracks, 1):
            if number in self._copies:
                self._mend(track, self._copies[number])
            track.settle()
        if self._container is not None and not self.tracks:
            self._take_apart(self._container)

    @property
    def weight(self) -> tuple[int, int, int]:
        """Say how much was found, to choose between two readings."""
        frames = sum(track.frames for track in self.tracks)
        return len(self.tracks), frames, len(self._copies)

    def is_checked(self) -> bool | None:
        """Read all of the data and hold them against their check sum; None where there is none."""
        if self._check is None:
            return None
        return is_checked(self._window, self._behind_head, self._check)

    def attached(self, *, data: bool = False) -> Iterator[Attached]:
        """Read the files that are kept whole; with `data`, what version 2 may keep of them here.

        An AVI that RAWcooked took apart is the first.

        Raises:
            ReversibilityError: one is damaged; all others were given before.
        """
        if self._apart is not None:
            yield self._apart.file
        yield from self._each(e.ATTACHMENT, lambda found: attached(self._window, found, data=data))

    def folders(self) -> Iterator[Folder]:
        """Read the folders.

        Raises:
            ReversibilityError: one is damaged; all others were given before.
        """
        for found in self._each(e.FOLDER, self._folder):
            if found is not None:
                yield found

    def _each(self, id_: int, read: Callable[[Element], _Read]) -> Iterator[_Read]:
        """Read all elements of a kind; what is wrong with one is raised behind the last."""
        trouble: ReversibilityError | None = None
        for found in walk(self._window, self.start, self._end):
            if found.id == id_:
                try:
                    said = read(found)
                except ReversibilityError as error:
                    trouble = trouble or error
                else:
                    yield said
        if trouble is not None:
            raise trouble

    def _folder(self, found: Element) -> Folder | None:
        more = read_more(self._window.content(found)) if found.size <= MOST_NAME else {}
        known = {name: more[name] for name in FOLDER if name in more}
        return Folder(**known) if "name" in known else None

    def _take(self, found: Element) -> None:
        if found.id == e.SEGMENT:
            self._segment(found)
        elif found.id == e.TRACK:
            self._begin(found)
            self._segment(found)  # the alphas of RAWcooked named themselves here
        elif found.id == e.BLOCK and self.tracks:
            self.tracks[-1].add(found)
        elif found.id == e.BLOCK:
            self.damage = self.damage or "a frame comes before its track"
        elif found.id == e.COPY:
            self._copies |= read_copy(self._window, found)
        elif found.id == e.CHECK:
            self._check = found
        elif found.id == e.EBML and found.at == self.start:
            self._behind_head = found.end

    def _begin(self, head: Element) -> None:
        if len(self.tracks) >= MOST_TRACKS:
            raise ReversibilityError(f"there are more than {MOST_TRACKS} tracks")
        self.tracks.append(Track(self._window, head, self._end))

    def _lose(self, gap: Element) -> None:
        """Keep the place of what is broken, so that what follows keeps its number."""
        self.damage = self.damage or f"they are broken or cut at byte {gap.at}"
        in_track = bool(self.tracks) and self._settled().kind is TrackKind.FRAMES
        kind = kind_of(self._window, gap, in_track=in_track)
        if kind == e.TRACK:
            self._begin(gap)
        elif kind == e.BLOCK and in_track:
            self.tracks[-1].add(gap)

    def _settled(self) -> Track:
        self.tracks[-1].settle()
        return self.tracks[-1]

    def _mend(self, track: Track, copy: Element) -> None:
        """Take the copy of a Track, whose CRC is right, where the Track itself is another."""
        head = track.head
        own = self._window.read(head.start, 0 if head.id == LOST else head.size)
        if own != self._window.read(copy.start, copy.size):
            self.damage = self.damage or f"the track at byte {head.at} is broken; its copy is used"
            track.head = copy

    def _segment(self, found: Element) -> None:
        for part in self._window.elements(found.start, found.end):
            if part.id in (e.LIBRARY_NAME, e.LIBRARY_VERSION) and part.size <= MOST_TEXT:
                said = self._window.content(part).decode(errors="replace")
                if part.id == e.LIBRARY_NAME:
                    self.library = replace(self.library, name=said)
                else:
                    self.library = replace(self.library, version=said)
            elif part.id == e.NAME and found.id == e.SEGMENT:
                self.container = unpacked(self._window.content(part, MOST_NAME), MOST_NAME)
                self._container = found

    def _take_apart(self, found: Element) -> None:
        """Find the pieces of an AVI; where that fails it is named all the same."""
        try:
            self._apart = Apart(self._window, attached(self._window, found, data=True))
        except ReversibilityError as error:
            self.damage = self.damage or f"{os.fsdecode(self.container)}: {error}"
        else:
            self.tracks += self._apart.tracks


def read_reversibility(
    handle: BinaryIO, offset: int, size: int, *, lenient: bool = False
) -> Reversibility:
    """Make the index of data at a place: an attachment's content, or what follows the Segment.

    Args:
        handle: a file that nobody else reads from meanwhile.
        offset: where the data begin.
        size: their bytes; more may follow.
        lenient: keep what can be read of damaged data; `damage` then says what is wrong.

    Raises:
        ReversibilityError: these are none, or they are damaged.
    """
    window = Window(handle, offset, size)
    found = _opened(window)
    found.index()
    if found.damage and found.library.form == ROOTED:
        wider = Reversibility(window, found.start, window.end, ROOTED)
        wider.index()
        found = max(found, wider, key=lambda each: each.weight)
        found.damage = found.damage or "their root has another size"
    if found.damage and not lenient:
        raise ReversibilityError(found.damage)
    return found


def _opened(window: Window) -> Reversibility:
    first = window.read(window.start, FIRST_BYTES)
    if not is_reversibility(first):
        raise ReversibilityError("these are no reversibility data of RAWcooked")
    if first.startswith(ALPHA):
        return Reversibility(window, window.start, window.end, 0)
    for found in walk(window, window.start, window.end):
        if found.id == e.ROOT:
            return Reversibility(window, found.start, found.end, ROOTED)
        if found.id in (e.SEGMENT, e.TRACK, e.ATTACHMENT):
            break
    return Reversibility(window, window.start, window.end, 1)
