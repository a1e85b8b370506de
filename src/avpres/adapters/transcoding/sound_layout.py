"""Where the chunks of a WAVE, Wave64 or AIFF lie: those before its samples, and those behind them.

All of them are kept in blocks of a FLAC, as `flac --keep-foreign-metadata` keeps them: the heading
of the file, every chunk with its padding, and of the samples' own chunk what stands before them
(RFC 9639, 8.4; FLAC, "Foreign metadata storage"). What cannot be divided so is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from avpres.adapters.sounds import wave64
from avpres.adapters.sounds.chunks import MOST_CHUNKS, SoundFile
from avpres.adapters.sounds.reading import read_sound
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.sounding import Sound, SoundFormat, UncodableSound

FIRST, HEADER = 12, 8  # bytes: the heading of a file, of a chunk
SSND = 8  # bytes before the samples: offset and block size
MOST_BLOCK = (1 << 24) - 1 - 4  # bytes of a block, without the name of its application
NOT_SAID = 0xFFFFFFFF  # a size that stands elsewhere
WIDE = {SoundFormat.RF64, SoundFormat.BW64}
AIFF = {SoundFormat.AIFF, SoundFormat.AIFC}
ONCE = {b"fmt ", b"data", b"COMM", b"SSND"}  # chunks of which there is one
REASONS = {
    "EMPTY": Reason.EMPTY,
    "NO-SOUND": Reason.EMPTY,
    "UNKNOWN": Reason.UNKNOWN_FORMAT,
    "COMPRESSED": Reason.COMPRESSED,
    "FLAVOUR": Reason.NOT_REVERSIBLE,
    "HEADER": Reason.DAMAGED,
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of the source that become one block; `name` is that of their chunk."""

    name: bytes
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a source in their order. The samples stand behind `before`, then `pad`."""

    sound: Sound
    before: tuple[Part, ...]
    after: tuple[Part, ...]

    @property
    def application(self) -> bytes:
        """Name the blocks, as FLAC registers them."""
        if self.sound.format is SoundFormat.W64:
            return b"w64 "
        return b"aiff" if self.sound.format in AIFF else b"riff"

    @property
    def pad(self) -> int:
        """Give the bytes of padding behind the samples; they are zero."""
        return padding(self.application, self.sound.size)


def padding(application: bytes, size: int) -> int:
    """Count the bytes that fill up so many bytes of sound."""
    return -size % (wave64.ALIGNED if application == b"w64 " else 2)


def layout_of(handle: BinaryIO, size: int) -> Layout:
    """Divide a sound file, without reading its samples.

    Raises:
        Unmigratable: it is no WAVE or AIFF of plain samples, is damaged, or holds bytes that belong
            to no chunk, so that no block could keep them.
    """
    try:
        sound = read_sound(handle, size)
        divide = _parts_of_wave64 if sound.format is SoundFormat.W64 else _parts
        parts = tuple(divide(SoundFile(handle, size), sound))
    except UncodableSound as error:
        raise Unmigratable(REASONS[error.code], str(error)) from error
    _check(parts, sound)
    own = next(n for n, part in enumerate(parts) if part.at + part.size == sound.offset)
    return Layout(sound, parts[: own + 1], parts[own + 1 :])


def _parts(file: SoundFile, sound: Sound) -> Iterator[Part]:
    order = "big" if sound.format in AIFF else "little"
    yield Part(file.read(0, 4), 0, FIRST)
    at = FIRST
    for _ in range(MOST_CHUNKS):
        head = file.read(at, HEADER)
        if not head:
            return
        name, size = head[:4], int.from_bytes(head[4:], "big" if order == "big" else "little")
        if len(head) < HEADER:
            raise Unmigratable(Reason.NOT_REVERSIBLE, f"{len(head)} bytes follow its last chunk")
        own = name in {b"data", b"SSND"} and at < sound.offset <= at + HEADER + size
        end = _end_of_sound(file, sound) if own else at + HEADER + size + size % 2
        if end > file.size:
            said = f"the chunk {name!r} at byte {at} is cut short"
            raise Unmigratable(Reason.DAMAGED, said)
        yield Part(name, at, (sound.offset if own else end) - at)
        at = end
    raise Unmigratable(Reason.DAMAGED, f"it has more than {MOST_CHUNKS} chunks")


def _parts_of_wave64(file: SoundFile, sound: Sound) -> Iterator[Part]:
    """Divide chunks whose names are GUIDs, whose sizes count their heads, and which fill 8 bytes.

    A chunk is called by the four letters that WAVE has for it, where it is one of those.
    """
    yield Part(b"riff", 0, wave64.FIRST)
    at = wave64.FIRST
    for _ in range(MOST_CHUNKS):
        head = file.read(at, wave64.HEADER)
        if not head:
            return
        guid, size = head[:16], int.from_bytes(head[16:], "little")
        if len(head) < wave64.HEADER or size < wave64.HEADER:
            raise Unmigratable(Reason.NOT_REVERSIBLE, f"no chunk is at byte {at}")
        name = guid[:4] if guid[4:] == wave64.TAIL else guid
        own = name == b"data" and at < sound.offset <= at + size
        end = _end_of_sound(file, sound) if own else at + size + -size % wave64.ALIGNED
        if end > file.size:
            raise Unmigratable(Reason.DAMAGED, f"the chunk {name!r} at byte {at} is cut short")
        yield Part(name, at, (sound.offset if own else end) - at)
        at = end
    raise Unmigratable(Reason.DAMAGED, f"it has more than {MOST_CHUNKS} chunks")


def _end_of_sound(file: SoundFile, sound: Sound) -> int:
    """Give the end of the samples and their padding.

    Raises:
        Unmigratable: the header claims another number of samples, or the padding is not zero.
    """
    if sound.warnings:
        raise Unmigratable(Reason.DAMAGED, "; ".join(sound.warnings))
    end = sound.offset + sound.size
    pad = padding(b"w64 " if sound.format is SoundFormat.W64 else b"", sound.size)
    if file.read(end, pad) != bytes(pad):
        what = "an odd number of bytes" if pad == 1 else f"{sound.size} bytes"
        said = f"no zeros stand behind its sound of {what}"
        raise Unmigratable(Reason.NOT_REVERSIBLE, said)
    return end + pad


def _check(parts: tuple[Part, ...], sound: Sound) -> None:
    names = [part.name for part in parts]
    twice = next((name for name in ONCE if names.count(name) > 1), b"")
    if twice:
        raise Unmigratable(Reason.NOT_REVERSIBLE, f"it has more than one chunk {twice!r}")
    large = next((part for part in parts if part.size > MOST_BLOCK), None)
    if large is not None:
        said = f"its chunk {large.name!r} has {large.size} bytes, a block of FLAC holds 16 MiB"
        raise Unmigratable(Reason.NOT_REVERSIBLE, said)
    if not any(part.at + part.size == sound.offset for part in parts):
        raise Unmigratable(Reason.NOT_REVERSIBLE, "its samples do not begin with their chunk")
    described = names.index(b"COMM" if sound.format in AIFF else b"fmt ")
    if parts[described].at > sound.offset:
        raise Unmigratable(Reason.NOT_REVERSIBLE, "its samples stand before their description")
