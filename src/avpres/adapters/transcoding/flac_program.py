"""Whether `flac -d --keep-foreign-metadata` gives a file back, and since which version.

It writes heading, format and the samples' own chunk itself, and takes only the others from the
blocks. So they must be as it writes them. Found by trial with flac 1.4.2 and 1.5.0, which agree
with its changelog: since 1.4.3 it looks at the blocks to choose among its forms.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.sounds import wave64
from avpres.adapters.sounds.wave import GUID_TAIL
from avpres.adapters.transcoding.sound_layout import NOT_SAID, Layout, Part
from avpres.domain.sounding import Sound, SoundFormat

OLDER, NEWER = "flac 1.4.2", "flac 1.4.3"
PCM, EXTENSIBLE = 0x0001, 0xFFFE
DS64 = 28  # bytes
LEAST_BITS = 4  # of a sample of FLAC
PLAIN_BITS = {8, 16}  # of a WAVE that flac writes without the extensible form, unasked
PLAIN_MASKS = {1: {0, 0x4}, 2: {0, 0x3}}  # by channels; others ask for the extensible form
MOST_PLAIN = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Look:
    """What is compared with what flac writes."""

    handle: BinaryIO
    layout: Layout

    @property
    def sound(self) -> Sound:
        """Give the header."""
        return self.layout.sound

    @property
    def riff_size(self) -> int:
        """Give what the heading should say."""
        return self.sound.file_size - 8

    def part(self, name: bytes) -> bytes:
        """Read the chunk with this name; empty: there is none."""
        found = next((part for part in self.layout.before if part.name == name), None)
        return self.read(found) if found else b""

    def read(self, part: Part) -> bytes:
        """Read one part."""
        self.handle.seek(part.at)
        return self.handle.read(part.size)


def coded_bits(sound: Sound) -> int:
    """Give the bits of a sample in the FLAC: those that the heading tells, if words fit them."""
    told = sound.array.bits
    return (
        told if told >= LEAST_BITS and -(-told // 8) * 8 == sound.array.word else sound.array.word
    )


def restored_since(handle: BinaryIO, layout: Layout) -> str:
    """Name the first version of flac that restores this file; empty: none does."""
    look = Look(handle, layout)
    if coded_bits(layout.sound) != layout.sound.array.bits:
        return ""
    if layout.sound.format in {SoundFormat.AIFF, SoundFormat.AIFC}:
        return _of_aiff(look)
    if layout.sound.format is SoundFormat.RF64:
        return _of_rf64(look)
    if layout.sound.format is SoundFormat.W64:
        return _of_wave64(look)
    return _of_wave(look) if layout.sound.format is SoundFormat.WAVE else ""


def _of_wave(look: Look) -> str:
    size = look.riff_size
    if size > MOST_PLAIN or look.read(look.layout.before[0])[4:8] != size.to_bytes(4, "little"):
        return ""
    fmt = look.part(b"fmt ")[8:]
    own = _own_form(look.sound)
    if fmt == own:
        return OLDER
    return NEWER if fmt in {_plain(look.sound), _extensible(look.sound)} else ""


def _of_rf64(look: Look) -> str:
    sound = look.sound
    sizes = struct.pack("<QQQI", look.riff_size, sound.size, sound.samples, 0)
    ds64 = b"ds64" + DS64.to_bytes(4, "little") + sizes
    heads = look.read(look.layout.before[0])[4:8] + look.read(look.layout.before[-1])[4:8]
    second = look.read(look.layout.before[1]) if look.layout.before[1].size == len(ds64) else b""
    if second != ds64 or heads != NOT_SAID.to_bytes(4, "little") * 2:
        return ""
    fmt = look.part(b"fmt ")[8:]
    if fmt == _own_form(sound):
        return OLDER
    return NEWER if fmt == _extensible(sound) else ""


def _of_wave64(look: Look) -> str:
    """Hold a Wave64 against what flac 1.4.2 writes; later versions were not tried."""
    sound, heading = look.sound, look.read(look.layout.before[0])
    own, fmt = look.read(look.layout.before[-1]), look.part(b"fmt ")
    sizes = int.from_bytes(heading[16:24], "little"), int.from_bytes(own[16:24], "little")
    if sizes != (sound.file_size, sound.size + wave64.HEADER):
        return ""
    return OLDER if fmt[wave64.HEADER :] == _own_form(sound) else ""


def _of_aiff(look: Look) -> str:
    sound = look.sound
    size, own = look.riff_size, look.read(look.layout.before[-1])
    wanted = (sound.size + 8).to_bytes(4, "big") + bytes(8)
    if look.read(look.layout.before[0])[4:8] != size.to_bytes(5, "big")[1:] or own[4:] != wanted:
        return ""
    comm = look.part(b"COMM")[8:]
    told = struct.pack(">HIH", sound.array.channels, sound.samples & MOST_PLAIN, sound.array.bits)
    if comm[:18] != told + _extended(sound.rate):
        return ""
    if sound.format is SoundFormat.AIFF:
        return OLDER if len(comm) == 18 else ""  # noqa: PLR2004 - bytes of COMM
    return NEWER if comm[18:22] in {b"NONE", b"sowt"} else ""


def _own_form(sound: Sound) -> bytes:
    """Give the format that flac writes unasked."""
    array = sound.array
    if array.bits in PLAIN_BITS and sound.mask in PLAIN_MASKS.get(array.channels, ()):
        return _plain(sound)
    return _extensible(sound)


def _plain(sound: Sound) -> bytes:
    array = sound.array
    if array.bits != array.word:
        return b""
    speed = sound.rate * array.block & MOST_PLAIN
    return struct.pack("<HHIIHH", PCM, array.channels, sound.rate, speed, array.block, array.word)


def _extensible(sound: Sound) -> bytes:
    array = sound.array
    if not sound.mask:
        return b""
    speed = sound.rate * array.block & MOST_PLAIN
    head = (EXTENSIBLE, array.channels, sound.rate, speed, array.block, array.word)
    more = struct.pack("<HHIH", 22, array.bits, sound.mask, PCM)
    return struct.pack("<HHIIHH", *head) + more + b"\0\0" + GUID_TAIL


def _extended(rate: int) -> bytes:
    """Write a rate as Apple's SANE did, in 80 bits."""
    power = rate.bit_length() - 1
    return struct.pack(">HQ", 16383 + power, rate << (63 - power))
