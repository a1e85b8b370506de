"""Files of many frames while they are cooked: their sound read by itself, the whole digested."""

import hashlib
import os
from collections.abc import Iterator
from typing import Self

from avpres.adapters.cooking.journal import Journal, Listed, Result
from avpres.adapters.storage.reading import ChangedError, signature
from avpres.domain.clip import Piece
from avpres.domain.reel import file_of
from avpres.services.cook.loading import opened, read_piece
from avpres.services.cook.planning import Film
from avpres.services.cook.stage import Reel


class Stream:
    """The samples of one sound of a clip, read one after another as if they were a file."""

    def __init__(self, reel: Reel, journal: Journal, film: Film, stream: int) -> None:
        """Open the file.

        Raises:
            OSError: it cannot be read.
        """
        self._handle = opened(reel, film.first)
        self._places = _places(journal, film, stream)
        self._left = 0

    def read(self, size: int) -> bytes:
        """Read on; less at the end."""
        parts = []
        while size:
            if not self._left:
                place, self._left = next(self._places, (0, 0))
                self._handle.seek(place)
            data = self._handle.read(min(size, self._left))
            if not data:
                break
            self._left -= len(data)
            size -= len(data)
            parts.append(data)
        return b"".join(parts)

    def fileno(self) -> int:
        """Give the descriptor of the file."""
        return self._handle.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()


def _places(journal: Journal, film: Film, stream: int) -> Iterator[tuple[int, int]]:
    for row in journal.frames(film.track):
        piece = Piece.from_text(row.within)
        out = 0
        for hole in piece.holes:
            if hole.stream == stream:
                yield piece.at + hole.at + out, hole.size
            out += hole.size


class Whole:
    """The digests of a clip, of the very bytes that its pieces were coded of."""

    def __init__(self, reel: Reel, journal: Journal, film: Film) -> None:
        self._reel, self._journal, self._film = reel, journal, film
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        streams = film.clip.streams if film.clip else ()
        self._streams = {each.number: hashlib.sha256() for each in streams}
        self._next = 0

    def take(self, file: Listed, raw: bytes) -> None:
        """Take the next piece; what an earlier run coded of the file is read before.

        Raises:
            ChangedError: the file is not the one that was listed.
            OSError: it cannot be read.
        """
        self._catch_up(file.place or 0)
        self._add(file, raw)

    def finish(self) -> None:
        """Tell the journal what was read.

        Raises:
            ChangedError: the file is not the one that was listed, or it gave other sound before.
            OSError: it cannot be read.
        """
        self._catch_up(self._film.sequence.frames)
        path = file_of(self._film.first.path)
        whole = self._journal.look_up(path)
        with opened(self._reel, self._film.first) as handle:
            found = signature(os.fstat(handle.fileno()))
        if whole is None or found != whole.signature:
            raise ChangedError(self._reel.at(path))
        self._journal.prove(Result(whole.id, self._md5.digest(), self._sha256.digest()))

    def is_sound(self, stream: int | None, sha256: bytes) -> bool:
        """Say whether a sound that was read by itself is the one between the pieces."""
        return stream in self._streams and self._streams[stream].digest() == sha256

    def _catch_up(self, place: int) -> None:
        if self._next >= place:
            return
        with opened(self._reel, self._film.first) as handle:
            for file in self._journal.frames(self._film.track, self._next):
                if self._next >= place:
                    break
                piece = Piece.from_text(file.within)
                self._add(file, read_piece(handle, self._reel, file, piece))

    def _add(self, file: Listed, raw: bytes) -> None:
        self._next += 1
        self._md5.update(raw)
        self._sha256.update(raw)
        out, view = 0, memoryview(raw)
        for hole in Piece.from_text(file.within).holes:
            at = hole.at + out
            self._streams[hole.stream].update(view[at : at + hole.size])
            out += hole.size
