"""Whether a player of an MP4 or MOV can begin before it has the whole file."""

from pathlib import Path
from typing import BinaryIO

_HEAD = 8  # bytes of a box's size and name
_MOST = 10_000  # boxes at the top of a file


def is_fast_start(path: Path) -> bool:
    """Say whether `moov` stands before the media (ISO/IEC 14496-12, 4.2)."""
    with path.open("rb") as file:
        names = _names(file)
    return b"moov" in names and names.index(b"moov") < names.index(b"mdat")


def _names(file: BinaryIO) -> list[bytes]:
    names: list[bytes] = []
    end = file.seek(0, 2)
    at = 0
    while at + _HEAD <= end and len(names) < _MOST:
        file.seek(at)
        head = file.read(2 * _HEAD)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[_HEAD:], "big")
        names.append(head[4:_HEAD])
        if size < _HEAD:
            break
        at += size
    return [*names, b"mdat"]  # without media, moov is before it too
