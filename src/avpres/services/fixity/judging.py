"""The judgement of each path, in path order, from the tables of a comparison."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from avpres.adapters.storage.walk import Kind
from avpres.domain.fixity import Digest, Evidence, unpack
from avpres.services.fixity.rows import FOUND, LISTED
from avpres.services.fixity.scratch import Scratch


class Verdict(StrEnum):
    """What the comparison says of one path."""

    VERIFIED = "verified"
    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    RENAMED = "renamed"
    UNREADABLE = "unreadable"
    UNPROVED = "unproved"  # there, but listed without a digest that could be compared


@dataclass(frozen=True, slots=True)
class Claim:
    """What one entry of one manifest says of a path; `agrees` is None where nothing can be said."""

    source: int
    digests: tuple[Digest, ...]
    size: int | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What there is to say of one path. `other` is the new name of a renamed file."""

    path: bytes
    verdict: Verdict
    size: int
    found: tuple[Digest, ...] = ()
    evidence: Evidence | None = None
    claims: tuple[Claim, ...] = ()
    other: bytes | None = None
    error: str | None = None
    role: int = 0

    @property
    def is_contradicted(self) -> bool:
        """Say whether two entries cannot both be right."""
        values: dict[str, str] = {}
        for digest in (d for claim in self.claims for d in claim.digests):
            if values.setdefault(digest.algorithm, digest.value) != digest.value:
                return True
        return {claim.agrees for claim in self.claims} >= {True, False}


class Brief(NamedTuple):
    """A path of which there is nothing more to say; there may be millions. `digests` are packed.

    Either what was read is just what is listed, by one entry or by several (`verified`), or it is
    there and not listed at all (`extra`), then not always read.
    """

    path: bytes
    verdict: Verdict
    size: int
    digests: str
    evidence: str | None
    kind: int = Kind.FILE
    role: int = 0

    def judgement(self) -> Judgement:
        """Write it out; what manifests claim is left out, as it is what was found."""
        evidence = Evidence(self.evidence) if self.evidence else None
        found = unpack(self.digests)
        return Judgement(self.path, self.verdict, self.size, found, evidence, role=self.role)


_LISTED = """
SELECT e.path, e.source, e.number, e.digests, e.size,
  n.kind, n.size, r.size, r.digests, r.evidence, r.error, {own}, {moved}
FROM work.entry AS e
LEFT JOIN work.name AS n ON n.side = :found AND n.path = e.path
LEFT JOIN reading AS r ON r.side = :found AND r.path = e.path
{joins}
WHERE e.side = :listed ORDER BY e.path, e.source, e.number
"""
_OWN = "LEFT JOIN work.entry AS own ON own.side = :found AND own.path = e.path"
_MOVED = "LEFT JOIN work.moved AS m ON m.old = e.path"
_EXTRA = """
SELECT n.path, max(n.size, 0), coalesce(r.digests, ''), r.evidence, n.kind, n.role
FROM work.name AS n LEFT JOIN reading AS r ON r.side = :found AND r.path = n.path
WHERE n.side = :found
  AND NOT EXISTS (SELECT 1 FROM work.entry AS e WHERE e.side = :listed AND e.path = n.path)
  AND NOT EXISTS (SELECT 1 FROM work.moved AS m WHERE m.new = n.path)
ORDER BY n.path
"""
_SIDES = {"listed": LISTED, "found": FOUND}


def listed(scratch: Scratch) -> Iterator[Brief | Judgement]:
    """Judge every path that is listed, in path order."""
    waiting: list[Any] = []
    for row in scratch.db.execute(_question(scratch), _SIDES):
        if waiting and waiting[0][0] != row[0]:
            yield _brief(waiting) or _judge(waiting)
            waiting = []
        waiting.append(row)
    if waiting:
        yield _brief(waiting) or _judge(waiting)


def _question(scratch: Scratch) -> str:
    """Leave tables alone that hold nothing, as most often: a fifth of the time for each row."""
    own, moved = scratch.db.execute(
        "SELECT EXISTS (SELECT 1 FROM work.entry WHERE side = :found), "
        "EXISTS (SELECT 1 FROM work.moved)",
        {"found": FOUND},
    ).fetchone()
    return _LISTED.format(
        own="own.digests" if own else "NULL",
        moved="m.new" if moved else "NULL",
        joins=" ".join([*[_OWN] * own, *[_MOVED] * moved]),
    )


def _brief(rows: list[Any]) -> Brief | None:
    """Judge nearly all paths by one comparison: what was read is all that is listed, no more."""
    path, _, _, cell, _, kind, _, size, found, evidence, error, own, _ = rows[0]
    if not found or kind is None or error or own is not None:
        return None
    if (found != cell) if len(rows) == 1 else not _covers(found, rows):
        return None
    return Brief(path, Verdict.VERIFIED, size, found, evidence, kind)


def _covers(found: str, rows: list[Any]) -> bool:
    """Say whether entries list together just what was found, and each of them some of it."""
    told: set[str] = set()
    for row in rows:
        if not row[3] or row[11] is not None:
            return False
        told.update(row[3].split())
    return told == set(found.split())


def extras(scratch: Scratch) -> Iterator[Brief]:
    """Give every file and link that is there and not listed, in path order."""
    for path, *rest in scratch.db.execute(_EXTRA, _SIDES):
        yield Brief(path, Verdict.EXTRA, *rest)


def _judge(rows: list[Any]) -> Judgement:
    path, (kind, there, read, digests, evidence, error, _, new) = rows[0][0], rows[0][5:]
    own = (digest for row in rows for digest in unpack(row[11] or ""))
    found = tuple(dict.fromkeys((*unpack(digests or ""), *own)))
    size = there if read is None or error else read
    if kind is None or (size is not None and size < 0):
        size = max(row[4] or 0 for row in rows)
    entries = {row[1:3]: row for row in rows}  # several digests found repeat an entry
    claims = tuple(_claim(row, found, size) for row in entries.values())
    proof = Evidence(evidence) if evidence else None
    verdict = _verdict(kind, error, new, claims)
    return Judgement(path, verdict, max(size or 0, 0), found, proof, claims, new, error)


def _claim(row: Any, found: tuple[Digest, ...], size: int | None) -> Claim:
    """Hold an entry against what was found: digests decide, else a size can speak against."""
    source, _, cell, listed_size = row[1:5]
    expected = unpack(cell)
    values = {d.algorithm: d.value for d in found}
    told = [values[d.algorithm] == d.value for d in expected if d.algorithm in values]
    agrees: bool | None = all(told) if told else None
    if not told and None not in {listed_size, size} and listed_size != size:
        agrees = False
    return Claim(source, expected, listed_size, agrees)


def _verdict(
    kind: int | None, error: str | None, new: bytes | None, claims: tuple[Claim, ...]
) -> Verdict:
    if kind is None:
        return Verdict.RENAMED if new is not None else Verdict.MISSING
    if error:
        return Verdict.UNREADABLE
    verdicts = {claim.agrees for claim in claims}
    if False in verdicts:
        return Verdict.CHANGED
    return Verdict.UNPROVED if verdicts == {None} else Verdict.VERIFIED
