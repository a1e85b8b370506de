"""Files under another name than they are listed, and files that are listed several times."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from avpres.adapters.storage.walk import Kind
from avpres.domain.fixity import Algorithm, unpack
from avpres.services.fixity.readings import Rows
from avpres.services.fixity.rows import FOUND, LISTED
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import ORDINARY

_SIDES = {"listed": LISTED, "found": FOUND, "file": int(Kind.FILE), "ordinary": ORDINARY}
_MISSING = """
FROM work.entry AS e WHERE e.side = :listed
  AND NOT EXISTS (SELECT 1 FROM work.name AS n WHERE n.side = :found AND n.path = e.path)
"""
_EXTRA = """
FROM work.name AS n WHERE n.side = :found AND n.kind = :file AND n.role = :ordinary AND n.size != 0
  AND NOT EXISTS (SELECT 1 FROM work.entry AS e WHERE e.side = :listed AND e.path = n.path)
"""
_NAMED = 4  # paths named when a digest is listed for several


class Duplicate(NamedTuple):
    """Several listed paths with the same digests."""

    digests: str
    paths: tuple[str, ...]
    times: int


def wanted_of_extras(scratch: Scratch) -> tuple[Algorithm, ...]:
    """Say which digests of unlisted files could tell where missing ones went; often none."""
    cells = scratch.db.execute(
        f"SELECT e.digests {_MISSING} LIMIT 1000",
        _SIDES,
    )
    found = {d.algorithm for (cell,) in cells for d in unpack(cell)}
    return tuple(algorithm for algorithm in Algorithm if algorithm in found)


def total_of_extras(scratch: Scratch) -> tuple[int, int]:
    """Count the unlisted files that must be read for that, and their bytes."""
    query = f"SELECT count(*), coalesce(sum(n.size), 0) {_EXTRA} {_of_missing_size(scratch)}"
    files, size = scratch.db.execute(query, _SIDES).fetchone()
    return files, size


def extras_to_read(scratch: Scratch) -> Rows:
    """Give the unlisted files that can be a missing one: of its size, where sizes are listed."""
    return scratch.db.execute(
        f"SELECT n.path, n.kind, n.size, n.signature, NULL {_EXTRA} "
        f"{_of_missing_size(scratch)} ORDER BY n.stretch, n.place, n.path",
        _SIDES,
    )


def _of_missing_size(scratch: Scratch) -> str:
    unsized = scratch.db.execute(
        f"SELECT EXISTS (SELECT 1 {_MISSING} AND e.size IS NULL)",
        _SIDES,
    ).fetchone()[0]
    return "" if unsized else f"AND n.size IN (SELECT e.size {_MISSING})"


def match(scratch: Scratch) -> int:
    """Pair each missing file with an unlisted one of the same digest, each used once.

    Returns:
        How many were paired.
    """
    db = scratch.db
    db.execute("CREATE TABLE work.value (digest TEXT, path BLOB, PRIMARY KEY (digest, path))")
    for query in (
        f"SELECT n.path, r.digests {_EXTRA}".replace(
            "WHERE", "JOIN reading AS r ON r.side = :found AND r.path = n.path WHERE", 1
        ),
        f"SELECT n.path, o.digests {_EXTRA}".replace(
            "WHERE", "JOIN work.entry AS o ON o.side = :found AND o.path = n.path WHERE", 1
        ),
    ):
        for path, cell in db.execute(query, _SIDES):
            rows = [(word, path) for word in (cell or "").split()]
            db.executemany("INSERT OR IGNORE INTO work.value VALUES (?, ?)", rows)
    missing = db.execute(f"SELECT e.path, e.digests {_MISSING} ORDER BY e.path", _SIDES)
    for path, cell in missing:
        _pair(scratch, path, cell)
    return int(db.execute("SELECT count(*) FROM work.moved").fetchone()[0])


def _pair(scratch: Scratch, path: bytes, cell: str) -> None:
    for word in cell.split():
        found = scratch.db.execute(
            "SELECT v.path FROM work.value AS v WHERE v.digest = ? AND NOT EXISTS "
            "(SELECT 1 FROM work.moved WHERE new = v.path) ORDER BY v.path LIMIT 1",
            (word,),
        ).fetchone()
        if found:
            scratch.db.execute(
                "INSERT OR IGNORE INTO work.moved VALUES (?, ?, ?)", (path, found[0], word)
            )
            return


def duplicates(scratch: Scratch) -> Iterator[Duplicate]:
    """Give the groups of listed paths that share a digest and are not empty.

    Most often the same material was delivered twice; sometimes a file was overwritten by another.
    """
    groups = scratch.db.execute(
        # the inner question is quick, and nearly always answered by none
        "SELECT e.digests, count(DISTINCT e.path) AS times FROM work.entry AS e "
        "LEFT JOIN work.name AS n ON n.side = :found AND n.path = e.path "
        "WHERE e.side = :listed AND coalesce(n.size, e.size, 1) > 0 AND e.digests IN ("
        "  SELECT digests FROM work.entry WHERE side = :listed AND digests != ''"
        "  GROUP BY digests HAVING min(path) != max(path)) "
        "GROUP BY e.digests HAVING times > 1 ORDER BY min(e.path)",
        {"listed": LISTED, "found": FOUND},
    )
    last: tuple[str, ...] = ()
    for digests, times in groups:
        paths = scratch.db.execute(
            "SELECT DISTINCT path FROM work.entry WHERE side = ? AND digests = ? "
            "ORDER BY path LIMIT ?",
            (LISTED, digests, _NAMED),
        )
        named = tuple(os.fsdecode(path) for (path,) in paths)
        if named != last:  # two manifests say the same of them
            yield Duplicate(digests, named, times)
        last = named
