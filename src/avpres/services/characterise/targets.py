"""Which files the paths on the command line mean."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.walk import Entry, Kind, entry_of, signature_of
from avpres.services.describing import Item
from avpres.services.fixity.presence import require
from avpres.services.transfer.selection import OnError, OnSkipped, Why, selected_files


@dataclass(frozen=True, slots=True)
class Target:
    """A path that was named, in its absolute form."""

    named: Path
    path: Path

    @property
    def root(self) -> Path:
        """The folder that names are relative to."""
        return self.path if self.path.is_dir() else self.path.parent


def targets_of(paths: Sequence[Path]) -> list[Target]:
    """Find the paths that were named; one that is named twice, or lies in another, counts once.

    Raises:
        SourceUnreadableError: one of them is not there.
    """
    found = [Target(path, require(path)) for path in paths]
    kept: list[Target] = []
    for target in found:
        others = [each for each in found if each is not target and each.path != target.path]
        inside = any(target.path.is_relative_to(each.path) for each in others)
        if not inside and target.path not in [each.path for each in kept]:
            kept.append(target)
    return kept


def files_of(
    target: Target, why: Why | None, *, on_skipped: OnSkipped, on_error: OnError
) -> Iterator[Item]:
    """Yield the files of a target in path order; links and special files are told, not followed."""
    path = os.fsencode(target.path)
    if not target.path.is_dir():
        entry = entry_of(os.path.basename(path), os.stat(path))
        if entry.kind == Kind.FILE:
            yield _item(entry, os.path.dirname(path), os.path.realpath(path))
        else:
            on_skipped(os.fsdecode(path), "it is neither a file nor a folder")
        return
    for entry in selected_files(target.path, why, on_skipped=on_skipped, on_error=on_error):
        yield _item(entry, path, os.path.join(path, entry.name))


def _item(entry: Entry, root: bytes, path: bytes) -> Item:
    return Item(path, root, entry.name, entry.size, signature_of(entry))
