"""An AVI that RAWcooked took apart: what is left of it, and where samples belong in that.

RAWcooked (since 23.03) keeps the file without the samples in the chunks `00dc`, `00db` and `01wb`
of `movi`; all else stays in its order (its source, AVI.cpp: `AVI__movi_00dc`, `ParseBuffer`). So
each frame is a piece of the file, as in films of avpres, and the sound fills the rest.
"""

import io
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from avpres.adapters.clips.avi_header import Header, read_header
from avpres.adapters.clips.forms import array_of
from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.compressed import MOST
from avpres.adapters.reversible.layouts import layout_of
from avpres.adapters.reversible.track import Track
from avpres.adapters.reversible.window import Element, Window
from avpres.domain.clip import Hole
from avpres.domain.reversible import (
    PIECES,
    Attached,
    Restoration,
    ReversibilityError,
    TrackKind,
)
from avpres.domain.scan import SampleArray, UncodableScan

SOUND = 1  # the number of its stream
_HEAD, _FORM = 8, 4  # bytes of a chunk before its content; that name what a list holds
_LISTS = {
    ("", b"RIFFAVI "): "AVI",
    ("", b"RIFFAVIX"): "AVIX",
    ("AVI", b"LISThdrl"): "hdrl",
    ("hdrl", b"LISTstrl"): "strl",
    ("AVI", b"LISTmovi"): "movi",
    ("AVIX", b"LISTmovi"): "movi",
}
_PICTURES = {b"00dc", b"00db"}
_SAMPLES = _PICTURES | {b"01wb"}


class Cut(NamedTuple):
    """Samples that were taken out: behind how many bytes of what is kept, where in the file."""

    at: int
    place: int
    size: int
    is_picture: bool


def cuts(kept: bytes) -> Iterator[Cut]:
    """Walk over what is kept of an AVI, as RAWcooked walked over the whole.

    Raises:
        ReversibilityError: it makes no sense as an AVI.
    """
    at = out = 0
    lists: list[tuple[int, str]] = []
    while at + _HEAD <= len(kept):
        while lists and at + out >= lists[-1][0]:
            lists.pop()
        name, size = kept[at : at + 4], int.from_bytes(kept[at + 4 : at + _HEAD], "little")
        within = lists[-1][1] if lists else ""
        entered = None
        if name in {b"RIFF", b"LIST"}:
            entered = _LISTS.get((within, name + kept[at + _HEAD : at + _HEAD + _FORM]))
        if entered is not None:
            if size < _FORM:
                raise ReversibilityError("a list of the AVI is too short")
            lists.append((at + out + _HEAD + size, entered))
            at += _HEAD + _FORM
            continue
        at += _HEAD
        if within == "movi" and name in _SAMPLES:
            yield Cut(at, at + out, size, name in _PICTURES)
            out += size
        else:
            at += size
        at += (at + out) % 2 and kept[at : at + 1] == b"\0"


class Apart:
    """An AVI in pieces: `tracks` are those of the film, in its order."""

    def __init__(self, window: Window, file: Attached) -> None:
        """Find the pieces.

        Raises:
            ReversibilityError: what is kept of it is damaged.
        """
        kept = file.data or b""
        try:
            header = read_header(io.BytesIO(kept), len(kept))
        except UncodableScan as error:
            raise ReversibilityError(f"the AVI in it: {error}") from error
        self.file = replace(file, data=None, coding=PIECES)
        places = _Places(kept)
        if not places.pictures:
            raise ReversibilityError("the AVI in it has no frames")
        head = Element(e.TRACK, window.start, window.start, window.start)
        self.tracks: list[Track] = [Pictures(window, head, file.name, kept, header, places)]
        if places.sounds:
            self.tracks.append(Sound(window, head, file.name, header, sum(places.sizes)))


class _Places:
    """Where samples belong, in numbers: of each picture, and of each run of sound."""

    def __init__(self, kept: bytes) -> None:
        self.pictures, self.begins, self.frames = array("Q"), array("Q"), array("Q")
        self.sounds, self.sizes = array("Q"), array("Q")
        for cut in cuts(kept):
            if cut.is_picture and cut.size:
                self.pictures.append(cut.at)
                self.begins.append(cut.place)
                self.frames.append(cut.size)
            elif cut.size:
                self.sounds.append(cut.at)
                self.sizes.append(cut.size)

    def holes(self, begin: int, end: int, more: int) -> Iterator[Hole]:
        """List the sound between two places of what is kept, `more` bytes behind the first."""
        for run in range(bisect_right(self.sounds, begin), bisect_right(self.sounds, end)):
            yield Hole(self.sounds[run] - begin + more, self.sizes[run], SOUND)


class Pictures(Track):
    """The frames of the AVI: a piece each, from the end of the frame before."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a piece is made of
        self,
        window: Window,
        head: Element,
        name: bytes,
        kept: bytes,
        header: Header,
        places: _Places,
    ) -> None:
        """Take what is kept."""
        super().__init__(window, head, window.end)
        self.frames = len(places.pictures)
        self._name, self._kept, self._header, self._places = name, kept, header, places

    def settle(self) -> None:
        """Leave it as it is: no element tells of it."""

    def file(
        self,
        number: int = 0,
        *,
        residual: bool = True,  # noqa: ARG002 - there is none
        most: int = MOST,  # noqa: ARG002 - nothing is compressed
    ) -> Restoration:
        """Make the piece of a frame; it has neither a residual nor a digest."""
        places = self._places
        if not 0 <= number < self.frames:
            raise IndexError(number)
        begin = places.pictures[number - 1] if number else 0
        at = places.begins[number - 1] + places.frames[number - 1] if number else 0
        end, size = places.pictures[number], places.frames[number]
        holes = list(places.holes(begin, end, 0))
        after = b""
        if number + 1 == self.frames:
            after = self._kept[end:]
            holes += places.holes(end, len(self._kept), end - begin + size)
        return Restoration(
            name=self._name,
            before=self._kept[begin:end],
            after=after,
            layout=layout_of(self._array(end - begin, size), holes),
            size=end - begin + size + len(after),
            at=at,
            number=number,
        )

    @property
    def masks(self) -> Restoration:
        """Give nothing: every piece is whole."""
        return Restoration(b"")

    def _array(self, behind: int, size: int) -> SampleArray:
        try:
            found = array_of(self._header.bitmap, size)
        except UncodableScan as error:
            raise ReversibilityError(f"a frame of the AVI: {error}") from error
        segments = tuple((behind + offset, length) for offset, length in found.segments)
        return replace(found, segments=segments)


class Sound(Track):
    """The sound of the AVI, which fills what the pieces leave out."""

    def __init__(
        self, window: Window, head: Element, name: bytes, header: Header, size: int
    ) -> None:
        """Take what describes it.

        Raises:
            ReversibilityError: it is no plain sound.
        """
        super().__init__(window, head, window.end)
        self.kind = TrackKind.SINGLE
        heard = header.sounds.get(SOUND)
        if heard is None:
            raise ReversibilityError("the sound of the AVI is not described")
        layout = layout_of(heard[0], stream=SOUND)
        self._file = Restoration(name, layout=layout, size=size, at=0)

    def settle(self) -> None:
        """Leave it as it is: no element tells of it."""

    def file(
        self,
        number: int = 0,  # noqa: ARG002 - there is but one
        *,
        residual: bool = True,  # noqa: ARG002 - there is none
        most: int = MOST,  # noqa: ARG002 - nothing is compressed
    ) -> Restoration:
        """Give it."""
        return self._file
