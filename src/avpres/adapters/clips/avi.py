"""AVI of plain samples, with OpenDML: what it holds, and the pieces that it is cut into."""

from collections.abc import Iterator
from typing import BinaryIO

from avpres.adapters.clips.avi_header import Header, read_header
from avpres.adapters.clips.chunks import Chunk, chunks
from avpres.adapters.clips.forms import array_of
from avpres.domain.clip import LATEST, Clip, Hole, Piece
from avpres.domain.clip import Stream as SoundStream
from avpres.domain.scan import SampleArray, Scan, ScanFormat, UncodableScan
from avpres.domain.sounding import Encoding, Sound, SoundArray, SoundFormat

_HOLES = 4096  # of one piece; more are an attack
_WHY = "RAWcooked keeps AVI in a way that is not described"


def read_clip(handle: BinaryIO, size: int) -> Clip:
    """Read what an AVI holds; every chunk's head is read, and no sample.

    Raises:
        UncodableScan: it cannot be cut into frames of plain samples.
    """
    header = read_header(handle, size)
    array = _array(handle, size, header)
    counts = _Counts(header, array)
    for chunk in chunks(handle, size):
        counts.take(chunk)
    if not counts.frames:
        raise UncodableScan("FLAVOUR", "it holds no whole frame")
    clip = Clip(
        scan=_scan(header, array, size),
        streams=counts.streams(size),
        frames=counts.frames,
        dropped=counts.dropped,
        odd=counts.odd,
        stray=len(header.sounds) - len(counts.sounds),
        interlaced=header.interlaced,
    )
    for _ in pieces(handle, size, clip):
        pass
    return clip


def read_array(handle: BinaryIO, size: int) -> SampleArray:
    """Describe the samples of a frame, as if nothing were before them.

    Raises:
        UncodableScan: it is none of plain samples.
    """
    return _array(handle, size, read_header(handle, size))


def pieces(handle: BinaryIO, size: int, clip: Clip) -> Iterator[Piece]:
    """Cut the file; the pieces follow each other from its first byte to its last.

    Raises:
        UncodableScan: between two frames there is too much that is no sample.
    """
    header = read_header(handle, size)
    cutter = _Cutter(header, clip, size)
    last: Piece | None = None
    for chunk in chunks(handle, size):
        found = cutter.take(chunk)
        if found is not None:
            if last is not None:
                yield last
            last = found
    if last is not None:
        yield cutter.end(last)


class _Counts:
    """Counts what a file holds."""

    def __init__(self, header: Header, array: SampleArray) -> None:
        self.frames = self.dropped = self.odd = 0
        self.sounds = {number: 0 for number, each in header.sounds.items() if each is not None}
        self._header, self._size = header, array.size

    def take(self, chunk: Chunk) -> None:
        """Count a chunk."""
        if self._header.is_picture(chunk):
            kind = _kind(chunk, self._size)
            self.frames += kind == "frame"
            self.dropped += kind == "dropped"
            self.odd += kind == "odd"
        number = self._header.sound_of(chunk)
        if number in self.sounds:
            self.sounds[number] += chunk.size

    def streams(self, size: int) -> tuple[SoundStream, ...]:
        """Describe the sounds that have samples."""
        found = []
        for number, total in self.sounds.items():
            said = self._header.sounds[number]
            if said is not None and total >= said[0].block:
                found.append(SoundStream(number, _sound(said, total, size)))
        return tuple(found)


class _Cutter:
    """Makes a piece of each frame."""

    def __init__(self, header: Header, clip: Clip, size: int) -> None:
        self._header, self._need = header, clip.scan.array.size
        self._left = {each.number: each.sound.size for each in clip.streams}
        self._file, self._at, self._number = size, 0, 0
        self._holes: list[Hole] = []
        self._out = 0  # bytes of holes in this piece

    def take(self, chunk: Chunk) -> Piece | None:
        """Take a chunk; give a piece where a frame ends it."""
        number = self._header.sound_of(chunk)
        if number is not None and self._left.get(number):
            self._leave_out(chunk, number)
            return None
        if not self._header.is_picture(chunk):
            return None
        self._number += 1
        if _kind(chunk, self._need) != "frame":
            return None
        begin = chunk.start - self._at - self._out
        self._check(begin)
        piece = Piece(self._at, begin + self._need, begin, self._number - 1, tuple(self._holes))
        self._at, self._out = chunk.start + self._need, 0
        self._holes.clear()
        return piece

    def end(self, last: Piece) -> Piece:
        """Give the last piece with all that follows it."""
        rest = self._file - self._at - self._out
        self._check(rest)
        moved = [hole._replace(at=hole.at + last.size) for hole in self._holes]
        return last._replace(size=last.size + rest, holes=last.holes + tuple(moved))

    def _leave_out(self, chunk: Chunk, number: int) -> None:
        size = min(chunk.size, self._left[number])
        self._left[number] -= size
        if size:
            self._holes.append(Hole(chunk.start - self._at - self._out, size, number))
            self._out += size
        if len(self._holes) > _HOLES:
            raise UncodableScan("FLAVOUR", f"its sound is cut into pieces of {size} bytes")

    @staticmethod
    def _check(size: int) -> None:
        if size > LATEST:
            text = f"{size:,} bytes between two of its frames are no samples"
            raise UncodableScan("LARGE", text)


def _kind(chunk: Chunk, need: int) -> str:
    if not chunk.size:
        return "dropped"
    return "frame" if need <= chunk.size <= need + LATEST else "odd"


def _array(handle: BinaryIO, size: int, header: Header) -> SampleArray:
    """Describe the samples by the first frame that has bytes enough."""
    for chunk in chunks(handle, size):
        if header.is_picture(chunk) and chunk.size:
            return array_of(header.bitmap, chunk.size)
    raise UncodableScan("FLAVOUR", "it holds no frame")


def _scan(header: Header, array: SampleArray, size: int) -> Scan:
    bitmap = header.bitmap
    flavour = f"AVI/{bitmap.name}, {bitmap.words}"
    shape = (("width", str(array.width)), ("height", str(array.height)))
    form = (("format", "AVI"), ("pictures", bitmap.name), ("row size", str(array.stride)))
    return Scan(
        format=ScanFormat.AVI,
        flavour=flavour,
        array=array,
        size=size,
        claimed_size=None,
        rate=header.rate,
        aspect=header.aspect,
        transfer=None,
        colorimetric=None,
        number=None,
        timecode=None,
        why_not_rawcooked=_WHY,
        block=1,
        traits=(*form, *shape, ("rate", str(header.rate or ""))),
    )


def _sound(said: tuple[SoundArray, int, int], total: int, size: int) -> Sound:
    array, rate, mask = said
    kind = "float" if array.encoding is Encoding.FLOAT else array.encoding.value
    channels = f"{array.channels} channel{'s' if array.channels > 1 else ''}"
    return Sound(
        format=SoundFormat.AVI,
        flavour=f"AVI, {channels}, {rate} Hz, {array.bits} bits {kind}",
        array=array,
        rate=rate,
        offset=0,
        size=total - total % array.block,
        file_size=size,
        mask=mask,
        why_not_rawcooked=_WHY,
    )
