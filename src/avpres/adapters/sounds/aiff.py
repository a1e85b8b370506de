"""AIFF 1.3 and AIFF-C, as far as their samples are plain."""

import struct
from fractions import Fraction

from avpres.adapters.sounds.chunks import Chunk, SoundFile
from avpres.adapters.sounds.found import Found
from avpres.domain.sounding import Encoding, SoundArray, SoundFormat, UncodableSound

FORMS = {b"AIFF": SoundFormat.AIFF, b"AIFC": SoundFormat.AIFC}
FIRST = 12  # where chunks begin
SHORTEST = 18  # bytes of COMM
TYPED = 22  # bytes of COMM with a compression type
SSND = 8  # bytes before the samples: offset and block size
BYTE = 8  # bits
BIAS = 16383 + 63  # of the exponent, with the point behind the 64-bit mantissa
MOST_RATE = 1 << 32  # Hz
LEAST_POWER = -200  # of two; smaller numbers are no rate

SIGNED, FLOAT = Encoding.SIGNED, Encoding.FLOAT
# The encoding, whether the first byte is the highest, and the word; 0: what the size needs.
CODINGS = {
    b"NONE": (SIGNED, True, 0),
    b"twos": (SIGNED, True, 0),
    b"sowt": (SIGNED, False, 0),
    b"in24": (SIGNED, True, 24),
    b"42ni": (SIGNED, False, 24),
    b"in32": (SIGNED, True, 32),
    b"23ni": (SIGNED, False, 32),
    b"raw ": (Encoding.UNSIGNED, True, 8),
    b"fl32": (FLOAT, True, 32),
    b"FL32": (FLOAT, True, 32),
    b"fl64": (FLOAT, True, 64),
    b"FL64": (FLOAT, True, 64),
}


def read_aiff(file: SoundFile) -> Found:
    """Read the header of an AIFF or AIFF-C.

    Raises:
        UncodableSound: it does not tell what its samples are, or they are compressed.
    """
    head = file.read(0, FIRST)
    comm, sound, late = b"", None, False
    for chunk in file.chunks(FIRST, "big"):
        if chunk.name == b"COMM" and not comm:
            comm, late = file.content(chunk), sound is not None
        elif chunk.name == b"SSND" and sound is None:
            sound = chunk
        if comm and sound:
            break
    if not comm or sound is None:
        what = "COMM" if not comm else "SSND"
        raise UncodableSound("HEADER", f"it has no chunk '{what}'; keep it whole")
    array, rate, warnings = _comm(comm)
    start, claimed = _samples(file, sound)
    form = FORMS[head[8:12]]
    return Found(
        *(form, array, rate, start, claimed),
        warnings=warnings,
        header=head,
        fmt=comm,
        late=late,
        strange=sound.strange,
    )


def _samples(file: SoundFile, sound: Chunk) -> tuple[int, int | None]:
    """Give where samples begin, and the size that is claimed; None: up to the end of the file."""
    head = file.read(sound.start, SSND)
    offset = int.from_bytes(head[:4], "big") if len(head) == SSND else 0
    start = sound.start + SSND
    if SSND + offset <= sound.size:
        start += offset
    size = sound.size - (start - sound.start)
    return start, size if sound.size >= SSND else None


def _comm(comm: bytes) -> tuple[SoundArray, int, tuple[str, ...]]:
    if len(comm) < SHORTEST:
        raise UncodableSound("HEADER", "its chunk 'COMM' is too short; keep it whole")
    channels, _, bits = struct.unpack_from(">HIH", comm)
    coding = comm[18:22] if len(comm) >= TYPED else b"NONE"
    if coding not in CODINGS:
        raise UncodableSound(
            "COMPRESSED", f"its sound is compressed as {coding!r}, which is not plain samples"
        )
    encoding, big, word = CODINGS[coding]
    needed = -(-bits // BYTE) * BYTE
    if word and needed > word:
        raise UncodableSound("HEADER", f"it claims {bits} bits in words of {word}; keep it whole")
    array = SoundArray(channels, word or needed, bits, encoding, big).checked()
    rate = _extended(comm[8:18])
    if not 0 < rate < MOST_RATE:
        raise UncodableSound("HEADER", "its sampling rate cannot be; keep it whole")
    warnings = () if rate.denominator == 1 else (f"its rate is {float(rate)} Hz, which is rounded",)
    return array, max(1, round(rate)), warnings


def _extended(number: bytes) -> Fraction:
    """Read a number of 80 bits; IEEE 754, as Apple's SANE wrote it. Infinity gives 0."""
    exponent, mantissa = struct.unpack(">HQ", number)
    if exponent in {0x7FFF, 0xFFFF}:
        return Fraction(0)
    sign = -1 if exponent & 0x8000 else 1
    shift = min((exponent & 0x7FFF) - BIAS, 64)
    return sign * Fraction(mantissa) * (Fraction(2) ** shift if shift > LEAST_POWER else 0)
