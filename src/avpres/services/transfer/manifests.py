"""Manifests of a finished copy, and the check of those that were there before."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from avpres.adapters.formats.manifest_file import Heading, ManifestFile
from avpres.adapters.formats.manifests import open_manifest, write_to
from avpres.adapters.storage import durable
from avpres.adapters.storage.folders import join
from avpres.adapters.storage.journal import Row, unpacked
from avpres.adapters.storage.reading import signature
from avpres.adapters.storage.scratch import Scratch
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry, ManifestFormat
from avpres.domain.report import Finding, Output
from avpres.services.transfer import findings
from avpres.services.transfer.beside import listed
from avpres.services.transfer.decide import stored
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.run import Run

Note = Callable[[Finding], None]


def entries(rows: Iterable[Row], root: bytes = b"") -> Iterator[ManifestEntry]:
    """Make manifest entries of journal rows, paths relative to the item or beginning with it."""
    for row in rows:
        path = os.fsdecode(join(root, join(row.folder, row.name)))
        yield ManifestEntry(path, unpacked(row.digests), row.source[0], row.source[1])


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
        for expected, got in differing(seen[source], unpacked(row.digests)):
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


class ManifestWriter:
    """Writes the manifests of one item at one destination."""

    def __init__(self, run: Run, destination: Destination, unit: Unit, root: Path) -> None:
        if destination.journal is None or destination.target is None:
            raise RuntimeError("the destination is not open")
        self._target = destination.target
        self._journal = destination.journal
        self._item = destination.items[unit.number]
        self._root = root
        self._scratch = run.scratch
        self._note = run.note
        self._whole = not run.tally.at[destination.index].failed
        self._on_tape = destination.is_tape
        self._created = run.context.clock()

    def write(
        self,
        path: Path,
        kind: ManifestFormat,
        algorithms: tuple[Algorithm, ...],
        rows: Callable[[], Iterable[Row]],
        *,
        unchanged: bool,
    ) -> Output | None:
        """Write a manifest beside the copy, or make sure of the one that is there.

        One that agrees stays; one that lacks files is replaced by one that has them; one that
        says something else of a file is never touched.

        Args:
            path: of the manifest.
            kind: of the manifest.
            algorithms: which digests it holds.
            rows: gives the rows of the item's files; may be called more than once.
            unchanged: this run changed nothing, so a manifest that agreed before still does.
        """
        if path.exists():
            if unchanged and self._agreed_before(path):
                return Output(kind="manifest", path=str(path))
            verdict = self._compare(path, rows)
            if verdict is None:
                return None
            if verdict:
                self._remember(path)
                return Output(kind="manifest", path=str(path))
        self._put(path, kind, algorithms, rows)
        self._remember(path)
        return Output(kind="manifest", path=str(path))

    def _agreed_before(self, path: Path) -> bool:
        before = self._journal.output(self._item, os.fsencode(path))
        return before is not None and before == _stored(path)

    def _remember(self, path: Path) -> None:
        self._journal.put_output(self._item, os.fsencode(path), _stored(path))

    def _compare(self, path: Path, rows: Callable[[], Iterable[Row]]) -> bool | None:
        """Compare with what is there: True agrees, False lacks files, None must be left alone."""
        self._scratch.list(path.name, listed(open_manifest(path), self._root))
        complete, sound = True, True
        for row in rows():
            name = os.fsdecode(join(row.folder, row.name))
            recorded = [digests for _, digests in self._scratch.listed(name)]
            complete = complete and bool(recorded)
            for digests in recorded:
                for expected, got in differing(digests, unpacked(row.digests)):
                    sound = False
                    self._note(
                        findings.recorded_otherwise(
                            str(self._root / name), str(path), text(expected), text(got)
                        )
                    )
            self._scratch.strike(name)
        more = next(self._scratch.unstruck(), None)
        self._scratch.forget_listed()
        if more is not None and self._whole:
            self._note(findings.manifest_kept(str(path)))
        return complete if sound and more is None else None

    def _put(
        self,
        path: Path,
        kind: ManifestFormat,
        algorithms: tuple[Algorithm, ...],
        rows: Callable[[], Iterable[Row]],
    ) -> None:
        is_tree = self._root.is_dir()
        self._target.changed = True
        root = self._root.name if is_tree else ""
        heading = Heading(algorithms=algorithms, created=self._created, root=root)
        found = entries(rows())
        if kind is ManifestFormat.IFI:  # rows come in path order: no need to sort them again
            kind, heading = ManifestFormat.GNU, replace(heading, root="")
            found = entries(rows(), os.fsencode(root))
        if path.exists():
            with durable.replace(path) as handle:
                write_to(handle, kind, found, heading)
            return
        with durable.write_new(path, on_tape=self._on_tape) as handle:
            write_to(handle, kind, found, heading)


def _stored(path: Path) -> tuple[int, int, int, int]:
    return stored(signature(os.stat(path)))
