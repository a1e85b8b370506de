"""A reader that does what RAWcooked's does, and shares no code with the one under test.

After Source/Lib/Compressed/Matroska/Matroska.cpp and RAWcooked/Reversibility.cpp: ids without their
marker, everything that is not in a table skipped, Blocks counted into the last Track, a hash
believed only behind a name.
"""

import zlib

TRACK, BLOCK, ATTACHMENT, SEGMENT, ROOT = 0x7274, 0x7262, 0x7261, 0x7273, 0x7263
BEFORE, AFTER, MASKED_BEFORE, MASKED_AFTER, IN = 0x01, 0x02, 0x03, 0x04, 0x05
NAME, MASKED_NAME, HASH, SIZE = 0x10, 0x11, 0x20, 0x30
PLAIN = {NAME: "name", BEFORE: "before", AFTER: "after", IN: "in"}
MASKED = {MASKED_NAME: "name", MASKED_BEFORE: "before", MASKED_AFTER: "after"}


def get_eb(data, at):
    """`Get_EB`: a number without its marker."""
    value, more = data[at], 0
    while not value & (1 << (7 - more)):
        more += 1
    value ^= 1 << (7 - more)
    for following in data[at + 1 : at + 1 + more]:
        value = value << 8 | following
    return value, at + 1 + more


def children(data):
    """Elements beside each other; one that is too long reaches to the end."""
    at = 0
    while at < len(data):
        name, at = get_eb(data, at)
        size, at = get_eb(data, at)
        yield name, data[at : at + size]
        at += size


def uncompress(data):
    """`Uncompress`."""
    size, at = get_eb(data, 0)
    content = zlib.decompress(data[at:]) if size else data[at:]
    assert not size or len(content) == size
    return content


def read(data):
    """Give tracks as (masks, files), each file a mapping, and the attachments listed."""
    tracks, attachments = [], []
    for name, content in children(data):
        if name == ROOT:
            return read(content)
        if name == TRACK:
            tracks.append(({}, []))
            found = fields(content, {}, as_masks=tracks[-1][0])
            if found:
                tracks[-1][1].append(found)
        elif name == BLOCK:
            tracks[-1][1].append(fields(content, tracks[-1][0]))
        elif name == ATTACHMENT:
            attachments.append(fields(content, {}))
    return tracks, attachments


def fields(content, masks, as_masks=None):
    """Read one element's fields; with `as_masks`, masks are put there."""
    found = {}
    for name, value in children(content):
        if name in PLAIN:
            found[PLAIN[name]] = uncompress(value)
        elif name in MASKED and as_masks is not None:
            as_masks[MASKED[name]] = uncompress(value)
        elif name in MASKED:
            sums = bytearray(uncompress(value))
            for at, add in enumerate(masks.get(MASKED[name], b"")[: len(sums)]):
                sums[at] = (sums[at] + add) % 256
            found[MASKED[name]] = bytes(sums)
        elif name == HASH and "name" in found and len(value) == 17 and value[0] == 0x80:
            found["md5"] = value[1:]
        elif name == SIZE and len(value) <= 8:
            found["size"] = int.from_bytes(value, "big")
    return found
