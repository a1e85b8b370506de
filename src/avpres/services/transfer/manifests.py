"""Manifests of a finished copy, and the check of those that were there before."""

import os
import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.formats.manifest_file import Heading, ManifestFile
from avpres.adapters.formats.manifests import open_manifest, write_to
from avpres.adapters.storage import durable
from avpres.adapters.storage.folders import join
from avpres.adapters.storage.journal import Row
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.scratch import Scratch
from avpres.domain.fixity import Algorithm, Digest, unpack
from avpres.domain.manifest import ManifestEntry, ManifestFormat
from avpres.domain.report import Finding, Output
from avpres.services.transfer import findings
from avpres.services.transfer.beside import listed
from avpres.services.transfer.chains import is_chain
from avpres.services.transfer.decide import stored
from avpres.services.transfer.destinations import Destination, job_of
from avpres.services.transfer.items import Item, Unit
from avpres.services.transfer.records import rows
from avpres.services.transfer.run import Run

Note = Callable[[Finding], None]


def entries(rows: Iterable[Row], root: bytes = b"") -> Iterator[ManifestEntry]:
    """Make manifest entries of journal rows, paths relative to the item or beginning with it."""
    for row in rows:
        path = os.fsdecode(join(root, join(row.folder, row.name)))
        yield ManifestEntry(path, unpack(row.digests), row.source[0], row.source[1])


def check_source(
    item: Path, found: Iterable[ManifestFile], rows: Iterable[Row], scratch: Scratch, note: Note
) -> None:
    """Compare manifests beside a source with the digests of what was read from it.

    A manifest is a record of what the source once was: a digest that differs means that the
    source has changed since, however faithfully it was copied.
    """
    names = []
    for manifest in found:
        scratch.list(manifest.path.name, listed(manifest, item))
        names.append(manifest.path.name)
    if not names:
        return
    for row in rows:
        _check_row(item, row, names, scratch, note)
    for source, path in scratch.unstruck():
        note(findings.listed_missing(str(item / path), source))
    scratch.forget_listed()


def _check_row(item: Path, row: Row, names: list[str], scratch: Scratch, note: Note) -> None:
    path = os.fsdecode(join(row.folder, row.name))
    shown = str(item / path) if item.name != path else str(item)
    seen = dict(scratch.listed(path))
    for source in names:
        if source not in seen:
            hidden = any(part.startswith(".") for part in path.split("/"))
            note(findings.unlisted(shown, source, silent=hidden))
            continue
        for expected, got in differing(seen[source], unpack(row.digests)):
            note(findings.source_differs(shown, source, text(expected), text(got)))
    scratch.strike(path)


def differing(
    recorded: Iterable[Digest], taken: Iterable[Digest]
) -> Iterator[tuple[Digest, Digest]]:
    """Yield the pairs of digests of one algorithm that are not equal."""
    known = {digest.algorithm: digest for digest in taken}
    for digest in recorded:
        other = known.get(digest.algorithm)
        if other is not None and other != digest:
            yield digest, other


def text(digest: Digest) -> str:
    """Write a digest with the name of its algorithm."""
    return f"{digest.algorithm.value} {digest.value}"


class Verdict(Enum):
    """What a manifest that was there before says of a copy."""

    AGREES = "agrees"
    LACKS = "lacks files"
    SAYS_MORE = "lists what is not part of the copy"
    CONTRADICTS = "says something else of a file"


class Wanted(NamedTuple):
    """A manifest that an item is to have, and those of its kind that are there already."""

    path: Path
    format: ManifestFormat
    algorithms: tuple[Algorithm, ...]
    there: tuple[Path, ...]


