"""LTFS tapes: what their attributes tell, where files lie on tape, the index, the space needed.

LTFS shows its state as extended attributes, with the prefix `user.` on Linux and none on macOS
(SNIA LTFS Format Specification 2.5, annex C). They are read one by one and by name: the list of
attributes is empty, and reading `ltfs.sync` writes an index to tape. The same attributes set on a
folder of an ordinary file system are taken too, as a tape kept on disk for tests and rehearsals.
"""

import errno
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from avpres.adapters.storage.attributes import Place, read_attribute, write_attribute

BLOCK = 512 * 1024  # bytes; the block that mkltfs writes unless told otherwise
RESERVE = 5.0  # percent of a tape kept free for indexes; without it a tape may not mount again
INDEX_PER_FILE = 2048  # bytes of XML for one file in the index, with a long name and attributes
_INDEX_COPIES = 2  # at the end of the data, and the one before it, kept for roll-back
_MIB = 1024 * 1024
_PREFIX = "" if sys.platform == "darwin" else "user."
_BARCODE = re.compile(r"[A-Z0-9]{6}(L[0-9]|M8|LA)")  # IBM LTO cartridge label specification
_GENERATION = {"M8": "LTO-7 type M", "LA": "LTO-10"}

COUNTERS = (
    "mediaLoads",
    "mediaPermanentReadErrors",
    "mediaPermanentWriteErrors",
    "mediaRecoveredReadErrors",
    "mediaRecoveredWriteErrors",
    "mediaPreviousPermanentReadErrors",
    "mediaPreviousPermanentWriteErrors",
    "mediaMBRead",
    "mediaMBWritten",
    "mediaStorageAlert",
    "mediaEfficiency",
)
"""Counters of cartridge and drive worth recording before and after a copy."""

LOST = frozenset({errno.EIO, errno.EROFS, errno.ENODEV, errno.ENXIO, errno.ENOTCONN, errno.ESTALE})
"""Errors of a write after which nothing more may be written to a cartridge.

A failed write locks the volume for good and leaves the file empty; the next answers are EROFS.
"""


@dataclass(frozen=True, slots=True)
class TapeInfo:
    """What a tape says of itself; None where it does not say. Sizes in bytes."""

    volume_uuid: str | None
    volume_name: str | None
    barcode: str | None
    serial: str | None
    generation: str | None
    software: str | None
    format_version: str | None
    block_size: int | None
    capacity: int | None
    available: int | None
    lock_state: str | None
    index_generation: int | None
    index_time: str | None
    index_location: str | None
    compressed: str | None
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class TapePosition:
    """Where a file begins on tape. Sorted, positions are the order of one pass over each tape."""

    volume_uuid: str
    partition: str
    start_block: int


def attribute(place: Place, name: str) -> str | None:
    """Read one LTFS attribute, named without `user.` and `ltfs.`; None where there is none."""
    value = read_attribute(place, f"{_PREFIX}ltfs.{name}")
    text = value.decode("utf-8", "replace").strip(" \0\n") if value else ""
    return text or None


def number(place: Place, name: str) -> int | None:
    """Read an attribute that is a whole number; None also for what is none."""
    text = attribute(place, name)
    try:
        return int(text) if text else None
    except ValueError:
        return None


def is_ltfs(place: Place) -> bool:
    """Tell whether the attributes of LTFS are there."""
    return bool(attribute(place, "volumeUUID") or attribute(place, "softwareProduct"))


def volume_uuid(place: Place) -> str | None:
    """Read the UUID of the tape on which a file or folder lies."""
    return attribute(place, "volumeUUID")


def block_size(root: Path) -> int | None:
    """Read the size in bytes of a tape's blocks; each file begins in a new one."""
    return number(root, "volumeBlocksize")


def format_version(root: Path) -> tuple[int, int] | None:
    """Read which LTFS format the software writes, as (2, 4)."""
    found = re.match(r"(\d+)\.(\d+)", attribute(root, "softwareFormatSpec") or "")
    return (int(found[1]), int(found[2])) if found else None


def tape_root(place: Path, mount: Path, *, search: bool, state: object) -> Path | None:
    """Find the root folder of the tape that holds a path.

    Args:
        place: an existing path on the volume.
        mount: where the volume is mounted.
        search: look at folders below the mount point too: a rehearsal tape is a plain folder.
        state: changes when mounts change; the mount point is asked once in each state.
    """
    if _mount_is_ltfs(mount, state):
        return mount
    below = [folder for folder in (place, *place.parents) if folder.is_relative_to(mount)]
    return next((f for f in reversed(below) if is_ltfs(f)), None) if search else None


