"""Titles, dates and tools in MP4 and QuickTime: `udta`, `ilst`, and Apple's keys."""

from avpres.adapters.validators.isobmff_boxes import Box
from avpres.adapters.validators.piece import Piece

_NAMES = {
    "\xa9nam": "title",
    "titl": "title",
    "\xa9too": "tool",
    "\xa9enc": "tool",
    "\xa9swr": "software",
    "\xa9day": "date",
    "\xa9ART": "artist",
    "\xa9cmt": "comment",
    "cprt": "copyright",
    "\xa9cpy": "copyright",
    "\xa9mak": "make",
    "\xa9mod": "model",
    "com.apple.quicktime.title": "title",
    "com.apple.quicktime.software": "software",
    "com.apple.quicktime.creationdate": "date",
    "com.apple.quicktime.make": "make",
    "com.apple.quicktime.model": "model",
}
_MOST = 4 * 1024 * 1024  # bytes of user data that are read
_BOXES = 1000
_VALUE = 1000  # characters


def read_tags(holder: Box, piece: Piece) -> dict[str, str]:
    """Read the tags below a `moov`; what makes no sense is passed over."""
    tags: dict[str, str] = {}
    for name in ("udta", "meta"):
        for box in holder.all(name):
            if box.end - box.start <= _MOST:
                _user_data(piece.peek(box.start, box.end - box.start), name, tags)
    return tags


def _user_data(data: bytes, kind: str, tags: dict[str, str]) -> None:
    if kind == "meta":
        _meta(data, tags)
        return
    for name, content in _boxes(data):
        if name == "meta":
            _meta(content, tags)
        elif name in _NAMES and len(content) > 4:
            size = int.from_bytes(content[:2], "big")
            tags.setdefault(_NAMES[name], _text(content[4 : 4 + size]))


def _meta(data: bytes, tags: dict[str, str]) -> None:
    parts = dict(_boxes(data[4:] if data[4:8] != b"hdlr" else data))
    keys = [content.decode("utf-8", "replace") for _, content in _boxes(parts.get("keys", b"")[8:])]
    for name, content in _boxes(parts.get("ilst", b"")):
        index = int.from_bytes(name.encode("latin-1"), "big") - 1
        name = keys[index] if index < len(keys) else name  # noqa: PLW2901
        value = dict(_boxes(content)).get("data", b"")
        if name in _NAMES and value[:4] == b"\0\0\0\1":
            tags.setdefault(_NAMES[name], _text(value[8:]))


def _boxes(data: bytes) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    at = 0
    while at + 8 <= len(data) and len(found) < _BOXES:
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > len(data):
            break
        found.append((data[at + 4 : at + 8].decode("latin-1"), data[at + 8 : at + size]))
        at += size
    return found


def _text(raw: bytes) -> str:
    return raw[: 4 * _VALUE].decode("utf-8", "replace").strip("\0 ")[:_VALUE]
