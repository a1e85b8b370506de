"""A file of many frames in the proof of a film: put together in memory, in bounded memory."""

from collections.abc import Iterator

from avpres.adapters.matroska.model import TrackHeader
from avpres.adapters.reversible.layouts import holes_of, stream_of
from avpres.domain.reversible import Attached, Restoration, ReversibilityError, TrackKind
from avpres.services.reversible.judging import algorithms_of, verdict_of
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.pictures import DamagedError
from avpres.services.reversible.proof import Part, Proof, Verdict
from avpres.services.reversible.sounding import SoundProving, Tally


class Clip:
    """A file whose pieces come in the order of the film; its digest is that of all of it.

    Each piece was compared with its own digest before. The sound between them is read once more,
    as far as a piece needs it, so that no more than a packet of each is in memory.
    """

    def __init__(self, cooked: Cooked, file: Attached) -> None:
        self.file = file
        self._why = ""
        self._tally = Tally()
        self._sounds = dict(_sounds(cooked, file))

    def take(self, piece: Restoration, data: bytes) -> None:
        """Add a piece, and the sound that was left out of it."""
        if self._why:
            return
        if piece.at != self._tally.size:
            self._why = f"its parts do not follow each other at byte {piece.at or 0:,}"
            return
        try:
            self._add(piece, memoryview(data))
        except (DamagedError, ReversibilityError) as error:
            self._why = str(error)

    def judge(self, wrong: int) -> Proof:
        """Compare all of it, when the film was read to its end; `wrong` parts do not come back."""
        file = self.file
        why = f"{wrong:,} of its parts do not come back" if wrong else self._why or self._lacking()
        if why:
            return Proof(file.name, Part.CLIP, Verdict.DAMAGED, why=why)
        return Proof(file.name, Part.CLIP, verdict_of(file), algorithms=algorithms_of(file))

    def _add(self, piece: Restoration, view: memoryview) -> None:
        at = 0
        for hole in holes_of(piece.layout):
            if not at <= hole.at <= len(view):
                raise ReversibilityError("what is left out of a part of it does not fit")
            self._tally.add(view[at : hole.at])
            if hole.stream not in self._sounds:
                raise ReversibilityError(f"the film does not hold its sound {hole.stream}")
            for sound in self._sounds[hole.stream].read(hole.size):
                self._tally.add(sound)
            at = hole.at
        self._tally.add(view[at:])

    def _lacking(self) -> str:
        """Say what it lacks; nothing when it is the file."""
        try:
            if any(sound.has_more() for sound in self._sounds.values()):
                return "its sound is longer than what was left out of it"
            self._tally.compare(self.file.size, self.file.md5, self.file.sha256)
        except DamagedError as error:
            return str(error)
        return ""


class _Heard(SoundProving):
    """Keeps what one packet gave until it is taken."""

    kept = b""

    def heard(self, data: bytes) -> None:
        """Keep it."""
        self.kept = data


class _Sound:
    """A sound of a file, read from a place in the film of its own."""

    def __init__(self, cooked: Cooked, header: TrackHeader, file: Restoration) -> None:
        self._heard = _Heard(cooked, header, file)
        self._blocks = cooked.film.blocks(header.number)
        self._rest = memoryview(b"")

    def read(self, size: int) -> Iterator[memoryview]:
        """Yield the next bytes.

        Raises:
            DamagedError: it is damaged, or has no more.
        """
        while size:
            if not self.has_more():
                raise DamagedError("its sound is not as long as what was left out of it")
            piece, self._rest = self._rest[:size], self._rest[size:]
            size -= len(piece)
            yield piece

    def has_more(self) -> bool:
        """Say whether anything follows.

        Raises:
            DamagedError: it cannot be decoded.
        """
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._heard.kept = b""
            self._heard.take(block)
            if self._heard.trouble is not None:
                raise DamagedError(f"its sound: {self._heard.trouble}")
            self._rest = memoryview(self._heard.kept)
        return True


def _sounds(cooked: Cooked, file: Attached) -> Iterator[tuple[int, _Sound]]:
    for header, track in cooked.tracks:
        if track.kind is not TrackKind.SINGLE:
            continue
        try:
            sound = track.file(residual=False)
            stream = stream_of(sound.layout) if sound.layout else None
        except ReversibilityError:
            continue  # told where the sound itself is proved
        if sound.name == file.name and stream is not None:
            yield stream, _Sound(cooked, header, sound)
