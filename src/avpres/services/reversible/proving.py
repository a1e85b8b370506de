"""Every file of a film made again in memory and compared with what the film holds of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.adapters.reversible.reading import Track
from avpres.domain.reversible import (
    PIECES,
    Attached,
    Restoration,
    ReversibilityError,
    TrackKind,
)
from avpres.services.reversible.attached import all_attached, find_attached
from avpres.services.reversible.clips import Clip
from avpres.services.reversible.crcs import FollowingCrcs, is_own, unsummed
from avpres.services.reversible.judging import (
    Task,
    algorithms_of,
    lost,
    sounded,
    verdict_of,
    work,
)
from avpres.services.reversible.numbering import Numbering
from avpres.services.reversible.opening import Cooked, is_data
from avpres.services.reversible.ordered import DECODING, crew, in_order
from avpres.services.reversible.pictures import DamagedError, PictureDecoders
from avpres.services.reversible.proof import Kind, Part, Proof, Trouble, Verdict
from avpres.services.reversible.sounding import SoundProving, Tally

_CHUNK = 1024 * 1024  # bytes
_MOST_STRAYS = 1000  # files that are named
_UNLISTED = "the film holds parts of it, and does not list it"
_TRACKS = dict[int, tuple[TrackHeader, Track]]


@dataclass(slots=True)
class Proving:
    """The proof of one film.

    Attributes:
        workers: frames at once; None for one a core.
        advance: told the bytes of packets and attachments as they are done.
        checked: the check sums of Matroska that were computed.
        is_listed: whether the MD5 of each decoded picture is wanted too.
    """

    cooked: Cooked
    workers: int | None = None
    advance: Callable[[int], object] = lambda _size: None
    checked: int = 0
    is_listed: bool = False
    _sounds: dict[int, SoundProving] = field(default_factory=dict)
    _troubles: list[Trouble] = field(default_factory=list)
    _clips: dict[bytes, Clip] = field(default_factory=dict)
    _wrong: Counter[bytes] = field(default_factory=Counter)
    _strays: dict[bytes, None] = field(default_factory=dict)

    def results(self) -> Iterator[Proof | Trouble]:
        """Yield what became of every file, and whatever else is wrong with the film.

        Raises:
            OSError: the film cannot be read.
        """
        film, data = self.cooked.film, self.cooked.data
        if data.damage:
            yield Trouble(Kind.DATA, f"the data that give files back: {data.damage}")
        elif data.is_checked() is False:
            text = "the data that give files back: their check sum is wrong; a name may be"
            yield Trouble(Kind.DATA, text)
        own = is_own(self.cooked)
        if own:
            yield from unsummed(film)
        crcs = FollowingCrcs(film, is_own=own)
        yield from self._attached()
        for found in self._tracks(crcs):
            if isinstance(found, Proof):
                self._see(found)
            yield found
        for clip in self._clips.values():
            yield clip.judge(self._wrong[clip.file.name])
        for name in self._strays:
            yield Proof(name, Part.CLIP, Verdict.LOST, why=_UNLISTED)
        yield from crcs.rest()
        self.checked = crcs.count
        for each in film.skipped:
            text = f"{each.size:,} bytes at {each.offset:,} are damaged: {each.why}"
            yield Trouble(Kind.PASSED_OVER, text, each.offset, each.size)
        if film.missing:
            text = f"{film.missing:,} bytes are missing at the end: the film is cut"
            yield Trouble(Kind.PASSED_OVER, text, film.source.size, film.missing)

    def _see(self, found: Proof) -> None:
        """Count what is wrong with parts of a file, and keep those that are of no file."""
        if not found.is_right:
            self._wrong[found.name] += 1
        elif found.is_piece and found.name not in self._clips and len(self._strays) < _MOST_STRAYS:
            self._strays.setdefault(found.name)

    def _attached(self) -> Iterator[Proof | Trouble]:
        known: set[int | str] = set()
        try:
            for file in all_attached(self.cooked):
                known.add(file.name.decode("utf-8", "backslashreplace"))
                known.update(() if file.uid is None else (file.uid,))
                if file.coding == PIECES:
                    self._clips[file.name] = Clip(self.cooked, file)
                else:
                    yield self._attachment(file)
        except ReversibilityError as error:
            yield Trouble(Kind.DATA, f"the list of attachments: {error}")
        for each in self.cooked.film.attachments:
            if {each.uid, each.name} & known or is_data(self.cooked.film, each):
                continue
            text = f"{each.name} is attached to the film and is no file of the reel"
            yield Trouble(Kind.EXTRA, text, each.offset, each.size)

    def _attachment(self, file: Attached) -> Proof:
        tally = Tally()
        try:
            with find_attached(self.cooked, file) as source:
                while piece := source.read(_CHUNK):
                    tally.add(piece)
                    self.advance(len(piece))
            tally.compare(file.size, file.md5, file.sha256)
        except ReversibilityError as error:
            return Proof(file.name, Part.ATTACHED, Verdict.LOST, why=str(error))
        except DamagedError as error:
            return Proof(file.name, Part.ATTACHED, Verdict.DAMAGED, tally.size, str(error))
        verdict = verdict_of(file, is_nothing=file.size == 0)
        named = algorithms_of(file)
        return Proof(file.name, Part.ATTACHED, verdict, tally.size, algorithms=named)

    def _tracks(self, crcs: FollowingCrcs) -> Iterator[Proof | Trouble]:
        film = self.cooked.film
        tracks: _TRACKS = {header.number: (header, track) for header, track in self.cooked.tracks}
        for header in film.tracks[len(self.cooked.data.tracks) :]:
            text = f"track {header.number} of the film belongs to no file"
            yield Trouble(Kind.EXTRA, text)
        for header, track in tracks.values():
            if track.kind is TrackKind.SINGLE:
                yield from self._begin_sound(header, track)
        seen = {number: bytearray(track.frames // 8 + 1) for number, (_, track) in tracks.items()}
        tasks = self._tasks(tracks, seen, crcs)
        for done in in_order(tasks, work, workers=crew(self.workers, _largest(tracks))):
            if done.proof.is_right and done.file.name in self._clips:
                self._clips[done.file.name].take(done.file, done.data)
            yield done.proof
            yield from self._told()
        yield from self._told()
        for number, (_, track) in tracks.items():
            if track.kind is TrackKind.FRAMES:
                yield from lost(track, number, seen[number])
        for place, track in enumerate(self.cooked.data.tracks[len(film.tracks) :]):
            yield from lost(track, len(film.tracks) + 1 + place, bytearray(track.frames // 8 + 1))
        for sound in self._sounds.values():
            yield sounded(sound)

    def _told(self) -> Iterator[Trouble]:
        """Give what was met while frames were read."""
        while self._troubles:
            yield self._troubles.pop(0)

    def _begin_sound(self, header: TrackHeader, track: Track) -> Iterator[Proof]:
        try:
            file = track.file()
        except ReversibilityError as error:
            why = f"what is kept of it: {error}"
            yield Proof(b"?", Part.SOUND, Verdict.LOST, why=why, track=header.number)
        else:
            self._sounds[header.number] = SoundProving(self.cooked, header, file)

    def _tasks(
        self, tracks: _TRACKS, seen: dict[int, bytearray], crcs: FollowingCrcs
    ) -> Iterator[Task]:
        film = self.cooked.film
        counts = Counter(block.track for block in film.blocks())
        numbers = _numbers(tracks, counts)
        decoders: dict[int, PictureDecoders] = {}
        for block in film.blocks():
            self._troubles += crcs.until(block.offset)
            self.advance(block.size)
            if block.track in self._sounds:
                self._sounds[block.track].take(block)
            if block.track not in numbers:
                continue
            place = numbers[block.track].next(block.time_ns)
            if not self._is_wanted(place, block, tracks[block.track][1], seen[block.track]):
                continue
            yield self._task(place or 0, block, tracks[block.track], decoders)

    def _is_wanted(self, place: int | None, block: Block, track: Track, seen: bytearray) -> bool:
        """Say whether a frame belongs to a file that no other frame has given yet."""
        if place is not None and place < track.frames and not seen[place // 8] & 1 << place % 8:
            seen[place // 8] |= 1 << place % 8
            return True
        text = f"the frame at byte {block.offset:,} of track {block.track} belongs to no file"
        self._troubles.append(Trouble(Kind.EXTRA, text, block.offset, block.size))
        return False

    def _task(
        self,
        place: int,
        block: Block,
        of: tuple[TrackHeader, Track],
        decoders: dict[int, PictureDecoders],
    ) -> Task:
        header, track = of
        proof = Proof(b"?", Part.FRAME, Verdict.DAMAGED, 0, "", header.number, place, block)
        try:
            file = track.file(place)
        except ReversibilityError as error:
            return Task(proof, Restoration(b"?"), trouble=str(error))
        try:
            if header.number not in decoders:
                private = self.cooked.film.private(header.number)
                decoders[header.number] = PictureDecoders.of(header, private)
            packet = self.cooked.film.payload(block)
        except (DamagedError, MatroskaError) as error:
            return Task(proof, file, trouble=str(error))
        return Task(proof, file, decoders[header.number], packet, is_listed=self.is_listed)


def _numbers(tracks: _TRACKS, counts: Counter[int]) -> dict[int, Numbering]:
    return {
        number: Numbering(header, track, counts[number])
        for number, (header, track) in tracks.items()
        if track.kind is TrackKind.FRAMES
    }


def _largest(tracks: Mapping[int, tuple[TrackHeader, Track]]) -> int:
    """Give the bytes that a frame of the largest picture takes while it is restored."""
    pixels = (header.width * header.height for header, _ in tracks.values())
    return DECODING * max(pixels, default=1)
