"""Finding the manifests that speak of a file or folder."""

import os
import re
from pathlib import Path

from avpres.adapters.formats.manifest_file import ManifestFile


def find(path: Path) -> list[ManifestFile]:
    """List all manifests that speak of a file or folder, those beside it first."""
    from avpres.adapters.formats.manifests import open_manifest, sniff

    found = []
    for folder, pattern in _places(path):
        for name in _names(folder):
            candidate = folder / name
            if pattern.fullmatch(name) and candidate.is_file() and sniff(candidate):
                manifest = open_manifest(candidate)
                if _speaks_of(manifest, path):
                    found.append(manifest)
    return found


def _places(path: Path) -> list[tuple[Path, re.Pattern[str]]]:
    beside = re.compile(re.escape(path.name) + r"(_manifest)?[.-][^/]*", re.DOTALL)
    inside = re.compile(r"(?i).*\.(md5|sha\d+|xxh\w+|b3|blake3|c4)|.*sums?(\.txt)?|.*_manifest.*")
    return [(path.parent, beside), *([(path, inside)] if path.is_dir() else [])]


def _names(folder: Path) -> list[str]:
    with os.scandir(folder) as listing:
        return sorted(entry.name for entry in listing)


def _speaks_of(manifest: ManifestFile, path: Path) -> bool:
    return (
        manifest.scope == path or path in manifest.scope.parents or manifest.scope in path.parents
    )
