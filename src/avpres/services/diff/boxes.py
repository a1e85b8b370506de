"""A container as one side of a comparison: its members are listed as in a manifest."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from avpres.adapters.containers import safe_names
from avpres.adapters.containers.container import kind_of, open_container
from avpres.adapters.containers.member import (
    ContainerKind,
    DamagedContainerError,
    MemberKind,
    Problem,
    chunks,
)
from avpres.adapters.containers.safe_names import RefusedError
from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifests import Heading, ManifestFile
from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.errors import AvpresError, IncompleteError, NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry, ManifestFormat
from avpres.domain.severity import Severity

_ALGORITHMS = (Algorithm.SHA256,)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_box(path: Path) -> bool:
    """Say whether a path is a container that can be read member by member."""
    try:
        return path.is_file() and kind_of(path) not in {None, ContainerKind.SEVEN_ZIP}
    except (AvpresError, OSError):
        return False


def listed(path: Path, folder: Path) -> ManifestFile:
    """Read a container once and list its members in a manifest in a folder.

    The one folder that all members lie in has the package's name, and is left out.

    Raises:
        NotConformantError: the container is damaged, or a member leads out of it.
        IncompleteError: it holds no files.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = folder / "members.avpres"
    tops: set[str] = set()
    with written.open("xb") as handle:
        entries = _entries(path, tops)
        heading = Heading(_ALGORITHMS, _EPOCH)
        manifests.write_to(handle, ManifestFormat.AVPRES, entries, heading)
    if not tops:
        raise IncompleteError(f"{path} holds no files: nothing to compare")
    top = tops.pop() if len(tops) == 1 else ""
    strip = f"{top}/" if top else ""
    return ManifestFile(written, ManifestFormat.AVPRES, _ALGORITHMS, path, path, strip=strip)


def _entries(path: Path, tops: set[str]) -> Iterator[ManifestEntry]:
    problems: list[Problem] = []
    with open_container(path, problems.append) as container:
        for member, data in container.walk():
            _refuse_damage(path, problems)
            if member.kind is not MemberKind.FILE:
                continue
            try:
                name = os.fsdecode(safe_names.checked(member.path))
                hasher, size = MultiHasher(_ALGORITHMS), 0
                for chunk in chunks(data):
                    hasher.update(chunk)
                    size += len(chunk)
            except (RefusedError, DamagedContainerError) as error:
                raise _broken(path, str(error)) from error
            top, slash, _ = name.partition("/")
            tops.add(top if slash else "")
            yield ManifestEntry(name, hasher.digests(), size, member.mtime)
    _refuse_damage(path, problems)


def _refuse_damage(path: Path, problems: list[Problem]) -> None:
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise _broken(path, problem.message)


def _broken(path: Path, what: str) -> NotConformantError:
    return NotConformantError(f"{path}: {what}; `avpres verify` tells what can still be read")
