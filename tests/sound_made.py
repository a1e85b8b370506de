"""Sound files for tests: written here by hand, so that every wrong one can be made too."""

import struct

import numpy as np

from avpres.domain.sounding import Encoding, SoundArray

GUID_TAIL = bytes.fromhex("0000 1000 8000 00AA00389B71")
S16 = SoundArray(2, 16, 16, Encoding.SIGNED, False)


def noise(size, seed=7):
    """Random bytes: the worst that samples can be, padding bits included."""
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8).tobytes()


def hum(array, samples, seed=7):
    """Samples that a person could listen to, in the form of `array`."""
    at = np.arange(samples)[:, None]
    grain = np.random.default_rng(seed).normal(0, 0.002, (samples, array.channels))
    wave = 0.4 * np.sin(at * (0.03 + 0.01 * np.arange(array.channels))) + grain
    if array.encoding is Encoding.FLOAT:
        order = ">" if array.big_endian else "<"
        return wave.astype(f"{order}f{array.word // 8}").tobytes()
    numbers = (wave * (1 << array.word - 1)).astype(np.int64)
    if array.encoding is Encoding.UNSIGNED:
        numbers += 1 << array.word - 1
    octets = numbers.astype("<i8").view(np.uint8).reshape(-1, 8)[:, : array.word // 8]
    return octets[:, :: -1 if array.big_endian else 1].tobytes()


def chunk(name, content, *, size=None, padding=b"\0"):
    """A chunk of RIFF; `size` is what it claims."""
    claimed = len(content) if size is None else size
    return name + struct.pack("<I", claimed) + content + padding * (len(content) % 2)


def fmt(tag=1, channels=2, rate=48000, bits=16, *, block=None, more=b""):
    """The content of `fmt `."""
    block = channels * bits // 8 if block is None else block
    return struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + more


def extensible(tag=1, channels=2, rate=48000, bits=24, *, valid=24, mask=3):
    """The content of a `fmt ` of 40 bytes."""
    more = struct.pack("<HHII", 22, valid, mask, tag) + GUID_TAIL
    return fmt(0xFFFE, channels, rate, bits, more=more)


def wave(*chunks, form=b"RIFF", size=None):
    """A WAVE of chunks; `size` is what it claims."""
    content = b"WAVE" + b"".join(chunks)
    return form + struct.pack("<I", len(content) if size is None else size) + content


def big(name, content, *, size=None, padding=b"\0"):
    """A chunk of AIFF."""
    claimed = len(content) if size is None else size
    return name + struct.pack(">I", claimed) + content + padding * (len(content) % 2)


def extended(rate):
    """A whole number as 80 bits."""
    length = rate.bit_length()
    return struct.pack(">HQ", 16383 + length - 1, rate << (64 - length))


def comm(channels=2, bits=16, rate=48000, coding=b"", frames=100):
    """The content of COMM."""
    head = struct.pack(">HIH", channels, frames, bits) + extended(rate)
    return head + (coding + b"\0\0" if coding else b"")


def aiff(*chunks, form=b"AIFF", size=None):
    """An AIFF of chunks."""
    content = form + b"".join(chunks)
    return b"FORM" + struct.pack(">I", len(content) if size is None else size) + content


def ssnd(content, offset=0, size=None):
    """The chunk of samples."""
    body = struct.pack(">II", offset, 0) + b"\xee" * offset + content
    return big(b"SSND", body, size=size)
