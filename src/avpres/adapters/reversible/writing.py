"""Write reversibility data that RAWcooked 21.09 and later restores from.

The bytes of a block depend on its own file and on the first of its track alone, so frames can be
made in any order by several workers, kept in a journal, and joined when a run ends.
"""

from collections.abc import Callable, Iterable, Iterator
from io import SEEK_END
from typing import BinaryIO
from zlib import crc32

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.compressed import masked, packed
from avpres.adapters.reversible.copies import check, copy_of
from avpres.adapters.reversible.more import folder, more_of_attached, more_of_file
from avpres.adapters.reversible.numbers import element, header, unsigned, vint
from avpres.domain.reversible import Attached, Folder, Library, Restoration, TrackKind

CHUNK = 1024 * 1024  # bytes
MOST_VERSION_1 = 0x1000_0000  # bytes; FFmpeg reads no larger attachment (RAWcooked.cpp)
MD5 = vint(0)  # the algorithm, before the hash


def opening(library: Library) -> bytes:
    """Write what data begin with: the head of EBML, then the Segment that names the writer.

    The path separator is left out, as by RAWcooked: `/` is meant (Doc/File_Stucture.md), and
    RAWcooked ends when it finds another.
    """
    names = element(e.LIBRARY_NAME, library.name.encode()) + element(
        e.LIBRARY_VERSION, library.version.encode()
    )
    return _head(1) + element(e.SEGMENT, names)


def _head(form: int) -> bytes:
    return element(
        e.EBML,
        element(e.DOC_TYPE, e.DOC_TYPE_NAME)
        + element(e.DOC_TYPE_VERSION, unsigned(form))
        + element(e.DOC_TYPE_READ_VERSION, unsigned(form)),
    )


class FrameTrack:
    """A track with a file for each block; names and headers are differences from the first's.

    RAWcooked makes the masks from the first file (`Create mask when needed`) and writes the Track
    before the Blocks, which are its siblings.
    """

    def __init__(self, first: Restoration) -> None:
        self.first = first

    def opening(self) -> bytes:
        """Write the Track with its masks, and the layout that blocks have unless they say so."""
        first = self.first
        masks = (
            (e.MASKED_NAME, first.name),
            (e.MASKED_BEFORE, first.before),
            (e.MASKED_AFTER, first.after),
        )
        content = b"".join(element(id_, packed(mask)) for id_, mask in masks if mask)
        return element(e.TRACK, content + more_of_file(Restoration(b"", layout=first.layout)))

    def block(self, file: Restoration) -> bytes:
        """Write the Block of a frame; the name comes before the hash, which belongs to it."""
        first = self.first
        content = (
            _masked(e.NAME, e.MASKED_NAME, file.name, first.name)
            + _masked(e.BEFORE, e.MASKED_BEFORE, file.before, first.before)
            + _masked(e.AFTER, e.MASKED_AFTER, file.after, first.after)
            + _facts(file)
            + more_of_file(file, first.layout)
        )
        return element(e.BLOCK, content)


def single_track(file: Restoration) -> bytes:
    """Write the Track of one file, as of sound: RAWcooked's `Unique`."""
    content = (
        _plain(e.NAME, file.name) + _plain(e.BEFORE, file.before) + _plain(e.AFTER, file.after)
    )
    return element(e.TRACK, content + _facts(file) + more_of_file(file))


def attachment(file: Attached) -> bytes:
    """List a file that is kept whole. RAWcooked makes files of size 0 again by this alone."""
    content = _plain(e.NAME, file.name)
    if file.data is not None:
        content += element(e.IN, packed(file.data))
    content += _hash(file.md5)
    if file.size is not None:
        content += element(e.SIZE, unsigned(file.size))
    return element(e.ATTACHMENT, content + more_of_attached(file))


def _facts(file: Restoration) -> bytes:
    residual = element(e.IN, packed(file.residual)) if file.residual else b""
    told = file.tell_size and file.size is not None
    return residual + _hash(file.md5) + (element(e.SIZE, unsigned(file.size or 0)) if told else b"")


def _hash(md5: bytes | None) -> bytes:
    return element(e.HASH, MD5 + md5) if md5 else b""


def _plain(id_: int, content: bytes) -> bytes:
    return element(id_, packed(content)) if content else b""


def _masked(plain: int, with_mask: int, content: bytes, mask: bytes) -> bytes:
    if not mask or not content:
        return _plain(plain, content)
    return element(with_mask, packed(masked(content, mask)))


class ReversibilityWriter:
    """Write data from one end to the other into a file that the caller gives.

    Tracks come in the order of Matroska's; all that is written at once is one file's.
    """

    def __init__(self, handle: BinaryIO, library: Library) -> None:
        self.handle = handle
        self.track: FrameTrack | None = None
        self._copies: list[bytes] = []
        self._tracks = 0
        self._crc = 0
        head = opening(library)
        self.handle.write(head[: len(_head(1))])
        self._write(head[len(_head(1)) :])

    def attachment(self, file: Attached) -> None:
        """List a file that is kept whole."""
        self._write(attachment(file))

    def folder(self, found: Folder) -> None:
        """List a folder."""
        self._write(folder(found))

    def begin_track(self, kind: TrackKind, first: Restoration) -> None:
        """Begin a track of frames, or write the whole of a track of one file."""
        self.track = None if kind is TrackKind.SINGLE else FrameTrack(first)
        head = self.track.opening() if self.track else single_track(first)
        self._write(head)
        self._tracks += 1
        self._copies.append(copy_of(head, self._tracks))

    def block(self, file: Restoration) -> None:
        """Write the next frame of the track that was begun; the first too."""
        if self.track is None:
            raise ValueError("no track of frames was begun")
        self._write(self.track.block(file))

    def blocks(self, written: Iterable[bytes]) -> None:
        """Write frames that `FrameTrack.block` made before, perhaps elsewhere."""
        for block in written:
            self._write(block)

    def finish(self) -> int:
        """Write each Track once more, and a check sum; say how many bytes there are (version 1)."""
        self.blocks(self._copies)
        self._copies.clear()
        self._write(check(self._crc))
        return self.handle.seek(0, SEEK_END)

    def _write(self, content: bytes) -> None:
        self._crc = crc32(content, self._crc)
        self.handle.write(content)


def version_2(size: int) -> tuple[bytes, int]:
    """Give what stands before the elements in version 2, and how much of version 1 to leave out.

    Version 2 is put behind Matroska's Segment: a head that says 2, and a root that holds all
    elements of version 1 (RAWcooked.cpp: `ReversibilityFile`).
    """
    left_out = len(_head(1))
    return _head(2) + header(e.ROOT, size - left_out), left_out


def as_version_2(
    size: int, open_: Callable[[], BinaryIO]
) -> tuple[int, Callable[[], Iterator[bytes]]]:
    """Turn data of version 1 into those of version 2, without copying them first."""
    before, left_out = version_2(size)

    def pieces() -> Iterator[bytes]:
        yield before
        with open_() as handle:
            handle.seek(left_out)
            while piece := handle.read(CHUNK):
                yield piece

    return len(before) + size - left_out, pieces
