"""Where each file goes in the package: objects, or what the foreign package says of itself."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.domain.errors import IncompleteError
from avpres.domain.oais import Role
from avpres.services.importing.arrived import INLINE, Arrived
from avpres.services.importing.inventory import Inventory, folded
from avpres.services.packing.layouts import Places

_ROWS = """
SELECT f.path, l.role, l.path, l.original, EXISTS (SELECT 1 FROM about a WHERE a.path = f.path)
FROM file f LEFT JOIN listing l ON l.id = (SELECT MIN(id) FROM listing WHERE file = f.path)
WHERE f.path > ? ORDER BY f.path LIMIT ?
"""
_LOT = 1000  # rows read at once


class Placing:
    """Gives every file a place, of which no two share one, and none lies in the way of another.

    `leads` are where the foreign package's root lies in what has arrived, and the part of it that
    holds what is preserved. `by_original`: objects go where their names were before, since the
    package stores them in an order of its own.
    """

    def __init__(
        self,
        inventory: Inventory,
        places: Places,
        leads: tuple[str, str],
        *,
        by_original: bool = False,
    ) -> None:
        base, content = leads
        self._inventory = inventory
        self._objects = os.fsencode(places.objects)
        self._foreign = os.fsencode(f"{places.supplemental}/foreign")
        self._base = os.fsencode(base + "/" if base else "")
        self._by_original = by_original
        self._content = self._base + os.fsencode(content + "/" if content else "")

    def run(self) -> None:
        """Place what lies in the package's own folders first, then what lies beside them."""
        for path, role, listed, original, about in self._rows():
            is_object = not about and role in {None, Role.OBJECT.value}
            known = original or (listed or path).removeprefix(self._base)
            self._note(path, Role.OBJECT if is_object else Role.SUPPLEMENTAL, known)
            lead = self._content if is_object else self._base
            waits = path.startswith(INLINE) or (is_object and self._by_original and original)
            if path.startswith(lead) and not waits:
                self._put(path, self._folder(is_object=is_object) + path[len(lead) :])
        for path, role, original in self._unplaced():
            is_object = role == Role.OBJECT.value
            rest = self._rest(path, original, is_object=is_object)
            self._put(path, self._free(self._folder(is_object=is_object), rest))

    def _rows(self) -> Iterator[tuple[bytes, str | None, bytes | None, bytes | None, int]]:
        last = b""
        while rows := self._inventory.db.execute(_ROWS, (last, _LOT)).fetchall():
            yield from rows
            last = rows[-1][0]

    def _unplaced(self) -> Iterator[tuple[bytes, str, bytes]]:
        while rows := self._inventory.db.execute(
            "SELECT path, role, original FROM file WHERE place IS NULL ORDER BY path LIMIT ?",
            (_LOT,),
        ).fetchall():
            yield from rows

    def _folder(self, *, is_object: bool) -> bytes:
        return (self._objects if is_object else self._foreign) + b"/"

    def _rest(self, path: bytes, original: bytes, *, is_object: bool) -> bytes:
        """Give the path that a file gets if nothing is in the way."""
        if path.startswith(INLINE):
            return _harmless(original) or b"inline/" + os.path.basename(path)
        plain = path.removeprefix(self._base)
        return (_harmless(original) or plain) if self._by_original and is_object else plain

    def _note(self, path: bytes, role: Role, original: bytes) -> None:
        self._inventory.db.execute(
            "UPDATE file SET role = ?, original = ? WHERE path = ?", (role.value, original, path)
        )

    def _put(self, path: bytes, place: bytes) -> None:
        self._inventory.db.execute(
            "UPDATE file SET place = ?, key = ? WHERE path = ?", (place, folded(place), path)
        )

    def _free(self, folder: bytes, rest: bytes) -> bytes:
        """Keep clear of what has a place: in another folder where the first is taken."""
        place, number = folder + rest, 0
        while self._is_taken(folded(place)):
            number += 1
            place = folder + b"beside-%d/" % number + rest
        return place

    def _is_taken(self, key: bytes) -> bool:
        """Say whether a file has this place, lies below it, or stands where a folder must be."""
        query = "SELECT 1 FROM file WHERE key >= ? AND key < ? LIMIT 1"
        if self._inventory.one(query, key + b"/", key + b"0") is not None:
            return True
        while key:
            if self._inventory.one("SELECT 1 FROM file WHERE key = ?", key) is not None:
                return True
            key = key.rpartition(b"/")[0]
        return False


def _harmless(path: bytes) -> bytes:
    """Give a path that stays where it is put, empty if it does not."""
    parts = path.split(b"/")
    if b"\0" in path or any(part in {b"", b".", b".."} or len(part) > 255 for part in parts):  # noqa: PLR2004
        return b""
    return path


def move(inventory: Inventory, arrived: Arrived, tree: Path) -> None:
    """Bring every file to its place by renaming; what a killed run has moved is there already.

    Raises:
        IncompleteError: a file is neither where it came nor where it goes.
    """
    target = os.fsencode(tree)
    made = b""
    for each in inventory.placed():
        old, new = arrived.full(each.path), os.path.join(target, each.place)
        folder = os.path.dirname(new)
        if folder != made:
            os.makedirs(folder, exist_ok=True)
            made = folder
        try:
            durable.rename_noreplace(None, old, None, new)
        except FileNotFoundError:
            if not os.path.lexists(new):
                raise IncompleteError(
                    f"{os.fsdecode(each.path)}: is gone from the stage; no package was made, the "
                    "source is as it was. Run the same command again"
                ) from None
        except FileExistsError:
            if not os.path.samefile(old, new):
                raise
            os.unlink(old)  # a run was killed between the two halves of a rename without a call


def make_empty_folders(
    inventory: Inventory, tree: Path, objects: str, leads: tuple[str, str]
) -> None:
    """Keep folders that hold nothing, among the objects; `leads` are left out of their paths."""
    place = os.path.join(os.fsencode(tree), os.fsencode(objects))
    base, content = (os.fsencode(lead + "/" if lead else "") for lead in leads)
    for (path,) in inventory.db.execute("SELECT path FROM folder ORDER BY path"):
        full = os.path.join(place, path.removeprefix(base).removeprefix(content))
        with contextlib.suppress(FileExistsError, NotADirectoryError):  # a file has that place
            os.makedirs(full)
