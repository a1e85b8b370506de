"""Whether RAWcooked 21.09 and later restores a sound, by the rules of its own readers.

Sources: RAWcooked, Source/Lib/Uncompressed/WAV/WAV.cpp and AIFF/AIFF.cpp (`WAV_Tested`,
`AIFF_Tested`, `WAVE_fmt_`, `AIFF_COMM`); CoDec/Wrapper.cpp. It reads the bytes before the samples
again when it restores, so what it cannot read there it cannot restore.
"""

import struct

from avpres.adapters.sounds.found import Found
from avpres.domain.rawcooked import OLDEST, QUAD, WIDER
from avpres.domain.sounding import Encoding, SoundFormat

RATES = {44_100, 48_000, 96_000}
CHANNELS = {1, 2, 4, 6, 8}
MASKS = {1: {0, 0x4}, 2: {0, 0x3}, 4: {0, 0x107}, 6: {0, 0x3F, 0x60F}, 8: {0, 0x63F}}
EXTENSIBLE = 0xFFFE
EXTENDED = 40  # bytes of fmt
BYTE = 8  # bits
NEWER = 32  # bits: versions after 21.09 only
WAVES = {SoundFormat.WAVE}
AIFFS = {SoundFormat.AIFF, SoundFormat.AIFC}
FOUR, EIGHT = 4, 8  # channels


def flavour(found: Found) -> str:
    """Name the kind of sound in words."""
    array = found.array
    order = "" if array.word <= BYTE else (" big-endian" if array.big_endian else " little-endian")
    wide = "" if array.bits == array.word else f" in {array.word}"
    kind = "float" if array.encoding is Encoding.FLOAT else array.encoding.value
    channels = f"{array.channels} channel{'s' if array.channels > 1 else ''}"
    return f"{found.format}, {channels}, {found.rate} Hz, {array.bits}{wide} bits {kind}{order}"


def why_not(found: Found) -> str:
    """Say why RAWcooked cannot restore it; empty: it can."""
    if found.format not in WAVES | AIFFS:
        return f"RAWcooked does not know {found.format}"
    if found.late:
        return "RAWcooked wants the description of the samples before them"
    if found.strange:
        return "RAWcooked wants zeros as padding of chunks"
    return _of_array(found) or (_of_wave(found) if found.format in WAVES else _of_aiff(found))


def since(found: Found) -> str:
    """Give the first version of RAWcooked that restores it."""
    if found.array.channels == FOUR:
        return QUAD
    return WIDER if found.array.channels == EIGHT and found.format in AIFFS else OLDEST


def _of_array(found: Found) -> str:
    array = found.array
    if found.rate not in RATES or array.channels not in CHANNELS:
        return f"RAWcooked does not know {array.channels} channels at {found.rate} Hz"
    if array.encoding is Encoding.FLOAT or array.word >= NEWER:
        return f"RAWcooked 21.09 does not know samples of {array.word} bits"
    if array.bits != array.word:
        return f"RAWcooked does not know {array.bits} bits in {array.word}"
    return ""


def _of_wave(found: Found) -> str:
    fmt = found.fmt
    tag, channels, rate, speed, block, bits = struct.unpack_from("<HHIIHH", fmt)
    if block * BYTE != channels * bits or speed * BYTE != channels * bits * rate:
        return "RAWcooked wants a block size and a byte rate that agree with the samples"
    if int.from_bytes(found.header[4:8], "little") + BYTE < found.offset:
        return "RAWcooked wants a RIFF size that reaches the samples"
    if tag != EXTENSIBLE:
        plain = len(fmt) % 2 == 0 and not any(fmt[16:])
        return "" if plain else "RAWcooked wants nothing but zeros behind the 16 bytes of fmt"
    if len(fmt) != EXTENDED or fmt[16:18] != b"\x16\x00":
        return "RAWcooked wants a fmt of 40 bytes"
    places = found.mask in MASKS[channels]
    return "" if places else f"RAWcooked does not know the loudspeakers 0x{found.mask:x}"


def _of_aiff(found: Found) -> str:
    """Judge an AIFF: RAWcooked takes `sowt` of 8 bits for unsigned, and `in24` it does not know."""
    array = found.array
    if array.channels == FOUR:
        return "RAWcooked does not know AIFF of 4 channels"
    coding = found.fmt[18:22] or b"NONE"
    if coding not in {b"NONE", b"twos", b"raw ", b"sowt"}:
        return f"RAWcooked does not know AIFF-C {coding!r}"
    if coding == b"sowt" and array.word != 16:  # noqa: PLR2004 - bits
        return f"RAWcooked does not know little-endian AIFF-C of {array.word} bits"
    if int.from_bytes(found.header[4:8], "big") + BYTE < found.offset:
        return "RAWcooked wants a FORM size that reaches the samples"
    return "" if not found.warnings else "RAWcooked wants a rate in whole Hz"
