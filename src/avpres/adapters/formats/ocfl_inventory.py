"""OCFL inventories (1.0 and 1.1): what content each version of an object has, and its names."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from avpres.adapters.formats import values
from avpres.adapters.formats.names import to_bytes
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.domain.fixity import Algorithm, Digest

LARGEST = 256 << 20
"""Bytes of an inventory: it is read whole, and takes some five times as much memory."""

_VERSION = re.compile(r"v0*([1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Version:
    """A version: when and by whom it was made, and which digests its names stand for."""

    name: str
    created: str
    message: str
    user: str
    state: dict[str, list[str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Inventory:
    """An inventory, as far as it can be read: `faults` say what could not.

    `manifest` and `fixity` give content paths, relative to the object, by digest as written.
    """

    id: str
    type: str
    head: str
    algorithm: str
    manifest: dict[str, list[str]] = field(repr=False)
    versions: dict[str, Version] = field(repr=False)
    fixity: dict[str, dict[str, list[str]]] = field(repr=False)
    faults: tuple[str, ...] = ()

    def digest(self, written: str) -> Digest | None:
        """Read a digest of the manifest; None when avpres takes none of its algorithm."""
        algorithm = values.labelled(self.algorithm)
        found = values.digest(written, algorithm) if algorithm else None
        return found if found and found.algorithm is algorithm else None

    def ordered(self) -> list[Version]:
        """Give the versions, the latest first."""
        return sorted(self.versions.values(), key=lambda one: number_of(one.name), reverse=True)

    def other_digests(self) -> Iterator[tuple[str, Digest]]:
        """Yield content paths and digests of the fixity block."""
        for label, block in self.fixity.items():
            algorithm: Algorithm | None = values.labelled(label)
            for written, paths in block.items() if algorithm else ():
                digest = values.digest(written, algorithm)
                if digest and digest.algorithm is algorithm:
                    yield from ((path, digest) for path in paths)


def read(path: Path) -> Inventory:
    """Read an inventory; what is not as it ought to be is left out and told in `faults`.

    Raises:
        NotConformantError: it is too large, no JSON, or no object.
        SourceUnreadableError: it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NotConformantError(f"{path.name} has more than {LARGEST} bytes; split the object")
        data = path.read_bytes()
    except OSError as error:
        raise SourceUnreadableError(f"{path} cannot be read: {error.strerror}") from error
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise NotConformantError(f"{path.name} is no JSON") from None
    if not isinstance(found, dict):
        raise NotConformantError(f"{path.name} is no inventory")
    return _inventory(found)


def sidecar_fault(path: Path, algorithm: str) -> str:
    """Hold an inventory against the digest beside it; say what is wrong, nothing if it is right."""
    name = re.sub("[^a-z0-9]", "", algorithm.lower())
    sidecar = path.with_name(f"{path.name}.{name}")
    if name not in hashlib.algorithms_available or not name.startswith(("sha", "md5")):
        return f"its digest cannot be taken: {algorithm}"
    try:
        stated = sidecar.read_bytes()[:1024].split()[:1]
    except OSError:
        return f"the digest that ought to stand beside it, {sidecar.name}, is not there"
    with path.open("rb") as handle:
        found = hashlib.file_digest(handle, name).hexdigest()
    right = stated and stated[0].decode("ascii", "replace").lower() == found
    return "" if right else f"it is not what {sidecar.name} says"


def number_of(version: str) -> int:
    """Give a version's number; 0 when it is none."""
    match = _VERSION.fullmatch(version)
    return int(match[1]) if match else 0


def _inventory(found: dict[str, Any]) -> Inventory:
    faults: list[str] = []
    versions = {
        name: _version(name, said, faults)
        for name, said in _object(found, "versions", faults).items()
        if isinstance(said, dict) and number_of(name)
    }
    head = _text(found, "head")
    if head not in versions:
        latest = max(versions, key=number_of, default="")
        faults.append(f"its head is no version of it: {head or 'none'}; taken: {latest or 'none'}")
        head = latest
    fixity = {
        label: _paths(block, f"fixity {label}", faults)
        for label, block in _object(found, "fixity", faults, needed=False).items()
    }
    return Inventory(
        id=_text(found, "id"),
        type=_text(found, "type"),
        head=head,
        algorithm=_text(found, "digestAlgorithm") or "sha512",
        manifest=_paths(found.get("manifest"), "manifest", faults),
        versions=versions,
        fixity=fixity,
        faults=tuple(faults),
    )


def _version(name: str, said: dict[str, Any], faults: list[str]) -> Version:
    user = said.get("user")
    return Version(
        name,
        _text(said, "created"),
        _text(said, "message"),
        _text(user, "name") if isinstance(user, dict) else "",
        _paths(said.get("state"), f"state of {name}", faults),
    )


def _object(
    found: dict[str, Any], name: str, faults: list[str], *, needed: bool = True
) -> dict[str, Any]:
    said = found.get(name)
    if isinstance(said, dict):
        return said
    if needed or said is not None:
        faults.append(f"it has no {name}")
    return {}


def _paths(said: object, what: str, faults: list[str]) -> dict[str, list[str]]:
    """Take the digests and paths that are such; count the others."""
    if not isinstance(said, dict):
        faults.append(f"it has no {what}")
        return {}
    kept: dict[str, list[str]] = {}
    wrong = 0
    for digest, paths in said.items():
        listed = paths if isinstance(paths, list) else []
        good = [path for path in listed if _is_name(path)]
        wrong += len(listed) - len(good) + (not listed)
        if good:
            kept.setdefault(digest.lower(), []).extend(good)
    if wrong:
        faults.append(f"{wrong} entries of its {what} are no paths")
    return kept


def _is_name(path: object) -> bool:
    if not isinstance(path, str) or not path or "\0" in path:
        return False
    try:
        to_bytes(path)
    except UnicodeEncodeError:
        return False
    return True


def _text(found: dict[str, Any], name: str) -> str:
    said = found.get(name)
    return said if isinstance(said, str) else ""
