"""The parameters of FFV1 for a track: those that make a few of its frames smallest."""

from collections.abc import Sequence

import numpy as np

from avpres.adapters.cooking.ffv1 import CodingError, FrameEncoder, Plane, grid
from avpres.adapters.cooking.journal import Journal, Listed
from avpres.adapters.scans import cuts
from avpres.adapters.scans.packing import allocate, unpack
from avpres.config.cook import CookOptions
from avpres.domain.rawcooked import Restorable
from avpres.domain.reel import Coding, CookProfile, rawcooked_slices
from avpres.domain.scan import Picture
from avpres.services.cook.loading import Loaded, load
from avpres.services.cook.planning import Film
from avpres.services.cook.stage import Reel
from avpres.services.reversible.ordered import in_order

SLICES = 16  # the least that policies of archives ask for
MORE_SLICES = (24, 64)
CONTEXTS = (0, 1)
_OTHERS = (20, 24, 25, 30, 35, 36, 42, 49, 64)  # for pictures that RAWcooked must not find so cut
_FEWER = (9, 6, 4, 2, 1)  # for pictures that cannot be cut so often
_FRAMES = 3  # that are tried
_EACH = 48  # frames of the track for each that is tried: a trial costs some thousandths
_ACROSS = 4  # parts of a picture in each direction, the slices of the least number
_TAKEN = (1, 3, 0, 2)  # part of each row that is tried: each row and each column has one
_LEAST = 768  # pixels of the width and the height of pictures that are tried in parts


def choose(
    reel: Reel, film: Film, journal: Journal, options: CookOptions, workers: int
) -> tuple[Coding, dict[str, int]]:
    """Choose the parameters of a track; the same frames and options give the same ones.

    Returns:
        The parameters, and bytes by what was tried.

    Raises:
        CodingError: FFV1 cannot hold these pictures with what was asked.
        ChangedError: a frame is not the one that was listed.
        OSError: one cannot be read.
    """
    if options.profile is CookProfile.RAWCOOKED:
        array = film.scan.array
        slices = rawcooked_slices(array.width, array.height, array.bits, film.scan.block)
        return _possible(film, [_asked(options, Coding(1, slices))])[0], {}
    wanted = [_asked(options, Coding(context, SLICES)) for context in CONTEXTS]
    wanted = list(dict.fromkeys(wanted))
    tries = _taken(film, wanted) if options.slices is None else _possible(film, wanted)
    frames = _spread(film, journal)
    more = options.slices is None and len(frames) == _FRAMES
    if len(tries) == 1 and not more:
        return tries[0], {}
    samples = _Samples(reel, film, frames, workers, is_whole=options.slices is not None)
    sizes = samples.sizes(tries)
    best = min(tries, key=lambda coding: (sizes[coding], coding.context))
    if more:
        sizes |= samples.sizes(_with_more_slices(film, best))
        alike = [coding for coding in sizes if coding.context == best.context]
        best = min(alike, key=lambda coding: (sizes[coding], coding.slices))
    return best, {f"context {c.context}, {c.slices} slices": n for c, n in sizes.items()}


def _asked(options: CookOptions, coding: Coding) -> Coding:
    context = coding.context if options.context is None else options.context
    return Coding(context, coding.slices if options.slices is None else options.slices)


def why_not_cut(film: Film, coding: Coding) -> Restorable:
    """Say whether RAWcooked puts pictures together again that are cut into so many slices.

    Raises:
        CodingError: FFV1 cannot have as many.
    """
    form = film.picture
    across, down = grid(form.pix_fmt, form.width, form.height, coding)
    array = film.scan.array
    return Restorable(cuts.why_not_cut(array, across, down), cuts.since(array, across, down))


