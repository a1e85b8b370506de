"""Whether there is room for the files of a film, before the first is restored."""

import os
from contextlib import suppress
from pathlib import Path

import humanize

from avpres.adapters.storage.volume import free_space, nearest_existing, volume_of
from avpres.adapters.storage.walk import Kind, walk
from avpres.domain.reversible import ReversibilityError
from avpres.services.reversible.opening import Cooked
from avpres.services.uncook.landing import HostileNameError, place_of


def lacking(cooked: Cooked, destination: Path) -> str:
    """Say what is missing; empty when nothing, or when nobody can tell.

    The first frame of each track stands for all of them; what an earlier run restored counts.
    """
    try:
        free = free_space(volume_of(nearest_existing(destination)))
    except OSError:
        return ""
    if not free.trusted or _most(cooked) <= free.available:
        return ""
    need = _most(cooked) - _restored(cooked, destination)
    if need <= free.available:
        return ""
    more, there = (humanize.naturalsize(each, binary=True) for each in (need, free.available))
    return f"its files need {more}, and {there} are free at {destination}"


def _most(cooked: Cooked) -> int:
    size = 0
    for track in cooked.data.tracks:
        try:
            size += (track.file(residual=False).size or 0) * max(1, track.frames)
        except (ReversibilityError, IndexError):
            continue
    with suppress(ReversibilityError):  # told when they are restored
        for each in cooked.data.attached():
            size += 0 if each.coding else each.size or 0
    return size


def _restored(cooked: Cooked, destination: Path) -> int:
    """Sum up what lies in the folder of the reel."""
    try:
        name = cooked.data.tracks[0].file(residual=False).name
        reel = Path(os.fsdecode(place_of(destination, name.partition(b"/")[0])))
    except (ReversibilityError, HostileNameError, IndexError):
        return 0
    if not reel.is_dir():
        return 0
    entries = walk(reel, on_error=lambda _path, _error: None)
    return sum(entry.size for entry in entries if entry.kind is Kind.FILE)
