"""Wave64 of Sony: WAVE with 64-bit sizes and GUIDs for names."""

from avpres.adapters.sounds.chunks import MOST_CHUNKS, MOST_CONTENT, SoundFile
from avpres.adapters.sounds.found import Found
from avpres.adapters.sounds.wave import read_fmt
from avpres.domain.sounding import SoundFormat, UncodableSound

RIFF = b"riff" + bytes.fromhex("2E91 CF11 A5D6 28DB04C10000")
TAIL = bytes.fromhex("F3AC D311 8CD1 00C04F8EDB8A")
WAVE, FMT, DATA = b"wave" + TAIL, b"fmt " + TAIL, b"data" + TAIL
HEADER = 24  # bytes: GUID and size, which counts itself
FIRST = 40  # where chunks begin
ALIGNED = 8  # bytes


def is_wave64(first: bytes) -> bool:
    """Tell by the first 40 bytes."""
    return first.startswith(RIFF) and first[24:40] == WAVE


def read_wave64(file: SoundFile) -> Found:
    """Read the header of a Wave64.

    Raises:
        UncodableSound: it does not tell what its samples are, or they are compressed.
    """
    fmt, data, at = b"", (-1, 0), FIRST
    for _ in range(MOST_CHUNKS):
        head = file.read(at, HEADER)
        size = int.from_bytes(head[16:], "little")
        if len(head) < HEADER or size < HEADER or (fmt and data[1]):
            break
        if head[:16] == FMT and not fmt:
            fmt = file.read(at + HEADER, min(size - HEADER, MOST_CONTENT))
        elif head[:16] == DATA and not data[1]:
            data = (size - HEADER, at + HEADER)
        at += -(-size // ALIGNED) * ALIGNED
    if not fmt or not data[1]:
        raise UncodableSound("HEADER", "it has no chunk 'fmt' or no 'data'; keep it whole")
    array, rate, mask = read_fmt(fmt)
    return Found(SoundFormat.W64, array, rate, data[1], data[0], mask=mask, fmt=fmt)
