"""Names that are written differently and mean the same file."""

from avpres.services.fixity.rows import FOUND, LISTED, folded
from avpres.services.fixity.scratch import Scratch

_TABLES = """
CREATE INDEX IF NOT EXISTS work.by_folded ON name (folded, side) WHERE folded NOT NULL;
CREATE TABLE IF NOT EXISTS work.spelled (
  source INTEGER, old BLOB, new BLOB, PRIMARY KEY (source, old), UNIQUE (source, new))
  WITHOUT ROWID;
DELETE FROM work.spelled;
"""
_UNMATCHED = """
SELECT DISTINCT path, source FROM work.entry AS e WHERE side = ?
  AND NOT EXISTS (SELECT 1 FROM work.name WHERE side = ? AND path = e.path)
"""
_FREE = (
    "AND NOT EXISTS (SELECT 1 FROM work.entry WHERE side = :listed AND path = t.path "
    "AND source = :source)"
)
_TWINS = f"""
SELECT path FROM work.name AS t WHERE side = :found AND path = :folded {_FREE}
UNION ALL
SELECT path FROM work.name AS t WHERE folded = :folded AND side = :found {_FREE} LIMIT 2
"""  # noqa: S608 - no values in it
_RENAME = """
UPDATE work.entry SET path = s.new FROM work.spelled AS s
WHERE entry.side = ? AND entry.path = s.old AND entry.source = s.source
"""


def reconcile(scratch: Scratch) -> int:
    r"""Give listed files the name that is on disk, where only Unicode form or slashes differ.

    A name that is there as it is listed is never touched, and two candidates are none: on Linux
    NFC and NFD twins are two files.

    Returns:
        How many names were matched so.
    """
    for statement in _TABLES.strip().split(";\n"):
        scratch.db.execute(statement)
    for path, source in scratch.db.execute(_UNMATCHED, (LISTED, FOUND)):
        sought = {"listed": LISTED, "found": FOUND, "folded": folded(path), "source": source}
        twins = scratch.db.execute(_TWINS, sought).fetchall()
        if len(twins) == 1:
            scratch.db.execute(
                "INSERT OR IGNORE INTO work.spelled VALUES (?, ?, ?)", (source, path, twins[0][0])
            )
    return scratch.db.execute(_RENAME, (LISTED,)).rowcount
