"""All files of many frames of one film, while it is restored."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.domain.reversible import Attached, Restoration, ReversibilityError
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.pictures import DamagedError
from avpres.services.uncook.clips import ClipRestoring, StreamRestoring
from avpres.services.uncook.outcome import Outcome


@dataclass(slots=True)
class Clips:
    """The files that are wanted, by name, and the sounds in them, by track."""

    _files: dict[bytes, ClipRestoring] = field(default_factory=dict)
    _sounds: dict[int, StreamRestoring] = field(default_factory=dict)

    def begin(self, destination: Path, file: Attached) -> None:
        """Begin a file.

        Raises:
            HostileNameError: its name would lead out of the destination.
            TakenError: something else bears its name.
            OSError: the destination refuses.
        """
        self._files[file.name] = ClipRestoring(destination, file)

    def begin_sound(self, cooked: Cooked, header: TrackHeader, file: Restoration) -> None:
        """Begin a sound, if its file is wanted."""
        clip = self._files.get(file.name)
        if clip is not None:
            self._sounds[header.number] = StreamRestoring(cooked, header, file, clip)

    def wants(self, piece: Restoration) -> bool:
        """Say whether a piece is to be decoded."""
        clip = self._files.get(piece.name)
        return clip is not None and not clip.is_there

    def put(self, piece: Restoration, restore_it: Callable[[], bytes]) -> None:
        """Write a piece, or note what is wrong with it; called in any thread.

        Raises:
            OSError: the destination refuses.
        """
        clip = self._files[piece.name]
        try:
            clip.put(piece, restore_it())
        except (CodingError, DamagedError, ReversibilityError) as error:
            clip.fail(f"its frame {piece.number}: {error}")

    def hear(self, block: Block) -> None:
        """Decode a packet of sound, if it is one of a file's."""
        if block.track in self._sounds:
            self._sounds[block.track].take(block)

    def lose(self, piece: Restoration) -> bool:
        """Note that the film lacks a piece; say whether it is one of a file that is wanted."""
        if piece.at is None or piece.name not in self._files:
            return False
        self._files[piece.name].fail(f"its frame {piece.number} is missing")
        return True

    def ends(self) -> Iterator[tuple[Attached, Callable[[], Outcome]]]:
        """Give each file, and what ends it, when the film was read to its end."""
        for sound in self._sounds.values():
            sound.conclude()
        for clip in self._files.values():
            yield clip.file, clip.finish

    def abandon(self) -> None:
        """Remove what did not land."""
        for clip in self._files.values():
            clip.abandon()
