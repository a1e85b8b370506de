"""Files that a package stores once and knows by several names: each name becomes a file again.

OCFL stores equal content once, whatever the logical names of it are.
"""

import contextlib
import os
import shutil

from avpres.domain.oais import Role
from avpres.services.importing.arrived import INLINE, Arrived
from avpres.services.importing.inventory import Inventory

_FURTHER = """
SELECT l.id, l.file FROM listing l
WHERE l.file IS NOT NULL AND l.role = ? AND l.original <> x''
AND EXISTS (SELECT 1 FROM listing f WHERE f.file = l.file AND f.id < l.id
  AND f.role = l.role AND f.original <> l.original)
AND l.id > ? ORDER BY l.id LIMIT ?
"""
_LOT = 1000  # rows read at once


def double(inventory: Inventory, arrived: Arrived) -> None:
    """Give every further name of a file a file of its own; nothing is made of a mere look."""
    last = 0
    while rows := inventory.db.execute(_FURTHER, (Role.OBJECT.value, last, _LOT)).fetchall():
        for last, path in rows:
            copy = INLINE + b"d%d" % last
            if arrived.moves:
                _link(arrived.full(path), arrived.full(copy))
            inventory.put([inventory.present(path)._replace(path=copy)])
            inventory.db.execute("UPDATE listing SET file = ? WHERE id = ?", (copy, last))


def _link(old: bytes, new: bytes) -> None:
    """Let a file have a second name; where there are no such, copy it."""
    os.makedirs(os.path.dirname(new), exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(new)  # of a run that was killed
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
