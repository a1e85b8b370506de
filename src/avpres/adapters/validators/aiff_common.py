"""The COMM chunk of AIFF and AIFF-C: rate, channels, sample size, coding."""

import struct
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.riff import Chunk

FIXED = 18  # bytes of COMM in AIFF
MOST_BITS = 32  # AIFF 1.3: sampleSize is 1 to 32
IMA_SAMPLES = 64  # of a channel, in one packet
IMA_PACKET = 34  # bytes that they take
CODINGS = {  # compression type: coding, bits of a sample (0: sampleSize), byte order
    "": ("PCM", 0, "big endian"),
    "NONE": ("PCM", 0, "big endian"),
    "twos": ("PCM", 0, "big endian"),
    "sowt": ("PCM", 0, "little endian"),
    "raw ": ("PCM", 8, "big endian"),
    "in24": ("PCM", 24, "big endian"),
    "in32": ("PCM", 32, "big endian"),
    "42ni": ("PCM", 24, "little endian"),
    "23ni": ("PCM", 32, "little endian"),
    "fl32": ("IEEE float", 32, "big endian"),
    "FL32": ("IEEE float", 32, "big endian"),
    "fl64": ("IEEE float", 64, "big endian"),
    "FL64": ("IEEE float", 64, "big endian"),
    "alaw": ("A-law", 8, "big endian"),
    "ALAW": ("A-law", 8, "big endian"),
    "ulaw": ("mu-law", 8, "big endian"),
    "ULAW": ("mu-law", 8, "big endian"),
}
PACKED = {  # codings without samples of a fixed size
    "ima4": "IMA ADPCM",
    "ACE2": "ACE 2-to-1",
    "ACE8": "ACE 8-to-3",
    "MAC3": "MACE 3-to-1",
    "MAC6": "MACE 6-to-1",
    "G722": "G.722 ADPCM",
    "G726": "G.726 ADPCM",
    "G728": "G.728",
    "GSM ": "GSM 6.10",
    "rt24": "RT24",
    "rt29": "RT29",
    "ADP4": "Intel/DVI ADPCM",
    "QDMC": "QDesign Music",
    "QDM2": "QDesign Music 2",
    "Qclp": "QCELP",
    "DWVW": "Delta with variable word width",
    "SDX2": "SDX2",
    "Cbd2": "CBD2",
}


@dataclass(frozen=True, slots=True)
class Common:
    """What COMM says; `frame_size` is 0 where samples have no fixed size."""

    channels: int
    frames: int
    bits: int
    rate: float
    compression: str

    @property
    def codec(self) -> str:
        """The coding, as AES57 and audioMD name it."""
        known = CODINGS.get(self.compression)
        return known[0] if known else PACKED.get(self.compression, f"unknown ({self.compression})")

    @property
    def byte_order(self) -> str:
        """The byte order of samples."""
        known = CODINGS.get(self.compression)
        return known[2] if known else "big endian"

    @property
    def frame_size(self) -> int:
        """Bytes that one sample of all channels takes."""
        known = CODINGS.get(self.compression)
        if known is None:
            return IMA_PACKET * self.channels if self.compression == "ima4" else 0
        return self.channels * (((known[1] or self.bits) + 7) // 8)

    @property
    def samples(self) -> int:
        """Samples of each channel: IMA counts packets of 64."""
        return self.frames * self._per_frame

    @property
    def bit_rate(self) -> int | None:
        """Bits per second."""
        return round(self.rate * self.frame_size * 8 / self._per_frame) or None

    @property
    def _per_frame(self) -> int:
        return IMA_SAMPLES if self.compression == "ima4" else 1


def is_known(compression: str) -> bool:
    """Say whether a compression type is one that was ever used."""
    return compression in CODINGS or compression in PACKED


def read_common(
    content: bytes, exam: Examination, chunk: Chunk, *, compressed: bool
) -> Common | None:
    """Read COMM and say what cannot be."""
    if len(content) < FIXED:
        exam.broken("AIFF-COMM-SHORT", f"COMM has only {len(content)} bytes", chunk.offset)
        return None
    channels, frames, bits = struct.unpack_from(">HIH", content)
    compression = _compression(content, exam, chunk) if compressed else ""
    if compression is None:
        return None
    if not compressed and chunk.size != FIXED:
        exam.warn("AIFF-COMM-SIZE", f"COMM has {chunk.size} bytes, not {FIXED}", chunk.offset + 4)
    found = Common(channels, frames, bits, _extended(content[8:18]), compression)
    _check(found, exam, chunk)
    return found


def _compression(content: bytes, exam: Examination, chunk: Chunk) -> str | None:
    if len(content) < FIXED + 4:
        exam.broken(
            "AIFF-COMM-COMPRESSION",
            "COMM of AIFF-C must have a compression type",
            chunk.start + FIXED,
            jhove="AIFF-HUL-7",
        )
        return None
    name = content[FIXED + 4 : FIXED + 5]
    if not name or FIXED + 5 + name[0] > chunk.size:
        exam.invalid(
            "AIFF-COMM-NAME",
            "the name of the compression type does not fit into COMM",
            chunk.start + FIXED + 4,
        )
    return content[FIXED : FIXED + 4].decode("mac-roman")


def _check(found: Common, exam: Examination, chunk: Chunk) -> None:
    if not found.channels:
        exam.invalid("AIFF-COMM-CHANNELS", "there are no channels", chunk.start)
    if not 1 <= found.bits <= MOST_BITS and found.codec == "PCM":
        exam.invalid("AIFF-COMM-BITS", f"samples have {found.bits} bits", chunk.start + 6)
    if not 1 <= found.rate <= 100_000_000:  # Hz: what no converter was built for
        exam.invalid("AIFF-COMM-RATE", f"the sample rate is {found.rate:g} Hz", chunk.start + 8)


def _extended(field: bytes) -> float:
    """Read an 80-bit number of the Standard Apple Numerics Environment (IEEE 754 extended)."""
    exponent, mantissa = struct.unpack(">HQ", field)
    sign = -1.0 if exponent & 0x8000 else 1.0
    power = (exponent & 0x7FFF) - 16383 - 63
    if power > 900:  # infinity, not a number, or beyond a double
        return 0.0
    return float(sign * mantissa * 2.0**power)
