"""What a WAV, Wave64, AIFF or CAF holds beside its samples, carried over into FLAC.

Every chunk goes into an APPLICATION block of its own, whole, but the one of the samples, of which
the heading alone does (`flac --keep-foreign-metadata`). So `flac -d --keep-foreign-metadata` gives
the source back, byte for byte. FLAC has no place for those of CAF.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from avpres.domain.errors import NotConformantError

LARGEST = (1 << 24) - 5  # bytes of a chunk: a block's length has 24 bits, and 4 bytes are the id
MOST = 10_000  # chunks of one file; more are no file that anybody made

_APPLICATION, _LAST = 2, 0x80  # RFC 9639 §8.1
_HEAD = 12  # bytes of a RIFF or FORM heading
_CHUNK = 8  # bytes of the heading of a chunk
_WAVE64_CHUNK, _CAF_CHUNK = 24, 12
_SAMPLES = {b"data": _CHUNK, b"SSND": 16}  # chunks of samples, and how much of them is heading
_FORMS = {
    (b"RIFF", b"WAVE"): (b"riff", "little"),
    (b"RF64", b"WAVE"): (b"riff", "little"),
    (b"FORM", b"AIFF"): (b"aiff", "big"),
    (b"FORM", b"AIFC"): (b"aiff", "big"),
}
_WAVE64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"
_OPEN_SIZE = 0xFFFFFFFF  # in RF64, the size of `data` stands in `ds64` (EBU Tech 3306)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a source that are no samples."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """All pieces of a source, in order, and the id that FLAC has for their kind.

    `samples` counts chunks of samples, of which readers take one; `missing` are the bytes that the
    last of them announces and the file does not have.
    """

    application: bytes
    pieces: tuple[Piece, ...]
    samples: int = 1
    missing: int = 0

    @property
    def fits(self) -> bool:
        """Say whether each has room in a block of FLAC, and is a chunk."""
        sizes = [piece.size for piece in self.pieces]
        return bool(self.application) and all(_CHUNK <= size <= LARGEST for size in sizes)

    def read(self, handle: BinaryIO) -> Iterator[bytes]:
        """Yield the pieces; each has been found to fit before."""
        for piece in self.pieces:
            handle.seek(piece.offset)
            yield handle.read(piece.size)


def foreign(path: bytes) -> Foreign | None:
    """Find what a file holds beside its samples; None when it is of another kind.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as handle:
        head = handle.read(_HEAD)
        size = os.fstat(handle.fileno()).st_size
        if head == _WAVE64:
            return Foreign(b"w64 ", (Piece(0, 40), *_wave64(handle, size)))
        if head[:4] == b"caff":
            return Foreign(b"", (Piece(0, 8), *_caf(handle, size)))
        form = _FORMS.get((head[:4], head[8:12]))
        if form is None:
            return None
        walk = _Walk(Piece(0, _HEAD))
        walk.go(handle, size, form[1])
        return Foreign(form[0], tuple(walk.pieces), walk.samples, walk.missing)


class _Walk:
    """Goes from chunk to chunk of a RIFF or FORM."""

    def __init__(self, heading: Piece) -> None:
        self.pieces = [heading]
        self.samples = self.missing = 0
        self._large = 0

    def go(self, handle: BinaryIO, end: int, order: str) -> None:
        """Find all pieces; what is too short to be a chunk is one too."""
        at = _HEAD
        while at < end and len(self.pieces) <= MOST:
            handle.seek(at)
            head = handle.read(_CHUNK)
            size = int.from_bytes(head[4:], "little" if order == "little" else "big")
            if head[:4] == b"ds64":
                self._large = int.from_bytes(handle.read(16)[8:], "little")
            if head[:4] in _SAMPLES:
                size = self._samples(head[:4], size, end - at - _CHUNK)
            whole = min(_CHUNK + size + size % 2, end - at)
            self.pieces.append(Piece(at, min(_SAMPLES.get(head[:4], whole), whole)))
            at += whole

    def _samples(self, name: bytes, size: int, rest: int) -> int:
        """Give the size of a chunk of samples; one that was never closed ends with the file."""
        self.samples += 1
        if name == b"data" and size == _OPEN_SIZE:
            size = self._large or rest
        if name == b"data" and not size:
            size = rest
        self.missing = max(0, size - rest)
        return size


def _wave64(handle: BinaryIO, end: int) -> Iterator[Piece]:
    """Find chunks with GUIDs for names, whose sizes count their headings (Sony Wave64)."""
    at = 40
    for _ in range(MOST):
        handle.seek(at)
        head = handle.read(_WAVE64_CHUNK)
        if len(head) < _WAVE64_CHUNK:
            break
        size = max(_WAVE64_CHUNK, int.from_bytes(head[16:], "little"))
        whole = min(size + -size % 8, end - at)
        yield Piece(at, _WAVE64_CHUNK if head[:4] == b"data" else whole)
        at += whole


def _caf(handle: BinaryIO, end: int) -> Iterator[Piece]:
    """Find chunks of Apple's Core Audio Format; the samples may have no size, and then end it."""
    at = 8
    for _ in range(MOST):
        handle.seek(at)
        head = handle.read(_CAF_CHUNK)
        if len(head) < _CAF_CHUNK:
            break
        size = int.from_bytes(head[4:], "big", signed=True)
        whole = min(_CAF_CHUNK + size, end - at) if size >= 0 else end - at
        yield Piece(at, min(16, whole) if head[:4] == b"data" else whole)
        at += whole


def embed(flac: Path, blocks: Sequence[bytes], application: bytes) -> None:
    """Put APPLICATION blocks into a FLAC file, behind its STREAMINFO; the frames stay as they are.

    Raises:
        NotConformantError: it is no FLAC.
        OSError: it cannot be written anew.
    """
    anew = flac.with_name(flac.name + ".anew")
    with flac.open("rb") as source, anew.open("xb") as target:
        marker, info = source.read(4), source.read(4)
        if marker != b"fLaC" or info[0] & ~_LAST:
            raise NotConformantError(f"{flac.name} is no FLAC")
        target.write(marker + bytes([0]) + info[1:])
        target.write(source.read(int.from_bytes(info[1:], "big")))
        last = len(blocks) - 1 if info[0] & _LAST else -1
        for number, block in enumerate(blocks):
            kind = _APPLICATION | (_LAST if number == last else 0)
            target.write(bytes([kind]) + (len(block) + 4).to_bytes(3, "big"))
            target.write(application + block)
        shutil.copyfileobj(source, target, 1 << 20)
    os.replace(anew, flac)


def copy_bytes(source: BinaryIO, target: BinaryIO, size: int) -> None:
    """Copy so many bytes, or as many as there are."""
    while size > 0 and (piece := source.read(min(size, 1 << 20))):
        target.write(piece)
        size -= len(piece)
