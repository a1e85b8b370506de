"""Photoshop's image resources, in which IPTC records stand (Adobe, Photoshop File Formats)."""

import re
import struct

MARK = b"Photoshop 3.0\0"  # before the resources of a JPEG
_IPTC = 0x0404  # number of the resource with IIM records
_HEAD = re.compile(rb"8BIM(..)(.)", re.DOTALL)
_IIM = b"\x1c"  # each record begins so


def split(data: bytes) -> tuple[bytes | None, bytes]:
    """Give the IPTC records, and all resources where there are others than these.

    Where resources do not follow each other as they must, or records stand in two places, all of
    them are given and no records.
    """
    found = _resources(data)
    records = [content for number, content in found or [] if number == _IPTC]
    if found is None or len(records) > 1:
        return None, data
    iptc = records[0] if records and records[0].startswith(_IIM) else None
    return iptc, b"" if iptc and len(found) == 1 else data


def _resources(data: bytes) -> list[tuple[int, bytes]] | None:
    """Give number and content of each resource; None if they are not whole."""
    place = 0
    found: list[tuple[int, bytes]] = []
    while data[place:].strip(b"\0"):
        head = _HEAD.match(data, place)
        if head is None:
            return None
        name = 1 + head[2][0]
        at = place + 6 + name + (name & 1)
        if at + 4 > len(data):
            return None
        (length,) = struct.unpack_from(">I", data, at)
        if at + 4 + length > len(data):
            return None
        found.append((int.from_bytes(head[1], "big"), data[at + 4 : at + 4 + length]))
        place = at + 4 + length + (length & 1)
    return found
