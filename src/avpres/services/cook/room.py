"""Whether there is room for a film and all that is made with it, before it is begun."""

from pathlib import Path

import humanize

from avpres.adapters.storage.volume import free_space, nearest_existing, volume_of
from avpres.config.cook import CookOptions
from avpres.domain.oais import Box

_MARGIN = 64 * 1024 * 1024  # bytes for what does not grow with the reel
_OF_FILE = 2048  # bytes of the journal, the manifests, DFXML and framemd5 (seen: 1,300)


def needed(film: int, files: int, options: CookOptions) -> int:
    """Say how many bytes a film takes at most, with what lies beside it while it is made.

    Args:
        film: its bytes, those of its source if nothing better is known.
        files: of the reel.
        options: a package in one file is written while the film is there still.
    """
    boxed = options.makes_packages and options.container is not Box.FOLDER
    return film * (1 + boxed) + files * _OF_FILE + _MARGIN


def lacking(need: int, folder: Path) -> str:
    """Say what is missing for so many bytes; empty when nothing, or when nobody can tell."""
    try:
        free = free_space(volume_of(nearest_existing(folder)))
    except OSError:
        return ""
    if need <= free.available or not free.trusted:
        return ""
    return f"may need {_human(need)} and {_human(free.available)} are free at {folder}"


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