def _taken(film: Film, codings: Sequence[Coding]) -> list[Coding]:
    """Leave out what FFV1 cannot do, and other slices than RAWcooked takes, if it takes any."""
    if not film.scan.why_not_rawcooked:
        for slices in (None, *_OTHERS, *_FEWER):
            found = [each if slices is None else Coding(each.context, slices) for each in codings]
            if all(_is_possible(film, each, for_rawcooked=True) for each in found):
                return list(dict.fromkeys(found))
    return _possible(film, codings)


def _possible(film: Film, codings: Sequence[Coding]) -> list[Coding]:
    """Leave out what FFV1 cannot do; a small picture is cut into fewer slices."""
    for slices in (None, *_FEWER):
        found = [each if slices is None else Coding(each.context, slices) for each in codings]
        if all(_is_possible(film, each) for each in found):
            return list(dict.fromkeys(found))
    raise CodingError(f"FFV1 cannot hold {film.picture.width} by {film.picture.height} pixels")


def _with_more_slices(film: Film, best: Coding) -> list[Coding]:
    """Try more slices than the least: they seldom make a frame smaller."""
    tries = [Coding(best.context, slices) for slices in MORE_SLICES]
    is_theirs = not film.scan.why_not_rawcooked and not why_not_cut(film, best).why
    return [each for each in tries if _is_possible(film, each, for_rawcooked=is_theirs)]


def _is_possible(film: Film, coding: Coding, *, for_rawcooked: bool = False) -> bool:
    try:
        found = why_not_cut(film, coding)
    except CodingError:
        return False
    return not for_rawcooked or not found.why


def _spread(film: Film, journal: Journal) -> list[Listed]:
    """Take frames from all over the track: one of a short one, three of a long one."""
    count = film.sequence.frames
    tried = min(_FRAMES, max(1, count // _EACH))
    places = [count * (2 * part + 1) // (2 * tried) for part in range(tried)]
    return [next(journal.frames(film.track, place)) for place in places]


class _Samples:
    """What is tried of some frames: a quarter of each, from all over it.

    FFV1 codes every slice by itself. So four of sixteen parts, put together as a picture that is
    cut into a quarter of the slices, take the bytes that they take in the whole.
    """

    def __init__(
        self, reel: Reel, film: Film, frames: Sequence[Listed], workers: int, *, is_whole: bool
    ) -> None:
        self._film, self._workers = film, workers
        self._is_part = min(film.picture.width, film.picture.height) >= _LEAST and not is_whole
        self._pictures = [self._taken(load(reel, film, frame)) for frame in frames]

    def sizes(self, tries: Sequence[Coding]) -> dict[Coding, int]:
        """Give the bytes that all pictures take."""
        sizes = dict.fromkeys(tries, 0)
        tasks = [(planes, coding) for planes in self._pictures for coding in tries]
        for coding, size in in_order(tasks, self._encode, workers=self._workers):
            sizes[coding] += size
        return sizes

    def _taken(self, found: Loaded) -> list[Plane]:
        planes = allocate(self._film.picture)
        unpack(found.array, found.data, planes)
        if not self._is_part:
            return planes
        return [_parts(plane, self._film.picture) for plane in planes]

    def _encode(self, task: tuple[Sequence[Plane], Coding]) -> tuple[Coding, int]:
        planes, coding = task
        cut = Coding(coding.context, coding.slices // _ACROSS) if self._is_part else coding
        height, width = planes[0].shape[:2]
        encoder = FrameEncoder(self._film.picture.pix_fmt, width, height, cut)
        for target, plane in zip(encoder.planes, planes, strict=True):
            np.copyto(target, plane)
        return coding, len(encoder.encode())


def _parts(plane: Plane, form: Picture) -> Plane:
    """Put four parts of a plane together, two and two."""
    high, wide = form.height // _ACROSS, form.width // _ACROSS // 2 * 2
    if plane.shape[1] < form.width:  # of colour, half as wide
        wide //= 2
    parts = [
        plane[row * high : (row + 1) * high, at * wide : (at + 1) * wide]
        for row, at in enumerate(_TAKEN)
    ]
    return np.vstack([np.hstack(parts[:2]), np.hstack(parts[2:])])
