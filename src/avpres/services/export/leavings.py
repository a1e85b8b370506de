"""Stages of runs that failed: kept for the same command, gone when another one has made the DIP."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from avpres.adapters.storage.locks import held
from avpres.domain.errors import DestinationRefusedError
from avpres.services.context import Context
from avpres.services.packing.stage import Stage

SOURCES = "sources.txt"
"""The file of a stage that names its packages, and the state in which they were."""

_FAILED = "failed"
_STAGES = ".avpres-export-*.part"


def mark(stage: Stage) -> None:
    """Note that a run came to its end without a DIP."""
    with suppress(FileNotFoundError):  # the stage has gone
        (stage.path / _FAILED).touch()


def unmark(stage: Stage) -> None:
    """Note that a run is at it again."""
    (stage.path / _FAILED).unlink(missing_ok=True)


def sweep(stage: Stage, context: Context) -> None:
    """Remove what failed runs left beside a DIP that was made of the same packages."""
    folder, sources = stage.path.parent, _sources(stage.path)
    for left in folder.glob(_STAGES):
        if left == stage.path or not (left / _FAILED).is_file() or _sources(left) != sources:
            continue
        place = Path(os.path.realpath(folder))
        names = [os.fsencode(left.name)]
        with suppress(DestinationRefusedError), held(context.state_dir, place, names):
            shutil.rmtree(left, ignore_errors=True)  # unless a run is at it again


def _sources(stage: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return (stage / SOURCES).read_text("utf-8")
    return ""
