"""Read what a Track, a Block or an Attachment says of its file."""

from dataclasses import replace
from typing import Any

from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.compressed import MOST, unmasked, unpacked
from avpres.adapters.reversible.more import MOST_NAME, read_more
from avpres.adapters.reversible.window import Element, Window
from avpres.domain.reversible import Attached, Restoration

MD5 = 17  # bytes of the element: the algorithm, then the hash
WORD = 8  # bytes of the longest integer
PLAIN = {e.NAME: "name", e.BEFORE: "before", e.AFTER: "after", e.IN: "residual"}
_MOST = {"name": MOST_NAME, "before": MOST, "after": MOST}
MASKED = {
    e.MASKED_NAME: "name",
    e.MASKED_BEFORE: "before",
    e.MASKED_AFTER: "after",
    e.MASKED_IN: "residual",
}
FILE = frozenset(Restoration.__dataclass_fields__)
ATTACHED = frozenset(Attached.__dataclass_fields__)

__all__ = ["MOST_NAME", "attached", "fields_of"]


def fields_of(window: Window, of: Element, masks: Restoration, *, residual: int) -> Restoration:
    """Read a file's fields; of a Track, its masks are what an empty mask gives.

    `residual` is the most bytes that a residual may have; 0: it is not read.

    Raises:
        ReversibilityError: they are damaged.
    """
    found: dict[str, Any] = {"layout": masks.layout}
    for part in window.elements(of.start, of.end):
        name = PLAIN.get(part.id) or MASKED.get(part.id)
        if name == "residual" and not residual:
            continue
        if name:
            most = _MOST.get(name, residual)
            value = unpacked(window.content(part, most), most)
            if part.id in MASKED:
                value = unmasked(value, getattr(masks, name) or b"")
            found[name] = value
        elif part.id in (e.HASH, e.SIZE, e.MORE):
            found |= {k: v for k, v in _fact(window, part).items() if k in FILE}
    return replace(masks if of.id == e.TRACK else Restoration(b""), **found)


def _fact(window: Window, part: Element) -> dict[str, Any]:
    """Read what files of every kind have: a hash, a size, and what avpres adds.

    A hash is an EBML vint 0 and 16 bytes of MD5; old versions wrote the 0 without its marker in
    Tracks (Matroska.cpp, `RawCookedTrack_FileHash`).
    """
    if part.id == e.HASH and part.size == MD5:
        value = window.content(part)
        return {"md5": value[1:]} if value[0] in (0x00, 0x80) else {}
    if part.id == e.SIZE and part.size <= WORD:
        size = int.from_bytes(window.content(part), "big")
        return {"size": size, "tell_size": True}
    return read_more(window.content(part)) if part.id == e.MORE else {}


def attached(window: Window, of: Element, *, data: bool) -> Attached:
    """Read the entry of a file that is kept whole."""
    found: dict[str, Any] = {}
    for part in window.elements(of.start, of.end):
        if part.id == e.NAME:
            found["name"] = unpacked(window.content(part, MOST_NAME), MOST_NAME)
        elif part.id == e.IN and data:
            found["data"] = unpacked(window.content(part))
        elif part.id in (e.HASH, e.SIZE, e.MORE):
            found |= {k: v for k, v in _fact(window, part).items() if k in ATTACHED}
    return replace(Attached(b""), **found)
