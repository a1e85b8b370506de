"""The manifests of a package, wherever its layout has them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from avpres.adapters.formats import bagit, checksum_file
from avpres.adapters.formats.manifest_file import Origin
from avpres.adapters.formats.naming import manifest_name
from avpres.domain.errors import IncompleteError, NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry
from avpres.services.packing.layouts import Places


@dataclass(frozen=True, slots=True)
class Sums:
    """Manifests by algorithm, and the tag manifests of a bag."""

    tree: Path
    payload: dict[Algorithm, Path]
    tags: dict[Algorithm, Path]

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """Give the algorithms in their usual order, the weakest first."""
        return tuple(algorithm for algorithm in Algorithm if algorithm in self.payload)

    @property
    def paths(self) -> list[Path]:
        """Give all manifests."""
        return [*self.payload.values(), *self.tags.values()]

    def entries(self) -> Iterator[ManifestEntry]:
        """Yield what the manifests list, paths relative to the package.

        Raises:
            NotConformantError: a line is broken, or speaks of another folder.
        """
        for path in self.paths:
            yield from self._read(path)

    def _read(self, path: Path) -> Iterator[ManifestEntry]:
        inside = path.parent == self.tree
        origin = Origin(path, exists=lambda listed: inside and os.path.lexists(self.tree / listed))
        with path.open("rb") as handle:
            if inside:
                yield from bagit.read(handle, origin)
                return
            lead = f"{self.tree.name}/"
            for entry in checksum_file.read(handle, origin):
                if not entry.path.startswith(lead):
                    raise NotConformantError(
                        f"{path}: speaks of {entry.path}, which is not in {self.tree.name}; give "
                        "the package the name back that it had"
                    )
                yield replace(entry, path=entry.path.removeprefix(lead))


def sums_of(tree: Path, places: Places) -> Sums:
    """Find the manifests of a package.

    Raises:
        NotConformantError: a bag has one of an algorithm that avpres does not take.
        IncompleteError: there is none.
    """
    if places.is_bag:
        payload = _of_bag(tree, "manifest-*.txt")
        found = Sums(tree, payload, _of_bag(tree, "tagmanifest-*.txt"))
        complete = bool(payload) and set(payload) == set(found.tags)
    else:
        named = {each: tree.with_name(manifest_name(tree.name, each)) for each in Algorithm}
        found = Sums(tree, {a: path for a, path in named.items() if path.is_file()}, {})
        complete = bool(found.payload)
    if not complete:
        raise IncompleteError(
            f"{tree}: its manifests are not there, so that nothing could be held against them; "
            "bring them back before it is changed"
        )
    return found


def _of_bag(tree: Path, pattern: str) -> dict[Algorithm, Path]:
    return {bagit.algorithm_of(path): path for path in sorted(tree.glob(pattern))}
