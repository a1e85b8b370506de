"""The fmt chunk of WAVE: which coding, how many channels, how large a sample."""

import struct
from dataclasses import dataclass, replace

from avpres.adapters.validators.examination import Examination

PCM = 0x0001
FLOAT = 0x0003
A_LAW = 0x0006
MU_LAW = 0x0007
MPEG = 0x0050
EXTENSIBLE = 0xFFFE
LINEAR = {PCM, FLOAT, A_LAW, MU_LAW}  # a sample has a fixed place and size

CODECS = {
    PCM: "PCM",
    0x0002: "Microsoft ADPCM",
    FLOAT: "IEEE float",
    A_LAW: "A-law",
    MU_LAW: "mu-law",
    0x0008: "DTS",
    0x0011: "IMA ADPCM",
    0x0017: "OKI ADPCM",
    0x0022: "TrueSpeech",
    0x0031: "GSM 6.10",
    0x0040: "G.721 ADPCM",
    0x0045: "G.726 ADPCM",
    MPEG: "MPEG audio",
    0x0055: "MPEG audio layer 3",
    0x0064: "G.726 ADPCM",
    0x0092: "AC-3 (S/PDIF)",
    0x00FF: "AAC",
    0x0160: "Windows Media Audio 1",
    0x0161: "Windows Media Audio 2",
    0x0162: "Windows Media Audio Pro",
    0x0163: "Windows Media Audio Lossless",
    0x1600: "AAC ADTS",
    0x1602: "AAC LATM",
    0x1610: "HE-AAC",
    0x2000: "AC-3",
    0x2001: "DTS",
    0x674F: "Vorbis",
    0x704F: "Opus",
    0xA106: "AAC",
    0xF1AC: "FLAC",
}
SPEAKERS = (
    *("FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC"),
    *("SL", "SR", "TC", "TFL", "TFC", "TFR", "TBL", "TBC", "TBR"),
)
GUID_TAIL = bytes.fromhex("0000 1000 8000 00AA00389B71")  # a format tag as a GUID: RFC 2361
AMBISONIC_TAIL = bytes.fromhex("2107 D311 8644 C8C1CA000000")
SHORTEST = 16
WITH_EXTENSION = 40  # bytes of WAVEFORMATEXTENSIBLE
OTHER_SIZES = {PCM: range(1, 65), FLOAT: (16, 24, 32, 64), A_LAW: (8, 16), MU_LAW: (8, 16)}


@dataclass(frozen=True, slots=True)
class WaveFormat:
    """What the fmt chunk says; `codec` is the tag of the coding, also out of a GUID."""

    tag: int
    codec: int
    channels: int
    rate: int  # Hz
    byte_rate: int
    align: int  # bytes of one block: one sample of all channels in linear codings
    bits: int
    valid_bits: int
    mask: int | None = None
    shape: str = "PCMWAVEFORMAT"

    @property
    def name(self) -> str:
        """The coding, as AES57 and audioMD name it."""
        return CODECS.get(self.codec, f"unknown (0x{self.codec:04X})")

    @property
    def is_linear(self) -> bool:
        """Say whether samples have a fixed size, so that sizes can be checked against counts."""
        return self.codec in LINEAR

    @property
    def layout(self) -> str:
        """The speakers of its channel mask."""
        if not self.mask:
            return {1: "M", 2: "L R"}.get(self.channels, "") if self.mask is None else ""
        return " ".join(name for bit, name in enumerate(SPEAKERS) if self.mask >> bit & 1)


def read_format(
    content: bytes, exam: Examination, offset: int, prefix: str = "WAVE"
) -> WaveFormat | None:
    """Read a WAVEFORMAT structure and say what contradicts itself in it."""
    if len(content) < SHORTEST:
        exam.broken(f"{prefix}-FMT-SHORT", f"the format has only {len(content)} bytes", offset)
        return None
    tag, channels, rate, byte_rate, align, bits = struct.unpack_from("<HHIIHH", content)
    found = WaveFormat(tag, tag, channels, rate, byte_rate, align, bits, bits)
    if len(content) > SHORTEST:
        found = _extended(content, exam, offset, found, prefix)
    elif tag != PCM:
        exam.warn(
            f"{prefix}-FMT-EXTENSION",
            "the format lacks the extension that a coding other than PCM must have",
            offset,
        )
    _check(found, exam, offset, prefix)
    return found


