"""TOML that a person wrote: a page of text, read whole."""

import tomllib
from pathlib import Path
from typing import Any

from avpres.domain.errors import UsageError

_LARGEST = 1024 * 1024  # bytes


def table_of(path: Path) -> dict[str, Any]:
    """Read a page into a table.

    Raises:
        UsageError: it cannot be read, or is not TOML.
    """
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(_LARGEST).decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
