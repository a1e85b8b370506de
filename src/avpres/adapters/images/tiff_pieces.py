"""Where the strips and tiles of a picture stand in the file, checked before any is read."""

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.tiff_directory import Directory
from avpres.adapters.images.tiff_layout import Layout
from avpres.domain.migration import Reason, Unmigratable

_TILE = 1 << 24  # bytes that any tile may have, taken out of its compression
_MOST = 1 << 20  # strips or tiles of one picture


def pieces_of(page: Directory, layout: Layout, size: int) -> list[tuple[int, int]]:
    """Give the place and the size of every strip or tile, plane after plane.

    Raises:
        Unmigratable: some are missing, empty, too many, or reach past the end of the file.
    """
    tags = (words.STRIP_OFFSETS, words.STRIP_COUNTS)
    if layout.tile is not None and words.TILE_OFFSETS in page.entries:
        tags = (words.TILE_OFFSETS, words.TILE_COUNTS)
    largest = max(piece_bytes(layout, plane, layout.piece[1]) for plane in range(layout.planes))
    if layout.tile is not None and largest > max(_TILE, 4 * layout.size):
        raise _damaged(f"its tiles of {layout.tile} pixels are far larger than the picture")
    wanted = count_of(layout)
    if wanted > min(_MOST, size):
        raise _damaged(f"{wanted} strips or tiles cannot stand in {size} bytes")
    offsets = page.numbers(tags[0], _MOST)
    if len(offsets) < wanted:
        raise _damaged(f"of {wanted} strips or tiles, {len(offsets)} are told")
    if any(offsets[wanted:]):
        raise _damaged(f"{len(offsets)} strips or tiles are told, and {wanted} make its height")
    counts = _counts(page, layout, tags[1], wanted)
    found = list(zip(offsets[:wanted], counts[:wanted], strict=True))
    for index, (place, count) in enumerate(found):
        if place < 8 or count <= 0 or place + count > size:
            raise _damaged(f"a strip or tile of {count} bytes at byte {place} is not in the file")
        _adds_up(layout, index, count)
    return found


def piece_bytes(layout: Layout, plane: int, rows: int) -> int:
    """Count the bytes of a strip or tile of so many rows, when it is not compressed."""
    wide, _ = layout.piece
    return -(-wide * sum(layout.plane_bits(plane)) // 8) * rows


def rows_of(layout: Layout, index: int) -> int:
    """Count the rows that one piece holds: tiles are always whole, the last strip may not be."""
    if layout.tile is not None:
        return layout.tile[1]
    return min(layout.rows, layout.height - index % layout.grid[1] * layout.rows)


def count_of(layout: Layout) -> int:
    """Count the strips or tiles of all planes."""
    across, down = layout.grid
    return across * down * layout.planes


def place_of(layout: Layout, index: int) -> tuple[slice, slice, slice]:
    """Say which rows, columns and channels of the picture a piece holds."""
    across, down = layout.grid
    plane, at = divmod(index, across * down)
    wide, high = layout.piece
    top, left = at // across * high, at % across * wide
    channels = slice(plane, plane + 1) if layout.planar else slice(None)
    return slice(top, top + high), slice(left, left + wide), channels


def _adds_up(layout: Layout, index: int, count: int) -> None:
    """Refuse a piece that is longer than its samples, which tells that sizes do not add up.

    The last strip may be as long as the others. LZW takes 12 bits at most for a byte.
    """
    if layout.compression not in {words.NONE, words.LZW}:
        return
    plane = index // (layout.grid[0] * layout.grid[1])
    rows, high = rows_of(layout, index), layout.piece[1]
    row = piece_bytes(layout, plane, 1)
    if layout.compression == words.LZW:
        most = 2 * row * high + 64
    else:
        most = max(row * rows + max(3, min(row, 16) - 1), row * high)
    if count > most:
        text = f"a strip or tile of {count} bytes holds {rows} rows of {row} bytes"
        raise Unmigratable(Reason.DAMAGED, text)


def _counts(page: Directory, layout: Layout, tag: int, wanted: int) -> tuple[int, ...]:
    counts = page.numbers(tag, _MOST)
    if not any(counts) and layout.compression == words.NONE:  # none, or zeros in their place
        each = layout.grid[0] * layout.grid[1]
        return tuple(piece_bytes(layout, at // each, rows_of(layout, at)) for at in range(wanted))
    if len(counts) < wanted:
        raise _damaged(f"of {wanted} strips or tiles, the sizes of {len(counts)} are told")
    return counts


def _damaged(detail: str) -> Unmigratable:
    return Unmigratable(Reason.DAMAGED, detail)
