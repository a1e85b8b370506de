"""The tools of the workers: encoders, decoders, and memory that is kept for the next frame."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from avpres.adapters.cooking.ffv1 import FrameDecoder, FrameEncoder
from avpres.adapters.scans.packing import Room
from avpres.domain.reel import Coding
from avpres.domain.scan import Picture
from avpres.services.cook.planning import Film


class Bench:
    """Encoders and decoders, lent to one worker at a time; tracks of one form share them.

    An encoder keeps some hundred megabytes, so no more than `most` wait to be lent again.
    """

    def __init__(self, most: int) -> None:
        self.room = Room()
        self._most = most
        self._idle: list[tuple[_Form, FrameEncoder, FrameDecoder]] = []
        self._lock = Lock()

    @contextmanager
    def lent(
        self, film: Film, coding: Coding, cores: int = 1
    ) -> Iterator[tuple[FrameEncoder, FrameDecoder]]:
        """Lend an encoder and its decoder; whoever fails does not give them back.

        Args:
            film: whose pictures are coded.
            coding: the parameters.
            cores: that one frame may use; tools for another number of them are let go.

        Raises:
            CodingError: FFV1 refuses this form or number of slices.
        """
        form = (film.picture, coding, cores)
        encoder, decoder = self._taken(form) or _opened(form)
        yield encoder, decoder
        with self._lock:
            self._idle.append((form, encoder, decoder))
            del self._idle[: -self._most]

    def _taken(self, form: "_Form") -> tuple[FrameEncoder, FrameDecoder] | None:
        with self._lock:
            for place in reversed(range(len(self._idle))):
                if self._idle[place][0] == form:
                    return self._idle.pop(place)[1:]
            self._idle = [each for each in self._idle if each[0][:-1] != form[:-1]]
        return None


_Form = tuple[Picture, Coding, int]


def _opened(form: _Form) -> tuple[FrameEncoder, FrameDecoder]:
    picture, coding, cores = form
    size = picture.width, picture.height
    encoder = FrameEncoder(picture.pix_fmt, *size, coding, cores)
    return encoder, FrameDecoder(encoder.private, *size, threads=cores)
