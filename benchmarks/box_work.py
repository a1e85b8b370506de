"""Containers, as programs of their own: `python box_work.py pack tar.zst FOLDER OUT`.

`pack` writes a container with avpres's own code, and an index beside it; `tarfile` does it with the
standard library, as most scripts do. `find` takes a hundred files out by the index, `scan` by
tarfile. avpres takes SHA-512 of every member and of the container on the way, tarfile takes none.
"""

import os
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.planned import Planned
from avpres.adapters.containers.tar_index import IndexSpool
from avpres.adapters.containers.tar_index_read import TarIndex, member_at
from avpres.domain.oais import Box

WANTED = 100  # files that are taken out
PIECE = 1 << 20  # bytes


def pack(kind: str, folder: Path, out: Path) -> None:
    """Write a container and its index."""
    with out.open("wb") as handle, IndexSpool() as spool:
        boxed = write_box(handle, Box(kind), _members(folder), on_packed=spool)
        with out.with_name(f"{out.name}.idx").open("wb") as index:
            spool.write(index, os.fsencode(out.name), boxed)


def by_tarfile(kind: str, folder: Path, out: Path) -> None:
    """Write a container with the standard library; `kind` is its mode."""
    with tarfile.open(out, f"w:{kind}", format=tarfile.PAX_FORMAT) as archive:
        archive.add(folder, folder.name)


def find(_kind: str, folder: Path, out: Path) -> None:
    """Take files out of a tar by its index."""
    with TarIndex(out.with_name(f"{out.name}.idx")) as index, out.open("rb") as handle:
        for name in _wanted(folder):
            row = index.find(os.fsencode(name))
            if row is None:
                raise LookupError(name)
            _, reader = member_at(handle, row)
            while reader.read(PIECE):
                pass


def scan(_kind: str, folder: Path, out: Path) -> None:
    """Take files out of a tar with the standard library."""
    with tarfile.open(out) as archive:
        for name in _wanted(folder):
            reader = archive.extractfile(name)
            while reader is not None and reader.read(PIECE):
                pass


def _wanted(folder: Path) -> list[str]:
    """Name some files that every holding has (see `holdings`)."""
    return [f"{folder.name}/box_000/html/html_{number:04}.html" for number in range(WANTED)]


def _members(folder: Path) -> Iterator[Planned]:
    lead = os.fsencode(folder.name)
    paths = sorted(os.fsencode(path) for path in folder.rglob("*"))
    root = os.fsencode(folder)
    yield Planned(lead, None, 0, 0, is_folder=True)
    for path in paths:
        found = os.stat(path)
        is_folder = os.path.isdir(path)
        size = 0 if is_folder else found.st_size
        source = None if is_folder else path
        place = lead + b"/" + os.path.relpath(path, root)
        yield Planned(place, source, size, found.st_mtime_ns, is_folder)


if __name__ == "__main__":
    WORK = {"pack": pack, "tarfile": by_tarfile, "find": find, "scan": scan}
    WORK[sys.argv[1]](sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
