"""The volume under a path: its file system, medium and identity, and what can be proved on it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.filesystems import COUNTABLE, Found, MediumKind, kind_of

if sys.platform == "win32":
    from avpres.adapters.storage import volume_windows as system
elif sys.platform == "darwin":
    from avpres.adapters.storage import volume_macos as system
else:
    from avpres.adapters.storage import volume_linux as system

__all__ = ["Free", "MediumKind", "Volume", "free_space", "nearest_existing", "volume_of"]

_EXBIBYTE = 1 << 60  # bytes; more than any single volume holds


@dataclass(frozen=True, slots=True)
class Volume:
    """What is known of the volume under a path.

    `identity` names what is mounted: the same after a remount or at another mount point, where
    the file system has a name of its own (`ltfs:<uuid>`, `uuid:<uuid>`, `nfs4:<server path>`).
    `block_size` is the unit of allocation in bytes. `tape_root` is the folder that carries the
    attributes of a tape, None where there are none, as on a gateway.

    `direct_is_proof`: bytes read with O_DIRECT (F_NOCACHE, FILE_FLAG_NO_BUFFERING) come from the
    block device or tape and not from this machine's file cache; in memory the cache is the
    medium. `eviction_is_countable`: pages that are counted as gone are gone. `syncfs_is_enough`:
    one syncfs makes all files durable; where False each file needs its own fsync.
    """

    mount: Path
    filesystem: str
    source: str
    kind: MediumKind
    device: int
    identity: str
    rotational: bool | None
    block_size: int
    direct_is_proof: bool
    eviction_is_countable: bool
    syncfs_is_enough: bool
    read_only: bool
    tape_root: Path | None = None

    @property
    def readers(self) -> int:
        """How many files may be read at once: on tape one, or every read becomes a wind."""
        if self.kind is MediumKind.TAPE:
            return 1
        if self.kind in {MediumKind.NETWORK, MediumKind.MEMORY}:
            return 4
        return 4 if self.rotational is False else 2

    @property
    def writers(self) -> int:
        """How many files may be written at once; the same as `readers` on every medium so far."""
        return self.readers


@dataclass(frozen=True, slots=True)
class Free:
    """Free space in bytes as the volume tells it, and whether its answer can be believed.

    `files` is how many more files it can hold, None where there is no such limit.
    """

    available: int
    total: int
    files: int | None
    trusted: bool


def volume_of(path: Path, *, tape: bool | None = None) -> Volume:
    """Know the volume that holds a path, or would hold it: the nearest existing ancestor counts.

    Cheap to ask again (about 20 microseconds): answers are kept until the mounts change.

    Args:
        path: need not exist yet.
        tape: True when the user says that it is LTFS (vendors' mounts differ), False that it is
            not, None to find out.

    Raises:
        OSError: the path cannot be looked at. Only "not there" leads to the parent: the mount
            point of a volume that went away must not be taken for the disk below it.
    """
    place = nearest_existing(path)
    found, state = system.look(place)
    if tape is False:
        return _volume(found, None, is_tape=False)
    root = ltfs.tape_root(place, found.mount, search=tape is True, state=state)
    return _volume(found, root, is_tape=bool(tape or root or found.filesystem == "ltfs"))


def nearest_existing(path: Path) -> Path:
    """Find the path, symbolic links followed, or else the nearest folder above that exists."""
    place = os.path.realpath(path)
    while True:
        try:
            os.stat(place)
        except (FileNotFoundError, NotADirectoryError):
            place = os.path.dirname(place)
        else:
            return Path(place)


def _volume(found: Found, root: Path | None, *, is_tape: bool) -> Volume:
    of_disk = kind_of(found.filesystem)
    uuid = ltfs.volume_uuid(root) if root else None
    return Volume(
        mount=root or found.mount,
        filesystem=found.filesystem,
        source=found.source,
        kind=MediumKind.TAPE if is_tape else _without_tape(of_disk),
        device=found.device,
        identity=f"ltfs:{uuid}" if uuid else found.identity,
        rotational=found.rotational,
        block_size=(ltfs.block_size(root) if root else None) or found.block_size,
        direct_is_proof=found.direct or of_disk in {MediumKind.TAPE, MediumKind.MEMORY},
        eviction_is_countable=sys.platform == "linux" and found.filesystem in COUNTABLE,
        syncfs_is_enough=of_disk in {MediumKind.LOCAL, MediumKind.MEMORY},
        read_only=found.read_only,
        tape_root=root,
    )


def _without_tape(kind: MediumKind) -> MediumKind:
    return MediumKind.FUSE if kind is MediumKind.TAPE else kind


def free_space(volume: Volume) -> Free:
    """Ask a volume for its free space and judge the answer.

    Storage gateways and object stores are known to answer 0 or absurd sizes (kieranjol
    IFIscripts #303); such an answer is given with `trusted` False, to be warned about.

    Raises:
        OSError: the volume is not there any more.
    """
    available, total, files = system.space(volume.mount)
    absurd = total <= 0 or not 0 <= available <= total or total >= _EXBIBYTE
    remote = volume.kind in {MediumKind.NETWORK, MediumKind.FUSE, MediumKind.TAPE}
    return Free(available, total, files, trusted=not absurd and not (remote and available == 0))
