"""What a destination could not hold, said before the first byte is written."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import humanize

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.limits import Folding, Limits, limits_of
from avpres.adapters.storage.naming import check_name, check_portable, fold_key
from avpres.adapters.storage.probe import probe_folding, probe_writable
from avpres.adapters.storage.volume import (
    Free,
    MediumKind,
    Volume,
    free_space,
    nearest_existing,
)
from avpres.adapters.storage.walk import Kind
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding

_NAMES_KEPT = 100_000  # names of one folder kept to tell which two clash; beyond, only that
_PAGE = 4096  # bytes; what a small file takes where the true unit of allocation is not known
_ROUNDED = frozenset({MediumKind.LOCAL, MediumKind.MEMORY, MediumKind.TAPE, MediumKind.FUSE})


def preflight(
    destination: Path, volume: Volume, *, may_write: bool = True, may_skip: bool = True
) -> "Preflight":
    """Begin a preflight for a folder that need not exist yet.

    Args:
        destination: where the copies land.
        volume: of the destination, from `volume_of`.
        may_write: False for a plan that must leave nothing behind, not even for a moment; what
            only a try can tell is then taken as the file system usually is.
        may_skip: whether the command that is run has `--skip-space-check`, to advise it.
    """
    limits = limits_of(volume)
    if limits.folding_varies and may_write:
        found = probe_folding(nearest_existing(destination), volume)
        if found is not None:
            limits = replace(limits, folding=found[0], form=found[1] and (limits.form or found[1]))
    return Preflight(
        volume, limits, destination=destination, may_write=may_write, may_skip=may_skip
    )


class Preflight:
    """Checks all names and sizes that will land on one destination, as they are listed.

    Entries come in walk order, each folder before what it holds, so that only the names of the
    folders on the way to the present one are held in memory.
    """

    def __init__(
        self,
        volume: Volume,
        limits: Limits,
        *,
        destination: Path,
        may_write: bool = True,
        may_skip: bool = True,
    ) -> None:
        self.volume = volume
        self.limits = limits
        self.destination = destination
        self.files = 0
        self.size = 0
        self._may_write = may_write
        self._more_room = "use another volume" + (" or --skip-space-check" if may_skip else "")
        self._unit = _allocation_unit(volume)
        self._plain_length = limits.max_name if limits.is_transparent else 0
        self._max_file = limits.max_file if limits.max_file is not None else 1 << 63
        self._folding = limits
        if limits.goes_to_windows and not limits.folds:
            self._folding = replace(limits, folding=Folding.SIMPLE)
        self._levels: list[tuple[bytes, dict[int, bytes | None]]] = []

    def see(self, path: bytes, kind: int, size: int) -> Sequence[Finding]:
        """Look at one entry; nearly free where any bytes make a name.

        Args:
            path: relative to the destination.
            kind: one of `walk.Kind`.
            size: in bytes; counts for files alone.
        """
        self.files += 1
        if kind == Kind.FILE:
            self.size += -(-size // self._unit) * self._unit
        elif kind == Kind.FOLDER:
            size = 0
        name = path.rpartition(b"/")[2]
        if len(name) <= self._plain_length and size <= self._max_file:
            return ()
        return [*self._about_name(path, name), *self._about_size(path, size)]

    def _about_name(self, path: bytes, name: bytes) -> Iterator[Finding]:
        reason = check_name(name, self.limits)
        if reason:
            yield self._refusal("PRE-NAME", f"{reason}; rename it or use another volume", path)
        elif self.limits.goes_to_windows and (foreign := check_portable(name)):
            message = f"{foreign}; Windows will not open it on this medium"
            yield self._warning("PRE-PORTABLE", message, path)
        if self._folding.folds:
            yield from self._about_twins(path, name)

    def _about_twins(self, path: bytes, name: bytes) -> Iterator[Finding]:
        siblings = self._siblings(path[: -len(name) - 1])
        key = hash(fold_key(name, self._folding))
        if key not in siblings:
            siblings[key] = name if len(siblings) < _NAMES_KEPT else None
            return
        first = siblings[key]
        twin = f"`{os.fsdecode(first)}`" if first is not None else "another name beside it"
        if self.limits.folds:
            message = f"{self.limits.title} takes it and {twin} for one name; rename one of them"
            yield self._refusal("PRE-CLASH", message, path)
        else:
            message = f"and {twin} differ in capitals alone; Windows will open only one of them"
            yield self._warning("PRE-PORTABLE", message, path)

    def _siblings(self, folder: bytes) -> dict[int, bytes | None]:
        """Find the names seen so far in a folder, and forget those of folders that were left."""
        while self._levels and not _is_in(folder, self._levels[-1][0]):
            self._levels.pop()
        if not self._levels or self._levels[-1][0] != folder:
            self._levels.append((folder, {}))
        return self._levels[-1][1]

    def _about_size(self, path: bytes, size: int) -> Iterator[Finding]:
        if size > self._max_file:
            most = f"{self.limits.title} holds files of up to {_human(self._max_file)}"
            message = f"is {_human(size)}, and {most}; use a volume with another file system"
            yield self._refusal("PRE-SIZE", message, path)

    def close(
        self,
        *,
        reserve_percent: float | None = None,
        skip_space_check: bool = False,
        already: int = 0,
    ) -> Iterator[Finding]:
        """Compare what was seen with what the volume takes.

        Args:
            reserve_percent: part of the volume to keep free; None for 5 on tape, else 0.
            skip_space_check: warn only.
            already: bytes that lie at the destination and will not be written again.

        Yields:
            At most one finding on each of writability, space and number of files.
        """
        try:
            reason = self._why_not_writable()
            free = free_space(self.volume)
        except OSError as error:
            message = f"cannot be reached ({error.strerror}); mount it again or use another volume"
            yield self._refusal("PRE-WRITE", message)
            return
        if reason:
            yield self._refusal("PRE-WRITE", f"cannot be written: {reason}; {_advice(reason)}")
        if not free.trusted:
            if reason:
                return
            says = f"says that {_human(free.available)} of {_human(free.total)} are free"
            yield self._warning("PRE-SPACE-UNSURE", f"{says}; gateways do; going on unchecked")
            return
        yield from self._about_space(free, reserve_percent, already, skip=skip_space_check)
        yield from self._about_number(free, skip=skip_space_check)

    def _why_not_writable(self) -> str | None:
        place = nearest_existing(self.destination)
        if not place.is_dir():
            return f"{place} is no folder"
        if not self._may_write:
            return "the volume is mounted read-only" if self.volume.read_only else None
        return probe_writable(place, self.volume)

    def _about_space(
        self, free: Free, reserve: float | None, already: int, *, skip: bool
    ) -> Iterator[Finding]:
        on_tape = self.volume.kind is MediumKind.TAPE
        percent = reserve if reserve is not None else (ltfs.RESERVE if on_tape else 0.0)
        needed = max(0, self.size - already)
        if on_tape:
            needed += ltfs.index_allowance(self.files, self._unit)
        usable = max(0, free.available - int(free.total * percent / 100))
        if needed > usable:
            kept = f" beyond the {percent:g} % kept back" if percent else ""
            message = f"needs {_human(needed)}, and {_human(usable)} are free{kept}"
            yield self._short("PRE-SPACE", message, skip=skip)

    def _about_number(self, free: Free, *, skip: bool) -> Iterator[Finding]:
        local = self.volume.kind in {MediumKind.LOCAL, MediumKind.MEMORY}
        if local and free.files is not None and self.files > free.files:
            message = f"needs room for {self.files:,} names, and has room for {free.files:,}"
            yield self._short("PRE-FILES", message, skip=skip)

    def _short(self, code: str, message: str, *, skip: bool) -> Finding:
        if skip:
            return self._warning(code, f"{message}; going on as asked")
        return self._refusal(code, f"{message}; {self._more_room}")

    def _refusal(self, code: str, message: str, path: bytes | None = None) -> Finding:
        return Finding.error(
            code,
            None if path is None else os.fsdecode(path),
            message,
            ExitCode.DESTINATION_REFUSED,
            destination=str(self.destination),
        )

    def _warning(self, code: str, message: str, path: bytes | None = None) -> Finding:
        return Finding.warning(
            code,
            None if path is None else os.fsdecode(path),
            message,
            destination=str(self.destination),
        )


def _advice(reason: str) -> str:
    """Say what to do about a destination that cannot be written."""
    if reason in {os.strerror(errno.EACCES), os.strerror(errno.EPERM)}:
        return "check the rights on the folder, or use another"
    return "mount it writable or use another volume"


def _allocation_unit(volume: Volume) -> int:
    """Find what a file's size is rounded up to; NFS and SMB tell their transfer size instead."""
    unit = volume.block_size or _PAGE
    return unit if volume.kind in _ROUNDED else min(unit, _PAGE)


def _is_in(folder: bytes, above: bytes) -> bool:
    return not above or folder == above or folder.startswith(above + b"/")


def _human(size: int) -> str:
    return humanize.naturalsize(size, binary=True)
