"""Of which source each target in a package was made: looked up on disk, for there may be many."""

import os
import sqlite3
import uuid
from collections.abc import Iterable
from typing import Any

from avpres.adapters.formats import premis_parts as parts
from avpres.domain.oais import Derivation
from avpres.services.migrate.records import Recorded


def source_id(path: bytes, size: int) -> uuid.UUID:
    """Name a source, the same in every record of it."""
    return parts.named("migrate", "source", os.fsdecode(path), str(size))


class Derivations(dict[str, Derivation]):
    """Derivations by the target's path in the package, read from a table when they are asked for.

    Args:
        event: the migration, as the package names it.
        lead: the folder of the results, within the package.
    """

    def __init__(self, event: uuid.UUID, lead: str) -> None:
        super().__init__()
        self._event = event
        self._lead = lead
        self._base = sqlite3.connect("")  # a file without a name, which goes with it
        self._base.execute("CREATE TABLE target (path BLOB PRIMARY KEY, source TEXT) WITHOUT ROWID")

    def close(self) -> None:
        """Forget all."""
        self._base.close()

    def take_in(self, targets: Iterable[tuple[Recorded, uuid.UUID]]) -> None:
        """Note targets, and the names of their sources."""
        self._base.executemany(
            "INSERT OR REPLACE INTO target VALUES (?, ?)",
            ((each.path, str(source)) for each, source in targets),
        )

    def get(self, path: str, default: Any = None) -> Any:
        """Give the derivation of a file, if it is a target."""
        if not path.startswith(self._lead):
            return default
        row = self._base.execute(
            "SELECT source FROM target WHERE path = ?", (os.fsencode(path[len(self._lead) :]),)
        ).fetchone()
        return default if row is None else Derivation((uuid.UUID(row[0]),), self._event)

    def __contains__(self, path: object) -> bool:
        """Say whether a file is a target."""
        return isinstance(path, str) and self.get(path) is not None
