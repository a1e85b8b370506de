"""Whether there is room for a film, before it is begun."""

import shutil
from pathlib import Path

import humanize

from avpres.adapters.storage.volume import nearest_existing

_MARGIN = 64 * 1024 * 1024  # bytes for everything beside the film


def lacking(size: int, folder: Path) -> str:
    """Say what is missing for a film as large as its source; empty when nothing."""
    needed = max(0, size) + _MARGIN
    free = shutil.disk_usage(nearest_existing(folder)).free
    if needed <= free:
        return ""
    return (
        f"may need {_human(needed)} and {_human(free)} are free at {folder}; use another volume, "
        "or say --skip-space-check if you know that it will fit"
    )


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
