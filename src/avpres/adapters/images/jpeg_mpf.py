"""Multi-picture format (CIPA DC-007): where the further images of a JPEG begin."""

import struct

from avpres.adapters.images.jpeg_apps import Apps
from avpres.domain.migration import Reason, Unmigratable

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ENTRIES = 0xB002  # tag: 16 bytes for each image
_ENTRY = 16


def offsets(apps: Apps, size: int) -> list[int]:
    """Give the offset of each image in the order of the file; the first begins it.

    Raises:
        Unmigratable: the index cannot be followed.
    """
    if apps.mpf is None:
        return [0]
    base, block = apps.mpf
    entries = _entries(block)
    found = [0] + [base + at for at in entries[1:] if at]
    in_order = sorted(set(found))
    if len(in_order) != len(entries) or in_order[-1] >= size:
        raise Unmigratable(Reason.DAMAGED, "the index of its images points outside of the file")
    return in_order


def _entries(block: bytes) -> list[int]:
    """Give the offsets that the index tells, from its own beginning."""
    order = _ORDERS.get(block[:4], "<")
    try:
        (place,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, place)
        for at in range(place + 2, place + 2 + 12 * min(count, 64), 12):
            tag, _, length, value = struct.unpack_from(order + "HHII", block, at)
            if tag == _ENTRIES:
                starts = range(value, value + length - length % _ENTRY, _ENTRY)
                return [struct.unpack_from(order + "I", block, each + 8)[0] for each in starts]
    except struct.error as error:
        raise Unmigratable(Reason.DAMAGED, "the index of its images is cut short") from error
    return [0]
