"""Finding the manifests that speak of a file or folder, as archives leave them.

Looked at, in this order: what lies beside it under its name; a bag's manifests; an ASC MHL
history; what lies at the top of the folder. Nothing below that is read, so it costs the same for
any tree. Sidecars of single files (`film.mkv.md5`) are for a walk to find, with `is_sidecar`.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from avpres.adapters.formats import ascmhl_chain, sidecar
from avpres.adapters.formats.manifest_file import ManifestFile
from avpres.adapters.formats.sniffing import BAG_MANIFEST
from avpres.domain.errors import SourceUnreadableError

_ALGORITHM = r"(?:md5|sha-?1|sha-?256|sha-?512|xxh64|xxh3|xxh128|b3|blake3|c4)"
_ENDING = (
    rf"(?:\.{_ALGORITHM}|[-_.]{_ALGORITHM}(?:\.txt)?|\.mhl|_\d{{4}}-\d\d-\d\d_\d{{6}}Z?\.mhl"
    r"|[-_.](?:manifest|checksums?|hashdeep|dfxml)(?:\.(?:txt|jsonl?|xml))?)"
)
_BESIDE = re.compile(rf"(?:_manifest)?{_ENDING}|_manifest\.txt", re.IGNORECASE)
_INSIDE = re.compile(
    rf".+{_ENDING}|(?:manifest|checksums?|hashes|hashdeep|dfxml)(?:{_ENDING}|\.\w+)?"
    rf"|{_ALGORITHM}sums?(?:\.txt)?",
    re.IGNORECASE | re.DOTALL,
)


def find(
    path: Path,
    *,
    open_manifest: Callable[[Path], ManifestFile],
    is_manifest: Callable[[Path], bool],
) -> list[ManifestFile]:
    """List the manifests that speak of a path, in the order of this module's heading.

    Raises:
        NotConformantError: one that goes by the right name breaks its format's rules.
        SourceUnreadableError: the folder cannot be listed.
    """
    path = Path(os.path.abspath(path))
    found: dict[Path, ManifestFile] = {}
    for candidate in _candidates(path):
        if is_manifest(candidate):
            manifest = open_manifest(candidate)
            if _speaks_of(manifest, path):
                found.setdefault(manifest.path, manifest)
    return list(found.values())


def _candidates(path: Path) -> Iterator[Path]:
    if path.name:
        beside = _files(path.parent, lambda name: _is_beside(name, path.name), or_none=True)
        yield from (path.parent / name for name in beside)
    if not path.is_dir():
        return
    top = _files(path, lambda _: True)
    if "bagit.txt" in top:
        bag = [name for name in top if BAG_MANIFEST.fullmatch(name)]
        yield from (path / name for name in sorted(bag, key=lambda name: name.startswith("tag")))
    if (path / ascmhl_chain.FOLDER).is_dir():
        yield path / ascmhl_chain.FOLDER
    present = set(top)
    for name in top:
        alone = sidecar.is_sidecar(name) and sidecar.subject(name) in present
        if _INSIDE.fullmatch(name) and not alone and not BAG_MANIFEST.fullmatch(name):
            yield path / name


def _is_beside(name: str, subject: str) -> bool:
    return name.startswith(subject) and bool(_BESIDE.fullmatch(name, len(subject)))


def _files(folder: Path, wanted: Callable[[str], bool], *, or_none: bool = False) -> list[str]:
    try:
        with os.scandir(folder) as listing:
            return sorted(e.name for e in listing if wanted(e.name) and e.is_file())
    except OSError as error:
        if or_none:
            return []
        raise SourceUnreadableError(f"{folder} cannot be listed: {error.strerror}") from error


def _speaks_of(manifest: ManifestFile, path: Path) -> bool:
    """Say whether a manifest's scope is the path, holds it, or lies in it."""
    scope = manifest.scope
    return scope == path or path in scope.parents or scope in path.parents
