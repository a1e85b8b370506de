"""Listing the sources: once, before the first byte, with every check that needs no byte."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from avpres.adapters.storage import ltfs, sealing
from avpres.adapters.storage.folders import Folder, join, open_folder
from avpres.adapters.storage.scratch import FolderRow, Scratch
from avpres.adapters.storage.spool import OrderedSpool, Spool
from avpres.adapters.storage.volume import MediumKind
from avpres.adapters.storage.walk import Entry, Kind, entry_of, listing, signature_of
from avpres.config.copy import CopyOptions, LinkPolicy
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.context import Context
from avpres.services.transfer import findings
from avpres.services.transfer.destinations import volume_for
from avpres.services.transfer.items import Unit
from avpres.services.transfer.selection import selection

Note = Callable[[Finding], None]
Watch = Callable[[bytes, Sequence[Entry]], None]
"""Told of every folder (path at the destination) and of what will be made in it."""


class Plan:
    """What there is to copy: files in reading order on disk, folders, totals."""

    def __init__(self, place: Path, *, ordered: bool) -> None:
        self.scratch = Scratch(place)
        self.spool: Spool | OrderedSpool = OrderedSpool(place) if ordered else Spool(place)
        self.ordered = ordered
        self.files = 0
        self.size = 0
        self.folders = 0
        self.links = 0
        self.skipped = 0
        self.unreadable = 0
        self.unit_files: dict[int, tuple[int, int]] = {}
        self.seals: Counter[int] = Counter()

    def close(self) -> None:
        """Throw the plan away."""
        self.spool.close()
        self.scratch.close()

    def count(self, unit: int, files: Iterable[Entry]) -> None:
        """Add files to the totals."""
        number = size = 0
        for entry in files:
            number += 1
            size += entry.size
        self.files += number
        self.size += size
        before = self.unit_files.get(unit, (0, 0))
        self.unit_files[unit] = (before[0] + number, before[1] + size)


def make_plan(  # noqa: PLR0913  # what, how, two listeners, and where it goes
    units: Sequence[Unit],
    options: CopyOptions,
    context: Context,
    *,
    note: Note,
    watch: Watch,
    to_tape: bool = False,
) -> Plan:
    """List every source folder once.

    From tape, files are put in the order in which they lie on it: name order costs a wind for
    every file. To tape they go in the order in which they will be wanted again: numbers by value,
    so that a sequence `1.dpx 2.dpx … 10.dpx` comes back in one pass.
    """
    tape = any(_on_tape(unit.root, options) for unit in units)
    plan = Plan(context.state_dir / "plans", ordered=tape)
    context.progress.start("scan")
    scan = _Scan(plan, options, note, watch, context)
    scan.by_number = to_tape
    for unit in units:
        if unit.is_folder:
            scan.tree(unit)
            scan.warn_if_empty(unit)
        else:
            scan.loose(unit)
    context.progress.finish()
    return plan


def _on_tape(root: Path, options: CopyOptions) -> bool:
    return volume_for(root, options.lto).kind is MediumKind.TAPE


class _Scan:
    """One pass over the sources."""

    def __init__(
        self, plan: Plan, options: CopyOptions, note: Note, watch: Watch, context: Context
    ) -> None:
        self._plan = plan
        self._links = options.links
        self._why = selection(options.exclude, skip_junk=options.skip_junk)
        self._note = note
        self._watch = watch
        self._progress = context.progress
        self.by_number = False
        self._more_than_folders = False  # in the tree at hand, taken or not

    def tree(self, unit: Unit) -> None:
        """List a folder and all beneath it, each folder once."""
        self._more_than_folders = False
        with open_folder(os.fsencode(unit.root)) as base:
            self._watch(b"", [entry_of(unit.prefix, base.stat(b"."))])
            stack: list[tuple[bytes, tuple[tuple[int, int], ...]]] = [(b"", ())]
            while stack:
                relative, above = stack.pop()
                try:
                    with base.enter(relative, follow=self._follows) as folder:
                        inner = self._folder(unit, relative, folder, above)
                except OSError as error:
                    self._unreadable(unit, relative, error)
                    continue
                stack.extend(reversed(inner))

    def warn_if_empty(self, unit: Unit) -> None:
        """Say that a folder holds nothing: often it is a mount point with nothing mounted on it."""
        if self._more_than_folders:
            return
        self._note(
            Finding.warning(
                "COPY-EMPTY", str(unit.root), "holds no file; is the card or disk mounted?"
            )
        )

    @property
    def _follows(self) -> bool:
        return self._links is LinkPolicy.FOLLOW

    def loose(self, unit: Unit) -> None:
        """List the single files that lie in one folder."""
        found = []
        for item in unit.items:
            try:
                state = os.stat(item.source)
            except OSError as error:
                self._unreadable(unit, item.name, error)
                continue
            found.append(entry_of(item.name, state))
        self._keep(unit, b"", found)
        self._watch(b"", found)

    def _folder(
        self, unit: Unit, relative: bytes, folder: Folder, above: tuple[tuple[int, int], ...]
    ) -> list[tuple[bytes, tuple[tuple[int, int], ...]]]:
        def relay(name: bytes, error: OSError) -> None:
            self._unreadable(unit, join(relative, name), error)

        state = folder.stat(b".")
        above = (*above, (state.st_dev, state.st_ino)) if self._follows else ()
        found = listing(folder, relay)
        if self.by_number:
            found.sort(key=lambda entry: natural(entry.name))
        entries = self._chosen(unit, relative, found, above)
        files = [e for e in entries if e.kind in (Kind.FILE, Kind.LINK)]
        folders = [e for e in entries if e.kind == Kind.FOLDER]
        self._plan.folders += 1
        self._plan.seals[unit.number] += sealing.of_folder(
            relative, state.st_mode, state.st_mtime_ns
        )
        self._plan.scratch.put_folder(
            unit.number,
            FolderRow(relative, state.st_mode, state.st_atime_ns, state.st_mtime_ns, len(entries)),
        )
        self._keep(unit, relative, files)
        self._watch(join(unit.prefix, relative) if relative else unit.prefix, entries)
        return [(join(relative, e.name), above) for e in folders]

    def _chosen(
        self,
        unit: Unit,
        relative: bytes,
        found: list[Entry],
        above: tuple[tuple[int, int], ...],
    ) -> list[Entry]:
        """Leave out what the options say and what cannot be copied; each with a finding."""
        kept = []
        for entry in found:
            path = join(relative, entry.name)
            reason = self._why(path) if self._why else None
            if reason is not None:
                self._skip(findings.skipped(unit, path, reason))
            elif entry.kind == Kind.SPECIAL:
                self._skip(findings.special(unit, path, entry.mode))
            elif entry.kind == Kind.LINK and self._links is not LinkPolicy.KEEP:
                followed = self._followed(unit, path, entry, above)
                if followed is not None:
                    kept.append(followed)
            else:
                kept.append(entry)
        return kept

    def _followed(
        self,
        unit: Unit,
        path: bytes,
        entry: Entry,
        above: tuple[tuple[int, int], ...],
    ) -> Entry | None:
        """Take what a link points to, when that lies inside the source and is no loop."""
        if self._links is LinkPolicy.SKIP:
            self._skip(findings.skipped(unit, path, "--links skip"))
            return None
        full = os.path.join(os.fsencode(unit.root), path)
        root = os.path.realpath(os.fsencode(unit.root))
        target = os.path.realpath(full)
        if target != root and not target.startswith(root.rstrip(b"/") + b"/"):
            self._skip(findings.skipped(unit, path, "it points outside the source"))
            return None
        try:
            state = os.stat(full)
        except OSError:
            self._skip(findings.skipped(unit, path, "it points to nothing"))
            return None
        if (state.st_dev, state.st_ino) in above:
            self._skip(findings.skipped(unit, path, "it points back to a folder that holds it"))
            return None
        return entry_of(entry.name, state)

    def _keep(self, unit: Unit, relative: bytes, entries: list[Entry]) -> None:
        plan = self._plan
        files = [e for e in entries if e.kind == Kind.FILE]
        plan.count(unit.number, files)
        if unit.is_folder:
            plan.seals[unit.number] += sum(
                sealing.of_file(join(relative, e.name), signature_of(e)) for e in entries
            )
        plan.links += len(entries) - len(files)
        self._more_than_folders |= bool(entries)
        self._progress.advance(files=len(files))
        if not entries:
            return
        if isinstance(plan.spool, OrderedSpool):
            folder = os.path.join(os.fsencode(unit.root), relative)
            plan.spool.put(unit.number, relative, [(_tape_key(folder, e), e) for e in entries])
        else:
            plan.spool.put(unit.number, relative, entries)

    def _skip(self, finding: Finding) -> None:
        self._plan.skipped += 1
        self._more_than_folders = True
        self._note(finding)

    def _unreadable(self, unit: Unit, relative: bytes, error: OSError) -> None:
        self._plan.unreadable += 1
        self._more_than_folders = True
        self._note(
            Finding.error(
                "COPY-UNREADABLE",
                findings.shown(unit, relative),
                f"cannot be listed ({error.strerror}); nothing of it was copied",
                ExitCode.SOURCE_UNREADABLE,
            )
        )


_DIGITS = re.compile(rb"([0-9]+)")


def natural(name: bytes) -> tuple[tuple[int, int, bytes], ...]:
    """Give the key that sorts numbers in names by their value; names alone decide a tie."""
    parts = _DIGITS.split(name)
    return tuple((n % 2, int(part) if n % 2 else 0, part) for n, part in enumerate(parts))


def _tape_key(folder: bytes, entry: Entry) -> tuple[str, str, int]:
    path = Path(os.fsdecode(os.path.join(folder, entry.name)))
    return ltfs.read_order(ltfs.tape_position(path), entry.size)[:3]
