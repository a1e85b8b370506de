"""A proved result that lies in a folder of its own, and how its files come into a package."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Origin
from avpres.adapters.storage.hashing import digests_of
from avpres.domain.errors import FixityMismatchError, IncompleteError
from avpres.domain.fixity import Algorithm, Digest


@dataclass(frozen=True, slots=True)
class Result:
    """A result in a folder of its own. `prefix` begins the names of all of its files."""

    folder: Path
    prefix: str
    told: Mapping[str, Any]
    digests: Mapping[str, tuple[Digest, ...]]

    def known(self, name: str, asked: Sequence[Algorithm]) -> tuple[Digest, ...]:
        """Give the digests that a package lists, when all of them were taken before."""
        known = {each.algorithm: each for each in self.digests.get(name, ())}
        return tuple(known[each] for each in asked) if known.keys() >= set(asked) else ()

    def taken(self, name: str, place: Path, asked: Sequence[Algorithm]) -> tuple[Digest, ...]:
        """Read a file, now at `place`, for the digests that a package lists.

        Raises:
            FixityMismatchError: it is not as the manifests of the result say.
        """
        before = [each.algorithm for each in self.digests.get(name, ())]
        found = digests_of(place, dict.fromkeys((*asked, *before)))
        self.require_same(name, found)
        return tuple(each for each in found if each.algorithm in asked)

    def require_same(self, name: str, found: Sequence[Digest]) -> None:
        """Hold digests against all that the result lists of a file.

        Raises:
            FixityMismatchError: they differ, or nothing is listed.
        """
        kinds = {each.algorithm for each in found}
        known = {each for each in self.digests.get(name, ()) if each.algorithm in kinds}
        if not known or not known <= set(found):
            raise self.changed(name)

    def changed(self, name: str) -> FixityMismatchError:
        """Say that a file is not what was proved."""
        return FixityMismatchError(
            f"{self.folder / name}: has changed since it was made; move the folder away and run "
            "again"
        )


def listed_digests(
    folder: Path, prefix: str, algorithms: Iterable[Algorithm]
) -> dict[str, tuple[Digest, ...]]:
    """Read what the manifests in the folder of a result list, by file name.

    Raises:
        OSError: one of them cannot be read.
    """
    digests: dict[str, tuple[Digest, ...]] = {}
    for algorithm in algorithms:
        path = folder / f"{prefix}.{algorithm.value}"
        with path.open("rb") as handle:
            origin = Origin(path, algorithm, lambda name: (folder / name).exists())
            for entry in checksum_file.read(handle, origin):
                digests[entry.path] = (*digests.get(entry.path, ()), *entry.digests)
    return digests


def unreadable(folder: Path, error: Exception) -> IncompleteError:
    """Say that a result cannot be understood."""
    return IncompleteError(
        f"{folder}: what it says of itself cannot be read ({error}); move it away and run again"
    )


def link_or_move(path: Path, place: Path) -> None:
    """Let a file of ours lie at another place without writing it again."""
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        os.rename(path, place)


def remove_but_others(folder: Path, known: Sequence[str], there: set[str], room: Path) -> list[str]:
    """Remove the folder of a result whose files are in a package; name what is not ours in it.

    `known` are the names of its files, its record last; `there` is all that lies in it. Without
    anything else it goes as a whole, into `room`.
    """
    others = sorted(there - set(known))
    if not others:
        os.rename(folder, room / "result")
        return []
    for name in known:
        (folder / name).unlink(missing_ok=True)
    return others
