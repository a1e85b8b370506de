"""A sound that is restored piece by piece while its film is read."""

from collections.abc import Callable
from pathlib import Path

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.sound import SoundDecoder, sound_decoder
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.adapters.reversible.layouts import sound_array
from avpres.adapters.sounds.reading import read_header
from avpres.domain.reversible import Restoration, ReversibilityError
from avpres.domain.sounding import UncodableSound
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.pictures import DamagedError
from avpres.services.uncook.landing import HostileNameError, Landing, TakenError
from avpres.services.uncook.outcome import THERE, Outcome, free, land, outcome_of


class SoundRestoring:
    """A sound that is restored while the film is read; trouble is kept for its end."""

    def __init__(
        self, cooked: Cooked, destination: Path, header: TrackHeader, file: Restoration
    ) -> None:
        self.file = file
        self._film = cooked.film
        self._destination = destination
        self._header = header
        self._landing: Landing | None = None
        self._decoder: SoundDecoder | None = None
        self._trouble: Exception | None = None
        self._is_there = False
        self._try(self._begin)

    def take(self, block: Block) -> None:
        """Decode one packet more."""
        if self._trouble is None and not self._is_there:
            self._try(lambda: self._take(block))

    def finish(self) -> Outcome:
        """Compare the whole and let it land.

        Raises:
            DamagedError: it does not come back as it was; and whatever went wrong before.
        """
        if self._is_there:
            return outcome_of(self.file, THERE)
        if self._trouble is None:
            self._try(self._end)
        if self._landing is None:
            raise self._trouble or DamagedError("it was not begun")
        with self._landing as landing:
            if self._trouble is not None:
                raise self._trouble
            return land(landing, self.file)

    def abandon(self) -> None:
        """Remove what was written, when the film was not read to its end."""
        if self._landing is not None:
            with self._landing:
                pass

    def _begin(self) -> None:
        path = free(self._destination, self.file)
        if path is None:
            self._is_there = True
            return
        file = self.file
        array = sound_array(file.layout) if file.layout else read_header(file.before).array
        private = self._film.private(self._header.number)
        self._decoder = sound_decoder(self._header.codec_id, private, array)
        self._landing = Landing(path)
        self._landing.write(file.before)

    def _take(self, block: Block) -> None:
        if self._landing is not None and self._decoder is not None:
            packet = self._film.payload(block)
            self._landing.write(self._decoder.decode(packet))

    def _end(self) -> None:
        if self._landing is not None and self._decoder is not None:
            self._decoder.finish()
            self._landing.write(self.file.after)

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (
            CodingError,
            DamagedError,
            HostileNameError,
            MatroskaError,
            ReversibilityError,
            TakenError,
            UncodableSound,
        ) as error:
            self._trouble = error
