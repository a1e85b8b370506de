"""The film written from one end to the other, with a journal of what is proved."""

import heapq
import os
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from typing import BinaryIO, NamedTuple, cast

from avpres.adapters.cooking.journal import Listed
from avpres.adapters.matroska.writing import MatroskaWriter
from avpres.adapters.storage import durable, medium
from avpres.adapters.storage.reading import ChangedError
from avpres.domain.reel import file_of
from avpres.services.cook.bench import Bench
from avpres.services.cook.clips import Stream, Whole
from avpres.services.cook.closing import finish
from avpres.services.cook.frames import Coded, Worker, blocks_of
from avpres.services.cook.heading import begin_film
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.pacing import Pace
from avpres.services.cook.planning import Film, SoundTrack
from avpres.services.cook.sounds import Piece, Recording
from avpres.services.reversible.ordered import in_order

CHECKPOINT = 128 * 1024 * 1024  # bytes of film between two commits
CHECKPOINT_S = 10.0  # seconds between two commits


class Written(NamedTuple):
    """A film that was written: where its data went, and the frames that an earlier run coded.

    `was_begun`: an earlier run left something of it.
    """

    placed: str
    resumed: int
    was_begun: bool


def write_film(kitchen: Kitchen) -> Written:
    """Write the film, or go on where an earlier run was stopped.

    The bytes do not depend on the number of workers, nor on how often the run was stopped.

    Raises:
        ChangedError: a source is another one than at the start.
        NotReversibleError: something does not come back as it was.
        CodingError: FFmpeg's libraries refuse a picture.
        OSError: the source cannot be read, or the destination not be written.
    """
    film = kitchen.stage.film
    state = kitchen.journal.said("state") if film.exists() else None
    flags = os.O_RDWR | (0 if state else os.O_CREAT | os.O_TRUNC)
    with os.fdopen(os.open(film, flags, 0o644), "r+b") as handle:
        bench = Bench(kitchen.workers)
        workers = {each.track: _worker(kitchen, bench, each) for each in kitchen.plan.films}
        recordings = [_recording(kitchen, each) for each in kitchen.plan.sounds]
        writer = _begin(kitchen, handle, state, workers, recordings)
        resumed = _Packets(kitchen, handle, writer).write(workers, recordings)
        placed = finish(kitchen, handle, writer, workers, recordings)
        handle.flush()
        durable.sync_file(handle.fileno())
    return Written(placed, resumed, was_begun=bool(state))


def _worker(kitchen: Kitchen, bench: Bench, film: Film) -> Worker:
    blocks = blocks_of(kitchen.reel, film)
    return Worker(kitchen.reel, film, kitchen.codings[film.track], bench, blocks)


def _recording(kitchen: Kitchen, track: SoundTrack) -> Recording:
    """Open a sound: a file, or a part of one that holds frames too."""
    if track.stream is None:
        return Recording(kitchen.reel, track)
    film = _film_of(kitchen, track)
    return Recording(kitchen.reel, track, Stream(kitchen.reel, kitchen.journal, film, track.stream))


def _film_of(kitchen: Kitchen, track: SoundTrack) -> Film:
    path = file_of(track.file.path)
    return next(each for each in kitchen.plan.films if file_of(each.first.path) == path)


def _begin(
    kitchen: Kitchen,
    handle: BinaryIO,
    state: object,
    workers: Mapping[int, Worker],
    recordings: Sequence[Recording],
) -> MatroskaWriter:
    if state:
        return MatroskaWriter.resume(handle, cast("Mapping[str, object]", state))
    writer = begin_film(kitchen, handle, workers, recordings)
    _save(kitchen, handle, writer)
    return writer


