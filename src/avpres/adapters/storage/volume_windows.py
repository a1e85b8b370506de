"""Volumes on Windows: kernel32 through ctypes. Written for Windows, untested there."""

import ctypes
import os
import sys
from pathlib import Path

from avpres.adapters.storage.filesystems import Found

if sys.platform != "win32":
    raise ImportError("volume_windows is for Windows alone")

_KERNEL = ctypes.WinDLL("kernel32", use_last_error=True)
_READ_ONLY = 0x00080000  # FILE_READ_ONLY_VOLUME, GetVolumeInformationW
_REMOTE, _RAM_DISK = 4, 6  # GetDriveTypeW
_DIRECT = frozenset({"ntfs", "refs", "exfat", "fat32", "fat", "udf"})  # FILE_FLAG_NO_BUFFERING
_LONGEST = 32768  # characters of a path


def look(place: Path) -> tuple[Found, object]:
    """Find the volume of an existing path, and a token that changes when mounts change."""
    root = _root(place)
    name, serial, flags = _information(root)
    drive = _KERNEL.GetDriveTypeW(root)
    filesystem = _name(name, drive)
    volume = _volume_name(root)
    found = Found(
        mount=Path(root),
        filesystem=filesystem,
        source=root,
        device=os.stat(place).st_dev,
        identity=f"volume:{volume}" if volume else f"{filesystem}:{root.rstrip(os.sep)}",
        rotational=None,
        block_size=_cluster(root),
        direct=drive != _REMOTE and filesystem in _DIRECT,
        read_only=bool(flags & _READ_ONLY),
    )
    return found, serial


def space(mount: Path) -> tuple[int, int, int | None]:
    """Give bytes available, bytes in total, and files that can still be made (no limit known)."""
    available, total = ctypes.c_uint64(), ctypes.c_uint64()
    _check(
        _KERNEL.GetDiskFreeSpaceExW(str(mount), ctypes.byref(available), ctypes.byref(total), None),
        str(mount),
    )
    return available.value, total.value, None


def _root(place: Path) -> str:
    buffer = ctypes.create_unicode_buffer(_LONGEST)
    _check(_KERNEL.GetVolumePathNameW(str(place), buffer, _LONGEST), str(place))
    return buffer.value


def _information(root: str) -> tuple[str, int, int]:
    name = ctypes.create_unicode_buffer(261)
    serial, longest, flags = ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32()
    answer = _KERNEL.GetVolumeInformationW(
        root,
        None,
        0,
        ctypes.byref(serial),
        ctypes.byref(longest),
        ctypes.byref(flags),
        name,
        len(name),
    )
    _check(answer, root)
    return name.value.lower(), serial.value, flags.value


def _name(name: str, drive: int) -> str:
    """Name the file system; a network drive says `ntfs` of the disk far behind it."""
    if "ltfs" in name:
        return "ltfs"
    if drive == _REMOTE:
        return "cifs"
    return "ramfs" if drive == _RAM_DISK else name


def _volume_name(root: str) -> str | None:
    r"""Find the lasting name `\\?\Volume{…}\`; network drives have none."""
    buffer = ctypes.create_unicode_buffer(64)
    found = _KERNEL.GetVolumeNameForVolumeMountPointW(root, buffer, len(buffer))
    return buffer.value[11:-2] if found else None


def _cluster(root: str) -> int:
    sectors, size, free, total = (ctypes.c_uint32() for _ in range(4))
    answer = _KERNEL.GetDiskFreeSpaceW(
        root,
        ctypes.byref(sectors),
        ctypes.byref(size),
        ctypes.byref(free),
        ctypes.byref(total),
    )
    return sectors.value * size.value if answer else 4096


def _check(answer: int, path: str) -> None:
    if not answer:
        raise ctypes.WinError(ctypes.get_last_error(), path)
