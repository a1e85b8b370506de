"""How large a film will be: a few of its frames are encoded, and the rest is taken to be alike."""

import os
from collections.abc import Callable
from typing import NamedTuple

from avpres.adapters.clips.avi import read_array
from avpres.adapters.cooking.ffv1 import CodingError, FrameEncoder
from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Run
from avpres.adapters.scans.packing import picture, unpack
from avpres.adapters.scans.reading import read_scan
from avpres.domain.reel import MARK, Coding, Role
from avpres.domain.scan import SampleArray, UncodableScan
from avpres.services.cook.stage import Reel

_RUNS = 4  # sequences of which frames are encoded
_PLACES = (1, 3, 5)  # sixths of a sequence where they are taken
_SPREAD = (0.9, 1.1)  # frames between them may be simpler, or have more grain
_SOUND = (0.35, 1.0)  # FLAC keeps so much of PCM
_SLICES = (16, 4, 1)
_HEAD = 600  # bytes that a frame takes beside its picture


class Estimate(NamedTuple):
    """The least and the most bytes that a film is likely to have."""

    least: int
    most: int


def estimate(reel: Reel, survey: Survey) -> Estimate | None:
    """Estimate the film's size; None where no frame can be encoded."""
    least = most = 0.0
    shares: list[float] = []
    for number, run in enumerate(survey.runs()):
        own = _shares(reel, survey, run) if number < _RUNS else []
        shares += own
        known = own or shares
        if not known:
            return None
        least += run.size * min(known) * _SPREAD[0] + run.frames * _HEAD
        most += run.size * max(known) * _SPREAD[1] + run.frames * _HEAD
    if not shares:
        return None
    sound = survey.count(Role.SOUND)[1] + survey.count(Role.CLIP)[1] - survey.count(Role.PIECE)[1]
    kept = survey.count(Role.ATTACHED)[1] + survey.count(Role.OPAQUE)[1]
    return Estimate(int(least + sound * _SOUND[0]) + kept, int(most + sound * _SOUND[1]) + kept)


def _shares(reel: Reel, survey: Survey, run: Run) -> list[float]:
    """Encode a few frames; give the part of its size that is left of each."""
    places = dict.fromkeys(run.frames * sixth // (2 * len(_PLACES)) for sixth in _PLACES)
    paths = [survey.frame_at(run, place) for place in places]
    read = _piece if run.is_clip else _frame
    shares = [_share(read(reel.at(path))) for path in paths if path]
    return [share for share in shares if share]


Read = Callable[[], tuple[SampleArray, bytearray]]


def _frame(path: bytes) -> Read:
    def read() -> tuple[SampleArray, bytearray]:
        with open(path, "rb") as handle:
            data = bytearray(os.fstat(handle.fileno()).st_size)
            count = handle.readinto(data)
        return read_scan(data[:count]).array, data

    return read


def _piece(part: bytes) -> Read:
    """Read the samples of a frame that is a part of a file; the part tells where they begin."""
    path, _, begin = part.partition(MARK)

    def read() -> tuple[SampleArray, bytearray]:
        with open(path, "rb") as handle:
            array = read_array(handle, os.fstat(handle.fileno()).st_size)
            handle.seek(int(begin))
            return array, bytearray(handle.read(array.size))

    return read


def _share(read: Read) -> float:
    try:
        array, data = read()
        form = picture(array)
        encoder = _encoder(form.pix_fmt, form.width, form.height)
        unpack(array, data, encoder.planes)
        size = len(encoder.encode())
    except (OSError, ValueError, UncodableScan, CodingError):
        return 0.0
    return size / len(data)


def _encoder(pix_fmt: str, width: int, height: int) -> FrameEncoder:
    """Cut a picture into fewer slices where it is too small for many.

    Raises:
        CodingError: FFV1 cannot hold such pictures.
    """
    for slices in _SLICES[:-1]:
        try:
            return FrameEncoder(pix_fmt, width, height, Coding(0, slices))
        except CodingError:
            continue
    return FrameEncoder(pix_fmt, width, height, Coding(0, _SLICES[-1]))
