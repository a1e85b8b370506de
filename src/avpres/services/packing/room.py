"""Whether there is room for what is to be brought to a place, before the first byte is written."""

from pathlib import Path

import humanize

from avpres.adapters.storage.volume import Free, free_space, nearest_existing, volume_of
from avpres.adapters.storage.walk import Kind, walk
from avpres.domain.errors import DestinationRefusedError


def require_room(stage: Path, size: int) -> None:
    """Refuse what cannot fit beside all else; what an earlier run left in the stage counts.

    A volume that does not tell its free space, or that none believes, is tried.

    Args:
        stage: where the work is done.
        size: bytes that will lie there.

    Raises:
        DestinationRefusedError: there is no room.
    """
    try:
        free = free_space(volume_of(nearest_existing(stage)))
    except OSError:
        return
    needed = size - _already(stage) if size > free.available else 0
    if free.trusted and needed > free.available:
        raise DestinationRefusedError(_said(stage, needed, free))


def _said(stage: Path, needed: int, free: Free) -> str:
    more, there = (humanize.naturalsize(each, binary=True) for each in (needed, free.available))
    return f"{stage.parent}: needs {more}, and {there} are free; use another volume, or make room"


def _already(stage: Path) -> int:
    """Sum up what lies there."""
    if not stage.is_dir():
        return 0
    entries = walk(stage, on_error=lambda _path, _error: None)
    return sum(entry.size for entry in entries if entry.kind is Kind.FILE)
