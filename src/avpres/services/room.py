"""Whether there is room for what is to be made, before it is begun."""

from pathlib import Path

import humanize

from avpres.adapters.storage.volume import free_space, nearest_existing, volume_of


def lacking(need: int, folder: Path) -> str:
    """Say what is missing for so many bytes; empty when nothing, or when nobody can tell."""
    try:
        free = free_space(volume_of(nearest_existing(folder)))
    except OSError:
        return ""
    if need <= free.available or not free.trusted:
        return ""
    return f"may need {_human(need)} and {_human(free.available)} are free at {folder}"


def are_together(one: Path, other: Path) -> bool:
    """Say whether two folders, which need not be there yet, lie on the same volume."""
    try:
        found = {nearest_existing(each).stat().st_dev for each in (one, other)}
    except OSError:
        return False
    return len(found) == 1


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
