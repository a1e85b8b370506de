"""How samples lie in a file, as a line of JSON: a person can read it when no program can."""

import json
from collections.abc import Sequence

from avpres.domain.clip import Hole
from avpres.domain.reversible import ReversibilityError
from avpres.domain.scan import SampleArray, UncodableScan
from avpres.domain.sounding import SoundArray, UncodableSound


def layout_of(
    array: SampleArray | SoundArray, holes: Sequence[Hole] = (), stream: int | None = None
) -> str:
    """Describe an array of samples; the same array gives the same text.

    `holes` are the sound that is left out of a piece; `stream` is the number of such a sound.
    """
    kind = "picture" if isinstance(array, SampleArray) else "sound"
    told: dict[str, object] = {kind: array.as_dict()}
    told |= {"holes": holes} if holes else {}
    told |= {} if stream is None else {"stream": stream}
    return json.dumps(told, separators=(",", ":"), sort_keys=True)


def picture_array(layout: str) -> SampleArray:
    """Read the array of a picture; `adapters.scans.arrays.check` judges it.

    Raises:
        ReversibilityError: this describes none.
    """
    try:
        return SampleArray.from_dict(_part(layout, "picture"))
    except UncodableScan as error:
        raise ReversibilityError(error.sentence) from error


def sound_array(layout: str) -> SoundArray:
    """Read the array of a sound.

    Raises:
        ReversibilityError: this describes none.
    """
    try:
        return SoundArray.from_dict(_part(layout, "sound"))
    except UncodableSound as error:
        raise ReversibilityError(error.sentence) from error


def holes_of(layout: str) -> tuple[Hole, ...]:
    """Read what is left out of a piece.

    Raises:
        ReversibilityError: this describes nothing such.
    """
    found = _read(layout).get("holes", [])
    if not isinstance(found, list) or not all(_is_hole(each) for each in found):
        raise ReversibilityError("the description of what is left out is damaged")
    return tuple(Hole(*each) for each in found)


def stream_of(layout: str) -> int | None:
    """Read the number of a sound that is a part of a file; None: it is a file of its own.

    Raises:
        ReversibilityError: this is no description of samples.
    """
    found = _read(layout).get("stream")
    return found if type(found) is int else None


def _is_hole(found: object) -> bool:
    return (
        isinstance(found, list)
        and len(found) == len(Hole._fields)
        and all(type(part) is int and part >= 0 for part in found)
    )


def _read(layout: str) -> dict[str, object]:
    try:
        found = json.loads(layout)
    except (ValueError, RecursionError) as error:
        raise ReversibilityError("the description of the samples is damaged") from error
    return found if isinstance(found, dict) else {}


def _part(layout: str, kind: str) -> dict[str, object]:
    part = _read(layout).get(kind)
    if not isinstance(part, dict):
        raise ReversibilityError(f"the description of the samples is of no {kind}")
    return part
