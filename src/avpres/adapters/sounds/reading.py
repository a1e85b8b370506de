"""Read where the samples of a sound file lie, by its content and not by its name."""

from io import BytesIO
from typing import BinaryIO

from avpres.adapters.sounds import aiff, wave, wave64
from avpres.adapters.sounds.chunks import SoundFile
from avpres.adapters.sounds.found import Found
from avpres.adapters.sounds.rawcooked import flavour, since, why_not
from avpres.domain.sounding import Sound, UncodableSound

FIRST = 40  # bytes that tell


def is_sound(first: bytes) -> bool:
    """Tell by the first 40 bytes whether `read_sound` can be asked."""
    riff = first[:4] in wave.FORMS and first[8:12] == b"WAVE"
    form = first[:4] == b"FORM" and first[8:12] in aiff.FORMS
    return riff or form or wave64.is_wave64(first)


def read_sound(handle: BinaryIO, size: int) -> Sound:
    """Read the header of a sound file; bounded, however large the file is.

    Samples are whole blocks within the file, whatever the header claims of their number. All other
    bytes are before or behind them. A cut file and a wrong size only make warnings.

    Raises:
        UncodableSound: no samples can be told; the file can only be kept whole.
    """
    if not size:
        raise UncodableSound("EMPTY", "the file is empty")
    found = _read(SoundFile(handle, size))
    sound = _compared(found, size)
    if not sound.samples:
        raise UncodableSound("NO-SOUND", "it holds no sample; keep it whole")
    return sound


def read_header(before: bytes) -> Sound:
    """Read the bytes before the samples, as reversibility data keep them; `size` is 0.

    Raises:
        UncodableSound: they do not tell what the samples are.
    """
    return _compared(_read(SoundFile(BytesIO(before), len(before))), len(before))


def _read(file: SoundFile) -> Found:
    first = file.read(0, FIRST)
    if not is_sound(first):
        raise UncodableSound("UNKNOWN", "it is no WAVE, RF64, Wave64 or AIFF")
    if wave64.is_wave64(first):
        return wave64.read_wave64(file)
    return aiff.read_aiff(file) if first.startswith(b"FORM") else wave.read_wave(file)


def _compared(found: Found, size: int) -> Sound:
    there = max(0, size - found.offset)
    claimed = there if found.claimed is None else found.claimed
    warnings = list(found.warnings)
    if claimed > there:
        warnings.append(f"its header claims {claimed} bytes of sound, {there} are there")
    taken = min(claimed, there)
    blocks = taken - taken % found.array.block
    if blocks != taken:
        warnings.append("its last sample is cut; those bytes are kept beside the sound")
    if not found.rate:
        raise UncodableSound("HEADER", "its sampling rate is 0; keep it whole")
    return Sound(
        format=found.format,
        flavour=flavour(found),
        array=found.array,
        rate=found.rate,
        offset=found.offset,
        size=blocks,
        file_size=size,
        mask=found.mask,
        first=found.first,
        why_not_rawcooked=why_not(found),
        warnings=tuple(warnings),
        rawcooked_since=since(found),
    )
