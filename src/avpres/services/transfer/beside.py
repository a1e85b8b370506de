"""Manifests that lie beside a source: checked against what was read, never trusted."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from avpres.adapters.formats.manifest_file import ManifestFile
from avpres.adapters.formats.manifests import open_manifest, read
from avpres.adapters.formats.naming import fitted, manifest_name
from avpres.adapters.storage.folders import open_folder
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import nfc
from avpres.services.transfer.items import Unit

Beside = dict[bytes, list[ManifestFile]]
"""Manifests by the name of the item that they speak of."""


def find_beside(unit: Unit) -> Beside:
    """Find the manifests beside a unit's items; the folder above is listed once.

    Raises:
        NotConformantError: one is there and cannot be understood.
    """
    parent = unit.root.parent if unit.is_folder else unit.root
    try:
        with open_folder(os.fsencode(parent)) as folder:
            names = {os.fsdecode(entry.name) for entry in folder.scandir()}
    except OSError:
        return {}
    found: Beside = {}
    for item in unit.items:
        for candidate in dict.fromkeys(_candidates(os.fsdecode(item.name))):
            if candidate in names:
                found.setdefault(item.name, []).append(open_manifest(parent / candidate))
    return found


def _candidates(name: str) -> Iterator[str]:
    for algorithm in Algorithm:
        yield manifest_name(name, algorithm)
        yield fitted(name, f"_manifest.{algorithm.value}")
        yield fitted(name, f".{algorithm.value}")


def algorithms_of(found: Sequence[Beside]) -> frozenset[Algorithm]:
    """Tell which digests must be taken so that each manifest can be checked in the one read."""
    return frozenset(
        algorithm
        for beside in found
        for manifests in beside.values()
        for manifest in manifests
        for algorithm in manifest.algorithms
    )


def listed(manifest: ManifestFile, item: Path) -> Iterator[tuple[str, tuple[Digest, ...]]]:
    """Yield what a manifest lists of an item: path below it (or its name), and digests.

    Raises:
        AvpresError: the manifest cannot be read to its end.
    """
    root = nfc(str(item)).split(os.sep)
    for entry in read(manifest):
        parts = os.path.normpath(manifest.base / entry.path).split(os.sep)
        inside = (
            len(parts) > len(root) and nfc(os.sep.join(parts[: len(root)])).split(os.sep) == root
        )
        yield ("/".join(parts[len(root) :]) if inside else item.name), entry.digests
