"""FLAC by FFmpeg's libraries, with a STREAMINFO that tells all: sizes, samples, MD5.

FFmpeg's encoder takes whole words of 16 and 24 bits; 8 bits go into 16 (`samples`). Packets are
the same for pieces of any size, as blocks are always full but the last.
"""

import hashlib
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from avpres.adapters.cooking.ffv1 import CodingError, listening
from avpres.adapters.cooking.samples import Numbers, bytes_of, low_bytes, numbers_of
from avpres.adapters.cooking.sound import FLAC, SoundPacket
from avpres.domain.sounding import SoundArray

LEVEL = 8  # FFmpeg's; higher ones leave the streamable subset (RFC 9639, 7)
WORD = 16  # bits that are coded as they are; more are coded as 24
WIDE = 24
MARK = b"fLaC"
STREAMINFO = 34  # bytes
LAST = 0x80  # of a block's header: no other follows
COMMENT = 4  # the type of a VORBIS_COMMENT
MOST_SAMPLES = (1 << 36) - 1  # that STREAMINFO can name; 0: not known
MOST_FRAME = (1 << 24) - 1  # bytes that STREAMINFO can name; 0: not known
LAYOUTS = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
USUAL = ((0x4,), (0x3,), (0x7,), (0x33,), (0x607, 0x37), (0x60F, 0x3F), (0x70F,), (0x63F,))
"""The loudspeakers that a number of channels means without a word (RFC 9639, 9.1.3)."""


class FlacEncoder:
    """Encodes a track; see `SoundEncoder`."""

    codec_id = FLAC

    def __init__(self, array: SoundArray, rate: int, *, mask: int = 0) -> None:
        """Open the encoder.

        Raises:
            CodingError: FFmpeg refuses this form.
        """
        self.bits = WORD if array.word <= WORD else WIDE
        self._array = array
        self._comment = _mask_comment(array.channels, mask)
        self._context = _encoder(array.channels, rate, self.bits)
        self._head = bytes(self._context.extradata or b"")[:STREAMINFO]
        self._block = self._context.frame_size * array.block
        self._rest = bytearray()
        self._given = self._taken = 0
        self._counts: deque[int] = deque()
        self._sizes = (MOST_FRAME, 0)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.private = self._private(bytes(STREAMINFO)[:16], 0)

    def encode(self, data: bytes | memoryview) -> list[SoundPacket]:
        """Take some bytes; give the packets that are full.

        Raises:
            CodingError: FFmpeg complains.
        """
        self._rest += data
        full = len(self._rest) - len(self._rest) % self._block
        packets: list[SoundPacket] = []
        for at in range(0, full, self._block):
            packets += self._encoded(bytes(self._rest[at : at + self._block]))
        del self._rest[:full]
        return packets

    def finish(self) -> list[SoundPacket]:
        """Give the last packets, and the final STREAMINFO in `private`.

        Raises:
            CodingError: FFmpeg complains, or the sound ends within a sample.
        """
        if len(self._rest) % self._array.block:
            raise CodingError("the sound ends within a sample")
        packets = self._encoded(bytes(self._rest)) if self._rest else []
        self._rest.clear()
        with listening():
            last = self._context.encode(None)
        packets += self._packets(last)
        if self._counts:
            raise CodingError("the encoder of FLAC kept samples back")
        self.private = self._private(self._md5.digest(), self._given)
        return packets

    def _encoded(self, block: bytes) -> list[SoundPacket]:
        numbers = numbers_of(block, self._array)
        self._md5.update(low_bytes(numbers, self.bits))
        with listening():
            frame = _frame(self._context, numbers, self._array.channels, self._taken)
            found = self._context.encode(frame)
        self._counts.append(frame.samples)
        self._taken += frame.samples
        return self._packets(found)

    def _packets(self, found: "Sequence[av.Packet[Any]]") -> list[SoundPacket]:
        packets = []
        for data in filter(None, map(bytes, found)):  # the last one only brings a new STREAMINFO
            samples = self._counts.popleft()
            packets.append(SoundPacket(data, self._given, samples))
            self._given += samples
            self._sizes = (min(self._sizes[0], len(data)), max(self._sizes[1], len(data)))
        return packets

    def _private(self, md5: bytes, samples: int) -> bytes:
        """Write CodecPrivate: the mark, STREAMINFO, and the loudspeakers if they are not usual."""
        shortest, longest = self._sizes if samples else (0, 0)
        longest = longest if longest <= MOST_FRAME else 0
        form = int.from_bytes(self._head[10:18], "big") & ~MOST_SAMPLES
        info = b"".join(
            (
                self._head[:4],
                shortest.to_bytes(3, "big"),
                longest.to_bytes(3, "big"),
                (form | (samples if samples <= MOST_SAMPLES else 0)).to_bytes(8, "big"),
                md5,
            )
        )
        if not self._comment:
            return MARK + _header(0, STREAMINFO, last=True) + info
        comment = _header(COMMENT, len(self._comment), last=True) + self._comment
        return MARK + _header(0, STREAMINFO, last=False) + info + comment


