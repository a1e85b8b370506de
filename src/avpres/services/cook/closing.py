"""The end of a film: what gives the files back, and all that could not be known before."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import xxhash

from avpres import __version__
from avpres.adapters.cooking.journal import Journal
from avpres.adapters.matroska.model import REVERSIBILITY_NAME, Attachment
from avpres.adapters.matroska.timing import SECOND
from avpres.adapters.matroska.writing import MatroskaWriter
from avpres.adapters.reversible.writing import ReversibilityWriter, as_version_2
from avpres.domain.reel import Role
from avpres.domain.reversible import Folder, Library, TrackKind
from avpres.services.cook.attaching import listed
from avpres.services.cook.frames import Worker, name_of
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.planning import uid_of
from avpres.services.cook.sounds import Recording
from avpres.services.cook.stage import JOURNAL, Reel

LIBRARY = Library("avpres", __version__)
_CHUNK = 1024 * 1024  # bytes
_HEAD = 256  # bytes that an attachment takes besides its content, and more


def finish(
    kitchen: Kitchen,
    handle: BinaryIO,
    writer: MatroskaWriter,
    workers: Mapping[int, Worker],
    recordings: Sequence[Recording],
) -> str:
    """Write the reversibility data where they fit, and end the file; say which place it is.

    Version 1 stands before the clusters, in the room that was kept for it; what outgrew that
    room, by padding that is not zero, stands behind the segment as version 2.
    """
    for each in recordings:
        kitchen.journal.prove(each.result)
    path = kitchen.stage.folder / f"{JOURNAL}.reversible"
    _spool(path, kitchen.reel, kitchen.journal, workers, recordings)
    size = path.stat().st_size
    privates = {each.track.track: each.private for each in recordings if each.private}
    fits = size + _HEAD <= kitchen.reserve
    data = Attachment(
        name=REVERSIBILITY_NAME,
        mime="application/octet-stream",
        size=size,
        open=lambda: path.open("rb"),
        uid=uid_of("reversibility", b""),
    )
    length = int(kitchen.plan.seconds * SECOND)
    durations = {film.track: int(film.seconds * SECOND) for film in kitchen.plan.films}
    durations |= {each.track: int(each.seconds * SECOND) for each in kitchen.plan.sounds}
    kitchen.journal.say("data", _digest(path, None if fits else size))
    told = {track: worker.private.hex() for track, worker in workers.items()}
    told |= {each.track.track: each.private.hex() for each in recordings}
    kitchen.journal.say("privates", told)
    writer.finish(length, privates, data if fits else None, writer.statistics(durations))
    if not fits:
        _append(handle, path, size)
    path.unlink()
    return "before the clusters (version 1)" if fits else "behind the segment (version 2)"


def _spool(
    path: Path,
    reel: Reel,
    journal: Journal,
    workers: Mapping[int, Worker],
    recordings: Sequence[Recording],
) -> None:
    with path.open("wb") as spool:
        data = ReversibilityWriter(spool, LIBRARY)
        for file in listed(reel, journal):
            data.attachment(file)
        for folder in journal.of(Role.FOLDER):
            data.folder(Folder(name_of(reel, folder), folder.mtime_ns, folder.mode))
        top = os.stat(reel.path)
        data.folder(Folder(reel.name, top.st_mtime_ns, top.st_mode & 0o7777))
        for track, worker in workers.items():
            data.begin_track(TrackKind.FRAMES, worker.blocks.first)
            data.blocks(result.block for result in journal.results(track))
        for each in recordings:
            data.begin_track(TrackKind.SINGLE, each.restoration)
        data.finish()


def _append(handle: BinaryIO, path: Path, size: int) -> None:
    handle.seek(0, os.SEEK_END)
    handle.writelines(_version_2(path, size))


def _version_2(path: Path, size: int) -> Iterator[bytes]:
    _, pieces = as_version_2(size, lambda: path.open("rb"))
    return pieces()


def _digest(path: Path, size: int | None) -> str:
    """Digest the data as they will stand in the film: version 2 where a size is given."""
    digest = xxhash.xxh3_128()
    if size is not None:
        for piece in _version_2(path, size):
            digest.update(piece)
        return digest.hexdigest()
    with path.open("rb") as spool:
        while piece := spool.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
