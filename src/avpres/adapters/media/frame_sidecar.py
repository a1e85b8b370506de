"""What a framemd5 or framehash beside a film claims: its streams, how many frames, in which form.

A sidecar is read once from its beginning to its end, in memory that does not grow with its length.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.media.framemd5 import FrameReader
from avpres.domain.errors import NotConformantError
from avpres.domain.media import FrameDigest, FrameHeading, Kind

HEAD = 4  # first frames of a stream that are kept
_STREAMS = 256  # streams of one file; more are no film that anybody made
_PREFACE = 4096  # bytes in which the name of the hash stands
_BEGINNING = re.compile(rb"#(?:format|software|version|tb 0|hash)[: ]")
_HASH = re.compile(rb"^#hash: ([\w/]+)\r?$", re.MULTILINE)
_SIZE = re.compile(r"^(\d{1,6})x(\d{1,6})$")

HASHES = {
    **dict.fromkeys(("MD5", "RIPEMD128", "MURMUR3"), 32),
    **dict.fromkeys(("RIPEMD160", "SHA160"), 40),
    **dict.fromkeys(("SHA224", "SHA512/224"), 56),
    **dict.fromkeys(("SHA256", "SHA512/256", "RIPEMD256"), 64),
    **dict.fromkeys(("RIPEMD320",), 80),
    **dict.fromkeys(("SHA384",), 96),
    **dict.fromkeys(("SHA512",), 128),
}
"""Hashes by ffmpeg's names, with the hexadecimal figures of each."""


@dataclass(slots=True)
class StreamClaim:
    """What is claimed of one stream. `end` in seconds; `head` has sizes and digests.

    `kind` is unknown in sidecars of the first version, which name no codecs either.
    """

    index: int
    kind: Kind
    codec: str
    base: Fraction
    width: int = 0
    height: int = 0
    sample_rate: int = 0
    frames: int = 0
    size: int = 0
    end: Fraction = Fraction(0)
    head: list[tuple[int, str]] = field(default_factory=list)
    _first: int = 0
    _last: int = 0
    _uneven: bool = False

    def piece(self, sample_rate: int) -> int:
        """Give the samples in a piece of sound when all have as many; 0 when they have not."""
        if self._uneven or self._last > self._first:
            return 0
        samples = self._first * self.base * (self.sample_rate or sample_rate)
        return int(samples) if samples.denominator == 1 else 0

    def take(self, frame: FrameDigest) -> None:
        """Count a frame."""
        if not self.frames:
            self._first = frame.duration
        elif self._last != self._first:
            self._uneven = True
        self._last = frame.duration
        self.frames += 1
        self.size += frame.size
        self.end = max(self.end, (frame.pts + frame.duration) * self.base)
        if len(self.head) < HEAD:
            self.head.append((frame.size, frame.digest))


@dataclass(frozen=True, slots=True)
class FrameSidecar:
    """A sidecar that was read to its end. `hash` is ffmpeg's name of it."""

    path: Path
    hash: str
    streams: tuple[StreamClaim, ...]


def is_frame_sidecar(path: Path) -> bool:
    """Say whether a file begins as ffmpeg begins its lists of frames."""
    try:
        with path.open("rb") as handle:
            return _BEGINNING.match(handle.read(64)) is not None
    except OSError:
        return False


def survey(path: Path) -> FrameSidecar:
    """Read a sidecar from its beginning to its end.

    Raises:
        NotConformantError: it is none, or it breaks off within a line.
        OSError: it cannot be read.
    """
    with path.open("rb") as handle:
        name = _hash(handle)
        reader = FrameReader(handle)
        claims: dict[int, StreamClaim] = {}
        for frame in reader:
            claim = claims.get(frame.stream)
            if claim is None:
                claim = claims[frame.stream] = _claim(reader, frame.stream, len(claims))
            if len(frame.digest) != HASHES[name]:
                raise NotConformantError(f"a digest in it is no {name}")
            claim.take(frame)
        for index, heading in reader.headings.items():
            if index not in claims and len(claims) < _STREAMS:
                claims[index] = _opened(heading)
    if not any(claim.frames for claim in claims.values()):
        raise NotConformantError("there is no frame in it")
    return FrameSidecar(path, name, tuple(claims[index] for index in sorted(claims)))


def _hash(handle: BinaryIO) -> str:
    match = _HASH.search(handle.read(_PREFACE))
    handle.seek(0)
    name = match[1].decode().upper() if match else "MD5"  # the first version knew no other
    if name not in HASHES:
        raise NotConformantError(f"its digests are {name[:20]}, which avpres does not compare")
    return name


def _claim(reader: FrameReader, index: int, known: int) -> StreamClaim:
    if known >= _STREAMS:
        raise NotConformantError(f"it speaks of more than {_STREAMS} streams")
    return _opened(reader.headings.get(index) or FrameHeading(index))


def _opened(heading: FrameHeading) -> StreamClaim:
    fields = heading.fields
    kind = fields.get("media_type", "")
    size = _SIZE.match(fields.get("dimensions", ""))
    rate = fields.get("sample_rate", "")
    return StreamClaim(
        index=heading.stream,
        kind=Kind(kind) if kind in set(Kind) else Kind.UNKNOWN,
        codec=fields.get("codec_id", ""),
        base=heading.time_base,
        width=int(size[1]) if size else 0,
        height=int(size[2]) if size else 0,
        sample_rate=int(rate) if rate.isdecimal() and len(rate) < len("1000000000") else 0,
    )
