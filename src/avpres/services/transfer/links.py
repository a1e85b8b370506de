"""Symbolic and hard links: made as links, proved by reading them."""

import errno
import stat

from avpres.adapters.storage import sealing
from avpres.adapters.storage.folders import Folder, join
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.walk import Entry, Kind
from avpres.domain.report import Finding
from avpres.services.transfer import findings
from avpres.services.transfer.decide import Folders
from avpres.services.transfer.items import Unit
from avpres.services.transfer.run import Run


class SymbolicLinks:
    """Makes symbolic links as they stand; where they point is none of the copy's business."""

    def __init__(self, run: Run) -> None:
        self._tally = run.tally
        self._note = run.note
        self._replace = run.options.replace

    def make(self, unit: Unit, folders: Folders, entries: list[Entry]) -> None:
        """Make the links of one stretch at every destination."""
        for entry in entries:
            if entry.kind != Kind.LINK:
                continue
            path = findings.shown(unit, join(folders.relative, entry.name))
            try:
                points_to = folders.source.readlink(entry.name)
            except OSError as error:
                self._note(findings.unreadable(path, error))
                continue
            for destination, target, folder, _, _ in folders.at:
                if target.lost is None:
                    problem = self._at(entry, path, points_to, folder, str(destination.path))
                    if problem is None:
                        link = join(folders.relative, entry.name)
                        seal = sealing.of_file(link, signature(folder.stat(entry.name)))
                        self._tally.seal(destination.index, unit.number, seal)
                    self._count(destination.index, problem)

    def _at(
        self, entry: Entry, path: str, points_to: bytes, folder: Folder, shown: str
    ) -> Finding | None:
        try:
            made = _make(folder, entry, points_to, replace=self._replace)
        except OSError as error:
            return findings.link_lost(path, shown, error)
        return None if made else findings.link_exists(path, shown)

    def _count(self, destination: int, problem: Finding | None) -> None:
        counts = self._tally.at[destination]
        if problem is None:
            counts.links += 1
        else:
            counts.failed += 1
            self._note(problem)


def _make(folder: Folder, entry: Entry, points_to: bytes, *, replace: bool) -> bool:
    """Make a link and read it back; False when something else is in its place."""
    try:
        found = folder.stat(entry.name)
    except FileNotFoundError:
        found = None
    if found is not None:
        if stat.S_ISLNK(found.st_mode) and folder.readlink(entry.name) == points_to:
            return True
        if not replace or stat.S_ISDIR(found.st_mode):
            return False
        folder.unlink(entry.name)
    folder.symlink(points_to, entry.name)
    _set_times(folder, entry)
    return folder.readlink(entry.name) == points_to


def _set_times(folder: Folder, entry: Entry) -> None:
    try:
        folder.set_times(entry.name, (entry.mtime_ns, entry.mtime_ns))
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno in {errno.EIO, errno.ENOSPC}:
            raise
