"""TOML that a person wrote: a page of text, read whole."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from avpres.domain.errors import UsageError

_LARGEST = 1024 * 1024  # bytes
_Read = TypeVar("_Read")


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


def read_page(path: Path, make: Callable[[Mapping[str, object], str], _Read]) -> _Read:
    """Read a page and make of it what it describes; a name that it does not give is the file's.

    Raises:
        UsageError: something in it is wrong; the text names file and key, and what to write.
    """
    table = table_of(path)
    try:
        return make(table, path.stem)
    except ValueError as error:
        raise UsageError(f"{path} {error}") from error


def refuse_strangers(table: Mapping[str, object], known: Iterable[str], place: str = "") -> None:
    """Refuse keys that mean nothing; `place` names the table.

    Raises:
        ValueError: there is one; the text says what may have been meant.
    """
    for key in table:
        if key not in known:
            hint = suggestion(key, known) or f"; write {either(known)}"
            raise ValueError(f"{place}{key}: no such key{hint}")


def suggestion(written: str, known: Iterable[str]) -> str:
    """Ask whether a name was meant that is nearly what was written; empty when none is."""
    near = get_close_matches(written, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def either(names: Iterable[str]) -> str:
    """Name what may be written: one, another or a third."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
