"""What one side of a comparison is: a tree, one file, or a manifest."""

import os
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifests import ManifestFile
from avpres.adapters.storage.volume import volume_of
from avpres.services.fixity import presence
from avpres.services.fixity.trees import Tree


@dataclass(frozen=True, slots=True)
class Side:
    """One side. With a manifest, `tree` only says from where its paths are counted."""

    path: Path
    tree: Tree
    manifest: ManifestFile | None = None

    @property
    def is_one_file(self) -> bool:
        """Say whether it is a single file and no manifest."""
        return self.manifest is None and self.tree.only is not None


def side_of(path: Path, side: int, *, tape: bool | None) -> Side:
    """Find out what a path stands for.

    Raises:
        SourceUnreadableError: it is not there or cannot be read.
        NotConformantError: it is a broken manifest.
    """
    full = presence.require(path)
    volume = volume_of(full, tape=tape)
    if full.is_dir():
        return Side(path, Tree(full, volume, side=side))
    if full.is_file() and manifests.sniff(full) is not None:
        manifest = manifests.open_manifest(full)
        root = manifest.scope.parent if manifest.scope.is_file() else manifest.scope
        return Side(path, Tree(root, volume, side=side), manifest)
    return Side(path, Tree(full.parent, volume, os.fsencode(full.name), side))
