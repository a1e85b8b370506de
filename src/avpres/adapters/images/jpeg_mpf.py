"""Multi-picture format (CIPA DC-007): where the further images of a JPEG begin."""

import struct

from avpres.adapters.images.jpeg_apps import Apps
from avpres.domain.migration import Reason, Unmigratable

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ENTRIES = 0xB002  # tag: 16 bytes for each image
_ENTRY = 16
_MOST_TAGS = 64
_THUMBNAIL = 1  # class of an image's type: a large thumbnail

Place = tuple[int, str]
"""Offset of an image in the file, and what it is: an image or a thumbnail."""


def places(apps: Apps, size: int) -> list[Place]:
    """Give the place of each image in the order of the file; the first begins it.

    Raises:
        Unmigratable: the index cannot be followed.
    """
    if apps.mpf is None:
        return [(0, "image")]
    base, block = apps.mpf
    entries = _entries(block)
    found = {0: "image"}
    for kind, offset in entries[1:]:
        is_thumbnail = kind >> 16 & 0xFF == _THUMBNAIL
        found[base + offset] = "thumbnail" if is_thumbnail else "image"
    if len(found) != max(len(entries), 1) or max(found) >= size:
        raise Unmigratable(Reason.DAMAGED, "the index of its images points outside of the file")
    return sorted(found.items())


def _entries(block: bytes) -> list[tuple[int, int]]:
    """Give type and offset of each image; the latter from the beginning of the index."""
    order = _ORDERS.get(block[:4], "<")
    try:
        (place,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, place)
        for at in range(place + 2, place + 2 + 12 * min(count, _MOST_TAGS), 12):
            tag, _, length, value = struct.unpack_from(order + "HHII", block, at)
            if tag == _ENTRIES and length <= len(block):
                starts = range(value, value + length - length % _ENTRY, _ENTRY)
                return [struct.unpack_from(order + "I4xI", block, each) for each in starts]
    except struct.error as error:
        raise Unmigratable(Reason.DAMAGED, "the index of its images is cut short") from error
    return []
