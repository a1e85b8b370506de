"""Exif as directories of a TIFF: what stands in a block of its own is set into the file.

The file takes the byte order of the block, so the bytes of values stay as they are, also of those
whose form is the maker's own.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.transcoding.tiff_entries import LONG, SIZES, Entry, Output
from avpres.domain.migration import Reason, Unmigratable

ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
EXIF, GPS, INTEROP = 34665, 34853, 40965
BELOW = {EXIF, GPS, INTEROP}
OWN = {  # tags of the first directory that describe samples; of Exif's own thumbnail here
    *(254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324),
    *(325, 330, 338, 339, 347, 513, 514, 530, 531, 700, 33723, 34377, 34675),
}
MOST_ENTRIES = 4096
MOST_DEEP = 3


@dataclass(frozen=True, slots=True)
class Block:
    """A block of Exif, of which every claim is checked."""

    data: bytes
    order: str

    def directory(self, at: int) -> Iterator[Entry]:
        """Yield the entries of a directory.

        Raises:
            Unmigratable: it is not wholly in the block, or holds a type that is not known.
        """
        (count,) = self._numbers("H", at)
        if count > MOST_ENTRIES:
            raise _lost(f"a directory claims {count} entries")
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number = self._numbers("HHI", place)
            if kind not in SIZES:
                raise _lost(f"tag {tag} has the type {kind}")
            size = SIZES[kind] * number
            (start,) = (place + 8,) if size <= 4 else self._numbers("I", place + 8)  # noqa: PLR2004
            if start + size > len(self.data):
                raise _lost(f"the value of tag {tag} is not in its block")
            yield Entry(tag, kind, self.data[start : start + size])

    def first(self) -> int:
        """Give the place of the first directory."""
        return int(self._numbers("I", 4)[0])

    def _numbers(self, form: str, at: int) -> tuple[int, ...]:
        try:
            return struct.unpack_from(self.order + form, self.data, at)
        except struct.error as error:
            raise _lost("its block is cut short") from error


def order_of(exif: bytes | None) -> str:
    """Give the byte order of a block; that of most files where there is none."""
    return ORDERS.get(exif[:4], "<") if exif else "<"


def entries_of(exif: bytes, output: Output) -> list[Entry]:
    """Write the directories below the first; give the entries that belong into a page's own.

    Raises:
        Unmigratable: the block makes no sense, or its byte order is not that of the file.
    """
    order = ORDERS.get(exif[:4])
    if order != output.order:
        raise _lost("it has no byte order, or another than Exif of an earlier page")
    block = Block(exif, order)
    found = (each for each in block.directory(block.first()) if each.tag not in OWN)
    return _moved(block, found, output, 0)


def values_of(exif: bytes) -> dict[tuple[int, int], tuple[int, bytes]]:
    """Give every value of a block by its directory and tag; 0 is the first directory.

    Raises:
        Unmigratable: the block makes no sense.
    """
    block = Block(exif, order_of(exif))
    first = [each for each in block.directory(block.first()) if each.tag not in OWN]
    found: dict[tuple[int, int], tuple[int, bytes]] = {}
    waiting, seen = [(0, first)], set[int]()
    while waiting:
        name, entries = waiting.pop()
        for entry in entries:
            if _is_below(entry):
                (at,) = struct.unpack(block.order + "I", entry.value)
                if at in seen:
                    raise _lost("its directories form a loop")
                seen.add(at)
                waiting.append((entry.tag, list(block.directory(at))))
            else:
                found[name, entry.tag] = (entry.kind, entry.value)
    return found


def _is_below(entry: Entry) -> bool:
    """Say whether an entry points at a directory.

    Raises:
        Unmigratable: it should, and does not.
    """
    if entry.tag in BELOW and (entry.kind not in {LONG, 13} or entry.count != 1):
        raise _lost(f"tag {entry.tag} does not point at a directory")
    return entry.tag in BELOW


def _moved(block: Block, entries: Iterator[Entry], output: Output, deep: int) -> list[Entry]:
    if deep > MOST_DEEP:
        raise _lost("its directories stand too deep")
    found: dict[int, Entry] = {}
    for entry in entries:
        if entry.tag in found:
            raise _lost(f"tag {entry.tag} stands twice in one directory")
        moved = entry
        if _is_below(entry):
            (at,) = struct.unpack(output.order + "I", entry.value)
            below = _moved(block, block.directory(at), output, deep + 1)
            if not below:
                continue  # TIFF has no empty directories
            moved = output.places(entry.tag, [output.directory(below)[0]])
        found[entry.tag] = moved
    return list(found.values())


def _lost(detail: str) -> Unmigratable:
    return Unmigratable(Reason.METADATA_LOST, f"Exif: {detail}")
