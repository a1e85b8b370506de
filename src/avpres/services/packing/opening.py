"""A package of ours, opened: what it is, what happened to it, and every file with its description.

`metadata/files.jsonl` tells all of it. Nothing is proved by opening: whoever takes files out of a
package holds them against their digests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from avpres.adapters.formats.package_file import (
    read_files,
    read_folders,
    read_lines,
    read_package,
)
from avpres.adapters.formats.report_json import event_from_json
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.domain.oais import Layout, Package, PackagedFile
from avpres.domain.premis import Event
from avpres.services.packing.layouts import PLACES, Places


@dataclass(frozen=True, slots=True)
class Opened:
    """A package in a folder. `tree` is that folder; paths of files are relative to it."""

    tree: Path
    layout: Layout
    package: Package

    @property
    def places(self) -> Places:
        """Give the places of its layout."""
        return PLACES[self.layout]

    def files(self) -> Iterator[PackagedFile]:
        """Yield objects and supplements with their descriptions, by the bytes of their paths.

        Raises:
            NotConformantError: what the package says of its files is broken.
        """
        with (self.tree / self.places.files).open("rb") as handle:
            read_package(handle)
            yield from read_files(handle)

    def lines(self) -> Iterator[tuple[PackagedFile, bytes | None]]:
        """Yield the same, with descriptions as lines that are not parsed.

        Raises:
            NotConformantError: what the package says of its files is broken.
        """
        with (self.tree / self.places.files).open("rb") as handle:
            read_package(handle)
            yield from read_lines(handle)

    def folders(self) -> Iterator[str]:
        """Yield the folders that hold nothing, which manifests do not list.

        Raises:
            NotConformantError: what the package says of them is broken.
        """
        with (self.tree / self.places.files).open("rb") as handle:
            read_package(handle)
            yield from read_folders(handle)


def is_ours(tree: Path) -> bool:
    """Say whether a folder is a package that avpres made, and can open."""
    return files_of(tree) is not None


def open_package(tree: Path) -> Opened:
    """Open a package of ours that lies in a folder.

    Raises:
        SourceUnreadableError: there is no such folder.
        NotConformantError: it is no package of ours, or what it says of itself is broken.
    """
    if not tree.is_dir():
        raise SourceUnreadableError(f"{tree}: is no folder; name the folder of a package")
    found = files_of(tree)
    if found is None:
        raise NotConformantError(
            f"{tree}: is no package that avpres made; `avpres import` makes one of it"
        )
    with found.open("rb") as handle:
        package, layout = read_package(handle)
    if tree / PLACES[layout].files != found:
        raise NotConformantError(
            f"{found}: speaks of the layout {layout.value}, which has it elsewhere"
        )
    events = tuple(_events(tree / PLACES[layout].logs / "events.jsonl"))
    return Opened(tree, layout, replace(package, events=events))


def files_of(tree: Path) -> Path | None:
    """Find what a package of ours says of its files; None when it is none."""
    places = dict.fromkeys(PLACES[layout].files for layout in Layout)
    return next((tree / place for place in places if (tree / place).is_file()), None)


def _events(path: Path) -> Iterator[Event]:
    if not path.is_file():
        return
    with path.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            try:
                yield event_from_json(line)
            except ValueError as error:
                raise NotConformantError(f"{path}, line {number}: tells of no event") from error
