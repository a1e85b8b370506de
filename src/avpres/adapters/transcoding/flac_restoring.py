"""The bytes of a sound file out of its FLAC: blocks of metadata, and decoded samples between."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import av
import numpy as np

from avpres.adapters.cooking.ffv1 import CodingError, listening
from avpres.adapters.cooking.samples import Numbers, low_bytes
from avpres.adapters.sounds.chunks import MOST_CONTENT
from avpres.adapters.sounds.reading import read_header
from avpres.adapters.transcoding.native_flac import (
    APPLICATION,
    LAST,
    MARK,
    Block,
    Info,
    blocks,
    info_of,
)
from avpres.adapters.transcoding.sound_layout import padding
from avpres.adapters.transcoding.sound_words import words_of
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.sounding import SoundArray, UncodableSound

HEAD = 24  # bytes of a block that tell what it is
HEADS = {b"w64 ": (40, 24)}  # bytes of the heading of a file, and of a chunk; else 12 and 16
CHUNK = 1024 * 1024  # bytes
KINDS = (b"riff", b"aiff", b"w64 ")
OWN = {b"data", b"SSND"}  # chunks that hold the samples
TELLING = {b"fmt ", b"COMM"}  # chunks that describe them


@dataclass(frozen=True, slots=True)
class Kept:
    """The blocks that hold what stood around the samples; `own` is the last one before them.

    `bare` is the stream without them, which is all that FFmpeg needs to see.
    """

    info: Info
    bare: "Bare"
    parts: tuple[Block, ...]
    own: int
    array: SoundArray
    application: bytes


class Bare:
    """A FLAC as a file that holds STREAMINFO and frames alone, from `at` on in its own file."""

    def __init__(self, handle: BinaryIO, info: bytes, at: int) -> None:
        self._handle, self._at, self._place = handle, at, 0
        self._head = MARK + bytes([LAST]) + len(info).to_bytes(3, "big") + info

    def read(self, size: int) -> bytes:
        """Read on; fewer bytes at the end of either part."""
        head = self._head[self._place : self._place + size]
        if not head:
            self._handle.seek(self._at + self._place - len(self._head))
            head = self._handle.read(size)
        self._place += len(head)
        return head

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        if whence == os.SEEK_END:
            offset += self._handle.seek(0, os.SEEK_END) - self._at + len(self._head)
        self._place = max(0, offset + (self._place if whence == os.SEEK_CUR else 0))
        return self._place

    def tell(self) -> int:
        """Give the place."""
        return self._place


def source_bytes(handle: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the bytes of the file that a FLAC was made of, in their order.

    Raises:
        Unmigratable: the FLAC keeps no such file, or is damaged: its frames, their number, or the
            MD5 of all samples. It may be found behind bytes that were given already.
    """
    kept = _kept(handle, size)
    for part in kept.parts[: kept.own + 1]:
        yield from _content(handle, part)
    given = 0
    for piece in _samples(kept):
        yield piece
        given += len(piece)
    yield bytes(padding(kept.application, given))
    for part in kept.parts[kept.own + 1 :]:
        yield from _content(handle, part)


def _kept(handle: BinaryIO, size: int) -> Kept:
    info, parts, own, telling, kind, end = None, [], -1, b"", b"", 0
    for block in blocks(handle, size):
        end = block.at + block.size
        head = _read(handle, block, HEAD)
        if info is None:
            info = _read(handle, block, block.size)
        elif block.kind == APPLICATION and head[:4] in ({kind} if kind else KINDS):
            kind, name = head[:4], head[4:8]
            parts.append(Block(block.kind, block.at + 4, block.size - 4))
            if name in OWN and own < 0 and telling:
                own = len(parts) - 1
            elif name in TELLING and not telling:
                telling = _read(handle, parts[-1], MOST_CONTENT)
    if info is None or own < 0:
        said = "it keeps no heading of a WAVE or AIFF"
        raise Unmigratable(Reason.NOT_REVERSIBLE, said)
    first, chunk = HEADS.get(kind, (12, 16))
    before = _read(handle, parts[0], first) + telling + _read(handle, parts[own], chunk)
    try:
        array = read_header(before).array
    except UncodableSound as error:
        raise Unmigratable(Reason.DAMAGED, str(error)) from error
    found = info_of(info)
    if array.channels != found.channels or array.word < found.bits:
        raise Unmigratable(Reason.DAMAGED, "its heading is for other samples than it holds")
    return Kept(found, Bare(handle, info, end), tuple(parts), own, array, kind)


def _samples(kept: Kept) -> Iterator[bytes]:
    """Yield the samples as the file has them; every frame is checked, and the MD5 of all."""
    running = hashlib.md5(usedforsecurity=False)
    given = 0
    try:
        for frame in _frames(kept.bare):
            numbers = _numbers(frame)
            given += frame.samples
            if numbers.size != frame.samples * kept.info.channels:
                raise Unmigratable(Reason.DAMAGED, "a frame has other channels than STREAMINFO")
            running.update(low_bytes(numbers, kept.info.bits))
            yield words_of(numbers, kept.array)
    except CodingError as error:
        raise Unmigratable(Reason.DAMAGED, f"its frames cannot be decoded: {error}") from error
    if given != kept.info.samples:
        said = f"it has {given} samples, STREAMINFO says {kept.info.samples}"
        raise Unmigratable(Reason.DAMAGED, said)
    if any(kept.info.md5) and running.digest() != kept.info.md5:
        raise Unmigratable(Reason.DAMAGED, "its samples do not have the MD5 of STREAMINFO")


def _frames(bare: "Bare") -> "Iterator[av.AudioFrame]":
    options = {"err_detect": "crccheck+explode"}
    with listening():
        container = av.open(bare, "r", format="flac", options=options)
    with container:
        if not container.streams.audio:
            raise CodingError("no stream of FLAC is found")
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        packets = container.demux(stream)
        while True:
            with listening():
                packet = next(packets, None)
                frames = packet.decode() if packet is not None else []
            if packet is None:
                return
            yield from frames


def _numbers(frame: "av.AudioFrame") -> Numbers:
    found = frame.to_ndarray()
    if frame.format.is_planar:
        found = found.T
    return cast("Numbers", np.ascontiguousarray(found).reshape(-1))


def _content(handle: BinaryIO, part: Block) -> Iterator[bytes]:
    for at in range(0, part.size, CHUNK):
        handle.seek(part.at + at)
        yield handle.read(min(CHUNK, part.size - at))


def _read(handle: BinaryIO, block: Block, most: int) -> bytes:
    handle.seek(block.at)
    return handle.read(min(most, block.size))
