"""File systems by name: what kind of medium stands behind each, and how reads are answered.

Names are those of Linux mountinfo (`ext4`, `fuse.sshfs`), of macOS statfs (`apfs`) and of Windows
in lower case (`ntfs`); `ltfs` wherever LTFS was recognised.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class MediumKind(StrEnum):
    """What holds the bytes. FUSE stands for user-space file systems other than LTFS."""

    LOCAL = "local"
    MEMORY = "memory"
    NETWORK = "network"
    TAPE = "tape"
    FUSE = "fuse"


@dataclass(frozen=True, slots=True)
class Found:
    """What the operating system says of a volume, before tape is thought of.

    `direct`: O_DIRECT, F_NOCACHE or FILE_FLAG_NO_BUFFERING reads reach the device.
    """

    mount: Path
    filesystem: str
    source: str
    device: int
    identity: str
    rotational: bool | None
    block_size: int
    direct: bool
    read_only: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MEMORY = frozenset({"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"})

NETWORK = _words(
    "nfs nfs4 cifs smb2 smb3 smbfs ncpfs ceph 9p afs coda lustre gpfs beegfs pvfs2 orangefs "
    "glusterfs virtiofs vboxsf vmhgfs prl_fs drvfs afpfs webdav davfs acfs remote"
)
_NETWORK_FUSE = _words(
    "sshfs rclone s3fs glusterfs curlftpfs davfs davfs2 cephfs ceph-fuse goofys gcsfuse blobfuse "
    "blobfuse2 smbnetfs gvfsd-fuse vmhgfs-fuse juicefs seaweedfs mount-s3 geesefs onedriver "
    "quobyte moosefs mfs lizardfs saunafs xtreemfs"
)

DIRECT = frozenset({"ext2", "ext3", "ext4", "xfs", "f2fs", "btrfs", "jfs"})
"""Linux file systems whose O_DIRECT reads pass by the page cache to the block device.

Those that take the flag and may answer from memory are absent: zfs (its ARC), FUSE over a disk.
"""

COUNTABLE = _words(
    "ext2 ext3 ext4 xfs btrfs f2fs jfs vfat msdos exfat ntfs3 hfs hfsplus udf iso9660 nilfs2 "
    "bcachefs reiserfs"
)
"""Linux file systems where cachestat and mincore on an open file count its real cache.

overlayfs is absent: it reads through the inode below, so its own looks evicted at all times.
"""


def kind_of(filesystem: str) -> MediumKind:
    """Tell the kind of medium behind a file system; a name not known is taken for a local disk."""
    if filesystem == "ltfs":
        return MediumKind.TAPE
    if filesystem in MEMORY:
        return MediumKind.MEMORY
    family, _, subtype = filesystem.partition(".")
    if filesystem in NETWORK or (family == "fuse" and subtype in _NETWORK_FUSE):
        return MediumKind.NETWORK
    if family in {"fuse", "fuseblk", "macfuse", "osxfuse"}:
        return MediumKind.FUSE
    return MediumKind.LOCAL