@lru_cache(maxsize=64)
def _mount_is_ltfs(mount: Path, _state: object) -> bool:
    return is_ltfs(mount)


def tape_info(root: Path) -> TapeInfo:
    """Read what a record should say of a tape, attribute by attribute."""
    barcode, serial = attribute(root, "mamBarcode"), attribute(root, "volumeSerial")
    capacity = number(root, "mediaDataPartitionTotalCapacity")
    available = number(root, "mediaDataPartitionAvailableSpace")
    counters = {name: number(root, name) for name in COUNTERS}
    return TapeInfo(
        volume_uuid=volume_uuid(root),
        volume_name=attribute(root, "volumeName"),
        barcode=barcode,
        serial=serial,
        generation=generation(barcode or ""),
        software=attribute(root, "softwareProduct"),
        format_version=attribute(root, "softwareFormatSpec"),
        block_size=block_size(root),
        capacity=None if capacity is None else capacity * _MIB,
        available=None if available is None else available * _MIB,
        lock_state=attribute(root, "volumeLockState"),
        index_generation=index_generation(root),
        index_time=attribute(root, "indexTime"),
        index_location=attribute(root, "indexLocation"),
        compressed=attribute(root, "volumeCompression"),
        counters={name: value for name, value in counters.items() if value is not None},
    )


def generation(barcode: str) -> str | None:
    """Tell the cartridge's generation from the two letters that end its barcode label."""
    label = _BARCODE.fullmatch(barcode)
    return (_GENERATION.get(label[1]) or f"LTO-{label[1][1]}") if label else None


def tape_position(place: Place, *, uuid: str | None = None) -> TapePosition | None:
    """Find where a file begins on tape.

    Args:
        place: path or descriptor; the position is known as soon as the file was closed.
        uuid: the tape's UUID where it is known already, to spare one question per file.

    Returns:
        None for an empty file, which takes no block, and for what is not on tape.
    """
    block = number(place, "startblock")
    if block is None:
        return None
    volume = uuid if uuid is not None else volume_uuid(place)
    return TapePosition(volume or "", attribute(place, "partition") or "", block)


def read_order(position: TapePosition | None, size: int = 0) -> tuple[str, str, int, int]:
    """Give the key by which files are read in one pass over the tape; empty files come first.

    Several small files may share a block with the beginning of a large one; the large one is
    last, since reading it moves the tape on.
    """
    if position is None:
        return "", "", -1, size
    return position.volume_uuid, position.partition, position.start_block, size


def is_locked(root: Path) -> bool:
    """Tell whether a tape says that it takes no more writes, for good after a write error.

    Software says it as a number (`0x0` is free) or as a word (`locked`, `permlocked`).
    """
    state = (attribute(root, "volumeLockState") or "").lower()
    if state.startswith("0x") or state.isdigit():
        return int(state, 16) != 0
    return state.startswith(("locked", "perm"))


def index_generation(root: Path) -> int | None:
    """Read the number of the last index; it grows with each index written to tape."""
    return number(root, "indexGeneration")


def write_index(root: Path) -> bool:
    """Have LTFS write its index to tape now, so that what was copied survives a lost mount.

    Returns:
        False where nothing can be asked (no LTFS attributes, as on a gateway or Windows): the
        index is then written when the tape is unmounted.

    Raises:
        OSError: LTFS tried and failed; on EIO the cartridge takes no more writes.
    """
    if not is_ltfs(root):
        return False
    write_attribute(root, f"{_PREFIX}ltfs.sync", b"1")
    return True


def ends_writing(error: OSError) -> bool:
    """Tell whether an error means that nothing more may be written to this cartridge."""
    return error.errno in LOST


def space_taken(size: int, block: int) -> int:
    """Tell how many bytes of tape a file takes; an empty one takes none."""
    return -(-size // block) * block


def space_needed(sizes: Iterable[int], block: int = BLOCK) -> int:
    """Tell how many bytes of tape files take, with the indexes that list them."""
    total = files = 0
    for size in sizes:
        total += space_taken(size, block)
        files += 1
    return total + index_allowance(files, block)


def index_allowance(files: int, block: int = BLOCK) -> int:
    """Tell how many bytes of the data partition the indexes of so many new files may take."""
    return space_taken(files * INDEX_PER_FILE, block) * _INDEX_COPIES
