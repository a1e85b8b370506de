"""What one side of a comparison is: a tree, one file, or a manifest."""

import os
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifests import ManifestFile
from avpres.adapters.storage.volume import volume_of
from avpres.services.diff import boxes
from avpres.services.fixity import presence
from avpres.services.fixity.rows import FOUND, LISTED
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


def sides_of(a: Path, b: Path, folder: Path, *, tape: bool | None) -> tuple[Side, Side]:
    """Find out what two paths stand for; beside a folder or another container one is opened.

    Beside a manifest a container is a file like any other. `folder` takes what is listed of them.

    Raises:
        SourceUnreadableError: one is not there or cannot be read.
        NotConformantError: one is a broken manifest or container.
        IncompleteError: a container holds no files.
    """
    opened = [presence.require(path) for path in (a, b)]
    are_open = all(each.is_dir() or boxes.is_box(each) for each in opened)
    found = []
    for path, full, number in zip((a, b), opened, (LISTED, FOUND), strict=True):
        if are_open and not full.is_dir():
            manifest = boxes.listed(full, folder / str(number))
            tree = Tree(full, volume_of(full, tape=tape), side=number)
            found.append(Side(path, tree, manifest))
        else:
            found.append(side_of(path, number, tape=tape))
    return found[0], found[1]


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
