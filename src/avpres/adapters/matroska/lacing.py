"""Several frames in one block (RFC 9559, 10.3)."""

from avpres.adapters.matroska.ebml import UNKNOWN, MatroskaError, vint

LONGEST_HEAD = 64 * 1024  # bytes of sizes that are read; 256 frames with sane sizes take far fewer
XIPH, FIXED, EBML = 1, 2, 3
_FULL = 255  # a byte of Xiph's sizes that goes on in the next one


def frame_sizes(kind: int, data: bytes, size: int) -> tuple[int, list[int]]:
    """Read how a block is divided: the bytes of the head, and the size of each frame.

    Args:
        kind: of lacing, from the flags of the block.
        data: what follows the flags, at least as far as the head goes.
        size: of all that follows the flags.

    Raises:
        MatroskaError: the sizes do not fit into the block.
    """
    if not data:
        raise MatroskaError("a laced block without a number of frames")
    count = data[0] + 1
    if kind == FIXED:
        return 1, _equal(count, size - 1)
    at, sizes = (_xiph if kind == XIPH else _ebml)(data, count)
    last = size - at - sum(sizes)
    if last < 0:
        raise MatroskaError("frames of a laced block that are larger than the block")
    return at, [*sizes, last]


def _equal(count: int, size: int) -> list[int]:
    if size < 0 or size % count:
        raise MatroskaError("a laced block that cannot be divided evenly")
    return [size // count] * count


def _xiph(data: bytes, count: int) -> tuple[int, list[int]]:
    at, sizes = 1, []
    for _ in range(count - 1):
        size = 0
        while at < len(data) and data[at] == _FULL:
            size, at = size + _FULL, at + 1
        if at >= len(data):
            raise MatroskaError("a laced block that ends within its sizes")
        sizes.append(size + data[at])
        at += 1
    return at, sizes


def _ebml(data: bytes, count: int) -> tuple[int, list[int]]:
    at = 1
    sizes: list[int] = []
    for number in range(count - 1):
        found = vint(data, at)
        if found is None or (found[0] == UNKNOWN and not number):
            raise MatroskaError("a laced block that ends within its sizes")
        value, length = found
        if number:  # the difference from the size before, around a bias
            whole = (1 << 7 * length) - 1
            value = sizes[-1] + (whole if value == UNKNOWN else value) - (whole >> 1)
        if value < 0:
            raise MatroskaError("a frame of a laced block with a negative size")
        sizes.append(value)
        at += length
    return at, sizes
