"""Write a FLAC file: its blocks, then frames as they are coded, then what is known at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from avpres.adapters.cooking.flac import USUAL, FlacEncoder, streaminfo
from avpres.adapters.cooking.sound import SoundPacket
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.transcoding import native_flac as native
from avpres.adapters.transcoding.flac_coder import DepthEncoder
from avpres.adapters.transcoding.sound_layout import Layout
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.sounding import FLAC_ANY_RATE, FLAC_CHANNELS, FLAC_RATE, Encoding, Sound

CHUNK = 1024 * 1024  # bytes that are read at once
MOST_BITS = 32
BY_FFMPEG = {16, 24}  # bits that its encoder codes as they are
MOST_POINTS = 32_768
EVERY = 10  # seconds between seek points
Progress = Callable[[int], None]  # bytes of the source that were coded, or proved, since


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is read once; whatever is `taken` goes into its digests."""

    handle: BinaryIO
    hasher: MultiHasher
    progress: Progress

    def taken(self, at: int, size: int) -> bytes:
        """Read a piece, in the order of the file.

        Raises:
            Unmigratable: the file became shorter meanwhile.
        """
        data = self.read(at, size)
        self.hasher.update(data)
        self.progress(size)
        return data

    def read(self, at: int, size: int) -> bytes:
        """Read a piece without a word to anyone.

        Raises:
            Unmigratable: the file became shorter meanwhile.
        """
        self.handle.seek(at)
        data = self.handle.read(size)
        if len(data) != size:
            raise Unmigratable(Reason.DAMAGED, "it became shorter while it was read")
        return data


class FlacWriter:
    """Writes one file into `target`, with samples of `bits` bits."""

    def __init__(self, source: Source, target: BinaryIO, layout: Layout, *, bits: int) -> None:
        self._source, self._target, self._layout = source, target, layout
        sound = layout.sound
        self._encoder = encoder_of(sound, bits)
        every = max(sound.rate * EVERY, -(-sound.samples // MOST_POINTS))
        self._wanted = [n * every for n in range(-(-sound.samples // every))]
        self._points: list[bytes] = []
        self._frames_at = 0

    def write(self) -> bytes:
        """Write all, and give the final STREAMINFO.

        Raises:
            CodingError: FFmpeg complains.
            Unmigratable: the source became shorter meanwhile.
        """
        points_at = self._blocks()
        for part in self._layout.before:
            self._source.taken(part.at, part.size)
        self._sound()
        sound = self._layout.sound
        self._source.taken(sound.offset + sound.size, self._layout.pad)
        for part in self._layout.after:
            self._source.taken(part.at, part.size)
        info = self._encoder.info
        self._target.seek(native.INFO_AT)
        self._target.write(info)
        self._target.seek(points_at)
        missing = len(self._wanted) - len(self._points)  # several may lie in one frame
        self._target.write(b"".join(self._points) + native.NO_POINT * missing)
        return info

    def _blocks(self) -> int:
        """Write everything before the frames; give the place of the seek points."""
        target, parts = self._target, (*self._layout.before, *self._layout.after)
        target.write(native.MARK)
        native.write_block(target, native.STREAMINFO, native.INFO)
        target.write(bytes(native.INFO))
        native.write_block(target, native.SEEKTABLE, len(self._wanted) * native.POINT)
        points_at = target.tell()
        target.write(native.NO_POINT * len(self._wanted))
        said = native.comment(self._mask())
        native.write_block(target, native.COMMENT, len(said))
        target.write(said)
        for part in parts:
            last = part is parts[-1]
            native.write_block(target, native.APPLICATION, part.size + 4, last=last)
            target.write(self._layout.application)
            target.write(self._source.read(part.at, part.size))
        self._frames_at = target.tell()
        return points_at

    def _mask(self) -> int | None:
        """Give the loudspeakers, unless FLAC means them by the number of channels."""
        sound = self._layout.sound
        return sound.mask if sound.mask not in {0, USUAL[sound.array.channels - 1][0]} else None

    def _sound(self) -> None:
        sound = self._layout.sound
        whole = max(1, CHUNK // sound.array.block) * sound.array.block
        for at in range(0, sound.size, whole):
            data = self._source.taken(sound.offset + at, min(whole, sound.size - at))
            self._put(self._encoder.encode(data))
        self._put(self._encoder.finish())

    def _put(self, packets: Sequence[SoundPacket]) -> None:
        for packet in packets:
            place = self._target.tell() - self._frames_at
            self._point(packet, place)
            self._target.write(packet.data)

    def _point(self, packet: SoundPacket, place: int) -> None:
        """Note a frame that holds the next sample wanted; it may hold several."""
        at = len(self._points)
        if at < len(self._wanted) and self._wanted[at] < packet.first + packet.samples:
            numbers = (packet.first.to_bytes(8, "big"), place.to_bytes(8, "big"))
            self._points.append(b"".join((*numbers, packet.samples.to_bytes(2, "big"))))


def encoder_of(sound: Sound, bits: int) -> "Encoder":
    """Open FFmpeg's encoder, or our own for depths that FFmpeg would code in wider words.

    Raises:
        CodingError: FFmpeg refuses this form.
    """
    if encoded_by_ffmpeg(sound, bits):
        return _ByFfmpeg(sound)
    return DepthEncoder(sound.array, sound.rate, bits)


def encoded_by_ffmpeg(sound: Sound, bits: int) -> bool:
    """Say whether FFmpeg codes samples of so many bits as they are."""
    return bits in BY_FFMPEG and bits == sound.array.word


class Encoder(Protocol):
    """Encodes a track; `info` is its STREAMINFO, final when all is encoded."""

    info: bytes

    def encode(self, data: bytes) -> list[SoundPacket]:
        """Take some bytes of the file's samples; give the frames that are full."""
        ...

    def finish(self) -> list[SoundPacket]:
        """Give the last frames."""
        ...


class _ByFfmpeg:
    def __init__(self, sound: Sound) -> None:
        self._encoder = FlacEncoder(sound.array, sound.rate)
        self.encode = self._encoder.encode
        self.info = b""

    def finish(self) -> list[SoundPacket]:
        packets = self._encoder.finish()
        self.info = streaminfo(self._encoder.private)
        return packets


def check_held(layout: Layout) -> None:
    """Refuse samples that FLAC does not hold (RFC 9639, 8.2 and 9.1.2).

    Raises:
        Unmigratable: with the reason.
    """
    array, rate = layout.sound.array, layout.sound.rate
    if array.encoding is Encoding.FLOAT:
        raise Unmigratable(Reason.FLOAT, "FLAC holds whole numbers")
    if array.channels > FLAC_CHANNELS:
        said = f"{array.channels}, FLAC holds {FLAC_CHANNELS}"
        raise Unmigratable(Reason.CHANNELS, said)
    if array.word > MOST_BITS:
        raise Unmigratable(Reason.BITS, f"{array.word} bits, FLAC holds {MOST_BITS}")
    if rate >= FLAC_RATE or (rate > FLAC_ANY_RATE and rate % 10):
        raise Unmigratable(Reason.NOT_REVERSIBLE, f"FLAC does not hold {rate} Hz")
