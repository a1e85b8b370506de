"""Sound: WAVE and AIFF by hand, FLAC by ffmpeg."""

import io
import math
import struct
import wave
from collections.abc import Iterator
from random import Random

from benchmarks.specimens.film import SECOND_OF_SOUND, encoded
from benchmarks.specimens.specimen import Specimen


def sound() -> Iterator[Specimen]:
    """Make WAVE, Broadcast Wave, AIFF and FLAC."""
    yield Specimen("plain.wav", "WAVE", _wave(16))
    yield Specimen("deep.wav", "WAVE", _wave(24))
    yield Specimen("broadcast.wav", "WAVE", _broadcast())
    yield Specimen("plain.aif", "AIFF", _aiff(12_000))
    yield Specimen("short.aif", "AIFF", _aiff(500))
    for name, more in (
        ("music.flac", ()),
        ("deep.flac", ("-sample_fmt", "s32")),
        ("quick.flac", ("-compression_level", "0")),
    ):
        yield from encoded(name, "FLAC", *SECOND_OF_SOUND, "-c:a", "flac", *more)


def _samples(frames: int, width: int, order: str = "little") -> bytes:
    draw = Random(frames)  # noqa: S311 - contents, no secrets
    top = 2 ** (8 * width - 2)
    out = bytearray()
    for number in range(frames):
        value = int(top * (math.sin(number / 17) * 0.7 + draw.random() * 0.1))
        out += value.to_bytes(width, "little" if order == "little" else "big", signed=True) * 2
    return bytes(out)


def _wave(bits: int, frames: int = 12_000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(bits // 8)
        file.setframerate(48000)
        file.writeframes(_samples(frames, bits // 8))
    return buffer.getvalue()


def _broadcast() -> bytes:
    plain = _wave(24, 3_000)
    texts = b"Interview, reel 3".ljust(256, b"\0") + b"Archive".ljust(32, b"\0")
    texts += b"REF-0003".ljust(32, b"\0") + b"2026-01-0203:04:05"
    bext = texts + struct.pack("<QH", 0, 1) + bytes(64 + 190)
    bext += b"A=PCM,F=48000,W=24,M=stereo\r\n\0"
    chunk = b"bext" + struct.pack("<I", len(bext)) + bext + b"\0" * (len(bext) % 2)
    body = b"WAVE" + chunk + plain[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _aiff(frames: int) -> bytes:
    rate = bytes.fromhex("400eac44000000000000")  # 44,100 Hz as an 80-bit float
    common = b"COMM" + struct.pack(">IhIh", 18, 2, frames, 16) + rate
    data = _samples(frames, 2, "big")
    body = b"AIFF" + common + b"SSND" + struct.pack(">III", 8 + len(data), 0, 0) + data
    return b"FORM" + struct.pack(">I", len(body)) + body