class ManifestWriter:
    """Writes the manifests of one item at one destination."""

    def __init__(  # noqa: PLR0913 - what it is about, and how far the run came with it
        self,
        run: Run,
        destination: Destination,
        unit: Unit,
        item: Item,
        *,
        complete: bool,
        unchanged: bool,
    ) -> None:
        """Prepare.

        Args:
            run: the run.
            destination: where the copy and its manifests lie.
            unit: what the item belongs to.
            item: whose manifests.
            complete: every file of it is proved there; otherwise nothing is written.
            unchanged: this run changed nothing, so a manifest that agreed before still does.
        """
        if destination.journal is None or destination.target is None:
            raise RuntimeError("the destination is not open")
        self._target = destination.target
        self._job = job_of(unit, destination)
        self._journal = destination.journal
        self._number = destination.items[unit.number]
        self._rows: Callable[[], Iterator[Row]] = partial(_listable, destination, unit, item)
        self._root = destination.path / os.fsdecode(item.name)
        self._scratch = run.scratch
        self._note = run.note
        self._complete = complete
        self._unchanged = unchanged
        self._on_tape = destination.is_tape
        self._heading = Heading(
            (), run.context.clock(), host=platform.node(), operator=run.context.operator or ""
        )

    def write(self, wanted: Wanted) -> Output | None:
        """Write a manifest beside the copy, or make sure of the one that is there.

        One that agrees stays; one that lacks files is replaced by one that has them (a dated one
        gets a successor); one that says something else of a file is never touched.
        """
        verdicts = []
        for path in wanted.there:
            if self._unchanged and self._agreed_before(path):
                return _output(path)
            verdicts.append(self._compare(path))
            if verdicts[-1] is Verdict.AGREES:
                self._remember(path)
                return _output(path)
        if Verdict.CONTRADICTS in verdicts or Verdict.SAYS_MORE in verdicts:
            return None
        if not self._complete:
            if not wanted.there:
                self._note(findings.manifest_waits(wanted.path, wanted.path.parent))
            return None
        self._put(wanted)
        self._remember(wanted.path)
        return _output(wanted.path)

    def _agreed_before(self, path: Path) -> bool:
        before = self._journal.output(self._number, os.fsencode(path))
        return before is not None and before == _stored(path)

    def _remember(self, path: Path) -> None:
        self._journal.put_output(self._number, os.fsencode(path), _stored(path))

    def _compare(self, path: Path) -> Verdict:
        """Hold a manifest that is there against what was proved."""
        self._scratch.list(path.name, listed(open_manifest(path), self._root))
        complete, sound = True, True
        for row in self._rows():
            name = os.fsdecode(join(row.folder, row.name))
            recorded = [digests for _, digests in self._scratch.listed(name)]
            complete = complete and bool(recorded)
            for digests in recorded:
                for expected, got in differing(digests, unpack(row.digests)):
                    sound = False
                    self._note(
                        findings.recorded_otherwise(
                            str(self._root / name), str(path), text(expected), text(got)
                        )
                    )
            self._scratch.strike(name)
        more = self._says_more()
        self._scratch.forget_listed()
        if not sound:
            return Verdict.CONTRADICTS
        if more and self._complete:
            self._note(findings.manifest_kept(str(path)))
        if more:
            return Verdict.SAYS_MORE
        return Verdict.AGREES if complete else Verdict.LACKS

    def _says_more(self) -> bool:
        """Tell whether something else is listed than what the copy leaves out of manifests."""
        listed_still = (os.fsencode(path) for _, path in self._scratch.unstruck())
        return any(not is_chain(*os.path.split(path)) for path in listed_still)

    def _put(self, wanted: Wanted) -> None:
        self._target.changed = True
        root = self._root.name if self._root.is_dir() else ""
        heading = replace(self._heading, algorithms=wanted.algorithms, root=root)
        kind, found = wanted.format, entries(self._rows())
        if kind is ManifestFormat.IFI:  # rows come in path order: no need to sort them again
            kind, heading = ManifestFormat.GNU, replace(heading, root="")
            found = entries(self._rows(), os.fsencode(root))
        write = durable.replace if wanted.path.exists() else durable.write_new
        with write(wanted.path, on_tape=self._on_tape, job=self._job) as handle:
            write_to(handle, kind, found, heading)


def _listable(destination: Destination, unit: Unit, item: Item) -> Iterator[Row]:
    """Yield what belongs into a manifest: all files but those that are meant to change.

    The chain file of an ASC MHL history grows with every generation that anybody adds.
    """
    return (r for r in rows(destination, unit, item) if not is_chain(r.folder, r.name))


def _output(path: Path) -> Output:
    return Output(kind="manifest", path=str(path))


def _stored(path: Path) -> tuple[int, int, int, int]:
    return stored(signature(os.stat(path)))
