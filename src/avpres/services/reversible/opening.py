"""A film that was cooked, opened: its tracks, and the data that give the files back."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import REVERSIBILITY_NAME, Attached, TrackHeader
from avpres.adapters.matroska.reading import MatroskaFile, open_matroska
from avpres.adapters.reversible.reading import (
    FIRST_BYTES,
    Reversibility,
    Track,
    is_reversibility,
    read_reversibility,
)
from avpres.domain.errors import NotConformantError
from avpres.domain.reversible import ReversibilityError


@dataclass(frozen=True, slots=True)
class Cooked:
    """A film and its reversibility data; `place` and `span` tell where these stand."""

    path: Path
    film: MatroskaFile
    data: Reversibility
    place: str
    span: tuple[int, int]
    by_uid: Mapping[int, Attached]
    by_name: Mapping[str, Attached]

    @property
    def tracks(self) -> list[tuple[TrackHeader, Track]]:
        """Pair the film's tracks with the data's: both are in one order."""
        return list(zip(self.film.tracks, self.data.tracks, strict=False))


@contextmanager
def open_cooked(path: Path) -> Iterator[Cooked]:
    """Open a film, and find its data wherever they stand in it.

    Raises:
        NotConformantError: it is no Matroska, or holds no reversibility data.
        OSError: it cannot be read.
    """
    with path.open("rb") as handle, path.open("rb") as second:
        try:
            film = open_matroska(handle)
            film.survey()
        except MatroskaError as error:
            raise NotConformantError(f"{path} is no Matroska film: {error}") from error
        data, place, span = _find(path, film, second)
        by_uid = {each.uid: each for each in film.attachments}
        by_name = {each.name: each for each in film.attachments}
        yield Cooked(path, film, data, place, span, by_uid, by_name)


def _find(
    path: Path, film: MatroskaFile, handle: BinaryIO
) -> tuple[Reversibility, str, tuple[int, int]]:
    """Look at every attachment, by its content, and at what stands behind the segment.

    What bears the usual name comes first, and last what may be a file of the reel: the data of
    another film, which somebody kept beside the frames.
    """
    size = os.fstat(handle.fileno()).st_size
    named = [each for each in film.attachments if each.name == REVERSIBILITY_NAME]
    others = [each for each in film.attachments if each.name != REVERSIBILITY_NAME]
    places = [(each.offset, each.size, "version 1") for each in named]
    places.append((film.tail, size - film.tail, "version 2"))
    places += [(each.offset, each.size, "version 1") for each in others]
    for offset, length, place in places:
        handle.seek(offset)
        if length > 0 and is_reversibility(handle.read(min(FIRST_BYTES, length))):
            try:
                data = read_reversibility(handle, offset, length, lenient=True)
            except ReversibilityError as error:
                raise NotConformantError(f"{path}: its reversibility data: {error}") from error
            return data, place, (offset, length)
    raise NotConformantError(
        f"{path} holds no reversibility data, so that its frames cannot become files again; "
        "was it made by `avpres cook` or RAWcooked?"
    )


def is_data(film: MatroskaFile, attached: Attached) -> bool:
    """Say whether an attachment is the reversibility data itself."""
    with film.open(attached) as handle:
        return is_reversibility(handle.read(FIRST_BYTES))
