"""Two lists of one package brought together: manifests that digest it, a document that tells more.

Paths and digests of manifests wait on disk; the document's files stream past them.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from avpres.adapters.formats.names import from_bytes, to_bytes
from avpres.domain.fixity import Digest, pack, unpack
from avpres.domain.listing import Listed
from avpres.domain.oais import Role

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE listed (
  number INTEGER PRIMARY KEY, path BLOB UNIQUE, others BLOB, size, digests, said, lists,
  seen DEFAULT 0
);
BEGIN;
"""
_INSERT = "INSERT INTO listed (path, others, size, digests, said, lists) VALUES (?,?,?,?,'',?)"
_UPDATE = """
UPDATE listed SET digests = ?, said = ?, size = coalesce(size, ?), lists = lists | ? WHERE path = ?
"""


class Overlay:
    """What manifests list, a row for each path, whatever their number."""

    def __init__(self, role_of: Callable[[str], Role]) -> None:
        self._role_of = role_of
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)

    def add(
        self,
        paths: tuple[str, ...],
        digests: tuple[Digest, ...],
        *,
        size: int | None = None,
        list: int = 0,
    ) -> None:
        """Keep a path with its other readings; digests of several lists come together.

        `list` is the number of the list that it stands in, of those that ought to say the same.
        """
        key, bit = to_bytes(paths[0]), 1 << min(list, 62)
        query = "SELECT digests, said FROM listed WHERE path = ?"
        known = self._database.execute(query, (key,)).fetchone()
        if known is None:
            others = b"\0".join([to_bytes(path) for path in paths[1:]])
            self._database.execute(_INSERT, (key, others, size, pack(digests), bit))
            return
        together, said = _together(unpack(known[0]), digests)
        said = "; ".join(dict.fromkeys(filter(None, (known[1], said))))
        self._database.execute(_UPDATE, (pack(together), said, size, bit, key))

    def upon(self, files: Iterable[Listed]) -> Iterator[Listed]:
        """Yield files with what the lists say of them, then what stands in the lists alone."""
        for file in files:
            yield self._merged(file)
        query = (
            "SELECT path, others, size, digests, said FROM listed WHERE seen = 0 ORDER BY number"
        )
        for row in self._database.execute(query):
            yield self._alone(*row)

    def partial(self, lists: int) -> tuple[int, str]:
        """Count the paths that not all of so many lists have, and name the first of them."""
        everywhere = (1 << min(lists, 63)) - 1
        query = "SELECT count(*), min(number) FROM listed WHERE lists & ? NOT IN (0, ?)"
        count, number = self._database.execute(query, (everywhere, everywhere)).fetchone()
        query = "SELECT path FROM listed WHERE number = ?"
        first = self._database.execute(query, (number,)).fetchone()
        return count, from_bytes(first[0]) if first else ""

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def _merged(self, file: Listed) -> Listed:
        for path in (file.path, *file.candidates):
            query = "SELECT number, size, digests, said FROM listed WHERE path = ?"
            row = self._database.execute(query, (to_bytes(path),)).fetchone() if path else None
            if row is not None:
                number, size, digests, said = row
                self._database.execute("UPDATE listed SET seen = 1 WHERE number = ?", (number,))
                together, differs = _together(file.digests, unpack(digests))
                said = "; ".join(filter(None, (file.disagreement, said, differs)))
                others = dict.fromkeys((file.path, *file.candidates))
                others.pop(path)
                return replace(
                    file,
                    path=path,
                    candidates=tuple(others),
                    digests=together,
                    size=size if file.size is None else file.size,
                    disagreement=said,
                )
        return file

    def _alone(
        self, path: bytes, others: bytes, size: int | None, digests: str, said: str
    ) -> Listed:
        name = from_bytes(path)
        candidates = tuple([from_bytes(one) for one in others.split(b"\0") if one])
        return Listed(
            path=name,
            candidates=candidates,
            size=size,
            digests=unpack(digests),
            role=self._role_of(name),
            disagreement=said,
        )


def _together(
    first: tuple[Digest, ...], second: tuple[Digest, ...]
) -> tuple[tuple[Digest, ...], str]:
    """Join digests, and say where two of one algorithm differ."""
    known = {digest.algorithm: digest.value for digest in first}
    said = [
        f"two lists give it different {digest.algorithm} digests: {known[digest.algorithm]} "
        f"and {digest.value}"
        for digest in second
        if known.get(digest.algorithm, digest.value) != digest.value
    ]
    return tuple(dict.fromkeys((*first, *second))), "; ".join(said)
