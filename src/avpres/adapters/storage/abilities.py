"""What this system can do to prove a copy, found by doing it; nothing is ever written."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage import medium
from avpres.adapters.storage.folders import PathFolder
from avpres.adapters.storage.hashing import NEW
from avpres.domain.fixity import Algorithm

MEASURED = 64 * 1024 * 1024  # bytes; long enough to tell, short enough to wait for
_PIECE = 1024 * 1024
_LOOKED_AT = 1000  # names in a folder among which a file is sought


@dataclass(frozen=True, slots=True)
class ReadAbilities:
    """How a file in a folder can be read past memory; None is "could not be tried"."""

    tried_on: str | None
    direct: bool | None
    evictable: bool | None


def read_abilities(folder: Path) -> ReadAbilities:
    """Read the first file of a folder past the page cache, and drop its pages and count them.

    The folder may be a source or a tape: only a file that is there already is used.

    Raises:
        OSError: the folder cannot be read.
    """
    name = _some_file(folder)
    if name is None:
        return ReadAbilities(None, None, None)
    place = PathFolder(os.fsencode(folder))
    try:
        direct = _reads_direct(place, name)
        evictable = _evicts(place, name)
    except OSError:
        return ReadAbilities(os.fsdecode(name), None, None)
    finally:
        place.close()
    return ReadAbilities(os.fsdecode(name), direct, evictable)


def open_files_limit() -> int | None:
    """Tell how many files this process may have open; None where there is no such limit."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


def speed_of(algorithm: Algorithm, size: int = MEASURED) -> float:
    """Measure a digest on one core, in bytes a second, over bytes in memory."""
    piece = bytes(_PIECE)
    hasher = NEW[algorithm]()
    began = time.perf_counter()
    for _ in range(size // _PIECE):
        hasher.update(piece)
    hasher.hexdigest()
    return size / (time.perf_counter() - began)


def _some_file(folder: Path) -> bytes | None:
    with os.scandir(os.fsencode(folder)) as entries:
        for _, entry in zip(range(_LOOKED_AT), entries, strict=False):
            if entry.is_file(follow_symlinks=False) and entry.stat().st_size > 0:
                return entry.name
    return None


def _reads_direct(place: PathFolder, name: bytes) -> bool:
    fd, bypassed = medium.open_direct(place, name)
    try:
        return bypassed and medium.read_into(fd, medium.buffer(medium.ALIGNMENT), 0) > 0
    finally:
        os.close(fd)


def _evicts(place: PathFolder, name: bytes) -> bool:
    fd = place.open(name, medium.READ)
    try:
        return medium.evict(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)
