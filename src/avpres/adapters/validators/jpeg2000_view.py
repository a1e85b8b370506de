"""What jpylyzer slices instead of a file's bytes: bounded in memory and in work.

jpylyzer takes one bytes object and slices it; a codestream of 2 GB would be copied with every box
and every tile-part. These views give slices of the same file, and count them: some damaged lengths
make jpylyzer read on for ever.
"""

from dataclasses import dataclass

from avpres.adapters.validators.source import Source

_COPIED = 1024 * 1024  # bytes; longer slices stay views
_LEAST_ROOM = 64 * 1024 * 1024  # bytes
_TIMES = 16  # the size of the file


class TooMuchWorkError(Exception):
    """More was sliced than any sound file of that size asks for."""


@dataclass(slots=True)
class Work:
    """How many slices are left, and how many bytes may be copied into them."""

    room: int
    left: int = 240_000  # ten thousand tile-parts; about a second

    def spend(self, size: int = 0) -> None:
        """Count one slice of so many bytes.

        Raises:
            TooMuchWorkError: there are none left.
        """
        self.left -= 1
        self.room -= size
        if self.left < 0 or self.room < 0:
            raise TooMuchWorkError


def work_for(size: int) -> Work:
    """Allow what sound files of a size take: boxes within boxes are copied a few times."""
    return Work(room=_LEAST_ROOM + _TIMES * size)


class Piece(bytes):
    """Bytes whose slices are counted."""

    work: Work

    def __getitem__(self, key: slice) -> "Piece":  # type: ignore[override]
        """Give a slice."""
        found = bytes.__getitem__(self, key)
        self.work.spend(len(found))
        return counted(found, self.work)


class View:
    """A part of a file that looks like bytes to who only slices and measures it."""

    def __init__(self, source: Source, start: int, stop: int, work: Work) -> None:
        self._source = source
        self._start = start
        self._stop = stop
        self._work = work

    def __len__(self) -> int:
        return self._stop - self._start

    def __getitem__(self, key: slice) -> "View | Piece":
        first, last, _ = key.indices(len(self))
        start, stop = self._start + first, self._start + max(first, last)
        if stop - start > _COPIED:
            self._work.spend()
            return View(self._source, start, stop, self._work)
        self._work.spend(stop - start)
        return counted(self._source.peek(start, stop - start), self._work)


def counted(data: bytes, work: Work) -> Piece:
    """Make bytes whose slices are counted."""
    piece = Piece(data)
    piece.work = work
    return piece
