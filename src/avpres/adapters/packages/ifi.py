"""IFI's packages: a folder named by a UUID, its manifests beside it, both in an object's folder."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from avpres.domain.oais import Role

_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_NAME = re.compile(rf"(?:{_UUID}|[A-Za-z]{{2,4}}\d{{3,6}})")  # a UUID, or an accession number
_PARTS = {"objects", "metadata", "logs"}
_ROLES = {"metadata": Role.METADATA, "logs": Role.LOG}
_MANIFEST = re.compile(r"_manifest(?:\.md5|-[a-z0-9]+\.txt)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class IfiPackage:
    """The package's own folder, and the manifests beside it: paths in them begin with its name."""

    root: Path
    manifests: tuple[Path, ...]


def find(folder: Path) -> IfiPackage | None:
    """Look whether a folder is an IFI package, or the object's folder that holds exactly one."""
    if (itself := _package(folder)) is not None:
        return itself
    try:
        inside = [folder / name for name in sorted(os.listdir(folder)) if _NAME.fullmatch(name)]
    except OSError:
        return None
    found = [package for path in inside[:100] if (package := _package(path)) is not None]
    return found[0] if len(found) == 1 and found[0].manifests else None


def role_of(path: str) -> Role:
    """Tell a role from the folder that a file is in."""
    if path.startswith("metadata/supplemental/"):
        return Role.SUPPLEMENTAL
    return _ROLES.get(path.partition("/")[0], Role.OBJECT)


def _package(folder: Path) -> IfiPackage | None:
    if folder.is_symlink() or not folder.is_dir() or not _NAME.fullmatch(folder.name):
        return None
    present = {part for part in _PARTS if (folder / part).is_dir()}
    if "objects" not in present or len(present) < len(_PARTS) - 1:
        return None
    beside = sorted(os.listdir(folder.parent))
    manifests = [name for name in beside if name.startswith(folder.name)]
    named = [name for name in manifests if _MANIFEST.fullmatch(name, len(folder.name))]
    paths = (folder.parent / name for name in named)
    return IfiPackage(folder, tuple(path for path in paths if _is_plain(path)))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
