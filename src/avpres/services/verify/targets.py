"""What a path on the command line means: which tree, and which manifests speak of it."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifests import ManifestFile
from avpres.adapters.storage.volume import volume_of
from avpres.domain.errors import AvpresError
from avpres.domain.manifest import ManifestFormat
from avpres.services.fixity import presence
from avpres.services.fixity.trees import Tree
from avpres.services.verify import films

PACKAGES = frozenset({ManifestFormat.BAGIT, ManifestFormat.ASCMHL})
"""Formats that make a folder a package of their own kind."""
_CLOSED = frozenset(
    {ManifestFormat.IFI, ManifestFormat.AVPRES, ManifestFormat.MHL, ManifestFormat.DFXML, *PACKAGES}
)
"""Formats that are made for a whole folder; a list in another may speak of a part of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A tree to verify and the manifests to hold it against.

    `discover`: no manifest speaks of the whole; look inside the tree. `doubtful`: files in it
    that only have a manifest's name. `lenient`: a list was named that may speak of a part only,
    so that what it leaves out is a warning. `is_package`: the folder may be a package, or hold
    some, whose rules are asked too. `box`: the container that the tree stands for.
    """

    path: Path
    tree: Tree
    manifests: tuple[ManifestFile, ...] = ()
    discover: bool = False
    doubtful: tuple[Path, ...] = ()
    lenient: bool = False
    is_package: bool = False
    box: Path | None = None


def target_of(path: Path, named: Sequence[Path], *, tape: bool | None) -> Target:
    """Find out what is to be verified, and against what.

    Raises:
        SourceUnreadableError: the path or a named manifest is not there.
        NotConformantError: a named manifest, or the path, is a broken manifest.
    """
    full = presence.require(path)
    if named:
        opened = tuple(manifests.open_manifest(each) for each in named)
        return Target(path, _tree_around(full, opened, tape), opened)
    if full.is_dir():
        return _folder(path, full, tape)
    if manifests.sniff(full) is not None:
        return _manifest(path, manifests.open_manifest(full), tape)
    about = tuple(manifests.find(full))
    if about:
        return Target(path, _tree_around(full, about, tape), about)
    return above(Target(path, _tree_around(full, (), tape)), tape=tape)


def _folder(path: Path, full: Path, tape: bool | None) -> Target:
    doubtful: list[Path] = []
    tree = Tree(full, volume_of(full, tape=tape))
    found = _found(full, doubtful)
    whole = tuple(each for each in found if folder_is_in_scope(each, full))
    if not whole:  # which comes across the doubtful ones again
        return Target(path, tree, discover=True, is_package=True)
    return Target(path, tree, whole, doubtful=tuple(doubtful), is_package=True)


def _found(full: Path, doubtful: list[Path]) -> list[ManifestFile]:
    """Find what speaks of a folder; a bag's own manifests are read elsewhere, sound or not."""
    try:
        found = manifests.find(full, on_doubtful=doubtful.append)
        return [each for each in found if not films.tells_of_source(each.path)]
    except AvpresError as error:
        if (full / "bagit.txt").is_file() and str(error).startswith(os.path.join(full, "")):
            return []
        raise


def folder_is_in_scope(manifest: ManifestFile, folder: Path) -> bool:
    """Say whether a manifest speaks of a whole folder; one of a bag speaks of the bag's."""
    if manifest.format is ManifestFormat.BAGIT:
        return manifest.base != folder and folder.is_relative_to(manifest.scope)
    return folder.is_relative_to(manifest.scope)


def _manifest(path: Path, manifest: ManifestFile, tape: bool | None) -> Target:
    """Verify what a manifest lists, and the folder that it was made for."""
    lenient = manifest.format not in _CLOSED or not manifest.complete
    scope = manifest.base if manifest.format in PACKAGES else manifest.scope
    volume = volume_of(scope, tape=tape)
    if manifest.format is ManifestFormat.SIDECAR or scope.is_file():
        tree = Tree(scope.parent, volume, os.fsencode(scope.name))
    else:
        tree = Tree(scope, volume)
    return Target(path, tree, (manifest,), lenient=lenient)


def above(target: Target, *, tape: bool | None) -> Target:
    """Look for manifests that speak of a larger tree, for a path that has none of its own."""
    tree = target.tree
    full = tree.root if tree.only is None else Path(os.fsdecode(tree.path(tree.only)))
    for folder in full.parents:
        try:
            found = tuple(_about(manifests.find(folder), full))
        except AvpresError:
            continue  # something that only looks like a manifest, in a folder nobody asked about
        if found:
            only = os.fsencode(full.relative_to(folder).as_posix())
            return Target(target.path, Tree(folder, volume_of(full, tape=tape), only), found)
    return target


def _about(found: Iterable[ManifestFile], full: Path) -> Iterable[ManifestFile]:
    return (
        each
        for each in found
        if full.is_relative_to(each.scope) or full == each.base or each.scope.is_relative_to(full)
    )


def _tree_around(full: Path, about: Sequence[ManifestFile], tape: bool | None) -> Tree:
    """Take a folder as it is, and a file as the one of interest in the manifests' folder."""
    volume = volume_of(full, tape=tape)
    if full.is_dir():
        return Tree(full, volume)
    bases = [each.base for each in about if full.is_relative_to(each.base)]
    root = bases[0] if bases else full.parent
    return Tree(root, volume, os.fsencode(full.relative_to(root).as_posix()))
