"""The parameters of FFV1 for a track: those that make a few of its frames smallest."""

from collections.abc import Sequence

from avpres.adapters.cooking.ffv1 import CodingError, FrameEncoder
from avpres.adapters.cooking.journal import Journal, Listed
from avpres.adapters.scans.packing import unpack
from avpres.config.cook import CookOptions
from avpres.domain.reel import Coding, CookProfile, rawcooked_slices
from avpres.services.cook.loading import load
from avpres.services.cook.planning import Film
from avpres.services.cook.stage import Reel
from avpres.services.reversible.ordered import in_order

SLICES = 16  # the least that policies of archives ask for
MORE_SLICES = (24, 64)
CONTEXTS = (0, 1)
_FEWER = (9, 6, 4, 2, 1)  # for pictures that cannot be cut so often
_FRAMES = 3  # that are tried
_EACH = 48  # frames of the track for each that is tried: a trial costs some hundredths


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
        slices = rawcooked_slices(film.scan.array.width, film.scan.array.bits)
        return _possible(film, [_asked(options, Coding(1, slices))])[0], {}
    wanted = [_asked(options, Coding(context, SLICES)) for context in CONTEXTS]
    tries = _possible(film, list(dict.fromkeys(wanted)))
    frames = _spread(film, journal)
    sizes: dict[Coding, int] = {}
    if len(tries) > 1:
        sizes |= _sizes(reel, film, frames, tries, workers)
    best = min(tries, key=lambda coding: (sizes.get(coding, 0), coding.context))
    if options.slices is None and len(frames) == _FRAMES:
        best = _more_slices(reel, film, frames, best, sizes, workers)
    return best, {f"context {c.context}, {c.slices} slices": n for c, n in sizes.items()}


def _asked(options: CookOptions, coding: Coding) -> Coding:
    context = coding.context if options.context is None else options.context
    return Coding(context, coding.slices if options.slices is None else options.slices)


def _possible(film: Film, codings: Sequence[Coding]) -> list[Coding]:
    """Leave out what FFV1 cannot do; a small picture is cut into fewer slices."""
    for slices in (None, *_FEWER):
        found = [each if slices is None else Coding(each.context, slices) for each in codings]
        try:
            for each in found:
                _encoder(film, each)
        except CodingError:
            continue
        return list(dict.fromkeys(found))
    raise CodingError(f"FFV1 cannot hold {film.picture.width} by {film.picture.height} pixels")


def _more_slices(  # noqa: PLR0913, PLR0917 - the parts of one trial
    reel: Reel,
    film: Film,
    frames: Sequence[Listed],
    best: Coding,
    sizes: dict[Coding, int],
    workers: int,
) -> Coding:
    """Try more slices than the least: they seldom make a frame smaller."""
    tries = [best]
    for slices in MORE_SLICES:
        try:
            _encoder(film, Coding(best.context, slices))
        except CodingError:
            continue
        tries.append(Coding(best.context, slices))
    known = {best: sizes[best]} if best in sizes else {}
    sizes |= _sizes(reel, film, frames, [each for each in tries if each not in known], workers)
    return min(tries, key=lambda coding: (sizes[coding], coding.slices))


def _sizes(
    reel: Reel, film: Film, frames: Sequence[Listed], tries: Sequence[Coding], workers: int
) -> dict[Coding, int]:
    sizes = dict.fromkeys(tries, 0)

    def encode(task: tuple[Listed, Coding]) -> tuple[Coding, int]:
        found = load(reel, film, task[0])
        encoder = _encoder(film, task[1])
        unpack(found.array, found.data, encoder.planes)
        return task[1], len(encoder.encode())

    tasks = [(frame, coding) for frame in frames for coding in tries]
    for coding, size in in_order(tasks, encode, workers=workers):
        sizes[coding] += size
    return sizes


def _encoder(film: Film, coding: Coding) -> FrameEncoder:
    form = film.picture
    return FrameEncoder(form.pix_fmt, form.width, form.height, coding)


def _spread(film: Film, journal: Journal) -> list[Listed]:
    """Take frames from all over the track: one of a short one, three of a long one."""
    count = film.sequence.frames
    tried = min(_FRAMES, max(1, count // _EACH))
    places = [count * (2 * part + 1) // (2 * tried) for part in range(tried)]
    return [next(journal.frames(film.track, place)) for place in places]
