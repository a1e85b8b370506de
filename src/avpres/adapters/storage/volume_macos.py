"""Volumes on macOS: statfs and getattrlist through ctypes. Written for macOS, untested there."""

import ctypes
import os
import platform
import uuid
from functools import cache
from pathlib import Path

from avpres.adapters.storage.filesystems import Found

_MNT_RDONLY = 0x1  # <sys/mount.h>
_ATTR_BIT_MAP_COUNT = 5  # <sys/attr.h>
_ATTR_VOL_INFO = 0x80000000
_ATTR_VOL_UUID = 0x00040000
_DIRECT = frozenset({"apfs", "hfs", "exfat", "msdos"})  # F_NOCACHE reads pass by the cache


class _Statfs(ctypes.Structure):
    """`struct statfs` with 64-bit inodes, <sys/mount.h>."""

    _fields_ = (
        ("bsize", ctypes.c_uint32),
        ("iosize", ctypes.c_int32),
        ("blocks", ctypes.c_uint64),
        ("bfree", ctypes.c_uint64),
        ("bavail", ctypes.c_uint64),
        ("files", ctypes.c_uint64),
        ("ffree", ctypes.c_uint64),
        ("fsid", ctypes.c_int32 * 2),
        ("owner", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("subtype", ctypes.c_uint32),
        ("typename", ctypes.c_char * 16),
        ("mount_on", ctypes.c_char * 1024),
        ("mount_from", ctypes.c_char * 1024),
        ("more", ctypes.c_uint32 * 8),
    )


class _AttributeList(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_uint16),
        ("reserved", ctypes.c_uint16),
        ("common", ctypes.c_uint32),
        ("volume", ctypes.c_uint32),
        ("folder", ctypes.c_uint32),
        ("file", ctypes.c_uint32),
        ("fork", ctypes.c_uint32),
    )


class _VolumeUuid(ctypes.Structure):
    _pack_ = 4
    _fields_ = (("length", ctypes.c_uint32), ("value", ctypes.c_ubyte * 16))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def look(place: Path) -> tuple[Found, object]:
    """Find the volume of an existing path, and a token that changes when mounts change."""
    answer = _statfs(place)
    source = os.fsdecode(answer.mount_from)
    mount = Path(os.fsdecode(answer.mount_on))
    filesystem = _name(answer.typename.decode("ascii", "replace"), source)
    found = Found(
        mount=mount,
        filesystem=filesystem,
        source=source,
        device=os.stat(place).st_dev,
        identity=_identity(mount, filesystem, source),
        rotational=None,
        block_size=answer.bsize,
        direct=filesystem in _DIRECT,
        read_only=bool(answer.flags & _MNT_RDONLY),
    )
    return found, tuple(answer.fsid)


def space(mount: Path) -> tuple[int, int, int | None]:
    """Give bytes available, bytes in total, and files that can still be made."""
    answer = _statfs(mount)
    files = answer.ffree if 0 < answer.files < 1 << 32 else None  # APFS answers 2**32 and above
    return answer.bavail * answer.bsize, answer.blocks * answer.bsize, files


def _statfs(place: Path) -> _Statfs:
    call = getattr(_libc(), "statfs$INODE64" if platform.machine() == "x86_64" else "statfs")
    answer = _Statfs()
    if call(os.fsencode(place), ctypes.byref(answer)):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(place))
    return answer


def _name(typename: str, source: str) -> str:
    """Name the file system as Linux does, where that says more than macOS' own word."""
    if source.lower().startswith("ltfs") or "ltfs" in typename:
        return "ltfs"
    if typename in {"macfuse", "osxfuse", "fusefs"}:
        return "fuse.sshfs" if "@" in source and ":" in source else "fuse"
    return typename


def _identity(mount: Path, filesystem: str, source: str) -> str:
    wanted = _AttributeList(count=_ATTR_BIT_MAP_COUNT, volume=_ATTR_VOL_INFO | _ATTR_VOL_UUID)
    answer = _VolumeUuid()
    status = _libc().getattrlist(
        os.fsencode(mount),
        ctypes.byref(wanted),
        ctypes.byref(answer),
        ctypes.c_size_t(ctypes.sizeof(answer)),
        ctypes.c_ulong(0),
    )
    if status == 0 and any(answer.value):
        return f"uuid:{uuid.UUID(bytes=bytes(answer.value))}"
    return f"{filesystem}:{source}"
