"""One frame: read once, digested, coded, decoded again, and compared with the bytes read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import xxhash

from avpres.adapters.cooking.ffv1 import Plane, equal, raw
from avpres.adapters.cooking.journal import Listed, Result
from avpres.adapters.reversible.layouts import layout_of
from avpres.adapters.reversible.writing import FrameTrack
from avpres.adapters.scans.packing import (
    Octets,
    gather,
    is_same,
    others,
    picture,
    repack,
    unpack,
)
from avpres.adapters.storage.reading import ChangedError
from avpres.domain.reel import Coding, file_of
from avpres.domain.reversible import Restoration, ReversibilityError
from avpres.domain.scan import UncodableScan
from avpres.services.cook.bench import Bench
from avpres.services.cook.loading import Loaded, load
from avpres.services.cook.planning import Film
from avpres.services.cook.stage import Reel
from avpres.services.reversible.pictures import DamagedError, array_of, parts


class NotReversibleError(Exception):
    """A frame did not come back as it was."""

    def __init__(self, path: bytes, why: str) -> None:
        super().__init__(why)
        self.path = path


@dataclass(frozen=True, slots=True)
class Coded:
    """A frame that was proved: its packet, and what the journal keeps of it.

    `raw` are the bytes of a file of many frames, which is digested as a whole.
    """

    film: Film
    file: Listed
    packet: bytes
    result: Result
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Worker:
    """What is needed to code the frames of a track."""

    reel: Reel
    film: Film
    coding: Coding
    bench: Bench
    blocks: FrameTrack

    @property
    def private(self) -> bytes:
        """The configuration record of the track."""
        with self.bench.lent(self.film, self.coding) as (encoder, _):
            return encoder.private

    def code(self, file: Listed, cores: int = 1) -> Coded:
        """Code one frame on so many cores, and prove it.

        Raises:
            ChangedError: it is not the file that was listed.
            NotReversibleError: it does not come back.
            CodingError: FFmpeg's libraries refuse or complain.
            UncodableScan: its header is not that of the others.
            OSError: it cannot be read.
        """
        loaded = load(self.reel, self.film, file)
        data, array = loaded.data, loaded.array
        if picture(array) != self.film.picture:
            raise ChangedError(file.path)
        with self.bench.lent(self.film, self.coding, cores) as (encoder, decoder):
            unpack(array, data, encoder.planes)
            packet = encoder.encode()
            form, planes = decoder.decode(packet)
            if form != self.film.picture.pix_fmt:
                raise NotReversibleError(file.path, _OTHER)
            found = restoration(self.reel, file, loaded)
            again = self._repacked(found, file, planes)
            if not _comes_back(found, file, data, again):
                if not equal(form, encoder.planes, planes):
                    raise NotReversibleError(file.path, _OTHER)
                found = _with_residual(found, file, data, again)
            frame = hashlib.md5(usedforsecurity=False)
            size = 0
            for plane in raw(planes):
                frame.update(plane)
                size += len(plane)
        result = Result(
            file=file.id,
            md5=found.md5 or b"",
            sha256=found.sha256 or b"",
            packet=xxhash.xxh3_128_digest(packet),
            size=len(packet),
            frame=frame.digest(),
            raw=size,
            time_ns=self.film.time_ns(file),
            block=self.blocks.block(found),
            about=about(found),
        )
        return Coded(self.film, file, packet, result, loaded.raw)

    def _repacked(self, found: Restoration, file: Listed, planes: Sequence[Plane]) -> Octets:
        """Make the samples of a file again, by what is kept of how they lay."""
        try:
            array = array_of(found)
        except (ReversibilityError, UncodableScan) as error:
            raise NotReversibleError(file.path, str(error)) from error
        if picture(array) != self.film.picture:
            raise NotReversibleError(file.path, "what is kept of its layout is not its layout")
        return repack(array, planes, self.bench.room.of(array.size))


def blocks_of(reel: Reel, film: Film) -> FrameTrack:
    """Begin the reversibility data of a track by its first frame."""
    return FrameTrack(_besides(reel, film.first, load(reel, film, film.first)))


def restoration(reel: Reel, file: Listed, loaded: Loaded) -> Restoration:
    """Say all that a frame holds besides its samples, and digest it."""
    return replace(
        _besides(reel, file, loaded),
        md5=hashlib.md5(loaded.data, usedforsecurity=False).digest(),
        sha256=hashlib.sha256(loaded.data).digest(),
    )


def _besides(reel: Reel, file: Listed, loaded: Loaded) -> Restoration:
    data, array, piece = loaded.data, loaded.array, loaded.piece
    begin = min(offset for offset, _ in array.segments)
    end = max(offset + size for offset, size in array.segments)
    gaps = [data[at : at + size] for at, size in others(array, len(data)) if begin < at < end]
    return Restoration(
        name=name_of(reel, file),
        before=data[:begin],
        after=data[end:],
        gaps=b"".join(gaps),
        layout=layout_of(array, piece.holes if piece else ()),
        size=file.size,
        tell_size=data[:4] not in _DPX,
        mtime_ns=None if piece else file.mtime_ns,
        mode=None if piece else file.mode,
        at=piece.at if piece else None,
        number=piece.number if piece else None,
    )


def name_of(reel: Reel, file: Listed) -> bytes:
    """Name a file as it is named in the film: with the name of the reel before it."""
    return reel.name + b"/" + file_of(file.path)


def about(found: Restoration) -> bytes:
    """Digest all that is kept of a file besides its samples."""
    digest = xxhash.xxh3_128()
    parts = (found.name, found.before, found.after, found.residual or b"", found.gaps)
    numbers = (found.size, found.mtime_ns, found.mode, found.layout, found.at, found.number)
    for part in (*parts, found.md5 or b"", found.sha256 or b"", repr(numbers).encode()):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


_DPX = (b"SDPX", b"XPDS")
_OTHER = "the decoded picture is not the one encoded"


def _with_residual(found: Restoration, file: Listed, data: bytes, again: Octets) -> Restoration:
    """Keep what packing does not give back: padding that is not zero.

    Raises:
        NotReversibleError: the file does not come back with it either.
    """
    residual = np.bitwise_xor(gather(array_of(found), data), again).tobytes()
    found = replace(found, residual=residual)
    if not _comes_back(found, file, data, again):
        raise NotReversibleError(file.path, "what was put together again is not the file")
    return found


def _comes_back(found: Restoration, file: Listed, data: bytes, again: Octets) -> bool:
    """Make the whole file again from what is kept of it, as `uncook` does, and compare it.

    Raises:
        NotReversibleError: what is kept of it makes no file.
    """
    at, whole = 0, memoryview(data)
    try:
        for part in parts(found, array_of(found), again):
            if not is_same(whole[at : at + len(part)], part):
                return False
            at += len(part)
    except (DamagedError, ReversibilityError, UncodableScan) as error:
        raise NotReversibleError(file.path, str(error)) from error
    return at == len(data)
