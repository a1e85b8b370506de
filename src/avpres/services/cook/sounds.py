"""One sound: read once, digested, coded packet by packet, each decoded again and compared."""

import hashlib
import os
from collections.abc import Generator
from dataclasses import dataclass
from typing import BinaryIO, cast

import xxhash

from avpres.adapters.cooking.journal import Listed, Result
from avpres.adapters.cooking.sound import SoundPacket, sound_decoder, sound_encoder
from avpres.adapters.matroska.model import Kind, TrackHeader
from avpres.adapters.matroska.timing import time_ns
from avpres.adapters.reversible.layouts import layout_of, sound_array
from avpres.adapters.reversible.writing import single_track
from avpres.adapters.storage.reading import ChangedError, signature
from avpres.domain.reel import file_of
from avpres.domain.reversible import Restoration
from avpres.services.cook.clips import Stream
from avpres.services.cook.frames import NotReversibleError, about, name_of
from avpres.services.cook.loading import is_part_of
from avpres.services.cook.planning import SoundTrack, uid_of
from avpres.services.cook.stage import Reel

CHUNK = 1024 * 1024  # bytes read at once


@dataclass(frozen=True, slots=True)
class Piece:
    """A packet of a sound that was proved; `number` counts them, `size` is that of its samples."""

    track: int
    number: int
    time_ns: int
    packet: bytes
    size: int = 0


class Recording:
    """The sound of one track; when all pieces were given, it can say what was proved."""

    def __init__(self, reel: Reel, track: SoundTrack, stream: Stream | None = None) -> None:
        """Open the encoder; `stream` reads a sound that is a part of its file.

        Raises:
            CodingError: FFmpeg's libraries refuse this sound.
        """
        sound = track.sound
        self.track = track
        self._reel, self._stream = reel, stream
        self._encoder = sound_encoder(sound.array, sound.rate, mask=sound.mask)
        self._decoder = sound_decoder(self._encoder.codec_id, self._encoder.private, sound.array)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._packets = xxhash.xxh3_128()
        self._count = self._size = 0
        self._expected = bytearray()
        self._edges = [b"", b""]

    @property
    def private(self) -> bytes:
        """CodecPrivate: as long as it will be, and final when all pieces were given."""
        return self._encoder.private

    def header(self) -> TrackHeader:
        """Describe the track."""
        sound = self.track.sound
        return TrackHeader(
            number=self.track.track,
            uid=uid_of("sound", self.track.file.path),
            kind=Kind.AUDIO,
            codec_id=self._encoder.codec_id,
            private=self._encoder.private,
            sampling_rate=float(sound.rate),
            channels=sound.array.channels,
            bits=self._encoder.bits,
        )

    def pieces(self) -> Generator[Piece, None, None]:
        """Yield the packets in their order, each one proved.

        Raises:
            ChangedError: the file is not the one that was listed.
            NotReversibleError: a packet does not give its samples back.
            CodingError: FFmpeg's libraries refuse or complain.
            OSError: it cannot be read.
        """
        sound, file = self.track.sound, self.track.file
        with self._opened() as handle:
            self._edges[0] = self._read(handle, sound.offset)
            left = sound.size
            while left:
                data = self._read(handle, min(CHUNK, left))
                left -= len(data)
                self._expected += data
                for packet in self._encoder.encode(data):
                    yield self._proved(packet)
            for packet in self._encoder.finish():
                yield self._proved(packet)
            self._edges[1] = self._read(handle, file.size - sound.offset - sound.size)
            if not self._is_same(handle):
                raise ChangedError(self._reel.at(file_of(file.path)))
        self._conclude()

    @property
    def restoration(self) -> Restoration:
        """Say what the file holds besides its samples."""
        file: Listed = self.track.file
        return Restoration(
            name=name_of(self._reel, file),
            before=self._edges[0],
            after=self._edges[1],
            layout=layout_of(self.track.sound.array, stream=self.track.stream),
            md5=self._md5.digest(),
            sha256=self._sha256.digest(),
            size=file.size,
            mtime_ns=None if self._stream else file.mtime_ns,
            mode=None if self._stream else file.mode,
            at=0 if self._stream else None,
        )

    @property
    def result(self) -> Result:
        """Say what was proved, for the journal."""
        found = self.restoration
        return Result(
            file=self.track.file.id,
            md5=found.md5 or b"",
            sha256=found.sha256 or b"",
            packet=self._packets.digest(),
            size=self._size,
            block=single_track(found),
            about=about(found),
        )

    def _opened(self) -> BinaryIO:
        if self._stream is None:
            return open(self._reel.at(self.track.file.path), "rb")
        return cast("BinaryIO", self._stream)

    def _is_same(self, handle: BinaryIO) -> bool:
        if self._stream is not None:
            return is_part_of(handle, self.track.file)
        return signature(os.fstat(handle.fileno())) == self.track.file.signature

    def _conclude(self) -> None:
        """Prove that the track, as it will be described, gives all of the sound back."""
        path, array = self.track.file.path, self.track.sound.array
        if self._expected:
            raise NotReversibleError(path, "the end of the sound is missing")
        if sound_array(layout_of(array)) != array:
            raise NotReversibleError(path, "the description of its samples tells of others")
        self._decoder.expect(self._encoder.private)
        self._decoder.finish()

    def _read(self, handle: BinaryIO, size: int) -> bytes:
        data = handle.read(size)
        if len(data) != size:
            raise ChangedError(self._reel.at(file_of(self.track.file.path)))
        self._md5.update(data)
        self._sha256.update(data)
        return data

    def _proved(self, packet: SoundPacket) -> Piece:
        again = self._decoder.decode(packet.data)
        if not again or self._expected[: len(again)] != again:
            text = f"the sound differs from its sample {packet.first:,} on"
            raise NotReversibleError(self.track.file.path, text)
        del self._expected[: len(again)]
        self._packets.update(len(packet.data).to_bytes(8, "big"))
        self._packets.update(packet.data)
        self._size += len(packet.data)
        self._count += 1
        time = time_ns(packet.first, self.track.sound.rate)
        return Piece(self.track.track, self._count - 1, time, packet.data, len(again))