class _Packets:
    """The packets of a film, in the order of their times, and what of them is committed."""

    def __init__(self, kitchen: Kitchen, handle: BinaryIO, writer: MatroskaWriter) -> None:
        self._kitchen = kitchen
        self._handle = handle
        self._writer = writer
        self._done = {int(track): int(frames) for track, frames in writer.state()["frames"]}
        self._pace = Pace(kitchen.journal, kitchen.plan, kitchen.progress)
        self._wholes = {
            film.track: Whole(kitchen.reel, kitchen.journal, film)
            for film in kitchen.plan.films
            if film.clip
        }
        self._saved, self._pending = time.monotonic(), 0

    def write(self, workers: Mapping[int, Worker], recordings: Sequence[Recording]) -> int:
        """Write them all; say how many frames an earlier run had written."""
        resumed = self._take_up()
        with ExitStack() as stack:
            frames = stack.enter_context(closing(_frames(self._kitchen, workers, self._done)))
            sources: list[Iterator[Coded | Piece]] = [frames]
            sources += [stack.enter_context(closing(each.pieces())) for each in recordings]
            for piece in heapq.merge(*sources, key=_when):
                if isinstance(piece, Coded):
                    self._see(piece)
                else:
                    self._hear(piece)
        _conclude(self._kitchen, self._wholes, recordings)
        self._pace.end()
        return resumed

    def _take_up(self) -> int:
        self._pace.attached()
        for film in self._kitchen.plan.films:
            there = self._done.get(film.track, 0)
            self._kitchen.journal.recall(film.track, there)
            self._pace.skip(film, there)
        return self._pace.frames

    def _see(self, piece: Coded) -> None:
        self._kitchen.journal.prove(piece.result)
        self._pace.step(piece.file.size, len(piece.packet))
        track = piece.film.track
        if track in self._wholes:
            self._wholes[track].take(piece.file, piece.raw)
        self._add(track, piece.result.time_ns, piece.packet)

    def _hear(self, piece: Piece) -> None:
        self._pace.hear(piece.size)
        if piece.number >= self._done.get(piece.track, 0):
            self._add(piece.track, piece.time_ns, piece.packet)

    def _add(self, track: int, time_ns: int, packet: bytes) -> None:
        self._writer.add(track, time_ns, packet)
        self._pending += len(packet)
        if self._pending > CHECKPOINT or time.monotonic() - self._saved > CHECKPOINT_S:
            _save(self._kitchen, self._handle, self._writer)
            self._saved, self._pending = time.monotonic(), 0


def _conclude(
    kitchen: Kitchen, wholes: Mapping[int, Whole], recordings: Sequence[Recording]
) -> None:
    """Prove that the sounds of clips, which were read by themselves, are those between pieces."""
    for whole in wholes.values():
        whole.finish()
    for each in recordings:
        if each.track.stream is not None:
            whole = wholes[_film_of(kitchen, each.track).track]
            if not whole.is_sound(each.track.stream, each.result.sha256):
                raise ChangedError(kitchen.reel.at(file_of(each.track.file.path)))


def _frames(
    kitchen: Kitchen, workers: Mapping[int, Worker], done: Mapping[int, int]
) -> Generator[Coded, None, None]:
    """Code the frames of all tracks in the order in which they are shown."""

    def listed(film: Film) -> Iterator[tuple[Film, Listed]]:
        for file in kitchen.journal.frames(film.track, done.get(film.track, 0)):
            if not film.clip:
                _expect(kitchen.reel.at(file.path))
            yield film, file

    tasks = heapq.merge(
        *(listed(film) for film in kitchen.plan.films),
        key=lambda task: (task[0].time_ns(task[1]), task[0].track),
    )
    films = kitchen.plan.films
    count = sum(film.sequence.frames - done.get(film.track, 0) for film in films)
    yield from in_order(
        _shared(tasks, count, kitchen),
        lambda task: workers[task[0].track].code(task[1], task[2]),
        workers=kitchen.workers,
    )


def _shared(
    tasks: Iterable[tuple[Film, Listed]], count: int, kitchen: Kitchen
) -> Iterator[tuple[Film, Listed, int]]:
    """Say how many cores each frame has: more where memory or the last round leaves some idle."""
    rest = count % kitchen.workers
    for number, (film, file) in enumerate(tasks):
        together = rest if number >= count - rest else kitchen.workers
        yield film, file, max(1, kitchen.cores // together)


def _expect(path: bytes) -> None:
    """Let a file be read from its medium while the frames before it are coded."""
    with suppress(OSError):  # told when it is read
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            medium.want(fd)
        finally:
            os.close(fd)


def _when(piece: Coded | Piece) -> tuple[int, int]:
    if isinstance(piece, Coded):
        return piece.result.time_ns, piece.film.track
    return piece.time_ns, piece.track


def _save(kitchen: Kitchen, handle: BinaryIO, writer: MatroskaWriter) -> None:
    """Let everything up to here outlive a kill: first the film, then the journal that tells."""
    state = writer.state()
    durable.sync_file(handle.fileno())
    kitchen.journal.say("state", state)
    kitchen.journal.commit()
