"""The last step of a file or folder that was made under a hidden name: it gets one that is seen."""

import os
from contextlib import suppress
from pathlib import Path

from avpres.adapters.storage import durable


def settle(path: Path) -> None:
    """Flush a file that is closed, whoever wrote it."""
    fd = os.open(path, os.O_RDONLY)
    try:
        durable.sync_file(fd)
    finally:
        os.close(fd)


def appear(staged: Path, final: Path) -> None:
    """Give what was made its name, over nothing.

    Raises:
        FileExistsError: something has come there meanwhile.
    """
    durable.rename_noreplace(None, os.fsencode(staged), None, os.fsencode(final))
    durable.sync_folder(final.parent)


def keep_as_failed(staged: Path, final: Path) -> Path:
    """Keep what was made under the first free name that nobody takes for a result."""
    number = 1
    while True:
        ending = ".failed" if number == 1 else f".failed-{number}"
        place = final.with_name(final.name + ending)
        with suppress(FileExistsError):
            appear(staged, place)
            return place
        number += 1
