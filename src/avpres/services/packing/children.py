"""Packages among the objects of a package: what they say of themselves."""

import io
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.containers.container import kind_of, open_container
from avpres.adapters.containers.member import MemberKind, Problem, Reader
from avpres.adapters.formats.package_file import read_package
from avpres.domain.errors import AvpresError
from avpres.domain.fixity import Digest
from avpres.domain.oais import Child, Package, PackagedFile
from avpres.services.packing.opening import files_of
from avpres.services.packing.shelf import Shelf

_OBJECT = re.compile(rb'"size": (\d+), "mtime": -?\d+, "role": "object"')
_FILES = b"/files.jsonl"
_FIRST = 1000  # members of a container among which its description is looked for


def children_of(tree: Path, objects: str, shelf: Shelf) -> Iterator[Child]:
    """Yield the packages of ours that lie in the folder of objects, in the order of their names.

    A file that only looks like a container, or a broken one, is a file like any other.
    """
    for name in sorted(os.listdir(tree / objects), key=os.fsencode):
        place = f"{objects}/{name}"
        child = _folder(tree, place, shelf) if (tree / place).is_dir() else None
        if child is None and (tree / place).is_file():
            child = _container(tree, place, shelf)
        if child is not None:
            yield child


def _folder(tree: Path, place: str, shelf: Shelf) -> Child | None:
    known = files_of(tree / place)
    if known is None:
        return None
    try:
        with known.open("rb") as handle:
            package, _ = read_package(handle)
            counted = _counted(handle)
    except AvpresError:
        return None
    digest = _digest(shelf.get(f"{place}/{known.relative_to(tree / place).as_posix()}"))
    return _child(place, package, counted, digest, is_file=False)


def _container(tree: Path, place: str, shelf: Shelf) -> Child | None:
    try:
        if kind_of(tree / place) is None:
            return None
        with open_container(tree / place, _ignore) as container:
            for member, reader in islice(container.walk(), _FIRST):
                if member.kind is MemberKind.FILE and member.path.endswith(_FILES):
                    handle = io.BufferedReader(_Raw(reader))
                    package, _ = read_package(handle)
                    counted = _counted(handle)
                    digest = _digest(shelf.get(place))
                    return _child(place, package, counted, digest, is_file=True)
    except AvpresError:
        return None
    return None


def _child(
    place: str,
    package: Package,
    counted: tuple[int, int],
    digest: Digest | None,
    *,
    is_file: bool,
) -> Child:
    files, size = counted
    return Child(
        path=place,
        id=str(package.id),
        kind=package.kind.value,
        label=package.label,
        files=files,
        size=size,
        digest=digest,
        is_file=is_file,
    )


def _counted(lines: Iterable[bytes] | BinaryIO) -> tuple[int, int]:
    """Count objects and their bytes without reading what is said of them."""
    files = size = 0
    for line in lines:
        found = _OBJECT.search(line)
        if found:
            files += 1
            size += int(found[1])
    return files, size


def _digest(file: PackagedFile | None) -> Digest | None:
    return file.digests[-1] if file and file.digests else None


def _ignore(_problem: Problem) -> None:
    """Leave it to the examination of the file to tell of damage."""


class _Raw(io.RawIOBase):
    """The data of a member as a file."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._reader.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
