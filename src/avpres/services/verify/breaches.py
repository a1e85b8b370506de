"""Breaches that are found while a document is read, kept in the tables until they are told."""

from collections.abc import Iterator

from avpres.adapters.rules.all_rules import ALL_RULES
from avpres.adapters.rules.rule import Breach, Level
from avpres.services.verify.holding import Holding

_TABLE = """
CREATE TABLE IF NOT EXISTS work.breach (
  package BLOB, rule TEXT, message TEXT, path BLOB, expected TEXT, found TEXT, level TEXT)
"""


class Breaches:
    """The breaches of one package; a document may hold as many as there are files."""

    def __init__(self, holding: Holding) -> None:
        self._db = holding.scratch.db
        self._package = holding.prefix
        self._db.execute(_TABLE)
        self._mark = 0

    def begin(self) -> None:
        """Mark where a document begins."""
        self._mark = self._db.execute("SELECT coalesce(max(rowid), 0) FROM work.breach").fetchone()[
            0
        ]

    def forget(self) -> None:
        """Forget what was found since the mark."""
        self._db.execute("DELETE FROM work.breach WHERE rowid > ?", (self._mark,))

    def add(
        self,
        rule: str,
        message: str,
        path: bytes = b"",
        differ: tuple[str, str] | None = None,
        *,
        level: Level | None = None,
    ) -> None:
        """Keep a breach; `differ` is what was expected and what was found."""
        expected, found = differ or (None, None)
        self._db.execute(
            "INSERT INTO work.breach VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._package, rule, message, path, expected, found, level),
        )

    def told(self) -> Iterator[Breach]:
        """Yield them in the order in which they were found."""
        rows = self._db.execute(
            "SELECT rule, message, path, expected, found, level FROM work.breach "
            "WHERE package = ? ORDER BY rowid",
            (self._package,),
        )
        for rule, message, path, expected, found, level in rows:
            known = Level(level) if level else None
            yield Breach(ALL_RULES[rule], message, path, expected, found, known)
