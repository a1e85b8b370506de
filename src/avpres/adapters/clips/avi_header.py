"""The headers of an AVI: its streams, their forms, rate and shape.

Sources: Microsoft, "AVI RIFF File Reference"; Matrox, "OpenDML AVI File Format Extensions" 1.02
(vprp: fields and aspect).
"""

import struct
from dataclasses import dataclass, field
from fractions import Fraction
from typing import BinaryIO

from avpres.adapters.clips.chunks import Chunk, chunks, content, is_avi
from avpres.adapters.clips.forms import Bitmap, read_bitmap
from avpres.adapters.sounds.wave import read_fmt
from avpres.domain.scan import UncodableScan
from avpres.domain.sounding import SoundArray, UncodableSound

FIRST = 12  # bytes that tell
_STRH, _VPRP = 28, 36  # bytes that are needed of these headers
_STREAMS = 100  # that two digits number
_MOST_RATE = 1000  # frames a second
_MOST_CHUNKS = 4096  # before the first frame
_FIELDS = 2  # of an interlaced frame

Heard = tuple[SoundArray, int, int]


@dataclass(slots=True)
class Header:
    """What an AVI says of itself; `sounds` are None where they are no plain samples."""

    bitmap: Bitmap
    video: int
    rate: Fraction | None
    aspect: Fraction | None
    interlaced: bool
    sounds: dict[int, Heard | None]

    def is_picture(self, chunk: Chunk) -> bool:
        """Say whether a chunk holds a frame."""
        return chunk.id[2:] in {b"db", b"dc"} and _number(chunk) == self.video

    def sound_of(self, chunk: Chunk) -> int | None:
        """Give the sound that a chunk holds samples of."""
        number = _number(chunk) if chunk.id[2:] == b"wb" else None
        return number if number in self.sounds else None


def read_header(handle: BinaryIO, size: int) -> Header:
    """Read the headers.

    Raises:
        UncodableScan: this is no AVI, or its pictures are not described.
    """
    handle.seek(0)
    if not is_avi(handle.read(FIRST)):
        raise UncodableScan("UNKNOWN", "the file is no AVI")
    streams: list[_Stream] = []
    for count, chunk in enumerate(chunks(handle, size)):
        if chunk.list in {b"movi", b"rec "} or count > _MOST_CHUNKS:
            break
        if chunk.id == b"strh" and len(streams) < _STREAMS:
            streams.append(_Stream(content(handle, chunk)))
        elif chunk.id in {b"strf", b"vprp"} and streams:
            streams[-1].said.setdefault(chunk.id, content(handle, chunk))
    return _header(streams)


@dataclass(slots=True)
class _Stream:
    strh: bytes
    said: dict[bytes, bytes] = field(default_factory=dict)


def _header(streams: list[_Stream]) -> Header:
    pictures = [number for number, each in enumerate(streams) if each.strh[:4] == b"vids"]
    if not pictures:
        raise UncodableScan("HEADER", "it describes no pictures")
    video = streams[pictures[0]]
    bitmap = read_bitmap(video.said.get(b"strf", b""))
    aspect, fields = _shape(video.said.get(b"vprp", b""), bitmap)
    sounds = {
        number: _heard(each.said.get(b"strf", b""))
        for number, each in enumerate(streams)
        if each.strh[:4] == b"auds"
    }
    return Header(bitmap, pictures[0], _rate(video.strh), aspect, fields == _FIELDS, sounds)


def _number(chunk: Chunk) -> int | None:
    digits = chunk.id[:2]
    return int(digits) if digits.isdigit() else None


def _rate(strh: bytes) -> Fraction | None:
    if len(strh) < _STRH:
        return None
    scale, rate = struct.unpack_from("<II", strh, 20)
    if not scale or not 0 < rate <= scale * _MOST_RATE:
        return None
    return Fraction(rate, scale).limit_denominator(1001)


def _shape(vprp: bytes, bitmap: Bitmap) -> tuple[Fraction | None, int]:
    """Give the shape of a pixel, and the fields of a frame."""
    if len(vprp) < _VPRP:
        return None, 0
    high, wide, width, height, fields = struct.unpack_from("<HHIII", vprp, 20)
    if not (high and wide and width and height):
        return None, fields
    aspect = Fraction(wide * abs(bitmap.height), high * bitmap.width)
    return (aspect if Fraction(1, 4) <= aspect <= _MOST_ASPECT else None), fields


_MOST_ASPECT = 4


def _heard(strf: bytes) -> Heard | None:
    try:
        found = read_fmt(strf)
        found[0].checked()
    except UncodableSound:
        return None
    return found if found[1] > 0 else None
