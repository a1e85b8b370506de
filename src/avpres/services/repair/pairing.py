"""Which copy belongs to which film, by its place in its folder, or by its name alone."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from avpres.domain.errors import NotConformantError, UsageError
from avpres.services.repair.target import ENDING
from avpres.services.reversible.opening import open_cooked

_FILM = b".mkv"


def films(folder: Path, *, but: Path | None = None) -> Iterator[Path]:
    """Yield the films beneath a folder, relative to it, in the order of their names.

    Left out are the results of repairs beside their films, and what lies in the folder `but`.

    Raises:
        OSError: a folder cannot be read.
    """
    for path in _walk(os.fsencode(folder), None if but is None else os.fsencode(but)):
        yield Path(os.fsdecode(os.path.relpath(path, os.fsencode(folder))))


def copies_of(film: Path, place: Path, given: Sequence[Path]) -> list[Path]:
    """Give the copies of a film; `place` is its own in its folder, and that in a folder of copies.

    Where nothing stands in this place, as in packages, the only film of its name is meant.

    Raises:
        UsageError: several bear its name.
        OSError: a folder cannot be read.
    """
    found: list[Path] = []
    for each in (Path(os.path.abspath(path)) for path in given):
        path = _in_folder(each, place) if each.is_dir() else each
        if path is not None and not any(path.samefile(other) for other in (film, *found)):
            found.append(path)
    return found


def is_cooked(paths: Sequence[Path]) -> bool:
    """Say whether a film, or a copy of it, holds data that give files back."""
    for path in paths:
        with suppress(NotConformantError, OSError), open_cooked(path):
            return True
    return False


def _in_folder(folder: Path, place: Path) -> Path | None:
    path = folder / place
    if path.is_file():
        return path
    named = [each for each in films(folder) if each.name == place.name]
    if len(named) > 1:
        raise UsageError(
            f"{folder} holds {len(named):,} films that are called {place.name}; name one of them"
        )
    return folder / named[0] if named else None


def _walk(folder: bytes, but: bytes | None) -> Iterator[bytes]:
    with os.scandir(folder) as entries:
        found = sorted((each.name, each.is_dir(follow_symlinks=False)) for each in entries)
    names = {name for name, _ in found}
    for name, is_folder in found:
        path = os.path.join(folder, name)
        if is_folder:
            if path != but:
                yield from _walk(path, but)
        elif name.lower().endswith(_FILM) and os.path.isfile(path):
            ending = os.fsencode(ENDING)
            if not name.endswith(ending) or name.removesuffix(ending) + _FILM not in names:
                yield path
