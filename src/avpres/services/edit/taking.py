"""Files to add: found, held against what is there, brought into the stage and proved."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage.reading import ReadRequest, read_files
from avpres.adapters.storage.volume import volume_of
from avpres.adapters.storage.walk import Entry, Kind, entry_of, walk
from avpres.domain.errors import (
    DestinationExistsError,
    DestinationRefusedError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.fixity import Algorithm, Evidence, pack
from avpres.domain.oais import PackagedFile
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.edit import findings
from avpres.services.edit.rows import Added
from avpres.services.edit.state import State
from avpres.services.edit.wishes import Addition
from avpres.services.packing.placing import Placed, Placing, Wanted
from avpres.services.packing.shelf import Shelf

NOTES = "placed.jsonl"
"""In the stage: what was brought there and proved."""
_THE_FILE = "add the file itself if it belongs to the package"
_WHAT = {
    Kind.LINK: ("a symbolic link", _THE_FILE),
    Kind.SPECIAL: ("no file", _THE_FILE),
    Kind.FOLDER: ("an empty folder", "an edit adds files alone"),
}


@dataclass(slots=True)
class Taking:
    """Everything that one edit adds to a package."""

    tree: Path
    state: State
    context: Context
    report: Report
    is_bag: bool

    def gather(self, additions: list[Addition]) -> None:
        """Find every file to add; nothing is read of it but where a file of its path is there.

        Raises:
            UsageError: two files would get one path, or a source lies in the package.
            DestinationExistsError: a path is taken by something else.
            DestinationRefusedError: a bag cannot hold a name.
            SourceUnreadableError: a source cannot be read.
        """
        for addition in additions:
            for added in self._files(addition):
                self._require_path(added)
                if not self.state.add(added):
                    raise UsageError(f"{visible(added.path)}: two files would get this path")
        self._require_same()
        for one, other in self.state.twins() if self.is_bag else ():
            raise DestinationRefusedError(
                f"{visible(one)}: differs from {visible(other)} in its Unicode form alone, and "
                "many systems take both for one file of a bag; choose another name"
            )

    def _files(self, addition: Addition) -> Iterator[Added]:
        source = addition.source
        real, tree = os.path.realpath(source), os.path.realpath(self.tree)
        if os.path.commonpath([real, tree]) in {real, tree}:
            raise UsageError(f"{source}: lies in the package, or the package in it; name another")
        try:
            top = entry_of(b"", os.stat(source))
        except OSError as error:
            raise _unreadable(source, error) from error
        if top.kind == Kind.FILE:
            yield Added(
                addition.target,
                str(source.parent),
                source.name,
                top.size,
                top.mtime_ns,
                addition.role,
            )
        elif top.kind == Kind.FOLDER:
            yield from self._below(addition)
        else:
            raise UsageError(f"{source}: is neither file nor folder")

    def _below(self, addition: Addition) -> Iterator[Added]:
        def stop(name: bytes, error: OSError) -> None:
            raise _unreadable(addition.source / os.fsdecode(name), error)

        is_bare = True
        for entry in walk(addition.source, on_error=stop):
            name = os.fsdecode(entry.name)
            if entry.kind == Kind.FILE:
                is_bare = False
                path = f"{addition.target}/{name}"
                root = str(addition.source)
                yield Added(path, root, name, entry.size, entry.mtime_ns, addition.role)
            elif entry.kind != Kind.FOLDER or not os.listdir(addition.source / name):
                self._leave_out(addition, entry, name)
        if is_bare:
            raise UsageError(f"{addition.source}: holds no file; there is nothing to add")

    def _leave_out(self, addition: Addition, entry: Entry, name: str) -> None:
        path = str(addition.source / name)
        self.context.note(self.report, findings.left_out(path, *_WHAT[entry.kind]))

    def _require_path(self, added: Added) -> None:
        path, state = added.path, self.state
        above = [str(parent) for parent in PurePosixPath(path).parents][:-1]
        through = any(state.is_file(parent, column="new") for parent in above)
        is_file = state.is_file(path, column="new")
        if through or (state.holds(path, column="new") and not is_file):
            raise DestinationExistsError(
                f"{visible(path)}: leads through a file of the package, or is a folder of it; "
                "choose another path"
            )
        if not is_file and self._is_something(path):
            raise DestinationExistsError(f"{visible(path)}: is an empty folder; remove it first")
        if self.is_bag:
            try:
                path.encode()
            except UnicodeEncodeError:
                raise DestinationRefusedError(
                    f"{visible(path)}: this name is not UTF-8, and a bag cannot list it; rename it"
                ) from None

    def _is_something(self, path: str) -> bool:
        return os.path.isdir(self.tree / path) and not self.state.holds(path)

    def _require_same(self) -> None:
        """Read what would come in the place of a file of the package: the same stays.

        Raises:
            DestinationExistsError: it is another file.
        """
        for added in self.state.added(there=True):
            held = self.state.at(added.path)
            kinds = tuple(digest.algorithm for digest in held.digests)
            path = os.path.join(os.fsencode(added.root), os.fsencode(added.source))
            (reading,) = read_files(
                [ReadRequest(path, kinds, added.size)],
                volume=volume_of(Path(added.root)),
                workers=1,
                advance=lambda _size, _files: None,
            )
            if reading.error is not None:
                raise _unreadable(Path(os.fsdecode(path)), reading.error)
            if set(reading.digests) != set(held.digests):
                raise DestinationExistsError(
                    f"{visible(added.path)}: is in the package with other content and was left as "
                    "it is; remove or rename it first, or add this under another path"
                )

    def place(
        self, stage: Path, shelf: Shelf, algorithms: tuple[Algorithm, ...], jobs: int | None
    ) -> dict[Evidence, int]:
        """Copy the files into the stage, read them back, and put them on a shelf.

        Returns:
            How many files were read back in which way.
        """
        files, size = self.state.added_totals()
        evidence: dict[Evidence, int] = {}
        notes = stage.parent / NOTES
        self._remember(notes)
        placing = Placing(stage, algorithms, self.context, jobs, files, size)
        with notes.open("ab") as handle:
            for placed in placing.place(self._wanted()):
                if placed.fault is not None:
                    self.context.note(self.report, findings.refused(placed))
                    continue
                file = _packaged(placed, algorithms)
                shelf.put(file)
                kind = placed.evidence or Evidence.UNKNOWN
                evidence[kind] = evidence.get(kind, 0) + 1
                handle.write(_noted(file))
        return evidence

    def _remember(self, notes: Path) -> None:
        """Learn what a run that was cut short brought: its digests decide whether it stays."""
        if not notes.is_file():
            return
        with notes.open("rb") as handle:
            for line in handle:
                with suppress(ValueError, TypeError):  # the last one may be cut short
                    path, size, mtime, digests = json.loads(line)
                    self.state.brought(path, size, mtime, digests)

    def _wanted(self) -> Iterator[Wanted]:
        for added in self.state.added():
            root = Path(added.root)
            size, mtime = added.size, added.mtime
            yield Wanted(root, added.source, added.path, size, mtime, added.known, added)


def _packaged(placed: Placed, algorithms: tuple[Algorithm, ...]) -> PackagedFile:
    added: Added = placed.wanted.key  # type: ignore[assignment]
    known = {digest.algorithm: digest for digest in placed.digests}
    digests = tuple(known[algorithm] for algorithm in algorithms)
    original = os.path.join(added.root, added.source)
    return PackagedFile(added.path, original, placed.size, added.mtime, digests, added.role)


def _noted(file: PackagedFile) -> bytes:
    return json.dumps([file.path, file.size, file.mtime, pack(file.digests)]).encode() + b"\n"


def _unreadable(path: Path, error: OSError) -> SourceUnreadableError:
    reason = (error.strerror or str(error)).lower()
    return SourceUnreadableError(f"{visible(str(path))}: cannot be read ({reason})")
