"""RIFF and IFF files made by hand, chunk by chunk."""

import struct


def chunk(name: bytes, content: bytes, order: str = "<") -> bytes:
    """Give a chunk with its padding."""
    return name + struct.pack(order + "I", len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks: bytes, form: bytes = b"WAVE") -> bytes:
    """Give a RIFF file."""
    body = form + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def iff(*chunks: bytes, form: bytes = b"AIFF") -> bytes:
    """Give an IFF file."""
    body = form + b"".join(chunks)
    return b"FORM" + struct.pack(">I", len(body)) + body


def fmt(*, tag: int = 1, channels: int = 1, rate: int = 44100, bits: int = 16) -> bytes:
    """Give a fmt chunk that agrees with itself."""
    align = channels * ((bits + 7) // 8)
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align, align, bits))


def data(size: int = 400) -> bytes:
    """Give a data chunk."""
    return chunk(b"data", bytes(place % 251 for place in range(size)))
