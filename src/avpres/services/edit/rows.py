"""Rows of the table that an edit keeps of a package's files."""

import os
from typing import Any, NamedTuple

from avpres.adapters.formats.description_json import from_line, to_line
from avpres.domain.fixity import Digest, pack, unpack
from avpres.domain.manifest import nfc
from avpres.domain.oais import PackagedFile, Role


class Added(NamedTuple):
    """A file to take in: `path` in the package; `source` relative to the folder `root`."""

    path: str
    root: str
    source: str
    size: int
    mtime: int
    role: Role
    known: tuple[Digest, ...] = ()


class Held(NamedTuple):
    """A file of the package. `new` is None when it is taken out; sizes in bytes."""

    path: str
    new: str | None
    digests: tuple[Digest, ...]
    size: int
    mtime: int
    role: Role


def below(column: str) -> str:
    """Write the condition of a path, or of what is beneath it; the path is the first parameter."""
    edge = f"CAST(?1 || x'2f' AS BLOB) <= {column} AND {column} < CAST(?1 || x'30' AS BLOB)"
    return f"({column} = ?1 OR ({edge}))"


def moved(path: bytes, lead: int, place: bytes | None) -> bytes | None:
    """Put the rest of a path after its lead to another place."""
    return None if place is None else place + path[lead:]


def composed(path: bytes) -> bytes:
    """Bring a path to the Unicode form in which twins are one."""
    return os.fsencode(nfc(os.fsdecode(path)))


def known_row(file: PackagedFile) -> tuple[object, ...]:
    """Write what the package knows of a file."""
    line = None if file.description is None else to_line(file.description)
    path, original = os.fsencode(file.path), os.fsencode(file.original)
    return path, file.role.value, original, file.size, pack(file.digests), line


def held(row: tuple[Any, ...]) -> Held:
    """Read a file of the package."""
    path, new, digests, size, mtime, role = row
    place = None if new is None else os.fsdecode(new)
    return Held(os.fsdecode(path), place, unpack(digests or ""), size or 0, mtime or 0, Role(role))


def packaged(row: tuple[Any, ...]) -> PackagedFile:
    """Read a file as packages list it, with its description."""
    new, original, size, mtime, digests, role, line = row
    path = os.fsdecode(new)
    description = None if line is None else from_line(line)
    if description is not None:
        description.path = path
    return PackagedFile(
        path, os.fsdecode(original), size, mtime, unpack(digests), Role(role), description
    )
