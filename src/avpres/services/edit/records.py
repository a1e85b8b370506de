"""MediaInfo's records of objects: they go where their objects go."""

import hashlib
import os

from avpres.adapters.storage.durable import NAME_LIMIT
from avpres.services.edit.state import State
from avpres.services.packing.layouts import Places

SUFFIXES = ("_mediainfo.xml", "_mediatrace.xml")


def follow(state: State, places: Places) -> None:
    """Let the records of objects that move or go do the same.

    What stands in a record stays: it is what MediaInfo said of the file under its name of then.
    """
    moving: list[tuple[str, str]] = []
    for old, new in state.touched_objects():
        for suffix in SUFFIXES:
            record = _record_of(state, places, old, suffix)
            if record is not None:
                state.move(record, None)
                if new is not None:
                    moving.append((record, _relative(places, new) + suffix))
    for record, wanted in moving:
        place = f"{places.records}/{wanted}"
        if not _is_free(state, place):
            suffix = next(suffix for suffix in SUFFIXES if wanted.endswith(suffix))
            place = _marked(places, wanted.removesuffix(suffix), suffix)
        state.move(record, place)


def _record_of(state: State, places: Places, path: str, suffix: str) -> str | None:
    relative = _relative(places, path)
    candidates = (_marked(places, relative, suffix), f"{places.records}/{relative}{suffix}")
    return next((place for place in candidates if state.is_file(place)), None)


def _relative(places: Places, path: str) -> str:
    """Name a file as `RecordKeeper.keep` is told of it."""
    return path.removeprefix(f"{places.objects}/")


def _marked(places: Places, relative: str, suffix: str) -> str:
    mark = hashlib.sha256(os.fsencode(relative)).hexdigest()[:32]
    return f"{os.path.dirname(places.records)}/records/{mark}{suffix}"


def _is_free(state: State, place: str) -> bool:
    if len(os.fsencode(os.path.basename(place))) > NAME_LIMIT or state.holds(place, column="new"):
        return False
    above = place
    while above := os.path.dirname(above):
        if state.is_file(above, column="new"):
            return False
    return True
