"""Places for data: fresh file systems in images on loop devices, or plain folders."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from benchmarks.data import files_of, write_stream

# Inode tables initialised later would be work in the background of somebody's time; a discard would
# give the blocks of the image back to the disk below, to be allocated anew in somebody's time.
MKFS = ("mkfs.ext4", "-q", "-F", "-m", "0", "-i", "4096")
MKFS_LATER = ("-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1")
MOUNT = ("mount", "-o", "noinit_itable,nodiscard,relatime")
THROTTLE = Path("/sys/fs/cgroup/blkio")  # version 1; version 2 has no limits for all processes


class Folder:
    """A plain folder. Emptying it may take minutes where the disk discards."""

    device = None

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def renew(self) -> None:
        """Delete all and begin again."""
        shutil.rmtree(self.root)
        self.root.mkdir()
        _do("sync", "-f", str(self.root))

    def forget(self) -> None:
        """Ask for the pages of every file to be dropped; folders and inodes need root."""
        _do("sync", "-f", str(self.root))
        for path in files_of(self.root):
            fd = os.open(path, os.O_RDONLY)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)
        if os.geteuid() == 0:
            drop_caches()


class Image:
    """An ext4 file system of its own on a loop device with direct I/O."""

    def __init__(self, folder: Path, name: str, size: int) -> None:
        self.root = folder / name
        self._image = folder / f"{name}.img"
        self._node = ""
        self._size = size

    @property
    def device(self) -> str:
        """Name the device as /proc/diskstats does."""
        return Path(self._node).name

    def open(self) -> None:
        """Write the image once through, so that no run pays for its allocation, and mount it."""
        self.root.mkdir()
        write_stream(self._image, self._image.name, self._size)
        _do("sync", "-f", str(self._image))
        self._node = _do("losetup", "--direct-io=on", "-f", "--show", str(self._image)).strip()
        self._make()

    def renew(self) -> None:
        """Make a new file system: deleting 100,000 files can take minutes, this takes none."""
        _unmount(self.root)
        self._make()

    def forget(self) -> None:
        """Mount anew, which drops files, folders and inodes at once."""
        _unmount(self.root)
        _do(*MOUNT, self._node, str(self.root))

    def throttle(self, rate: int) -> None:
        """Let the device read and write `rate` bytes a second each; 0 lifts the limit."""
        number = os.stat(self._node).st_rdev
        word = f"{os.major(number)}:{os.minor(number)} {rate}"
        for way in ("read", "write"):
            (THROTTLE / f"blkio.throttle.{way}_bps_device").write_text(word, "ascii")

    def close(self) -> None:
        """Unmount, free the device, delete the image; whatever of this is still to be done."""
        if self._node and THROTTLE.is_dir():
            with contextlib.suppress(OSError):
                self.throttle(0)
        _unmount(self.root)
        if self._node:
            _do("losetup", "-d", self._node)
        self._image.unlink(missing_ok=True)
        self.root.rmdir()

    def _make(self) -> None:
        _do(*MKFS, *MKFS_LATER, self._node)
        _do(*MOUNT, self._node, str(self.root))
        _do("sync", "-f", str(self.root))


Volume: TypeAlias = Folder | Image


@contextlib.contextmanager
def image(folder: Path, name: str, room: int) -> Iterator[Image]:
    """Have an image with room for so many bytes of files."""
    made = Image(folder, name, room + room // 12 + (256 << 20))
    try:
        made.open()
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def plain(folder: Path, name: str) -> Iterator[Folder]:
    """Have a folder."""
    try:
        yield Folder(folder / name)
    finally:
        shutil.rmtree(folder / name, ignore_errors=True)


def can_throttle() -> bool:
    """Tell whether devices can be made slow here."""
    return os.access(THROTTLE / "blkio.throttle.read_bps_device", os.W_OK)


def drop_caches() -> None:
    """Forget all clean pages, folders and inodes of the machine. Needs root."""
    _do("sync")
    Path("/proc/sys/vm/drop_caches").write_text("3", "ascii")


def sweep(folder: Path) -> None:
    """Clear what a killed run has left in its own folder: mounts, loop devices, files."""
    for line in Path("/proc/mounts").read_text("utf-8", "surrogateescape").splitlines():
        point = Path(line.split()[1])
        if folder in point.parents:
            _unmount(point)
    if shutil.which("losetup") and os.geteuid() == 0:
        for row in _do("losetup", "-l", "-n", "-O", "NAME,BACK-FILE").splitlines():
            node, *backing = row.split(maxsplit=1)
            if backing and folder in Path(backing[0]).parents:
                _do("losetup", "-d", node)
    shutil.rmtree(folder, ignore_errors=True)


def _unmount(point: Path) -> None:
    for _ in range(20):
        if not point.is_mount():
            return
        if _quietly("umount", str(point)):
            return
        time.sleep(0.25)  # a reader that was just stopped may not be gone yet
    _do("umount", "-l", str(point))


def _do(*command: str) -> str:
    """Run a system program, out of reach of a Ctrl-C on the terminal, and return what it says."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, start_new_session=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _quietly(*command: str) -> bool:
    try:
        _do(*command)
    except RuntimeError:
        return False
    return True
