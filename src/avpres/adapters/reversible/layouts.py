"""How samples lie in a file, as a line of JSON: a person can read it when no program can."""

import json

from avpres.domain.reversible import ReversibilityError
from avpres.domain.scan import SampleArray, UncodableScan
from avpres.domain.sounding import SoundArray, UncodableSound


def layout_of(array: SampleArray | SoundArray) -> str:
    """Describe an array of samples; the same array gives the same text."""
    kind = "picture" if isinstance(array, SampleArray) else "sound"
    return json.dumps({kind: array.as_dict()}, separators=(",", ":"), sort_keys=True)


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


def _part(layout: str, kind: str) -> dict[str, object]:
    try:
        found = json.loads(layout)
    except (ValueError, RecursionError) as error:
        raise ReversibilityError("the description of the samples is damaged") from error
    part = found.get(kind) if isinstance(found, dict) else None
    if not isinstance(part, dict):
        raise ReversibilityError(f"the description of the samples is of no {kind}")
    return part
