"""One film turned back into the files of its reel."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.adapters.reversible.reading import Track
from avpres.domain.report import Finding
from avpres.domain.reversible import (
    PIECES,
    Attached,
    Folder,
    Restoration,
    ReversibilityError,
    TrackKind,
)
from avpres.domain.sounding import UncodableSound
from avpres.services.reversible.attached import all_attached, find_attached
from avpres.services.reversible.numbering import Numbering
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.ordered import DECODING, cores, crew, in_order
from avpres.services.reversible.pictures import DamagedError, PictureDecoders, remade, restore
from avpres.services.uncook import findings
from avpres.services.uncook.clipped import Clips
from avpres.services.uncook.landing import (
    HostileNameError,
    Landing,
    TakenError,
    dress_folder,
    make_folders,
    place_of,
    refuse_links,
)
from avpres.services.uncook.outcome import FAILED, THERE, Outcome, free, land, outcome_of
from avpres.services.uncook.sounds import SoundRestoring
from avpres.services.uncook.wanted import Wanted

_CHUNK = 1024 * 1024
_MOST_LOST = 1000  # names that are read of frames that the film lacks
_OF_NAMES = frozenset({errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL})


@dataclass(slots=True)
class Restoring:
    """What is needed to restore one film."""

    cooked: Cooked
    destination: Path
    wanted: Wanted
    workers: int | None
    advance: Callable[[int], None]
    _sounds: dict[int, SoundRestoring] = field(default_factory=dict)
    _clips: Clips = field(default_factory=Clips)
    _listed: set[bytes] = field(default_factory=set)  # files of many frames
    _strays: dict[bytes, str] = field(default_factory=dict)  # what has no file, and why

    def outcomes(self) -> Iterator[Outcome]:
        """Restore everything that is wanted, and yield what became of each file."""
        yield from self._attached()
        yield from self._tracks()

    def folders(self) -> Iterator[Finding]:
        """Make the folders that hold nothing, then give all of them their times and modes."""
        folders: list[Folder] = []
        try:
            folders += self.cooked.data.folders()
        except ReversibilityError as error:
            yield findings.damaged("?", f"the list of folders: {error}")
        for each in folders:
            try:
                make_folders(self._folder(each))
            except HostileNameError as error:
                yield findings.hostile(os.fsdecode(each.name), str(error))
            except OSError as error:
                if error.errno not in _OF_NAMES:
                    raise
                yield findings.unnameable(os.fsdecode(each.name), error.strerror)
        for each in reversed(folders):  # a folder that may not be entered comes after those in it
            with suppress(HostileNameError, FileNotFoundError):  # told above
                dress_folder(self._folder(each), each.mtime_ns, each.mode)

    def _folder(self, folder: Folder) -> bytes:
        path = place_of(self.destination, folder.name)
        refuse_links(self.destination, os.path.join(path, b"."))
        return path

    def _attached(self) -> Iterator[Outcome]:
        try:
            for file in all_attached(self.cooked):
                if file.coding == PIECES:
                    self._listed.add(file.name)
                if not self.wanted(file.name):
                    continue
                begin = self._begin_clip if file.coding == PIECES else self._attach
                begun = self._guarded(file, partial(begin, file))
                if begun is not None:
                    yield begun
        except ReversibilityError as error:
            finding = findings.damaged("?", f"the list of attachments: {error}")
            yield Outcome(b"?", FAILED, finding=finding)

    def _begin_clip(self, file: Attached) -> None:
        self._clips.begin(self.destination, file)

    def _attach(self, file: Attached) -> Outcome:
        path = free(self.destination, file)
        if path is None:
            return outcome_of(file, THERE)
        with find_attached(self.cooked, file) as source, Landing(path) as landing:
            while piece := source.read(_CHUNK):
                landing.write(piece)
            return land(landing, file)

    def _tracks(self) -> Iterator[Outcome]:
        film = self.cooked.film
        counts = Counter(block.track for block in film.blocks())
        tracks = {header.number: (header, track) for header, track in self.cooked.tracks}
        seen = {number: bytearray(_bits(track.frames)) for number, (_, track) in tracks.items()}
        try:
            done = in_order(
                self._tasks(tracks, counts, seen),
                self._work,
                workers=crew(self.workers or cores() + 1, _largest(tracks)),  # one flushes a file
            )
            yield from (each for each in done if each is not None)
            for number, (_, track) in tracks.items():
                if track.kind is TrackKind.FRAMES:
                    yield from self._lost(track, seen[number])
            for track in self.cooked.data.tracks[len(film.tracks) :]:
                yield from self._lost(track, bytearray(_bits(track.frames)))
            for sound in self._sounds.values():
                ended = self._guarded(sound.file, sound.finish)
                if ended is not None:
                    yield ended
            for clip, end in self._clips.ends():
                ended = self._guarded(clip, end)
                if ended is not None:
                    yield ended
            for name, why in self._strays.items():
                yield Outcome(name, FAILED, finding=findings.lost(os.fsdecode(name), why))
        finally:
            self._clips.abandon()
            for sound in self._sounds.values():
                sound.abandon()

    def _tasks(
        self,
        tracks: dict[int, tuple[TrackHeader, Track]],
        counts: Counter[int],
        seen: dict[int, bytearray],
    ) -> Iterator["_Task"]:
        numbers = {
            number: Numbering(header, track, counts[number])
            for number, (header, track) in tracks.items()
            if track.kind is TrackKind.FRAMES
        }
        decoders: dict[int, PictureDecoders] = {}
        left = sum(counts[number] for number in numbers)
        rest = left % (shared := self.workers or cores())  # those are left of the last round
        for header, track in tracks.values():
            if track.kind is TrackKind.SINGLE:
                self._begin_sound(header, track)
        for block in self.cooked.film.blocks():
            self.advance(block.size)
            if block.track in self._sounds:
                self._sounds[block.track].take(block)
            self._clips.hear(block)
            if block.track not in numbers:
                continue
            left -= 1
            header, track = tracks[block.track]
            place = numbers[block.track].next(block.time_ns)
            if place is None or place >= track.frames:
                continue
            seen[block.track][place // 8] |= 1 << place % 8
            task = self._task(track, place, block, decoders, header)
            if task is not None:
                yield replace(task, threads=shared // rest if left < rest else 1)

    def _task(
        self,
        track: Track,
        number: int,
        block: Block,
        decoders: dict[int, PictureDecoders],
        header: TrackHeader,
    ) -> "_Task | None":
        try:
            file = track.file(number)
        except ReversibilityError as error:
            return _Task(Restoration(b"?"), None, b"", str(error))
        if not (self.wanted(file.name) if file.at is None else self._is_wanted_piece(file)):
            return None
        try:
            if header.number not in decoders:
                private = self.cooked.film.private(header.number)
                decoders[header.number] = PictureDecoders.of(header, private)
            packet = self.cooked.film.payload(block)
        except (DamagedError, MatroskaError) as error:
            return _Task(file, None, b"", str(error))
        return _Task(file, decoders[header.number], packet)

    def _is_wanted_piece(self, piece: Restoration) -> bool:
        """Say whether a part of a file is to be decoded; one of no file is told at the end."""
        if piece.name not in self._listed and self.wanted(piece.name):
            self._stray(piece.name, "the film holds parts of it, and does not list it")
        return self._clips.wants(piece)

    def _stray(self, name: bytes, why: str) -> None:
        if len(self._strays) < _MOST_LOST:
            self._strays.setdefault(name, why)

    def _work(self, task: "_Task") -> Outcome | None:
        if task.file.at is not None:
            self._clips.put(task.file, task.restored)
            return None
        return self._guarded(task.file, lambda: self._frame(task))

    def _frame(self, task: "_Task") -> Outcome:
        file = task.file
        if task.decoders is None:
            raise DamagedError(task.trouble)
        path = free(self.destination, file)
        if path is None:
            return outcome_of(file, THERE)
        data = remade(file, task.decoders, task.packet, threads=task.threads)
        with Landing(path) as landing:
            for part in data:
                landing.write(part)
            return land(landing, file)

    def _begin_sound(self, header: TrackHeader, track: Track) -> None:
        try:
            file = track.file()
        except ReversibilityError as error:
            self._stray(b"?", f"what is kept of the sound in track {header.number}: {error}")
            return
        if file.at is not None:
            self._clips.begin_sound(self.cooked, header, file)
        elif self.wanted(file.name):
            sound = SoundRestoring(self.cooked, self.destination, header, file)
            self._sounds[header.number] = sound

    def _lost(self, track: Track, seen: bytearray) -> Iterator[Outcome]:
        told = 0
        for number in range(max(1, track.frames)):
            if seen[number // 8] & 1 << number % 8:
                continue
            told += 1
            file = _named(track, number) if told <= _MOST_LOST else Restoration(b"?")
            if not self._clips.lose(file) and self.wanted(file.name):
                finding = findings.lost(os.fsdecode(file.name), "its frame is missing")
                yield Outcome(file.name, FAILED, finding=finding)

    def _guarded(
        self, file: Restoration | Attached, restore_it: Callable[[], Outcome | None]
    ) -> Outcome | None:
        """Turn what is wrong with one file into a finding; the others are restored all the same.

        A name that the destination cannot hold concerns its file alone.

        Raises:
            OSError: the destination refuses, which concerns all files.
        """
        shown = os.fsdecode(file.name)
        try:
            return restore_it()
        except TakenError:
            finding = findings.exists(shown)
        except HostileNameError as error:
            finding = findings.hostile(shown, str(error))
        except ReversibilityError as error:
            finding = findings.lost(shown, str(error))
        except (DamagedError, CodingError, MatroskaError, UncodableSound) as error:
            finding = findings.damaged(shown, str(error))
        except OSError as error:
            if error.errno not in _OF_NAMES:
                raise
            finding = findings.unnameable(shown, error.strerror)
        return Outcome(file.name, FAILED, finding=finding)


@dataclass(frozen=True, slots=True)
class _Task:
    """A frame to restore; without decoders, `trouble` says why it cannot be."""

    file: Restoration
    decoders: PictureDecoders | None
    packet: bytes
    trouble: str = ""

    def restored(self) -> bytes:
        """Make the bytes of a piece again, and compare them.

        Raises:
            DamagedError: they do not come back as they were.
        """
        if self.decoders is None:
            raise DamagedError(self.trouble)
        return restore(self.file, self.decoders, self.packet)

    threads: int = 1


def _largest(tracks: Mapping[int, tuple[TrackHeader, Track]]) -> int:
    """Give the bytes that a frame of the largest picture takes while it is restored."""
    pixels = (header.width * header.height for header, _ in tracks.values())
    return DECODING * max(pixels, default=1)


def _named(track: Track, number: int) -> Restoration:
    with suppress(ReversibilityError, IndexError):
        return track.file(number, residual=False)
    return Restoration(b"?")


def _bits(count: int) -> int:
    return count // 8 + 1
