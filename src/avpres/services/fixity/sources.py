"""Manifests put into the tables, under the names that the tree has for their files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifests import ManifestFile
from avpres.domain.fixity import pack
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import Tree

SAMPLE = 64  # entries tried to find out what a manifest's paths begin with


class Source(NamedTuple):
    """A manifest as the tables know it; `scope` is relative to the root, None when it is above."""

    id: int
    manifest: ManifestFile


class Loaded(NamedTuple):
    """What came of putting a manifest into the tables."""

    source: Source
    entries: int
    outside: int  # entries that lead out of the tree and were left alone


def add_manifest(scratch: Scratch, side: int, tree: Tree | None, manifest: ManifestFile) -> Loaded:
    """Put the entries of a manifest into the tables, paths relative to the tree's root.

    Without a tree, and where manifest and tree lie apart, paths stay as they are written;
    `align` then finds what they begin with.

    Raises:
        NotConformantError: the manifest breaks its format's rules.
        IncompleteError: it lists nothing.
    """
    scope = tree.relative(manifest.scope) if tree else None
    cursor = scratch.db.execute(
        "INSERT INTO work.source (side, path, format, scope, complete) VALUES (?, ?, ?, ?, ?)",
        (side, os.fsencode(manifest.path), manifest.format, scope, manifest.complete),
    )
    identity = int(cursor.lastrowid or 0)
    counts = _Counts(0, 0)
    for placer in (_Placer(tree, manifest.base), _Placer(None, manifest.base)):
        rows = _rows(side, identity, manifest, placer, counts)
        scratch.db.executemany("INSERT INTO work.entry VALUES (?, ?, ?, ?, ?, ?)", rows)
        if counts.entries or counts.outside:
            break  # else it lies above the tree by chance, and its paths begin elsewhere
    return Loaded(Source(identity, manifest), counts.entries, counts.outside)


class _Counts:
    """What was seen while rows streamed by."""

    __slots__ = ("entries", "outside")

    def __init__(self, entries: int, outside: int) -> None:
        self.entries = entries
        self.outside = outside


class _Placer:
    """Turns the path of an entry into one relative to the tree's root."""

    def __init__(self, tree: Tree | None, base: Path) -> None:
        below = tree.relative(base) if tree else None
        self._lead = b"" if below in {None, b"."} else (below or b"") + b"/"
        self._above = _way_down(tree, base) if tree and below is None else None

    def place(self, path: str) -> bytes | None:
        """Give the path, b"" for one that is not in this tree, None for one that leads out."""
        raw = path.encode() if path.isascii() else os.fsencode(path)
        raw = raw.lstrip(b"/")
        if self._above is not None:
            if not raw.startswith(self._above):
                return b""
            raw = raw[len(self._above) :]
        raw = self._lead + raw
        if b".." in raw and b".." in raw.split(b"/"):
            normal = os.path.normpath(raw)
            if normal == b".." or normal.startswith(b"../"):
                return None
            raw = normal
        return raw


def _way_down(tree: Tree, base: Path) -> bytes | None:
    """Give the way down from a manifest's base to the root, when it begins above."""
    if tree.root != base and tree.root.is_relative_to(base):
        return os.fsencode(tree.root.relative_to(base).as_posix()) + b"/"
    return None


def _rows(
    side: int, identity: int, manifest: ManifestFile, placer: _Placer, counts: _Counts
) -> Iterator[tuple[object, ...]]:
    for number, entry in enumerate(manifests.read(manifest)):
        path = placer.place(entry.path)
        if path is None:
            counts.outside += 1
        elif path:
            counts.entries += 1
            yield side, path, identity, number, pack(entry.digests), entry.size


def align(scratch: Scratch, side: int, source: int, other: int) -> bytes | None:
    """Give a manifest's paths the beginning that the other side's names have.

    `reel/a.mov`, `a.mov` and `/Volumes/OLD/reel/a.mov` may all mean the same file when manifest
    and tree lie apart. Only when none of its first paths is there as it stands, and all its paths
    begin with the same folders, are those folders taken off, as few as will do.

    Returns:
        What was taken off, or None.
    """
    sample = [
        bytes(path)
        for (path,) in scratch.db.execute(
            "SELECT path FROM work.entry WHERE side = ? AND source = ? LIMIT ?",
            (side, source, SAMPLE),
        )
    ]
    if not sample or _hits(scratch, other, sample):
        return None
    lead = b""
    while (lead := _longer(sample[0], lead)) and all(path.startswith(lead) for path in sample):
        if _hits(scratch, other, [path[len(lead) :] for path in sample]):
            return lead if _take_off(scratch, side, source, lead) else None
    return None


def _longer(path: bytes, lead: bytes) -> bytes:
    cut = path.find(b"/", len(lead))
    return path[: cut + 1] if cut >= 0 else b""


def _hits(scratch: Scratch, side: int, paths: list[bytes]) -> bool:
    marks = ",".join("?" * len(paths))
    query = (
        f"SELECT EXISTS (SELECT 1 FROM work.name WHERE side = ? AND path IN ({marks})) "  # noqa: S608
        f"OR EXISTS (SELECT 1 FROM work.entry WHERE side = ? AND path IN ({marks}))"
    )
    return bool(scratch.db.execute(query, (side, *paths, side, *paths)).fetchone()[0])


def _take_off(scratch: Scratch, side: int, source: int, lead: bytes) -> bool:
    where = "side = ? AND source = ?"
    others = scratch.db.execute(
        f"SELECT EXISTS (SELECT 1 FROM work.entry WHERE {where} AND substr(path, 1, ?) != ?)",  # noqa: S608
        (side, source, len(lead), lead),
    ).fetchone()[0]
    if others:
        return False
    scratch.db.execute(
        f"UPDATE work.entry SET path = substr(path, ?) WHERE {where}",  # noqa: S608
        (len(lead) + 1, side, source),
    )
    return True


def keep_only(scratch: Scratch, side: int, only: bytes) -> None:
    """Leave just the entries of one file or folder of the tree.

    A file that is not listed under its own path is sought at the end of longer ones: the manifest
    may have been made from further up.
    """
    where = "side = ? AND (path = ? OR substr(path, 1, ?) = ?)"
    within = (side, only, len(only) + 1, only + b"/")
    if not scratch.db.execute(f"SELECT 1 FROM work.entry WHERE {where} LIMIT 1", within).fetchone():  # noqa: S608
        _take_the_end(scratch, side, only)
    scratch.db.execute(f"DELETE FROM work.entry WHERE side = ? AND NOT ({where})", (side, *within))  # noqa: S608


def _take_the_end(scratch: Scratch, side: int, only: bytes) -> None:
    name = b"/" + only.rpartition(b"/")[2]
    longer = scratch.db.execute(
        "SELECT DISTINCT path FROM work.entry WHERE side = ? AND substr(path, -?) = ? LIMIT 2",
        (side, len(name), name),
    ).fetchall()
    if len(longer) == 1:
        scratch.db.execute(
            "UPDATE work.entry SET path = ? WHERE side = ? AND path = ?",
            (only, side, longer[0][0]),
        )
