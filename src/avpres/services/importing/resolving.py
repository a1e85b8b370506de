"""Which file of those that are there each listed one is: by its path, then by what it may mean.

A reading is tried for every listed file before the next one is: no file is taken for another one
that is listed under its very name.
"""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from avpres.adapters.formats import uris
from avpres.domain.manifest import nfc
from avpres.services.importing.inventory import Inventory, folded

EXACT, ENCODING, UNICODE, CASE, FOLDER = "exact", "encoding", "unicode", "case", "folder"
_FOLDERS = 8  # leading folders that a list may have and the files have not
_LOT = 1000  # rows read at once


class Wanted(NamedTuple):
    """A listing whose file is not found yet; `others` are the other readings, NUL between them."""

    id: int
    path: bytes
    others: bytes


Find = Callable[[Inventory, Wanted], tuple[bytes, str] | None]


def resolve(inventory: Inventory, *, are_uris: bool) -> None:
    """Find the file of every listing, as far as there is one; `how` says by which reading.

    `are_uris`: the list refers by URI, in which a name is percent-encoded.
    """
    inventory.db.execute(
        "UPDATE listing SET file = path, how = ? WHERE file IS NULL AND path <> x''"
        " AND EXISTS (SELECT 1 FROM file WHERE file.path = listing.path)",
        (EXACT,),
    )
    if are_uris:
        _tell_misencoded(inventory)
    for find in (_other_reading, _twin, _without_folders):
        for wanted in _unresolved(inventory):
            found = find(inventory, wanted)
            if found is not None:
                inventory.db.execute(
                    "UPDATE listing SET file = ?, how = ? WHERE id = ?", (*found, wanted.id)
                )


def _unresolved(inventory: Inventory) -> Iterator[Wanted]:
    last = 0
    while True:
        rows = inventory.db.execute(
            "SELECT id, path, others FROM listing WHERE file IS NULL AND path <> x'' AND id > ?"
            " ORDER BY id LIMIT ?",
            (last, _LOT),
        ).fetchall()
        if not rows:
            return
        yield from map(Wanted._make, rows)
        last = rows[-1][0]


def _tell_misencoded(inventory: Inventory) -> None:
    """Find references that mean the file that is there only when they are not decoded."""
    rows = inventory.db.execute(
        "SELECT id, path, reference FROM listing WHERE how = ? AND (instr(reference, x'25')"
        " OR instr(reference, x'5c'))",
        (EXACT,),
    )
    odd = [
        (ENCODING, number)
        for number, path, reference in rows
        if not path.endswith(_tail(os.fsencode(uris.path_of(os.fsdecode(reference)))))
    ]
    inventory.db.executemany("UPDATE listing SET how = ? WHERE id = ?", odd)


def _tail(path: bytes) -> bytes:
    """Give what a relative path and the path that it leads to end in alike."""
    parts = os.path.normpath(path).split(b"/")
    return b"/".join(part for part in parts if part not in {b"..", b"."})


def _other_reading(inventory: Inventory, wanted: Wanted) -> tuple[bytes, str] | None:
    for path in filter(None, wanted.others.split(b"\0")):
        if inventory.holds(path):
            return path, ENCODING
    return None


def _twin(inventory: Inventory, wanted: Wanted) -> tuple[bytes, str] | None:
    """Look for a file that nothing lists by its own name, alike but for case or Unicode form."""
    for path in filter(None, (wanted.path, *wanted.others.split(b"\0"))):
        rows = inventory.db.execute(
            "SELECT path FROM file WHERE folded = ? AND NOT EXISTS"
            " (SELECT 1 FROM listing WHERE listing.file = file.path)",
            (folded(path),),
        ).fetchall()
        if rows:
            found = sorted((_difference(path, row[0]), row[0]) for row in rows)
            return found[0][1], _HOW[found[0][0]]
    return None


_HOW = {0: UNICODE, 1: ENCODING, 2: CASE}


def _difference(listed: bytes, there: bytes) -> int:
    """Say how far two names are apart: the nearest comes first."""
    one, other = (nfc(os.fsdecode(path)) for path in (listed, there))
    if one == other:
        return 0
    return 1 if one.replace("\\", "/") == other.replace("\\", "/") else 2


def _without_folders(inventory: Inventory, wanted: Wanted) -> tuple[bytes, str] | None:
    """Leave out leading folders, one after the other, of what is listed."""
    path = wanted.path
    base, _, rest = path.partition(b"/")
    for _ in range(_FOLDERS):
        lead, _, rest = rest.partition(b"/")
        if not rest:
            return None
        for shorter in (base + b"/" + rest, rest):
            if inventory.holds(shorter) and not _is_listed(inventory, shorter):
                return shorter, FOLDER
        del lead
    return None


def _is_listed(inventory: Inventory, path: bytes) -> bool:
    return inventory.one("SELECT 1 FROM listing WHERE file = ?", path) is not None
