"""A file of many frames that is restored piece by piece, and its sounds between them."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.adapters.reversible.layouts import holes_of, stream_of
from avpres.adapters.reversible.reading import Track
from avpres.domain.reversible import Attached, Restoration, ReversibilityError
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.pictures import DamagedError
from avpres.services.reversible.sounding import SoundProving
from avpres.services.uncook import findings
from avpres.services.uncook.landing import Landing
from avpres.services.uncook.outcome import FAILED, THERE, Outcome, free, land, outcome_of

_SHOWN = 5  # damaged pieces that are named


class ClipRestoring:
    """A file whose pieces come in any order; trouble is kept for its end."""

    def __init__(self, destination: Path, file: Attached) -> None:
        """Begin it, unless it is there.

        Raises:
            HostileNameError: its name would lead out of the destination.
            TakenError: something else bears its name.
            OSError: the destination refuses.
        """
        path = free(destination, file)
        self.file = file
        self.is_there = path is None
        self._landing = Landing(path) if path is not None else None
        self._troubles: list[str] = []
        self._count = 0
        self._guard = Lock()

    def put(self, piece: Restoration, data: bytes) -> None:
        """Write a piece; called in any thread.

        Raises:
            ReversibilityError: what is left out of it does not fit.
            DamagedError: it would end behind the file.
            OSError: the destination refuses.
        """
        for at, part in _spread(piece, data):
            self._write(at, part)

    def fail(self, why: str) -> None:
        """Note that something of it is damaged."""
        with self._guard:
            self._count += 1
            if len(self._troubles) < _SHOWN:
                self._troubles.append(why)

    def fill(self, places: Iterator[tuple[int, int]], data: bytes) -> None:
        """Write sound into the next places."""
        view = memoryview(data)
        while view:
            at, size = next(places, (0, 0))
            if not size:
                raise DamagedError("the sound is longer than the places that were left for it")
            self._write(at, view[:size])
            view = view[size:]

    def finish(self) -> Outcome:
        """Compare the whole with its digests, and let it land.

        Raises:
            DamagedError: it does not come back as it was.
            TakenError: something of its name has come meanwhile.
            OSError: the destination refuses.
        """
        if self._landing is None:
            return outcome_of(self.file, THERE)
        with self._landing as landing:
            if self._count:
                finding = findings.damaged(os.fsdecode(self.file.name), self._said())
                return Outcome(self.file.name, FAILED, finding=finding)
            landing.reread()
            return land(landing, self.file)

    def abandon(self) -> None:
        """Remove what was written."""
        if self._landing is not None:
            with self._landing:
                pass

    def _said(self) -> str:
        rest = self._count - len(self._troubles)
        return "; ".join(self._troubles) + (f"; {rest:,} parts more" if rest else "")

    def _write(self, at: int, data: bytes | memoryview) -> None:
        if self.file.size is None or at + len(data) > self.file.size:
            raise DamagedError("a part of it would stand behind its end")
        if self._landing is not None:
            self._landing.put(at, data)


class StreamRestoring(SoundProving):
    """A sound that is a part of a file: decoded, compared, and written between its pieces."""

    def __init__(
        self, cooked: Cooked, header: TrackHeader, file: Restoration, clip: ClipRestoring
    ) -> None:
        self._clip = clip
        self._places = _filled(cooked, file)
        self._rest: list[tuple[int, int]] = []
        super().__init__(cooked, header, file)

    def take(self, block: Block) -> None:
        """Decode one packet more."""
        if not self._clip.is_there:
            super().take(block)

    def heard(self, data: bytes) -> None:
        """Write what was decoded."""
        self._clip.fill(self._next(len(data)), data)

    def conclude(self) -> None:
        """Compare the whole; what is wrong is trouble of the file."""
        if self._clip.is_there:
            return
        try:
            self.finish()
            if self._rest or next(self._places, None) is not None:
                self._clip.fail("the sound is shorter than the places that were left for it")
        except DamagedError as error:
            self._clip.fail(f"its sound in track {self.header.number}: {error}")

    def _next(self, size: int) -> Iterator[tuple[int, int]]:
        """Give the next places, cut to so many bytes."""
        while size:
            at, room = self._rest.pop() if self._rest else next(self._places, (0, 0))
            if not room:
                return
            if room > size:
                self._rest.append((at + size, room - size))
                room = size
            size -= room
            yield at, room


def _filled(cooked: Cooked, sound: Restoration) -> Iterator[tuple[int, int]]:
    """Find the places of a sound in its file: all pieces tell of them, in their order."""
    stream = stream_of(sound.layout)
    for track in cooked.data.tracks:
        for piece in _pieces(track, sound.name):
            out = 0
            for hole in holes_of(piece.layout):
                if hole.stream == stream:
                    yield (piece.at or 0) + hole.at + out, hole.size
                out += hole.size


def _pieces(track: Track, name: bytes) -> Iterator[Restoration]:
    for place in range(track.frames):
        piece = track.file(place, residual=False)
        if piece.at is None or piece.name != name:
            return
        yield piece


def _spread(piece: Restoration, data: bytes) -> Iterator[tuple[int, memoryview]]:
    """Give the parts of a piece between what is left out of it, with their places in the file."""
    view, begin, at = memoryview(data), piece.at or 0, 0
    out = 0
    for hole in holes_of(piece.layout):
        if not at <= hole.at <= len(view):
            raise ReversibilityError("what is left out of it does not fit")
        yield begin + at + out, view[at : hole.at]
        at, out = hole.at, out + hole.size
    yield begin + at + out, view[at:]
