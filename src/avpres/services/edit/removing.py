"""What is taken out of a package: kept beside it, with its digests and all that is known of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.package_file import write_package_file
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Role
from avpres.services.edit.state import State
from avpres.services.packing.layouts import GIVEN
from avpres.services.packing.opening import Opened
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf

NOTES = "removed.jsonl"
INNER = "files"
"""The folder in which the files lie as they lay in the package; with it nobody takes it for one."""


def write_notes(
    folder: Path, opened: Opened, state: State, shelf: Shelf, keeper: RecordKeeper
) -> None:
    """Write what is known of the files that go, and checksums that `md5sum -c` accepts.

    `keeper` is one of the folder, and `shelf` an empty one.
    """
    for file in state.described(gone=True):
        shelf.put(replace(file, description=None))
        if file.description is not None:
            shelf.describe(file.path, file.description)
    with keeper.written(NOTES, Role.METADATA) as handle:
        write_package_file(handle, opened.package, opened.layout, shelf.lines(*GIVEN))
    for algorithm in keeper.algorithms:
        with (folder / f"checksums-{algorithm}.txt").open("xb") as handle:
            heading = Heading((algorithm,), keeper.created)
            checksum_file.write_gnu(handle, _entries(state, shelf), heading)


def _entries(state: State, shelf: Shelf) -> Iterator[ManifestEntry]:
    for file in shelf.listed():
        path = file.path if file.path == NOTES else f"{INNER}/{file.path}"
        yield ManifestEntry(path, file.digests)
    for held in state.held("new IS NULL AND role = 'metadata'"):
        yield ManifestEntry(f"{INNER}/{held.path}", held.digests)
