"""Finding the folder that the paths of a manifest are relative to."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import ascmhl_chain, sidecar
from avpres.adapters.formats.sniffing import IFI_MANIFEST
from avpres.domain.manifest import ManifestFormat


@dataclass(frozen=True, slots=True)
class Place:
    """Where a manifest's paths begin, what it speaks of, and what must be taken off its paths."""

    base: Path
    scope: Path
    complete: bool = True
    strip: str = ""


def place(path: Path, form: ManifestFormat, sample: Sequence[str]) -> Place:
    """Find base and scope of a manifest from its own place, its name and its first paths.

    Disks are mounted elsewhere and folders get other names, so that paths are tried as they
    stand, then without what only the machine of their making knew.
    """
    folder = path.parent
    if form is ManifestFormat.SIDECAR:
        return Place(folder, folder / sidecar.subject(path.name))
    if form is ManifestFormat.BAGIT:
        tags = path.name.lower().startswith("tag")
        return Place(folder, folder if tags else folder / "data", complete=not tags)
    if form is ManifestFormat.BFI_TAR:
        subject = folder / (_tar_name(path.name) or "")
        return Place(subject if subject.is_dir() else folder, subject)
    if form is ManifestFormat.ASCMHL and history_root(path):
        root = history_root(path) or folder
        return Place(root, root)
    if any(_is_absolute(listed) for listed in sample):
        return _absolute(path, sample)
    return _relative(path, sample)


def history_root(path: Path) -> Path | None:
    """Give the folder whose ASC MHL history a path is of: `ascmhl`, a file in it, or the folder."""
    if path.name == ascmhl_chain.FOLDER and path.is_dir():
        return path.parent
    if path.parent.name == ascmhl_chain.FOLDER and path.is_file():
        return path.parent.parent
    return path if (path / ascmhl_chain.FOLDER).is_dir() else None


def _relative(path: Path, sample: Sequence[str]) -> Place:
    folder, root = path.parent, subject_name(path.name)
    tops = {listed.split("/", 1)[0] for listed in sample}
    top = tops.pop() if len(tops) == 1 else None
    if _any_exists(folder, sample):
        return Place(folder, folder / top if top and _named_after(root, top) else folder)
    if root and (folder / root).is_dir() and _any_exists(folder / root, sample):
        return Place(folder / root, folder / root)
    if top and folder.name == top and _any_exists(folder.parent, sample):
        return Place(folder.parent, folder)
    return _renamed(folder, root, top, sample)


def _named_after(root: str | None, top: str) -> bool:
    return root is not None and (root == top or root.startswith((top + "_", top + ".", top + "-")))


def _tar_name(manifest_name: str) -> str | None:
    match = re.fullmatch(r"(?s)(.+)_manifest\.(?:md5|json)", manifest_name)
    return match[1] if match else None


def _renamed(folder: Path, root: str | None, top: str | None, sample: Sequence[str]) -> Place:
    """Look for the files under another root folder than the manifest names."""
    nested = [listed.split("/", 1)[1] for listed in sample if "/" in listed]
    if top and len(nested) == len(sample):
        for candidate in (folder / root if root else folder, folder):
            if _any_exists(candidate, nested):
                return Place(candidate, candidate, strip=top + "/")
    if top and root == top:
        return Place(folder, folder / top)
    return Place(folder, folder)


def _absolute(path: Path, sample: Sequence[str]) -> Place:
    """Take off the lead that only the machine of their making knew.

    The rest is looked for near the manifest, as much of each path as is there; else the paths are
    taken as they stand, and the manifest speaks of the folder that they share.
    """
    for listed in sample:
        parts = listed.lstrip("/").split("/")
        for drop in range(len(parts)):
            tail = "/".join(parts[drop:])
            for base in _near(path, parts[drop]):
                if os.path.lexists(base / tail):
                    return _brought_home(path, base, listed.removesuffix(tail), sample)
    if any(os.path.lexists(listed) for listed in sample):
        anchor = Path(sample[0]).anchor or "/"
        shared = os.path.commonpath([os.path.dirname(listed) for listed in sample])
        return Place(Path(anchor), Path(shared), complete=False, strip=anchor)
    return Place(path.parent, path.parent)


def _near(path: Path, top: str) -> list[Path]:
    folder, root = path.parent, subject_name(path.name)
    near = [folder / root, folder] if root else [folder]
    return [*near, folder.parent] if top == folder.name else near


def _brought_home(path: Path, base: Path, strip: str, sample: Sequence[str]) -> Place:
    tops = {listed.removeprefix(strip).split("/", 1)[0] for listed in sample}
    top = tops.pop() if len(tops) == 1 else None
    narrow = top is not None and _named_after(subject_name(path.name), top)
    return Place(base, base / top if narrow and top else base, strip=strip)


def _is_absolute(listed: str) -> bool:
    return listed.startswith("/") or re.match("[A-Za-z]:/", listed) is not None


def _any_exists(folder: Path, sample: Sequence[str]) -> bool:
    return any(os.path.lexists(folder / listed) for listed in sample)


def subject_name(manifest_name: str) -> str | None:
    """Give the name of the folder or file that a manifest's name speaks of, if it speaks so."""
    if match := IFI_MANIFEST.fullmatch(manifest_name):
        return match["root"]
    stem, dot, _ = manifest_name.rpartition(".")
    return stem if dot and stem else None
