"""Sources that stand in a list."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.storage.pasted import forgive
from avpres.domain.errors import UsageError


def listed(path: Path) -> Iterator[Path]:
    """Read sources from a list: one a line, or NUL-separated as `find -print0` writes them.

    Lines may be pasted, with quotes or as `file://`; what a program wrote is what it is.

    Raises:
        UsageError: the list cannot be read.
    """
    if str(path) == "-":
        data = sys.stdin.buffer.read()
    else:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: cannot be read as a list ({error.strerror})") from error
    exact = b"\0" in data
    for part in data.split(b"\0") if exact else data.splitlines():
        if part.strip():
            line = os.fsdecode(part)
            yield Path(line if exact else forgive(line))