def _extended(
    content: bytes, exam: Examination, offset: int, plain: WaveFormat, prefix: str
) -> WaveFormat:
    size = int.from_bytes(content[16:18], "little") if len(content) >= 18 else 0
    if 18 + size > len(content):
        exam.invalid(
            f"{prefix}-FMT-EXTENSION-SIZE",
            f"the extension of the format claims {size} bytes, there are {len(content) - 18}",
            offset + 16,
        )
    elif 18 + size + size % 2 < len(content):
        exam.note(
            f"{prefix}-FMT-REST",
            f"{len(content) - 18 - size} bytes at the end of the format mean nothing",
            offset + 18 + size,
            jhove="WAVE-HUL-26" if prefix == "WAVE" else None,
        )
    if plain.tag != EXTENSIBLE:
        return replace(plain, shape="WAVEFORMATEX")
    if size < 22 or len(content) < WITH_EXTENSION:
        exam.invalid(
            f"{prefix}-FMT-EXTENSIBLE", "an extensible format needs 22 more bytes", offset + 16
        )
        return replace(plain, shape="WAVEFORMATEX")
    return _extensible(content, exam, offset, plain, prefix)


def _extensible(
    content: bytes, exam: Examination, offset: int, plain: WaveFormat, prefix: str
) -> WaveFormat:
    valid_bits, mask, first, second = struct.unpack_from("<HIHH", content, 18)
    guid = content[24:40]
    codec = first
    if second or guid[4:] not in {GUID_TAIL, AMBISONIC_TAIL}:
        codec = EXTENSIBLE
        exam.warn(
            f"{prefix}-FMT-GUID",
            f"the coding {guid.hex()} is not among the known ones",
            offset + 24,
        )
    if mask.bit_count() > plain.channels and mask < 1 << 31:
        exam.warn(
            f"{prefix}-FMT-MASK",
            f"{mask.bit_count()} speakers are named for {plain.channels} channels",
            offset + 20,
        )
    if codec in {PCM, FLOAT} and valid_bits > plain.bits:
        exam.invalid(
            f"{prefix}-FMT-VALID-BITS",
            f"{valid_bits} of {plain.bits} bits of a sample are said to be in use",
            offset + 18,
        )
    return replace(
        plain, codec=codec, valid_bits=valid_bits, mask=mask, shape="WAVEFORMATEXTENSIBLE"
    )


def _check(found: WaveFormat, exam: Examination, offset: int, prefix: str) -> None:
    if found.codec not in CODECS and found.codec != EXTENSIBLE:
        exam.warn(
            f"{prefix}-FMT-CODEC", f"the coding 0x{found.codec:04X} is not a known one", offset
        )
    if not found.channels:
        exam.invalid(f"{prefix}-FMT-CHANNELS", "there are no channels", offset + 2)
    if not found.rate:
        exam.invalid(f"{prefix}-FMT-RATE", "the sample rate is 0", offset + 4)
    if not found.align:
        say = exam.broken if found.is_linear else exam.warn
        say(f"{prefix}-FMT-ALIGN", "a block of samples has no bytes", offset + 12)
    elif found.is_linear and found.channels:
        _check_linear(found, exam, offset, prefix)


def _check_linear(found: WaveFormat, exam: Examination, offset: int, prefix: str) -> None:
    if found.bits not in OTHER_SIZES[found.codec]:
        exam.invalid(
            f"{prefix}-FMT-BITS", f"{found.name} has no samples of {found.bits} bits", offset + 14
        )
    width = 1 if found.codec in {A_LAW, MU_LAW} else (found.bits + 7) // 8
    if found.align != width * found.channels:
        say = exam.warn if _is_roomy(found, width) else exam.invalid
        say(
            f"{prefix}-FMT-ALIGN",
            f"{found.channels} channels of {found.bits} bits take {width * found.channels} bytes, "
            f"not {found.align}",
            offset + 12,
        )
    elif found.byte_rate != found.align * found.rate:
        say = exam.invalid if found.byte_rate else exam.warn
        say(
            f"{prefix}-FMT-BYTE-RATE",
            f"{found.rate} samples of {found.align} bytes are {found.align * found.rate} bytes "
            f"per second, not {found.byte_rate}",
            offset + 8,
        )


def _is_roomy(found: WaveFormat, width: int) -> bool:
    """Say whether samples lie in larger places than they need, as 24 bits in 32."""
    place, rest = divmod(found.align, found.channels)
    fits = not rest and width < place <= 8
    return fits and found.byte_rate == found.align * found.rate