class FlacDecoder:
    """Decodes a track; see `SoundDecoder`. Every frame's CRC is checked, and the MD5 of all."""

    def __init__(self, private: bytes, array: SoundArray) -> None:
        """Open the decoder.

        Raises:
            CodingError: the description is none of FLAC, or of other channels than the file's.
        """
        info = streaminfo(private)
        form = int.from_bytes(info[10:18], "big")
        self.bits = (form >> 36 & 0x1F) + 1
        self.expect(private)
        if (form >> 41 & 7) + 1 != array.channels:
            raise CodingError("the track has other channels than the file")
        self._array = array
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._given = 0
        with listening():
            self._context = av.CodecContext.create("flac", "r")
            self._context.extradata = info
            self._context.thread_count = 1
            self._context.options = {"err_detect": "crccheck+explode"}
            self._context.open()

    def decode(self, packet: bytes) -> bytes:
        """Give the bytes that a packet holds.

        Raises:
            CodingError: it is damaged.
        """
        with listening():
            frames = self._context.decode(av.Packet(packet))
        if len(frames) != 1:
            raise CodingError("a packet of FLAC is not one frame")
        numbers = _numbers(frames[0])
        if len(frames[0].layout.channels) != self._array.channels:
            raise CodingError("a frame of FLAC has other channels than its track")
        self._md5.update(low_bytes(numbers, self.bits))
        self._given += frames[0].samples
        return bytes_of(numbers, self._array)

    def expect(self, private: bytes) -> None:
        """Take the number of samples and the MD5 from a STREAMINFO.

        Raises:
            CodingError: there is none.
        """
        info = streaminfo(private)
        self.samples = int.from_bytes(info[10:18], "big") & MOST_SAMPLES
        self._wanted = info[18:34]

    def finish(self) -> None:
        """Prove by STREAMINFO that these were all samples, and the right ones.

        Raises:
            CodingError: they were not.
        """
        if self.samples and self._given != self.samples:
            raise CodingError(f"the track has {self._given} samples, it claims {self.samples}")
        if any(self._wanted) and self._md5.digest() != self._wanted:
            raise CodingError("the MD5 of the sound is another than the track tells")


def streaminfo(private: bytes) -> bytes:
    """Give the 34 bytes of STREAMINFO in Matroska's CodecPrivate.

    Raises:
        CodingError: it has none.
    """
    info = private[8 : 8 + STREAMINFO]
    if len(info) < STREAMINFO or not private.startswith(MARK) or private[4] & 0x7F:
        raise CodingError("the track of FLAC has no STREAMINFO")
    return info


def _encoder(channels: int, rate: int, bits: int) -> AudioCodecContext:
    with listening():
        context = av.CodecContext.create("flac", "w")
        context.sample_rate = rate
        context.layout = LAYOUTS[channels - 1]
        context.format = "s16" if bits == WORD else "s32"
        context.time_base = Fraction(1, rate)
        context.thread_count = 1
        context.options = {"compression_level": str(LEVEL), "bits_per_raw_sample": str(bits)}
        context.open()
    return context


def _frame(
    context: AudioCodecContext, numbers: Numbers, channels: int, first: int
) -> "av.AudioFrame":
    frame = av.AudioFrame(context.format.name, context.layout.name, len(numbers) // channels)
    frame.sample_rate = context.sample_rate
    frame.pts = first
    frame.time_base = context.time_base
    memory = np.frombuffer(frame.planes[0], numbers.dtype)  # type: ignore[call-overload]
    memory[: len(numbers)] = numbers
    return frame


def _numbers(frame: "av.AudioFrame") -> Numbers:
    """Give the samples of a frame, channel after channel within each moment."""
    found = frame.to_ndarray()
    if frame.format.is_planar:
        found = found.T
    return cast("Numbers", np.ascontiguousarray(found).reshape(-1))


def _header(kind: int, size: int, *, last: bool) -> bytes:
    return bytes([kind | (LAST if last else 0)]) + size.to_bytes(3, "big")


def _mask_comment(channels: int, mask: int) -> bytes:
    """Write a VORBIS_COMMENT that names the loudspeakers (RFC 9639, 8.6.2)."""
    if not mask or mask in USUAL[channels - 1]:
        return b""
    text = f"WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x{mask:X}".encode()
    vendor = b"avpres"
    parts = (len(vendor), vendor, 1, len(text), text)
    return b"".join(p if isinstance(p, bytes) else p.to_bytes(4, "little") for p in parts)
