"""WAVE with all that was made of it: BWF (EBU Tech 3285), RF64 (3306), BW64 (ITU-R BS.2088)."""

import struct
from dataclasses import dataclass, field

from avpres.adapters.sounds.chunks import HEADER, Chunk, SoundFile, is_name
from avpres.adapters.sounds.found import Found
from avpres.domain.sounding import WORDS, Encoding, SoundArray, SoundFormat, UncodableSound

FORMS = {b"RIFF": SoundFormat.WAVE, b"RF64": SoundFormat.RF64, b"BW64": SoundFormat.BW64}
PCM, FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
GUID_TAIL = bytes.fromhex("0000 1000 8000 00AA00389B71")  # a format tag as a GUID: RFC 2361
SHORTEST, EXTENDED = 16, 40  # bytes of fmt
TIME_REFERENCE = 338  # where bext has the samples since midnight
NOT_SAID = 0xFFFFFFFF  # a size that is not, or elsewhere
BYTE = 8  # bits
FIRST = 12  # where chunks begin


@dataclass(slots=True)
class Wave:
    """What is known of a file while its chunks are read."""

    form: SoundFormat
    fmt: bytes = b""
    ds64: bytes = b""
    first: int | None = None
    data: Chunk | None = None
    names: list[bytes] = field(default_factory=list)  # of the chunks before the samples


def read_wave(file: SoundFile) -> Found:
    """Read the header of a WAVE, RF64 or BW64.

    Raises:
        UncodableSound: it does not tell what its samples are, or they are compressed.
    """
    head = file.read(0, FIRST)
    wave = Wave(FORMS[head[:4]])
    for chunk in file.chunks(FIRST, "little"):
        _take(wave, file, chunk)
        if wave.fmt and wave.data:
            break
    if not wave.fmt or wave.data is None:
        what = "fmt" if not wave.fmt else "data"
        raise UncodableSound("HEADER", f"it has no chunk '{what}'; keep it whole")
    array, rate, mask = read_fmt(wave.fmt)
    claimed, warnings = _claimed(wave, file)
    return Found(
        *(wave.form, array, rate, wave.data.start, claimed),
        mask=mask,
        first=wave.first,
        warnings=warnings,
        header=head,
        fmt=wave.fmt,
        late=wave.names[-1:] != [b"data"],
        strange=wave.data.strange,
    )


def _take(wave: Wave, file: SoundFile, chunk: Chunk) -> None:
    wave.names.append(chunk.name)
    if chunk.name == b"fmt " and not wave.fmt:
        wave.fmt = file.content(chunk)
    elif chunk.name == b"ds64" and not wave.ds64:
        wave.ds64 = file.content(chunk)
    elif chunk.name == b"data" and wave.data is None:
        wave.data = chunk
    elif chunk.name == b"bext":
        said = file.content(chunk)[TIME_REFERENCE : TIME_REFERENCE + 8]
        wave.first = int.from_bytes(said, "little") if len(said) == BYTE else None


def _claimed(wave: Wave, file: SoundFile) -> tuple[int | None, tuple[str, ...]]:
    """Give the size of the samples that the header claims; None: up to the end of the file."""
    data = wave.data
    if data is None:
        return None, ()
    if data.size == NOT_SAID and wave.form is not SoundFormat.WAVE:
        size = wave.ds64[8:16]
        return (int.from_bytes(size, "little") if len(size) == BYTE else None), ()
    if data.size == NOT_SAID:
        return None, ("its header does not say how long the sound is; all that follows is taken",)
    if data.size == 0 and not _chunk_follows(file, data):
        return None, ("its header says that it has no sound, but it has; all of it is taken",)
    return data.size, ()


def _chunk_follows(file: SoundFile, data: Chunk) -> bool:
    head = file.read(data.start, HEADER)
    size = int.from_bytes(head[4:], "little")
    return not head or (is_name(head[:4]) and data.start + HEADER + size <= file.size)


def read_fmt(fmt: bytes) -> tuple[SoundArray, int, int]:
    """Read the chunk fmt: the samples, their rate, the places of loudspeakers.

    Raises:
        UncodableSound: it is too short, or these are no plain samples.
    """
    if len(fmt) < SHORTEST:
        raise UncodableSound("HEADER", "its chunk 'fmt' is too short; keep it whole")
    tag, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", fmt)
    mask = 0
    if tag == EXTENSIBLE and len(fmt) >= EXTENDED:
        valid, mask, tag = struct.unpack_from("<HII", fmt, 18)
        if fmt[28:40] != GUID_TAIL:
            tag = EXTENSIBLE
        word, bits = bits, valid or bits
    else:
        word = bits
    if tag not in {PCM, FLOAT}:
        raise UncodableSound(
            "COMPRESSED", f"its sound has the format 0x{tag:04x}, which is not plain samples"
        )
    array = SoundArray(channels, _word(channels, block, word), bits, _encoding(tag, word), False)
    return array.checked(), rate, mask


def _word(channels: int, block: int, bits: int) -> int:
    """Give the bits that a sample takes: what the block says, else what the bits need."""
    if channels and block and not block * BYTE % channels:
        word = block * BYTE // channels
        if word in WORDS and word >= bits:
            return word
    return -(-bits // BYTE) * BYTE


def _encoding(tag: int, bits: int) -> Encoding:
    if tag == FLOAT:
        return Encoding.FLOAT
    return Encoding.UNSIGNED if bits <= BYTE else Encoding.SIGNED
