"""Which copy belongs to which film, by its place in its folder, or by its name alone."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from avpres.domain.errors import NotConformantError, UsageError
from avpres.services.repair.target import ENDING
from avpres.services.reversible.opening import open_cooked

_FILM = b".mkv"

OnError = Callable[[str, OSError], object]
"""Takes a folder that cannot be read."""


def films(
    folder: Path, *, but: Path | None = None, on_error: OnError | None = None
) -> Iterator[Path]:
    """Yield the films beneath a folder, relative to it, in the order of their names.

    Left out are the results of repairs beside their films, and what lies in the folder `but`.

    Raises:
        OSError: the folder cannot be read, or one in it, and `on_error` takes none of that.
    """
    for path in _walk(os.fsencode(folder), None if but is None else os.fsencode(but), on_error):
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


def _walk(folder: bytes, but: bytes | None, on_error: OnError | None) -> Iterator[bytes]:
    """Go through folders in the order of names, however deep they lie in each other."""
    left = [iter([(folder, True)])]
    while left:
        path, is_folder = next(left[-1], (b"", False))
        if not path:
            left.pop()
        elif not is_folder:
            yield path
        elif path != but:
            try:
                left.append(iter(_listed(path)))
            except OSError as error:
                if on_error is None or path == folder:
                    raise
                on_error(os.fsdecode(path), error)


def _listed(folder: bytes) -> list[tuple[bytes, bool]]:
    """List the films and the folders of one folder."""
    with os.scandir(folder) as entries:
        found = sorted((each.name, each.is_dir(follow_symlinks=False)) for each in entries)
    names = {name for name, _ in found}
    paths = ((os.path.join(folder, name), name, is_folder) for name, is_folder in found)
    return [
        (path, is_folder)
        for path, name, is_folder in paths
        if is_folder or (_is_film(name, names) and os.path.isfile(path))
    ]


def _is_film(name: bytes, beside: Collection[bytes]) -> bool:
    """Tell a film from the result of a repair beside it."""
    ending = os.fsencode(ENDING)
    is_result = name.endswith(ending) and name.removesuffix(ending) + _FILM in beside
    return name.lower().endswith(_FILM) and not is_result
