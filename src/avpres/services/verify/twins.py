"""Names of a bag that are the same to people and different to machines (RFC 8493 §6.1.1)."""

from collections.abc import Iterator

from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach, Level
from avpres.services.fixity.rows import FOUND, LISTED, folded, shown
from avpres.services.verify.bag import Bag

_UNMATCHED = """
SELECT e.path, e.source, e.number, e.digests FROM work.entry AS e WHERE e.side = ?
AND NOT EXISTS (SELECT 1 FROM work.name AS n WHERE n.side = ? AND n.path = e.path)
"""
_SPELT = "SELECT path FROM work.name WHERE side = ? AND (path = ? OR folded = ?)"
_SAME = "SELECT 1 FROM work.entry WHERE side = ? AND path = ? AND source = ? AND digests = ?"


def settle(bag: Bag) -> None:
    """Take away lines for a file that the same manifest lists in the Unicode form on the disk.

    HFS+ keeps one of the two names; where the digests are the same, nothing is missing.
    """
    db = bag.holding.scratch.db
    own = {each.source.id: each for each in bag.manifests if each.source}
    for path, source, number, cell in db.execute(_UNMATCHED, (LISTED, FOUND)).fetchall():
        if source not in own:
            continue
        key = folded(path)
        twins = [row[0] for row in db.execute(_SPELT, (FOUND, key, key))]
        if any(db.execute(_SAME, (LISTED, twin, source, cell)).fetchone() for twin in twins):
            db.execute(
                "DELETE FROM work.entry WHERE side = ? AND path = ? AND source = ? AND number = ?",
                (LISTED, path, source, number),
            )
            said = f"line {number} lists {shown(path)} in a second Unicode form"
            bag.breaches.append(Breach(BAG_RULES["BAG-NFC"], said, own[source].name))


def twins(bag: Bag) -> Iterator[Breach]:
    """Yield names that were matched by Unicode form, and files that differ in it alone."""
    db = bag.holding.scratch.db
    own = {each.source.id: each for each in bag.manifests if each.source}
    for source, old, new in db.execute("SELECT source, old, new FROM work.spelled").fetchall():
        if source in own:
            is_slash = b"\\" in old and b"\\" not in new
            rule = BAG_RULES["BAG-BACKSLASH" if is_slash else "BAG-NFC"]
            said = f"lists {shown(old)}, which is on the disk as {shown(new)}"
            yield Breach(rule, said, own[source].name, level=Level.SHOULD)
    yield from _on_disk(bag)


def _on_disk(bag: Bag) -> Iterator[Breach]:
    begin = bag.holding.prefix + b"data/"
    query = """
    SELECT n.path, t.path FROM work.name AS n JOIN work.name AS t ON t.side = n.side
    AND (t.path = n.folded OR (t.folded = n.folded AND t.path < n.path))
    WHERE n.side = ? AND n.folded NOT NULL AND n.path >= ? AND n.path < ?
    """
    rows = bag.holding.scratch.db.execute(query, (FOUND, begin, begin[:-1] + b"0"))
    cut = len(bag.holding.prefix)
    for path, other in rows.fetchall():
        said = f"differs from {shown(other[cut:])} in Unicode form alone"
        yield Breach(BAG_RULES["BAG-NFC"], said, path[cut:])
