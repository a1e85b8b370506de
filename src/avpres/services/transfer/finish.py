"""The end of a tree: folder times from the inside out, and what is only in the copy."""

import errno
import os
import re
import stat
from collections.abc import Iterable

from avpres.adapters.storage import sealing
from avpres.adapters.storage.extended import copy_attributes
from avpres.adapters.storage.folders import Folder, join, open_folder, split
from avpres.adapters.storage.scratch import FolderRow, Scratch
from avpres.domain.manifest import nfc
from avpres.services.transfer import findings
from avpres.services.transfer.chains import belongs_to_history
from avpres.services.transfer.destinations import Destination, job_of, staged
from avpres.services.transfer.items import Unit
from avpres.services.transfer.run import Run
from avpres.services.transfer.selection import is_junk, selection

_KEEPS_NO_MODE = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})
_OPEN_TO_US = stat.S_IRWXU
_STAGED = re.compile(rb"\.(.*)\.avpres-([0-9a-f]{8})\.part", re.DOTALL)
_BESIDE = re.compile(rb"(?:_manifest(?:\.md5|-\w+\.txt)|\.mhl)\Z")  # endings of manifests


def make_folders(unit: Unit, destination: Destination, scratch: Scratch) -> int:
    """Make every folder of a tree, outer ones first; those that are there are kept.

    They stay open to their owner until the end: a folder that the source has write-protected
    must still take its files.

    Raises:
        OSError: the destination refused a folder, or something else lies in its place.
    """
    root = _root(destination)
    made = 0
    for row in scratch.folders(unit.number, inner_first=False):
        path = join(unit.prefix, row.path) if row.path else unit.prefix
        above, name = split(path)
        with root.enter(above) as folder:
            made += _make(folder, name, row.mode, path)
    return made


def _make(folder: Folder, name: bytes, mode: int, path: bytes) -> bool:
    try:
        folder.mkdir(name, stat.S_IMODE(mode) | _OPEN_TO_US)
    except FileExistsError:
        found = folder.stat(name)
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(
                errno.ENOTDIR, "something that is no folder has this name", os.fsdecode(path)
            ) from None
        if found.st_mode & _OPEN_TO_US != _OPEN_TO_US:
            folder.set_mode(name, stat.S_IMODE(found.st_mode) | _OPEN_TO_US)
        return False
    return True


class Finisher:
    """Ends one tree at one destination."""

    def __init__(self, run: Run, destination: Destination, *, ours: frozenset[bytes]) -> None:
        options = run.options
        self._destination = destination
        self._scratch = run.scratch
        self._counts = run.tally.at[destination.index]
        self._note = run.note
        self._why = selection(options.exclude, skip_junk=options.skip_junk)
        self._xattrs = options.xattrs
        self._thorough = bool(self._counts.failed)
        self._ours = ours

    def tree(self, unit: Unit) -> None:
        """Look for extras in every folder, then give it its mode and times."""
        root = _root(self._destination)
        for row in self._scratch.folders(unit.number, inner_first=True):
            path = join(unit.prefix, row.path) if row.path else unit.prefix
            try:
                with root.enter(path) as folder:
                    self._extras(unit, row, folder)
                above, name = split(path)
                with root.enter(above) as folder:
                    if self._xattrs:
                        self._attributes(unit, row, folder, name)
                    self._settle(folder, name, row)
                    now = folder.stat(name)
                    self._counts.seals[unit.number] += sealing.of_folder(
                        row.path, now.st_mode, now.st_mtime_ns
                    )
            except OSError as error:
                self._note(findings.folder_unfinished(path, str(self._destination.path), error))

    def _extras(self, unit: Unit, row: FolderRow, folder: Folder) -> None:
        """Compare the number of names first: a full listing is needed only when that differs."""
        count = sum(1 for _ in folder.scandir())
        if count == row.expected and not self._thorough:
            return
        expected = self._expected(unit, row)
        leaving = re.compile(
            rb"\..*\.avpres-" + job_of(unit, self._destination).encode() + rb"\.part", re.DOTALL
        )
        for name in sorted(entry.name for entry in folder.scandir()):
            if nfc(os.fsdecode(name)) in expected or (not row.path and name in self._ours):
                continue
            if belongs_to_history(row.path, name, folder):
                continue
            if leaving.fullmatch(name):
                folder.unlink(name)
                continue
            inside = join(unit.prefix, row.path) if row.path else unit.prefix
            path = findings.printable(join(inside, name))
            junk = is_junk(name)
            self._note(findings.only_in_copy(path, str(self._destination.path), junk=junk))
            self._counts.extra_names += not junk

    def _expected(self, unit: Unit, row: FolderRow) -> set[str]:
        with (
            open_folder(os.fsencode(unit.root)) as base,
            base.enter(row.path, follow=True) as folder,
        ):
            return {
                nfc(os.fsdecode(entry.name))
                for entry in folder.scandir()
                if self._why is None or not self._why(join(row.path, entry.name))
            }

    def _attributes(self, unit: Unit, row: FolderRow, folder: Folder, name: bytes) -> None:
        """Copy what the folder carries beside its content."""
        shown, destination = findings.shown(unit, row.path), str(self._destination.path)
        with open_folder(os.fsencode(unit.root)) as base, base.enter(row.path, follow=True) as own:
            for attribute, error in copy_attributes(own, b".", folder, name):
                self._note(findings.folder_attribute_lost(shown, destination, attribute, error))

    def _settle(self, folder: Folder, name: bytes, row: FolderRow) -> None:
        """Set mode and times where they differ; on tape a folder's times are its own."""
        if self._destination.is_tape:
            return
        found = folder.stat(name)
        mode = stat.S_IMODE(row.mode)
        if stat.S_IMODE(found.st_mode) != mode:
            try:
                folder.set_mode(name, mode)
            except OSError as error:
                if error.errno not in _KEEPS_NO_MODE:
                    raise
        if found.st_mtime_ns != row.mtime_ns:
            folder.set_times(name, (row.atime_ns, row.mtime_ns))


def leavings(destination: Destination, units: Iterable[Unit]) -> None:
    """Remove what killed runs of these jobs left in the destination folder itself.

    A folder's job is its own. Single files share theirs with others from the same place, which
    may be in use by another run: there only files and manifests of these names are ours.
    """
    if destination.is_tape:
        return
    owners = {job_of(unit, destination).encode(): unit for unit in units}
    root = _root(destination)
    for name in [entry.name for entry in root.scandir() if entry.name.endswith(b".part")]:
        found = _STAGED.fullmatch(name)
        unit = owners.get(found[2]) if found else None
        if found and unit and (unit.is_folder or _is_of_one(unit, name, found)):
            root.unlink(name)


def _is_of_one(unit: Unit, name: bytes, found: "re.Match[bytes]") -> bool:
    subject = _BESIDE.sub(b"", found[1])
    job = found[2].decode()
    return any(item.name == subject or staged(item.name, job) == name for item in unit.items)


def _root(destination: Destination) -> Folder:
    if destination.target is None:
        raise RuntimeError("the destination is not open")
    return destination.target.root
