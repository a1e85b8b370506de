"""ASC MHL histories: what all generations of a folder say together.

The first digest of a file in each algorithm is its reference for good; later generations add
algorithms and files, never other values. A later `previousPath` moves a record to a new path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from avpres.adapters.formats import ascmhl
from avpres.adapters.formats.ascmhl import Action, Listed, Reference
from avpres.adapters.formats.ascmhl_chain import (
    FOLDER,
    Generation,
    chain,
    check,
    check_c4,
    check_presence,
)
from avpres.adapters.formats.manifest_file import Origin
from avpres.adapters.formats.ordering import externally
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a history knows of one file: its first digest in each algorithm."""

    path: str
    digests: tuple[Digest, ...]
    size: int | None
    mtime_ns: int | None


def sample(root: Path, generations: Iterable[Generation], size: int) -> Iterator[Listed]:
    """Yield the first files of each generation, as a look at paths and algorithms."""
    for generation in generations:
        files = (one for one in _lists(root, generation) if isinstance(one, Listed))
        yield from islice(files, size)


def recorded(root: Path, generations: Iterable[Generation]) -> Iterator[Recorded]:
    """Yield what the generations of one history (not nested ones) know, in depth-first order."""
    events = externally(_events(root, generations), _event_order)
    for _, same in groupby(events, key=lambda event: event[0]):
        known = _merge(listed for _, _, listed in same)
        if known is not None:
            yield known


_Event = tuple[list[str], int, Listed | None]


def _event_order(event: _Event) -> tuple[list[str], int, bool]:
    return event[0], event[1], event[2] is not None


def _events(root: Path, generations: Iterable[Generation]) -> Iterator[_Event]:
    """Yield files by path and generation, and None under each path that was left by renaming."""
    for generation in generations:
        for listed in _lists(root, generation):
            if isinstance(listed, Listed):
                yield listed.path.split("/"), generation.number, listed
                if listed.previous not in {None, listed.path}:
                    yield str(listed.previous).split("/"), generation.number, None


def _lists(root: Path, generation: Generation) -> Iterator[Listed | Reference]:
    path = root / FOLDER / generation.name
    check_presence(path)
    with path.open("rb") as handle:
        yield from ascmhl.read_list(handle, Origin(path))


def _merge(events: Iterable[Listed | None]) -> Recorded | None:
    last: Listed | None = None
    first: dict[Algorithm, Digest] = {}
    for last in events:
        if last is None:
            first.clear()  # renamed away; what comes to this path later is another file
        for digest, action in last.digests if last else ():
            if action is not Action.FAILED:
                first.setdefault(digest.algorithm, digest)
    if last is None:
        return None
    return Recorded(last.path, tuple(first.values()), last.size, last.mtime_ns)


def nested(root: Path, generations: Iterable[Generation]) -> list[str]:
    """List the folders of nested histories, each hash list held against its C4 in the parent.

    Raises:
        IncompleteError: a nested hash list is missing.
        FixityMismatchError: one was changed.
    """
    folders: dict[str, None] = {}
    for generation in generations:
        for listed in _lists(root, generation):
            if isinstance(listed, Reference):
                check_c4(root / listed.path, listed.c4)
                folders["/".join(listed.path.split("/")[:-2])] = None
    return [folder for folder in folders if folder]


def read(root: Path, upto: int | None = None) -> Iterator[ManifestEntry]:
    """Yield every file that a history and those nested in it know, with its first digests.

    Args:
        root: the folder that holds `ascmhl`.
        upto: the last generation to look at; None for all.

    Raises:
        NotConformantError: a chain or hash list breaks its rules.
        FixityMismatchError: a hash list was changed after it was written.
        IncompleteError: a hash list is missing.
    """
    generations = [g for g in chain(root) if upto is None or g.number <= upto]
    check(root, generations)
    for known in recorded(root, generations):
        yield ManifestEntry(known.path, known.digests, known.size, known.mtime_ns)
    for folder in nested(root, generations):
        for entry in read(root / folder):
            path = f"{folder}/{entry.path}"
            yield ManifestEntry(path, entry.digests, entry.size, entry.mtime_ns)


def ignored(root: Path, generations: list[Generation]) -> tuple[str, ...]:
    """Read what the latest generation leaves out."""
    if not generations:
        return ascmhl.IGNORED
    path = root / FOLDER / generations[-1].name
    with path.open("rb") as handle:
        return ascmhl.patterns(handle, Origin(path)) or ascmhl.IGNORED
