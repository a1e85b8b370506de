"""The tracks of a film: which frames each has, when they are shown, which sounds go with them."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.clips.avi import read_clip
from avpres.adapters.cooking.journal import Journal, Listed, Sequence
from avpres.adapters.matroska.timing import time_ns
from avpres.adapters.scans.packing import picture
from avpres.adapters.scans.reading import read_scan
from avpres.adapters.sounds.padding import with_padding
from avpres.adapters.sounds.reading import read_sound
from avpres.adapters.storage.reading import ChangedError
from avpres.config.cook import CookOptions
from avpres.domain.clip import Clip
from avpres.domain.rawcooked import NEVER, Restorable
from avpres.domain.reel import USUAL_RATE, Gaps, Role, file_of
from avpres.domain.scan import Picture, Scan
from avpres.domain.sounding import Sound
from avpres.services.cook.assessing import RAWCOOKED, missing_frames
from avpres.services.cook.stage import Reel
from avpres.services.reversible.ordered import ENCODING


@dataclass(frozen=True, slots=True)
class Film:
    """A track of frames. `held`: times follow the numbers of the frames, not their places.

    `clip`: all of them are in one file.
    """

    track: int
    sequence: Sequence
    first: Listed
    scan: Scan
    picture: Picture
    rate: Fraction
    held: bool
    clip: Clip | None = None

    @property
    def name(self) -> str:
        """The names of the frames, with a star for the number."""
        return os.fsdecode(self.sequence.star)

    def index(self, frame: Listed) -> int:
        """Say at which frame of the film's time a frame is shown."""
        if self.held and frame.number is not None and self.sequence.first is not None:
            return frame.number - self._begin
        return frame.place or 0

    def time_ns(self, frame: Listed) -> int:
        """Say when a frame is shown."""
        return time_ns(self.index(frame), self.rate)

    @property
    def weight(self) -> int:
        """The bytes that a frame takes in memory while it is coded and proved."""
        return ENCODING * self.picture.width * self.picture.height

    @property
    def seconds(self) -> Fraction:
        """How long the track runs."""
        frames = self.sequence.frames
        if self.held and self.sequence.first is not None and self.sequence.last is not None:
            frames = self.sequence.last - self._begin + 1
        return frames / self.rate

    @property
    def _begin(self) -> int:
        """The number that is shown first; frames that a clip lacks have their time."""
        return 0 if self.clip else self.sequence.first or 0


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """A track of sound: one file, or a `stream` of one."""

    track: int
    file: Listed
    sound: Sound
    stream: int | None = None

    @property
    def seconds(self) -> Fraction:
        """How long it runs."""
        return Fraction(self.sound.samples, self.sound.rate)


@dataclass(frozen=True, slots=True)
class Plan:
    """All tracks of a film, in their order."""

    films: tuple[Film, ...]
    sounds: tuple[SoundTrack, ...]

    @property
    def seconds(self) -> Fraction:
        """How long the longest track runs."""
        tracks = [film.seconds for film in self.films]
        return max(tracks + [sound.seconds for sound in self.sounds])


def make_plan(reel: Reel, journal: Journal, options: CookOptions) -> Plan:
    """Number the tracks: the sequences in the order of their names, then the sounds.

    Raises:
        UncodableScan: a frame is not what it was when it was listed.
        UncodableSound: the same of a sound.
        OSError: one cannot be read.
    """
    films = []
    for track, sequence in enumerate(list(journal.sequences()), 1):
        journal.number_track(sequence, track)
        first = next(journal.frames(track))
        clip = _clip(reel, journal, first) if first.role is Role.PIECE else None
        scan = clip.scan if clip else _scan(reel, journal.usual(track))
        held = options.gaps is Gaps.HOLD or bool(missing_frames(sequence)) or clip is not None
        held = held and options.gaps is not Gaps.CLOSE
        rate = options.rate or scan.rate or USUAL_RATE
        form = picture(scan.array)
        films.append(Film(track, sequence, first, scan, form, rate, held, clip))
    sounds = []
    heard = journal.of(Role.SOUND, Role.STREAM)
    for track, file in enumerate(list(heard), len(films) + 1):
        journal.number_sound(file.id, track)
        sounds.append(_sound(reel, track, file, films))
    return Plan(tuple(films), tuple(sounds))


def _scan(reel: Reel, file: Listed) -> Scan:
    with open(reel.at(file.path), "rb") as handle:
        return read_scan(handle, file.size)


def _clip(reel: Reel, journal: Journal, piece: Listed) -> Clip:
    whole = journal.look_up(file_of(piece.path))
    if whole is None:
        raise ChangedError(piece.path)
    with open(reel.at(whole.path), "rb") as handle:
        return read_clip(handle, whole.size)


def _sound(reel: Reel, track: int, file: Listed, films: Iterable[Film]) -> SoundTrack:
    path = file_of(file.path)
    if file.role is Role.SOUND:
        with open(reel.at(path), "rb") as handle:
            return SoundTrack(track, file, with_padding(handle, read_sound(handle, file.size)))
    clips = (film.clip for film in films if film.clip and file_of(film.first.path) == path)
    streams = (each for clip in clips for each in clip.streams)
    found = next((each for each in streams if str(each.number) == file.within), None)
    if found is None:
        raise ChangedError(path)
    return SoundTrack(track, file, found.sound, found.number)


def restorable(journal: Journal, *, named: bool = True) -> Restorable:
    """Give what the assessment found: whether RAWcooked restores the film.

    `named`: with the names that its files have.
    """
    said = journal.said(RAWCOOKED)
    if not isinstance(said, list):
        return NEVER
    why, since, why_named = map(str, said)
    return Restorable(why or (why_named if named else ""), since)


def uid_of(kind: str, name: bytes) -> int:
    """Give a number that is the same for the same name in every run, and never 0."""
    digest = hashlib.sha256(kind.encode() + b"\0" + name).digest()
    return int.from_bytes(digest[:7], "big") | 1
