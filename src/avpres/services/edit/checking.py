"""A package held against its manifests before it is changed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.formats import generations
from avpres.adapters.storage.reading import ReadRequest, read_files
from avpres.adapters.storage.volume import MediumKind, volume_of
from avpres.adapters.storage.walk import Entry, Kind, walk
from avpres.domain.fixity import unpack
from avpres.domain.oais import Role
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.edit import findings
from avpres.services.edit.rows import Held
from avpres.services.edit.state import State
from avpres.services.packing.opening import Opened
from avpres.services.packing.sums import Sums

ABOUT = "role IN ('metadata', 'log')"
"""What the package says of itself: always held against its digests."""


@dataclass(slots=True)
class Checking:
    """The proof that a package is what its manifests say, as far as it is needed."""

    opened: Opened
    sums: Sums
    state: State
    context: Context
    report: Report
    jobs: int | None = None
    failed: int = 0

    def agrees(self) -> bool:
        """Say whether nothing was found so far that keeps the package from being changed."""
        return not self.failed

    def load(self) -> None:
        """Hold what is listed, known and present against each other: no byte of an object is read.

        Raises:
            NotConformantError: a manifest or `files.jsonl` is broken.
        """
        self.state.list(self.sums.entries())
        self.state.know(self.opened.files())
        self.state.set_role(self.opened.places.logs, Role.LOG)
        tags = {os.fsencode(path.name) for path in self.sums.tags.values()}
        for entry in walk(self.opened.tree, on_error=self._unreadable):
            if entry.kind != Kind.FOLDER and entry.name not in tags:
                self._see(entry)
        for finding in self._disagreements():
            self._note(finding)

    def _see(self, entry: Entry) -> None:
        if entry.kind != Kind.FILE or not self.state.see(entry):
            self._note(findings.state("EDIT-EXTRA", os.fsdecode(entry.name)))

    def _disagreements(self) -> Iterator[Finding]:
        state, every = self.state, len(self.sums.algorithms)
        for path, _, _ in state.odd("size IS NULL"):
            yield findings.state("EDIT-MISSING", path)
        for path, _, _ in state.odd(f"lists <> {every} AND size IS NOT NULL"):
            yield findings.state("EDIT-UNLISTED", path)
        for path, size, known in state.odd("known_size <> size"):
            yield findings.size(path, known or 0, size or 0)
        for name, told, listed in state.known_otherwise():
            yield findings.changed(name, unpack(told), unpack(listed))

    def chain(self) -> None:
        """Hold earlier manifests against the register of generations."""
        folder = self.opened.tree / self.opened.places.metadata / generations.FOLDER
        for broken in generations.check(folder):
            path = f"{self.opened.places.metadata}/{generations.FOLDER}/{broken.path}"
            text = f"the chain of earlier manifests is broken here: {broken.what}"
            self._note(findings.chain(path, f"{text}. Find the package as it was in another copy"))

    def digests(self, where: str) -> None:
        """Read files, and hold them against what the manifests list."""
        files, size = self.state.totals(where)
        progress = self.context.progress
        progress.start("read", size=size, files=files)
        volume = volume_of(self.opened.tree)
        workers = 1 if volume.kind is MediumKind.TAPE else self.jobs or volume.readers
        for reading in read_files(
            self._requests(where),
            volume=volume,
            workers=workers,
            advance=lambda size, files: progress.advance(size=size, files=files),
        ):
            path, listed = os.fsdecode(reading.request.path), reading.request.key
            path = os.path.relpath(path, self.opened.tree)
            if reading.error is not None:
                reason = reading.error.strerror or str(reading.error)
                self._note(findings.state("EDIT-UNREADABLE", path, reason))
            elif set(reading.digests) != set(listed):  # type: ignore[call-overload]
                self._note(findings.changed(path, listed, reading.digests))  # type: ignore[arg-type]
        progress.finish()

    def _requests(self, where: str) -> Iterator[ReadRequest]:
        for held in self.state.held(f"size IS NOT NULL AND ({where})"):
            yield self._request(held)

    def _request(self, held: Held) -> ReadRequest:
        path = os.fsencode(self.opened.tree / held.path)
        algorithms = tuple(digest.algorithm for digest in held.digests)
        return ReadRequest(path, algorithms, held.size, held.digests)

    def _unreadable(self, name: bytes, error: OSError) -> None:
        reason = error.strerror or str(error)
        self._note(findings.state("EDIT-UNREADABLE", os.fsdecode(name), reason))

    def _note(self, finding: Finding) -> None:
        self.failed += 1
        self.context.note(self.report, finding)
