"""A packet and what is kept beside it, made into the file again: in memory, and proved."""

import hashlib
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from avpres.adapters.cooking.ffv1 import CodingError, FrameDecoder, Plane
from avpres.adapters.cooking.slices import DamagedSlice, damaged_slices
from avpres.adapters.matroska.model import TrackHeader
from avpres.adapters.reversible.layouts import picture_array
from avpres.adapters.scans.arrays import check
from avpres.adapters.scans.packing import Octets, Room, picture, repack
from avpres.adapters.scans.reading import read_scan
from avpres.domain.reversible import Restoration, ReversibilityError
from avpres.domain.scan import SampleArray, Scan, UncodableScan

_UNKNOWN = 1 << 40  # bytes; a size that no header finds too small
_TOLD = 4  # slices of one frame that are named


class DamagedError(Exception):
    """A frame that does not give its file back; the text says what is wrong, in words.

    `slices` are those that are damaged, as far as their CRCs tell.
    """

    slices: tuple[DamagedSlice, ...] = ()


@dataclass(slots=True)
class PictureDecoders:
    """The decoders of one track, lent to one worker at a time."""

    header: TrackHeader
    private: bytes
    idle: list[FrameDecoder]
    room: Room = field(default_factory=Room)

    @classmethod
    def of(cls, header: TrackHeader, private: bytes) -> "PictureDecoders":
        """Make decoders for a track of a film.

        Raises:
            DamagedError: the codec is none of those that frames are kept in.
        """
        if header.codec_id not in {"V_FFV1", "V_MS/VFW/FOURCC"}:
            raise DamagedError(f"the pictures are in {header.codec_id}, which is not FFV1")
        return cls(header, private if header.codec_id == "V_FFV1" else private[40:], [])

    def decode(self, packet: bytes, threads: int = 1) -> tuple[str, Sequence[Plane]]:
        """Decode a packet in any thread, by so many threads.

        Raises:
            DamagedError: it is damaged; the slices are named where that can be told.
        """
        try:
            decoder = self.idle.pop() if threads == 1 else self._new(threads)
        except IndexError:
            decoder = self._new()
        try:
            found = decoder.decode(packet)
        except CodingError as error:
            raise damage(self, packet, str(error)) from error
        if threads == 1:
            self.idle.append(decoder)
        return found

    def _new(self, threads: int = 1) -> FrameDecoder:
        width, height = self.header.width, self.header.height
        try:
            return FrameDecoder(self.private, width, height, threads=threads)
        except CodingError as error:
            raise DamagedError(f"the configuration of FFV1 is damaged: {error}") from error


def damage(decoders: PictureDecoders, packet: bytes, text: str) -> DamagedError:
    """Name the slices of a packet that are damaged; where none can be named, `text` is said."""
    header = decoders.header
    found = damaged_slices(decoders.private, packet, header.width, header.height)
    said = [f"{each.name}: {each.why}" for each in found[:_TOLD]]
    said += [f"{len(found) - _TOLD} slices more"] if len(found) > _TOLD else []
    error = DamagedError("; ".join(said) or text)
    error.slices = tuple(found)
    return error


def restore(
    file: Restoration,
    decoders: PictureDecoders,
    packet: bytes,
    *,
    seen: Callable[[Sequence[Plane]], object] | None = None,
) -> bytes:
    """Make the file again that a packet was made of; its digests are compared.

    `seen` is shown the decoded picture.

    Raises:
        DamagedError: it is not the file that was cooked, byte by byte.
    """
    data = b"".join(remade(file, decoders, packet, seen=seen))
    compare(file, data)
    return data


