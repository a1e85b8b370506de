"""The bytes of a frame, with the description of its samples: a file, or a piece of one."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from avpres.adapters.cooking.journal import Listed
from avpres.adapters.scans.reading import read_scan
from avpres.adapters.storage.reading import ChangedError, signature
from avpres.domain.clip import Hole, Piece
from avpres.domain.reel import file_of
from avpres.domain.scan import SampleArray
from avpres.services.cook.planning import Film
from avpres.services.cook.stage import Reel


class Loaded(NamedTuple):
    """A frame as it was read. `data` are its own bytes, `raw` those of the file with the sound."""

    data: bytes
    array: SampleArray
    piece: Piece | None = None
    raw: bytes = b""


def load(reel: Reel, film: Film, file: Listed) -> Loaded:
    """Read a frame of a track.

    Raises:
        ChangedError: it is not the one that was listed.
        UncodableScan: its header is not that of a scan any more.
        OSError: it cannot be read.
    """
    if film.clip is None:
        data = read_whole(reel, file)
        return Loaded(data, read_scan(data).array)
    piece = Piece.from_text(file.within)
    with opened(reel, file) as handle:
        raw = read_piece(handle, reel, file, piece)
    need = film.clip.scan.array.size
    array = replace(film.clip.scan.array, segments=((piece.begin, need),))
    return Loaded(without(raw, piece.holes), array, piece, raw)


def read_whole(reel: Reel, file: Listed) -> bytes:
    """Read a file that must be the one that was listed, before and after.

    Raises:
        ChangedError: it is not.
        OSError: it cannot be read.
    """
    with opened(reel, file) as handle:
        data = handle.read()
        is_same = signature(os.fstat(handle.fileno())) == file.signature
    if not is_same or len(data) != file.size:
        raise ChangedError(reel.at(file.path))
    return data


def read_piece(handle: BinaryIO, reel: Reel, file: Listed, piece: Piece) -> bytes:
    """Read the bytes of a file that a piece takes, with all that is left out of it.

    Raises:
        ChangedError: the file is not the one that was listed.
        OSError: it cannot be read.
    """
    handle.seek(piece.at)
    raw = handle.read(piece.extent)
    if not is_part_of(handle, file) or len(raw) != piece.extent:
        raise ChangedError(reel.at(file_of(file.path)))
    return raw


def opened(reel: Reel, file: Listed) -> BinaryIO:
    """Open a file of the reel, or the one that a part is of; no link is followed.

    Raises:
        OSError: it cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(reel.at(file_of(file.path)), flags), "rb")


def is_part_of(handle: BinaryIO, part: Listed) -> bool:
    """Say whether a file is the one of which a part was listed; its size is compared elsewhere."""
    return signature(os.fstat(handle.fileno()))[1:] == part.signature[1:]


def without(raw: bytes, holes: Sequence[Hole]) -> bytes:
    """Leave the holes out of the bytes of a piece."""
    if not holes:
        return raw
    parts, at, out = [], 0, 0
    for hole in holes:
        parts.append(raw[at : hole.at + out])
        out += hole.size
        at = hole.at + out
    return b"".join([*parts, raw[at:]])
