"""Check sums that a wrapper keeps of its content: CRCs of Matroska's clusters, the MD5 of a WAV.

They cover what has no check of its own, such as uncompressed sound. The file is read in a thread,
no further than ffmpeg has come, so that both are served by one reading of the medium.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from typing import BinaryIO
from zlib import crc32

from avpres.adapters.media.foreign import foreign
from avpres.adapters.media.leash import Leash
from avpres.adapters.validators.ebml import CRC_32, HEADER, UNKNOWN, element

CHUNK = 1024 * 1024  # bytes
KEPT = 20  # places that are told one by one

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_SUM = bytes([CRC_32, 0x84])  # a CRC-32 and its size, four bytes (RFC 8794 §11.3.1)
_NAMES = {_CLUSTER: "cluster", 0x1654AE6B: "tracks", 0x1549A966: "info", 0x1C53BB6B: "cues"}
_MD5 = 16  # bytes

Allowed = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class WrapperSums:
    """What the check sums say. `is_covering`: all content has one; `wrong` are places in words."""

    name: str
    is_covering: bool
    wrong: tuple[str, ...] = ()

    @property
    def is_proof(self) -> bool:
        """Say whether all content was compared and is right."""
        return self.is_covering and not self.wrong


class FollowingSums:
    """Checks one file in a thread of its own, as far as it is allowed."""

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._leash = Leash(os.stat(path).st_size)
        self._found: WrapperSums | None = None
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="sums", daemon=True)
        self._thread.start()

    def allow(self, share: float) -> None:
        """Let it read as far as ffmpeg is, 0 to 1, and a little further."""
        self._leash.allow(share)

    def finish(self) -> WrapperSums | None:
        """Let it read to the end, and tell what it found; None when there are no check sums.

        Raises:
            OSError: the file cannot be read.
        """
        self._leash.release()
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found

    def stop(self) -> None:
        """Give up."""
        self._leash.stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._found = check(self._path, self._leash.may_read)
        except OSError as error:
            self._error = error


def check(path: bytes, allowed: Allowed = lambda _place: True) -> WrapperSums | None:
    """Hold a file against the check sums of its wrapper; None when it has none.

    Args:
        path: the file.
        allowed: asked before each reading; may wait, or say no to end it.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb", buffering=0) as handle:
        head = handle.read(4)
        if head == _EBML.to_bytes(4, "big"):
            return _matroska(handle, os.fstat(handle.fileno()).st_size, allowed)
    return _wave(path, allowed) if head == b"RIFF" else None


def _matroska(handle: BinaryIO, size: int, allowed: Allowed) -> WrapperSums | None:
    at, clusters, covered = 0, 0, 0
    wrong: list[str] = []
    while at < size and allowed(at):
        handle.seek(at)
        found = element(handle.read(HEADER))
        if found is None or (found[1] == UNKNOWN and found[0] != _SEGMENT):
            covered = -1  # where the next one begins cannot be told
            break
        id, length, heading = found
        at += heading
        if id == _SEGMENT:
            continue
        clusters += id == _CLUSTER
        right = _is_right(handle, at, length, allowed)
        covered += id == _CLUSTER and right is not None
        if right is False and len(wrong) < KEPT:
            wrong.append(f"{_NAMES.get(id, 'element')} at byte {at - heading:,}")
        at += length
    is_covering = at == size and clusters == covered > 0
    return WrapperSums("Matroska CRCs", is_covering, tuple(wrong)) if clusters else None


def _is_right(handle: BinaryIO, at: int, length: int, allowed: Allowed) -> bool | None:
    """Compare an element with the CRC-32 that it begins with; None when it has none."""
    handle.seek(at)
    head = handle.read(6)
    if head[:2] != _SUM or length < len(head):
        return None
    found, left = 0, length - len(head)
    while left and allowed(at + length - left):
        piece = handle.read(min(left, CHUNK))
        if not piece:
            return False
        found = crc32(piece, found)
        left -= len(piece)
    return found == int.from_bytes(head[2:], "little")


def _wave(path: bytes, allowed: Allowed) -> WrapperSums | None:
    """Compare the samples with the MD5 that BWF MetaEdit writes."""
    told = foreign(path)
    if told is None:
        return None
    with open(path, "rb", buffering=0) as handle:
        stored, place = b"", None
        for piece in told.pieces[1:]:
            handle.seek(piece.offset)
            id = handle.read(4)
            if id == b"MD5 ":
                handle.seek(piece.offset + 8)
                stored = handle.read(_MD5)
            place = piece.offset if id == b"data" else place
        if len(stored) < _MD5 or not any(stored) or place is None:
            return None
        found = _md5(handle, place, allowed)
    wrong = () if found in {stored, stored[::-1]} else (f"samples at byte {place + 8:,}",)
    return WrapperSums("WAV MD5", is_covering=True, wrong=wrong)


def _md5(handle: BinaryIO, place: int, allowed: Allowed) -> bytes:
    handle.seek(place + 4)
    left, at = int.from_bytes(handle.read(4), "little"), place + 8
    digest = md5(usedforsecurity=False)
    while left > 0 and allowed(at) and (piece := handle.read(min(left, CHUNK))):
        digest.update(piece)
        left, at = left - len(piece), at + len(piece)
    return digest.digest() if not left else b""