def remade(
    file: Restoration,
    decoders: PictureDecoders,
    packet: bytes,
    *,
    threads: int = 1,
    seen: Callable[[Sequence[Plane]], object] | None = None,
) -> list[bytes | memoryview]:
    """Make the parts of a file again, in their order; nothing was compared yet.

    They are good until this thread makes another file. A file without digests has one thread.

    Raises:
        DamagedError: what is kept of it is damaged, or does not fit.
    """
    try:
        array = array_of(file)
        wanted = picture(array)
        is_known = bool(file.md5 or file.sha256)
        form, planes = decoders.decode(packet, threads if is_known else 1)
        if (form, decoders.header.width, decoders.header.height) != (
            wanted.pix_fmt,
            wanted.width,
            wanted.height,
        ):
            raise DamagedError(f"the picture is {form}, its file needs {wanted.pix_fmt}")
        if seen is not None:
            seen(planes)
        return parts(file, array, repack(array, planes, decoders.room.of(array.size)))
    except (ReversibilityError, UncodableScan) as error:
        raise DamagedError(str(error)) from error


def compare(file: Restoration, data: bytes) -> None:
    """Compare a file that was made again with what was recorded of it.

    Raises:
        DamagedError: it differs.
    """
    if file.size is not None and file.size != len(data):
        raise DamagedError(f"{len(data):,} bytes came back of {file.size:,}")
    if file.md5 and hashlib.md5(data, usedforsecurity=False).digest() != file.md5:
        raise DamagedError("what came back has another MD5 than the file that was cooked")
    if file.sha256 and hashlib.sha256(data).digest() != file.sha256:
        raise DamagedError("what came back has another SHA-256 than the file that was cooked")


def array_of(file: Restoration) -> SampleArray:
    """Find how the samples of a file lie: as it was recorded, or by the file's own header.

    Raises:
        ReversibilityError: the record is damaged.
        UncodableScan: the header is.
    """
    if file.layout:
        array = picture_array(file.layout)
        return check(array, file.size if file.size is not None else _UNKNOWN)
    return scan_of(file).array


def scan_of(file: Restoration) -> Scan:
    """Read the header of a scan as it is kept in the film.

    RAWcooked keeps no size of DPX, which decides whether rows have padding: where the size that
    the header claims is that of the file with other rows, they are believed.

    Raises:
        UncodableScan: it is damaged, or is none.
    """
    if file.size is not None:
        return read_scan(_Hollow(file.before, file.after, file.size), file.size)
    scan = read_scan(_Hollow(file.before, file.after, _UNKNOWN), _UNKNOWN)
    beside, claimed = len(file.before) + len(file.after), scan.claimed_size
    if claimed is not None and claimed != beside + scan.array.size:
        with suppress(UncodableScan):
            other = read_scan(_Hollow(file.before, file.after, claimed), claimed)
            return other if claimed == beside + other.array.size else scan
    return scan


def parts(file: Restoration, array: SampleArray, samples: Octets) -> list[bytes | memoryview]:
    """Give the parts of a file in their order: its samples, and all that is kept beside them.

    Raises:
        DamagedError: they do not fit.
    """
    if file.residual:
        if len(file.residual) != len(samples):
            raise DamagedError("what is kept of padding is not as long as the samples")
        samples = np.bitwise_xor(samples, np.frombuffer(file.residual, np.uint8))
    places = []
    at = 0
    for offset, size in array.segments:
        places.append((offset, size, at))
        at += size
    pieces: list[bytes | memoryview] = [file.before]
    end, taken = len(file.before), 0
    for offset, size, begin in sorted(places):
        between = offset - end
        if between < 0 or taken + between > len(file.gaps):
            raise DamagedError("what is kept between the samples does not fit")
        pieces.append(file.gaps[taken : taken + between])
        pieces.append(samples[begin : begin + size].data)
        taken, end = taken + between, offset + size
    pieces.append(file.after)
    return pieces


class _Hollow(io.BytesIO):
    """A file of which only the beginning and the end are known."""

    def __init__(self, before: bytes, after: bytes, size: int) -> None:
        super().__init__()
        self._before, self._after, self._size = before, after, size
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._at, self._size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = self._size if size is None or size < 0 else min(self._size, self._at + size)
        found = self._before[self._at : end]
        hollow = self._size - len(self._after)
        found += bytes(max(0, min(hollow, end) - self._at - len(found)))
        if end > hollow:
            found += self._after[max(0, self._at - hollow) : end - hollow]
        self._at += len(found)
        return found
