"""Listed, present, digested: every discrepancy between the three, counted and told one by one."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from avpres.adapters.storage.hashing import digests_of
from avpres.domain.fixity import Digest, pack, unpack
from avpres.domain.oais import Role
from avpres.domain.report import Finding
from avpres.services.importing import findings, resolving
from avpres.services.importing.arrived import INLINE, Arrived
from avpres.services.importing.inventory import Inventory
from avpres.services.transfer.selection import is_junk

Advance = Callable[[int], None]
_HOW = {
    resolving.CASE: findings.case,
    resolving.UNICODE: findings.unicode_form,
    resolving.ENCODING: findings.encoding,
    resolving.FOLDER: findings.folder,
}


class Pair(NamedTuple):
    """A listing and the file that it was found to mean."""

    id: int
    path: bytes
    reference: bytes
    size: int | None
    digests: str
    disagreement: str
    file: bytes | None
    how: str
    found_size: int | None
    taken: str | None


class Judge:
    """Compares the three sets of one import. `agreed` counts files that are what digests say."""

    def __init__(self, inventory: Inventory, arrived: Arrived, *, has_list: bool) -> None:
        self._inventory = inventory
        self._arrived = arrived
        self._has_list = has_list
        self.agreed = 0

    def judge(self, advance: Advance) -> Iterator[Finding]:
        """Yield every discrepancy; digests that are wanted and were not taken are taken now."""
        if self._has_list:
            yield from self._of_listings(advance)
            yield from self._twice()
            yield from self._unlisted()
        yield from self._twins()
        yield from self._empty()

    def _of_listings(self, advance: Advance) -> Iterator[Finding]:
        rows = self._inventory.db.execute(
            "SELECT l.id, l.path, l.reference, l.size, l.digests, l.disagreement, l.file, l.how,"
            " f.size, f.digests FROM listing l LEFT JOIN file f ON f.path = l.file ORDER BY l.id"
        )
        for pair in map(Pair._make, rows):
            yield from self._of_pair(pair)
            advance(pair.found_size or 0)

    def _of_pair(self, pair: Pair) -> Iterator[Finding]:
        listed = os.fsdecode(pair.path or pair.reference)
        if pair.disagreement:
            yield findings.contradiction(listed, pair.disagreement)
        if pair.file is None:
            yield findings.missing(listed, named=bool(pair.path))
            return
        path = os.fsdecode(pair.file)
        if pair.how in _HOW:
            yield _HOW[pair.how](path, listed)
        if pair.size is not None and pair.found_size is not None and pair.size != pair.found_size:
            yield findings.size(path, pair.size, pair.found_size)
        yield from self._of_digests(path, pair)

    def _of_digests(self, path: str, pair: Pair) -> Iterator[Finding]:
        """Compare by algorithm; of two that the package says, one must be what is there."""
        stated: dict[str, list[Digest]] = {}
        for digest in unpack(pair.digests):
            stated.setdefault(digest.algorithm.value, []).append(digest)
        if not stated:
            if not (pair.file or b"").startswith(INLINE):  # what stands in the list is the list's
                yield findings.no_digest(path)
            return
        taken = self._taken(pair, [digests[0] for digests in stated.values()])
        wrong = [
            (digests[0], taken[name])
            for name, digests in stated.items()
            if taken[name].value not in {digest.value for digest in digests}
        ]
        if wrong:
            yield findings.digest(path, *zip(*wrong, strict=True))
        self.agreed += not wrong

    def _taken(self, pair: Pair, wanted: Iterable[Digest]) -> dict[str, Digest]:
        taken = {digest.algorithm.value: digest for digest in unpack(pair.taken or "")}
        lacking = [d.algorithm for d in wanted if d.algorithm.value not in taken]
        if lacking and pair.file is not None:
            more = digests_of(self._arrived.full(pair.file), lacking)
            taken |= {digest.algorithm.value: digest for digest in more}
            self._inventory.db.execute(
                "UPDATE file SET digests = ? WHERE path = ?", (pack(taken.values()), pair.file)
            )
        return taken

    def _twice(self) -> Iterator[Finding]:
        rows = self._inventory.db.execute(
            "SELECT file, COUNT(*) FROM listing WHERE file IS NOT NULL AND role = ?"
            " GROUP BY file, original HAVING COUNT(*) > 1",
            (Role.OBJECT.value,),  # a METS may well point to other documents more than once
        )
        for path, times in rows:
            yield findings.twice(os.fsdecode(path), times)

    def _unlisted(self) -> Iterator[Finding]:
        rows = self._inventory.db.execute(
            "SELECT f.path FROM file f"
            " WHERE NOT EXISTS (SELECT 1 FROM listing l WHERE l.file = f.path)"
            " AND NOT EXISTS (SELECT 1 FROM about a WHERE a.path = f.path)"
        )
        for (path,) in rows:
            yield findings.unlisted(os.fsdecode(path), junk=is_junk(os.path.basename(path)))

    def _twins(self) -> Iterator[Finding]:
        rows = self._inventory.db.execute(
            "SELECT MIN(path), MAX(path) FROM file GROUP BY folded HAVING COUNT(*) > 1"
        )
        for first, last in rows:
            yield findings.twins(os.fsdecode(first), os.fsdecode(last))

    def _empty(self) -> Iterator[Finding]:
        for (path,) in self._inventory.db.execute("SELECT path FROM file WHERE size = 0"):
            yield findings.empty(os.fsdecode(path))


def keep(inventory: Inventory, found: Iterable[Finding], step: str) -> None:
    """Keep findings of a step in the stage, so that a later run tells them too."""
    inventory.db.executemany(
        "INSERT INTO finding (step, line) VALUES (?, ?)",
        ((step, json.dumps(finding.model_dump())) for finding in found),
    )


def kept(inventory: Inventory, step: str) -> Iterator[Finding]:
    """Yield the findings of a step."""
    rows = inventory.db.execute("SELECT line FROM finding WHERE step = ? ORDER BY number", (step,))
    for (line,) in rows:
        yield Finding(**json.loads(line))
