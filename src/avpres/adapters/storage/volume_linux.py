"""Volumes on Linux: mountinfo, statvfs and sysfs."""

import contextlib
import fcntl
import os
import stat
import uuid
from functools import lru_cache
from pathlib import Path

from avpres.adapters.storage.filesystems import DIRECT, NETWORK, Found
from avpres.adapters.storage.mounts import Mount, MountTable, mount_id

_FS_IOC_GETFSUUID = 0x80111500  # _IOR(0x15, 0, struct fsuuid2), Linux 6.9, uapi/linux/fs.h
_UUID_LENGTH = 16
_TABLE = MountTable()
_FSID_LASTS = frozenset({"ext2", "ext3", "ext4", "btrfs"})  # statfs f_fsid is made of the UUID
_AT_BOOT = {b"NTFS    ": "fuse.ntfs-3g", b"EXFAT   ": "fuse.exfat"}


def look(place: Path) -> tuple[Found, object]:
    """Find the volume of an existing path, and a token that changes when mounts change."""
    path = os.fsencode(place)
    with contextlib.ExitStack() as stack:
        try:
            fd = os.open(path + b"/.", os.O_PATH | os.O_CLOEXEC)  # the dot mounts autofs folders
        except NotADirectoryError:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        stack.callback(os.close, fd)
        device = os.fstat(fd).st_dev
        state, mounts = _TABLE.current()
        mount = mounts.get(mount_id(fd) or -1) or _by_device(mounts, device)
    return _found(mount, device, state), state


def space(mount: Path) -> tuple[int, int, int | None]:
    """Give bytes available, bytes in total, and files that can still be made."""
    answer = os.statvfs(mount)
    unit = answer.f_frsize or answer.f_bsize
    files = answer.f_favail if answer.f_files > 0 else None  # btrfs, exfat: made as needed
    return answer.f_bavail * unit, answer.f_blocks * unit, files


def _by_device(mounts: dict[int, Mount], device: int) -> Mount:
    """Find a mount that no line names by id: in a chroot the mount itself may be out of sight."""
    number = (os.major(device), os.minor(device))
    for mount in mounts.values():
        if mount.device == number:
            return mount
    return Mount(-1, number, "/", "/", read_only=False, filesystem="", source="", options=())


@lru_cache(maxsize=64)
def _found(mount: Mount, device: int, _state: int) -> Found:
    answer = os.statvfs(mount.point)
    block = _block_device(mount)
    filesystem = _filesystem(mount, block)
    return Found(
        mount=Path(mount.point),
        filesystem=filesystem,
        source=mount.source,
        device=device,
        identity=_identity(mount, filesystem, block, answer.f_fsid),
        rotational=_rotational(block),
        block_size=answer.f_frsize or answer.f_bsize,
        direct=_direct(mount, filesystem),
        read_only=mount.read_only or bool(answer.f_flag & os.ST_RDONLY),
    )


def _block_device(mount: Mount) -> tuple[int, int] | None:
    """Find the number of the block device; btrfs and FUSE carry one that is not the disk's."""
    if mount.device[0] != 0:
        return mount.device
    with contextlib.suppress(OSError):
        status = os.stat(mount.source)
        if stat.S_ISBLK(status.st_mode):
            return os.major(status.st_rdev), os.minor(status.st_rdev)
    return None


def _filesystem(mount: Mount, block: tuple[int, int] | None) -> str:
    if not mount.filesystem.startswith("fuse"):
        return mount.filesystem
    if mount.source.lower().startswith("ltfs") or mount.filesystem.endswith(".ltfs"):
        return "ltfs"
    if mount.filesystem == "fuseblk" and block:
        return _on_disk(mount, block)
    return mount.filesystem


def _on_disk(mount: Mount, block: tuple[int, int]) -> str:
    """Tell ntfs-3g from exfat-fuse, both `fuseblk`: by udev's note, else by the boot sector."""
    noted = _udev(block).get("ID_FS_TYPE", "")
    if noted in {"ntfs", "exfat"}:
        return {"ntfs": "fuse.ntfs-3g", "exfat": "fuse.exfat"}[noted]
    with contextlib.suppress(OSError), open(mount.source, "rb") as disk:
        return _AT_BOOT.get(disk.read(11)[3:], mount.filesystem)
    return mount.filesystem


def _udev(block: tuple[int, int]) -> dict[str, str]:
    """Read what udev noted of a block device; empty where there is no udev."""
    try:
        text = Path(f"/run/udev/data/b{block[0]}:{block[1]}").read_text("utf-8", "replace")
    except OSError:
        return {}
    pairs = (line[2:].partition("=") for line in text.splitlines() if line.startswith("E:"))
    return {key: value for key, _, value in pairs}


def _rotational(block: tuple[int, int] | None) -> bool | None:
    """Tell a turning disk from a still one; a partition is asked through its whole disk."""
    if block is None:
        return None
    base = Path(f"/sys/dev/block/{block[0]}:{block[1]}")
    for queue in (base / "queue", base.resolve().parent / "queue"):
        with contextlib.suppress(OSError):
            return (queue / "rotational").read_text("ascii").strip() == "1"
    return None


def _identity(mount: Mount, filesystem: str, block: tuple[int, int] | None, fsid: int) -> str:
    """Name what is mounted; a part of a file system (bind, subvolume) is named with its folder."""
    folder = "" if mount.root == "/" else f":{mount.root}"
    known = _ioctl_uuid(mount.point) or (_disk_uuid(mount, block) if block else None)
    if known:
        return f"uuid:{known}{folder}"
    if filesystem in _FSID_LASTS and fsid:
        return f"fsid:{fsid:x}{folder}"
    if filesystem in NETWORK or mount.device[0] != 0 or block:
        return f"{filesystem}:{mount.source}{folder}"
    return f"{filesystem}:{mount.source}:{mount.point}"


def _ioctl_uuid(point: str) -> str | None:
    answer = bytearray(_UUID_LENGTH + 1)
    try:
        fd = os.open(point, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.ioctl(fd, _FS_IOC_GETFSUUID, answer)
    except OSError:
        return None
    finally:
        os.close(fd)
    value = bytes(answer[1:])
    return str(uuid.UUID(bytes=value)) if answer[0] == _UUID_LENGTH and any(value) else None


def _disk_uuid(mount: Mount, block: tuple[int, int]) -> str | None:
    noted = _udev(block).get("ID_FS_UUID")
    if noted:
        return noted
    by_uuid = Path("/dev/disk/by-uuid")
    with contextlib.suppress(OSError):
        for link in by_uuid.iterdir():
            if link.resolve() == Path(mount.source).resolve():
                return link.name
    return None


def _direct(mount: Mount, filesystem: str) -> bool:
    """Tell whether O_DIRECT reads reach the device, given how the file system is mounted.

    ext4 with data=journal and compressed btrfs quietly read through the page cache instead.
    """
    if filesystem == "overlay":
        return _direct_below(mount)
    if mount.option("data") == "journal":
        return False
    compressed = mount.option("compress") or mount.option("compress-force")
    return filesystem in DIRECT and not compressed


def _direct_below(mount: Mount) -> bool:
    """Judge overlayfs by the file system of its upper folder, to which it hands O_DIRECT.

    In a container the upper folder is out of sight; then only a kernel that knows zfs, which
    takes the flag and answers from memory, leaves a doubt.
    """
    upper = mount.option("upperdir")
    if upper and os.path.isdir(upper):
        return look(Path(upper))[0].direct
    with contextlib.suppress(OSError):
        return "zfs" not in Path("/proc/filesystems").read_text("ascii").split()
    return False
