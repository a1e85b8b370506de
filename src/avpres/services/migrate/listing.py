"""The files among sources, streamed in path order; nothing is followed and nothing is read."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.reading import Signature
from avpres.adapters.storage.walk import Entry, Kind, entry_of, signature_of, walk
from avpres.services.fixity.presence import require
from avpres.services.transfer.films import OnError, OnSkipped
from avpres.services.transfer.selection import selection


@dataclass(frozen=True, slots=True)
class Listed:
    """A file: its path, the folder that was named, its name beneath that, and what was seen."""

    path: bytes
    root: bytes
    name: bytes
    size: int
    signature: Signature


@dataclass(frozen=True, slots=True)
class Listing:
    """Takes files out of folders, without what `exclude` matches and computers leave behind.

    A file that is named itself is always taken.
    """

    exclude: Sequence[str]
    on_skipped: OnSkipped
    on_error: OnError

    def files(self, sources: Sequence[Path]) -> Iterator[Listed]:
        """Yield the files; what is named twice, or lies in another source, comes once.

        Raises:
            SourceUnreadableError: a source is not there.
        """
        for top in self._tops(sources):
            try:
                yield from self._of(top)
            except OSError as error:
                self.on_error(str(top), error)

    def _tops(self, sources: Sequence[Path]) -> list[Path]:
        found = list(dict.fromkeys(require(source) for source in sources))
        folders = {path for path in found if path.is_dir() and not path.is_symlink()}
        return [path for path in found if folders.isdisjoint(path.parents)]

    def _of(self, top: Path) -> Iterator[Listed]:
        path = os.fsencode(top)
        if os.path.isdir(path):
            yield from self._inside(path)
            return
        entry = entry_of(os.path.basename(path), os.stat(path))
        if entry.kind == Kind.FILE:
            yield _listed(entry, os.path.dirname(path), path)
        else:
            self.on_skipped(os.fsdecode(path), "it is neither a file nor a folder")

    def _inside(self, root: bytes) -> Iterator[Listed]:
        why = selection(self.exclude, skip_junk=True)

        def unreadable(name: bytes, error: OSError) -> None:
            self.on_error(os.fsdecode(os.path.join(root, name)), error)

        def left_out(relative: bytes, _name: bytes, _is_folder: bool) -> str | None:
            reason = why(relative) if why is not None else None
            if reason is not None:
                self.on_skipped(os.fsdecode(os.path.join(root, relative)), reason)
            return reason

        for entry in walk(Path(os.fsdecode(root)), on_error=unreadable, leave_out=left_out):
            path = os.path.join(root, entry.name)
            if entry.kind == Kind.FILE:
                yield _listed(entry, root, path)
            elif entry.kind != Kind.FOLDER:
                what = "a symbolic link" if entry.kind == Kind.LINK else "no regular file"
                self.on_skipped(os.fsdecode(path), f"it is {what}")


def _listed(entry: Entry, root: bytes, path: bytes) -> Listed:
    return Listed(path, root, entry.name, entry.size, signature_of(entry))
