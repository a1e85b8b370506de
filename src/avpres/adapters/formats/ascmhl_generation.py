"""Writing a new ASC MHL generation: every digest is held against the first one recorded.

A recorded digest is never replaced: another value is written as `failed`. Files under a nested
history go into a new generation of that history, which the parent's generation refers to.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO

from avpres.adapters.formats import ascmhl, ascmhl_chain, ascmhl_history
from avpres.adapters.formats.ascmhl import Action, FolderDigests, Listed, Process, Reference
from avpres.adapters.formats.ascmhl_chain import (
    CHAIN,
    FOLDER,
    CountedFile,
    Generation,
    chain_text,
    list_name,
)
from avpres.adapters.formats.ascmhl_folders import FolderHasher
from avpres.adapters.formats.ascmhl_history import Recorded
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.ordering import depth_first
from avpres.adapters.storage import durable
from avpres.domain.errors import UsageError
from avpres.domain.fixity import Digest
from avpres.domain.manifest import ManifestEntry

_IGNORED = frozenset({".DS_Store", FOLDER})
_CHUNK = 1 << 20  # bytes

Failed = Callable[[str, Digest, Digest], None]
"""Told of each digest that differs: path, the digest on record, the digest found."""


def _say_nothing(_path: str, _expected: Digest, _found: Digest) -> None:
    pass


@dataclass(slots=True)
class Counts:
    """How many files a generation found new, as recorded, different, or no longer there."""

    original: int = 0
    verified: int = 0
    failed: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A generation that was written: the hash list of the root's own history, and all counts."""

    path: Path
    number: int
    counts: Counts


def new_generation(  # noqa: PLR0913 - what the generation is, and how it is written
    root: Path,
    entries: Iterable[ManifestEntry],
    heading: Heading,
    *,
    process: Process = Process.IN_PLACE,
    on_failed: Failed = _say_nothing,
    on_tape: bool = False,
) -> Written:
    """Add a generation to a folder's history, or begin one.

    Args:
        root: the folder; its history lies in `ascmhl` there.
        entries: its files, in any order; an entry whose path ends in `/` is an empty folder.
        heading: algorithms, date and maker.
        process: whether files were copied here or looked at where they are.
        on_failed: called for each digest that differs from the recorded one.
        on_tape: write under final names at once; the chain then goes before its successor comes.

    Raises:
        UsageError: the format cannot hold an algorithm, or none of a file's recorded algorithms
            is among those given, so that nothing would be compared.
        NotConformantError: the history there breaks its own rules.
        FixityMismatchError: a hash list there was changed after it was written.
    """
    ascmhl.check(heading.algorithms)
    session = _Session(root, heading, process, on_failed, on_tape=on_tape)
    try:
        for entry in depth_first(entries):
            session.add(entry)
        return session.finish()
    finally:
        session.close()


class _History:
    """One history that is getting a generation."""

    def __init__(self, root: Path, depth: int, session: "_Session") -> None:
        self.root, self.depth, self._session = root, depth, session
        self._chain = ascmhl_chain.adopted(root)
        ascmhl_chain.check(root, self._chain)
        self._ignore = ascmhl_history.ignored(root, self._chain)
        self._known = ascmhl_history.recorded(root, self._chain)
        self._next = next(self._known, None)
        self._body: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the session
        self.references: list[Reference] = []

    def add_file(self, parts: Sequence[str], entry: ManifestEntry) -> None:
        listed = self._judged("/".join(parts), entry, self._recorded(list(parts)))
        self._body.write(ascmhl.file_element(listed, self._session.heading).encode())

    def add_folder(self, parts: Sequence[str], digests: FolderDigests) -> None:
        text = ascmhl.folder_element("/".join(parts), digests, self._session.heading)
        self._body.write(text.encode())

    def _recorded(self, parts: list[str]) -> Recorded | None:
        """Go forward in what is known until this path; what was passed is missing now."""
        while self._next is not None and self._next.path.split("/") < parts:
            self._session.counts.missing += 1
            self._next = next(self._known, None)
        if self._next is None or self._next.path.split("/") != parts:
            return None
        found, self._next = self._next, next(self._known, None)
        return found

    def _judged(self, path: str, entry: ManifestEntry, known: Recorded | None) -> Listed:
        digests = self._session.digests(entry)
        if known is None or not known.digests:
            self._session.counts.original += 1
            judged = tuple((digest, Action.ORIGINAL) for digest in digests)
        else:
            judged = self._compared(entry.path, digests, known)
        return Listed(path, judged, entry.size, entry.mtime_ns)

    def _compared(
        self, path: str, digests: Sequence[Digest], known: Recorded
    ) -> tuple[tuple[Digest, Action], ...]:
        before = {digest.algorithm: digest for digest in known.digests}
        common = [digest for digest in digests if digest.algorithm in before]
        if not common:
            wanted = " or ".join(before)
            raise UsageError(f"{path} is on record in ASC MHL with {wanted}; add --digest {wanted}")
        failed = [digest for digest in common if before[digest.algorithm] != digest]
        for digest in failed:
            self._session.on_failed(path, before[digest.algorithm], digest)
        self._session.counts.failed += bool(failed)
        self._session.counts.verified += not failed
        told = common if failed else digests
        return tuple((d, Action.FAILED if d in failed else Action.VERIFIED) for d in told)

    def write(self, digests: FolderDigests) -> Generation:
        """Write the generation and put it into the chain."""
        while self._next is not None:
            self._session.counts.missing += 1
            self._next = next(self._known, None)
        folder = self.root / FOLDER
        if not folder.is_dir():
            folder.mkdir()
            durable.sync_folder(self.root)
        number = self._chain[-1].number + 1 if self._chain else 1
        name = list_name(number, self.root, self._session.heading)
        on_tape = self._session.on_tape
        with durable.write_new(folder / name, on_tape=on_tape) as handle:
            counted = CountedFile(handle)
            self._write_list(counted, digests)
        generation = Generation(number, name, counted.c4())
        with durable.replace(folder / CHAIN, on_tape=on_tape) as handle:
            handle.write(chain_text([*self._chain, generation]).encode())
        return generation

    def _write_list(self, handle: "CountedFile", digests: FolderDigests) -> None:
        session = self._session
        opening = ascmhl.opening(session.heading, session.process, digests, self._ignore)
        handle.write(opening.encode())
        if self._body.tell():
            handle.write(b"  <hashes>\n")
            self._body.seek(0)
            while chunk := self._body.read(_CHUNK):
                handle.write(chunk)
            handle.write(b"  </hashes>\n")
        handle.write(ascmhl.closing(self.references).encode())

    def close(self) -> None:
        self._body.close()


