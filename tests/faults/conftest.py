"""Volumes made for tests: a fake tape over FUSE, and file systems in image files."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FAKE_LTFS = Path(__file__).with_name("fake_ltfs.py")
MKFS = {
    "ext4": ["mkfs.ext4", "-q", "-F"],
    "xfs": ["mkfs.xfs", "-q"],
    "btrfs": ["mkfs.btrfs", "-q"],
    "vfat": ["mkfs.vfat"],
    "exfat": ["mkfs.exfat"],
    "ntfs": ["mkntfs", "-Q", "-q", "-F"],
}
USER_SPACE = {"exfat": "mount.exfat-fuse", "ntfs": "ntfs-3g"}  # for kernels without the driver


@dataclass(frozen=True)
class Tape:
    """A mounted fake tape."""

    root: Path
    backing: Path
    process: subprocess.Popen[bytes]

    def stats(self) -> dict[str, object]:
        return json.loads(os.getxattr(self.root, "user.fake.stats"))

    def rewind(self) -> None:
        """Move the head to the start of the tape and clear the counters."""
        os.setxattr(self.root, "user.fake.rewind", b"1")

    def eject(self) -> None:
        unmount(self.root)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:  # a file was left open
            self.process.kill()
            self.process.wait()


def unmount(mount: Path) -> None:
    for command in (["umount", str(mount)], ["umount", "-l", str(mount)]):
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            return


@pytest.fixture
def insert_tape(tmp_path: Path) -> Iterator[Callable[..., Tape]]:
    """Mount fake tapes: `insert_tape("--capacity", "8388608")`; backing folders may be given."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK) or not _libfuse():
        pytest.skip("needs /dev/fuse and libfuse")
    tapes: list[Tape] = []

    def insert(*options: str, backing: Path | None = None) -> Tape:
        number = len(tapes)
        root, behind = tmp_path / f"tape{number}", backing or tmp_path / f"backing{number}"
        root.mkdir()
        behind.mkdir(exist_ok=True)
        command = [sys.executable, str(FAKE_LTFS), str(behind), str(root), *options]
        with (tmp_path / "fake_ltfs.log").open("ab") as log:
            tapes.append(Tape(root, behind, subprocess.Popen(command, stderr=log)))
        _await(lambda: root.is_mount() or tapes[number].process.poll() is not None)
        if not root.is_mount():
            pytest.skip("FUSE mounts are refused here")
        return tapes[number]

    yield insert
    for tape in tapes:
        tape.eject()
    if tapes:
        assert "Uncaught" not in (tmp_path / "fake_ltfs.log").read_text("utf-8", "replace")


@pytest.fixture
def tape(insert_tape: Callable[..., Tape]) -> Tape:
    """A fake tape, empty and without faults."""
    return insert_tape()


@pytest.fixture
def mount_image(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount a fresh file system from an image file: `mount_image("ext4", size_mib=64)`."""
    mounts: list[Path] = []

    def mount(filesystem: str, *, size_mib: int = 320, options: str = "") -> Path:
        if os.geteuid() != 0 or not shutil.which(MKFS[filesystem][0]):
            pytest.skip(f"needs root and {MKFS[filesystem][0]}")
        image, root = tmp_path / f"{filesystem}{len(mounts)}.img", tmp_path / f"m{len(mounts)}"
        with image.open("xb") as file:
            file.truncate(size_mib << 20)
        subprocess.run([*MKFS[filesystem], str(image)], check=True, capture_output=True)
        root.mkdir()
        wanted = ",".join(filter(None, ("loop", options)))
        helper = USER_SPACE.get(filesystem)
        kernel = ["mount", "-i", "-t", filesystem, "-o", wanted, str(image), str(root)]
        if not _runs(kernel) and not (helper and _in_user_space(helper, image, root)):
            pytest.skip(f"{filesystem} does not mount here")
        mounts.append(root)
        return root

    yield mount
    for root in reversed(mounts):
        unmount(root)


@pytest.fixture
def mounted() -> Iterator[Callable[..., None]]:
    """Call mount(8), the mount point last: `mounted("-t", "tmpfs", "none", folder)`."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    points: list[Path] = []

    def mount(*arguments: str | Path) -> None:
        if not _runs(["mount", *map(str, arguments)]):
            pytest.skip("mounts are refused here")
        points.append(Path(arguments[-1]))

    yield mount
    for point in reversed(points):
        unmount(point)


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _in_user_space(helper: str, image: Path, root: Path) -> bool:
    """Mount through a loop device, as from a real disk; the device goes when it is unmounted."""
    if not shutil.which(helper):
        return False
    made = subprocess.run(
        ["losetup", "-f", "--show", str(image)], check=False, capture_output=True, text=True
    )
    device = made.stdout.strip()
    mounted = bool(device) and _runs([helper, device, str(root)])
    if device:
        _await(lambda: root.is_mount() or not mounted)
        _runs(["losetup", "-d", device])
    return mounted


def _await(ready: Callable[[], bool], *, timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not ready() and time.monotonic() < end:
        time.sleep(0.02)


def _libfuse() -> bool:
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import mfusepy

        return bool(mfusepy)
    return False
