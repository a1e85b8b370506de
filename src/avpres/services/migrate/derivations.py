"""Of which source each target in a package was made: looked up on disk, for there may be many."""

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from avpres.adapters.formats import premis_parts as parts
from avpres.domain.oais import Derivation


def source_id(path: bytes, size: int) -> uuid.UUID:
    """Name a source, the same in every record of it."""
    return parts.named("migrate", "source", os.fsdecode(path), str(size))


class Pair(NamedTuple):
    """A target and its source; paths in the package, where the source's is "" if it is not there.

    `sha256` is that of a source which is not there.
    """

    path: str
    target: uuid.UUID
    source: uuid.UUID
    source_path: str = ""
    sha256: str = ""


class Pairs:
    """Targets with their sources, in a table.

    Args:
        event: the migration, as the package names it.
    """

    def __init__(self, event: uuid.UUID) -> None:
        self._base = sqlite3.connect("")  # a file without a name, which goes with it
        self._base.execute(
            "CREATE TABLE pair (path BLOB PRIMARY KEY, target TEXT, source TEXT, source_path BLOB,"
            " sha256 TEXT) WITHOUT ROWID"
        )
        self._base.execute("CREATE INDEX by_source ON pair(source_path)")
        self._event = event
        self.derivations = _Looked(self._of_target)
        self.made = _Looked(self._of_source)

    def close(self) -> None:
        """Forget all."""
        self._base.close()

    def take_in(self, pairs: Iterable[Pair]) -> None:
        """Note targets and their sources."""
        self._base.executemany(
            "INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?, ?)",
            (
                (
                    os.fsencode(each.path),
                    str(each.target),
                    str(each.source),
                    os.fsencode(each.source_path),
                    each.sha256,
                )
                for each in pairs
            ),
        )

    def _of_target(self, path: str) -> Derivation | None:
        query = "SELECT source, sha256 FROM pair WHERE path = ?"
        row = self._base.execute(query, (os.fsencode(path),)).fetchone()
        return None if row is None else Derivation((uuid.UUID(row[0]),), self._event, row[1])

    def _of_source(self, path: str) -> Derivation | None:
        query = "SELECT target FROM pair WHERE source_path = ? ORDER BY path"
        rows = self._base.execute(query, (os.fsencode(path),)).fetchall() if path else []
        return Derivation(tuple(uuid.UUID(row[0]) for row in rows), self._event) if rows else None


class _Looked(dict[str, Derivation]):
    """Derivations by the path in the package, looked up when they are asked for."""

    def __init__(self, find: Callable[[str], Derivation | None]) -> None:
        super().__init__()
        self._find = find

    def get(self, path: str, default: Any = None) -> Any:
        """Give the derivation of a file, if there is one."""
        return self._find(path) or default

    def __contains__(self, path: object) -> bool:
        """Say whether there is one."""
        return isinstance(path, str) and self._find(path) is not None
