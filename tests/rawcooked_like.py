"""A reader and a writer that do what RAWcooked's do, and share no code with those under test.

The reader is after Source/Lib/Compressed/Matroska/Matroska.cpp and RAWcooked/Reversibility.cpp: ids
without their marker, everything that is not in a table skipped, Blocks counted into the last Track,
a hash believed only behind a name. The writer is after RAWcooked/RAWcooked.cpp, `rawcooked::Parse`.
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


def eb(value):
    """`EB`: a number with its marker, in the fewest bytes."""
    length = 1
    while value >> (7 * length) or value == (1 << 7 * length) - 1:
        length += 1
    return (value | 1 << 7 * length).to_bytes(length, "big")


def block(name, content):
    """`Block`."""
    return eb(name) + eb(len(content)) + content


def number(name, value):
    """`Number`."""
    return block(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def compressable(name, content):
    """`CompressableData` of a `compressed_buffer`."""
    if not content:
        return b""
    smaller = zlib.compress(content, 1)
    if len(smaller) > len(content):
        return block(name, eb(0) + content)
    return block(name, eb(len(content)) + smaller)


def assigned(plain, masked, content, mask):
    """`Assign`: the mask is taken away as far as both reach."""
    if not mask:
        return compressable(plain, content)
    both = bytes((a - b) % 256 for a, b in zip(content, mask, strict=False))
    return compressable(masked, both + content[len(mask) :])


def common(file, first):
    """What Track and Block share; `file` is what `fields` gives."""
    size = file.get("size")
    return (
        assigned(NAME, MASKED_NAME, file["name"], first.get("name"))
        + assigned(BEFORE, MASKED_BEFORE, file.get("before", b""), first.get("before"))
        + assigned(AFTER, MASKED_AFTER, file.get("after", b""), first.get("after"))
        + compressable(IN, file.get("in"))
        + (block(HASH, eb(0) + file["md5"]) if "md5" in file else b"")
        + (b"" if size is None else number(SIZE, size))
    )


def sequence(files):
    """A track of frames: its masks, then each file."""
    first = files[0]
    masks = (
        compressable(MASKED_NAME, first["name"])
        + compressable(MASKED_BEFORE, first.get("before"))
        + compressable(MASKED_AFTER, first.get("after"))
    )
    return block(TRACK, masks) + b"".join(block(BLOCK, common(each, first)) for each in files)


def unique(file):
    """A track of one file."""
    return block(TRACK, common(file, {}))


def attachment(file):
    """A file that is attached."""
    return block(ATTACHMENT, common(file, {}))


def head(version):
    """The head of EBML."""
    content = block(0x0282, b"rawcooked") + number(0x0287, version) + number(0x0285, version)
    return block(0x0A45DFA3, content)


def whole(*parts, version=1, by=b"21.09"):
    """All data, of either version."""
    segment = block(SEGMENT, block(0x70, b"RAWcooked") + block(0x71, by))
    content = segment + b"".join(parts)
    return head(version) + (content if version == 1 else block(ROOT, content))