@dataclass(slots=True)
class _Open:
    """A folder whose children are coming in."""

    name: str
    hasher: FolderHasher
    history: _History


class _Session:
    """Walks along the sorted entries with a stack of open folders."""

    def __init__(
        self, root: Path, heading: Heading, process: Process, on_failed: Failed, *, on_tape: bool
    ) -> None:
        self.root, self.heading, self.process, self.on_failed = root, heading, process, on_failed
        self.on_tape = on_tape
        self.counts = Counts()
        self._histories: list[_History] = []
        history = self._history(root, 0)
        self._stack = [_Open("", FolderHasher(heading.algorithms), history)]

    def digests(self, entry: ManifestEntry) -> tuple[Digest, ...]:
        found = [entry.digest(algorithm) for algorithm in self.heading.algorithms]
        if None in found:
            raise UsageError(f"{entry.path} lacks a digest that this generation is to hold")
        return tuple(digest for digest in found if digest is not None)

    def add(self, entry: ManifestEntry) -> None:
        parts = entry.path.split("/")
        if not _IGNORED.isdisjoint(parts):
            return
        self._go_to(parts[:-1])
        if parts[-1]:
            top = self._stack[-1]
            top.hasher.add_file(parts[-1], self.digests(entry))
            top.history.add_file(parts[top.history.depth :], entry)

    def _go_to(self, folder: Sequence[str]) -> None:
        here = [opened.name for opened in self._stack[1:]]
        pairs = zip(here, folder, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        while len(self._stack) - 1 > same:
            self._leave()
        for name in folder[same:]:
            self._enter(name)

    def _enter(self, name: str) -> None:
        depth = len(self._stack)
        path = self.root.joinpath(*(opened.name for opened in self._stack[1:]), name)
        history = self._stack[-1].history
        if (path / FOLDER).is_dir():
            history = self._history(path, depth)
        self._stack.append(_Open(name, FolderHasher(self.heading.algorithms), history))

    def _leave(self) -> None:
        parts = [opened.name for opened in self._stack[1:]]
        done = self._stack.pop()
        digests, outer = done.hasher.digests(), self._stack[-1]
        if done.history is outer.history:
            done.history.add_folder(parts[done.history.depth :], digests)
        else:
            generation = done.history.write(digests)
            inside = parts[outer.history.depth :]
            reference = "/".join([*inside, FOLDER, generation.name])
            outer.history.references.append(Reference(reference, generation.c4))
            outer.history.add_folder(inside, digests)
        outer.hasher.add_folder(done.name, digests)

    def finish(self) -> Written:
        self._go_to([])
        opened = self._stack[0]
        generation = opened.history.write(opened.hasher.digests())
        return Written(self.root / FOLDER / generation.name, generation.number, self.counts)

    def _history(self, path: Path, depth: int) -> _History:
        history = _History(path, depth, self)
        self._histories.append(history)
        return history

    def close(self) -> None:
        for history in self._histories:
            history.close()
