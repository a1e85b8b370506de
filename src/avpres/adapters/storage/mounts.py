"""What is mounted where, on Linux: `/proc/self/mountinfo`, read again only when it changed."""

import contextlib
import os
import re
import select
import threading
from dataclasses import dataclass
from pathlib import Path

MOUNTINFO = "/proc/self/mountinfo"
_ESCAPED = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of mountinfo (Linux proc(5)); names are surrogate-escaped.

    `root` is the folder of the file system that is seen at `point`: other than `/` for bind
    mounts and btrfs subvolumes.
    """

    id: int
    device: tuple[int, int]
    root: str
    point: str
    read_only: bool
    filesystem: str
    source: str
    options: tuple[str, ...]

    def option(self, name: str) -> str | None:
        """Find the value of an option of the file system, "" for one that stands alone."""
        for option in self.options:
            key, _, value = option.partition("=")
            if key == name:
                return value
        return None


def parse_mountinfo(text: bytes) -> dict[int, Mount]:
    """Read mountinfo into mounts by their id; lines of a form not known are left out."""
    mounts = {}
    for line in text.split(b"\n"):
        mount = _mount(line)
        if mount is not None:
            mounts[mount.id] = mount
    return mounts


def _mount(line: bytes) -> Mount | None:
    head, separator, tail = line.partition(b" - ")
    before, after = head.split(b" "), tail.split(b" ")
    if not separator or len(before) < 6 or len(after) < 3:  # noqa: PLR2004 - fields of proc(5)
        return None
    major, _, minor = before[2].partition(b":")
    options = _plain(after[2]).split(",")
    return Mount(
        id=int(before[0]),
        device=(int(major), int(minor)),
        root=_plain(before[3]),
        point=_plain(before[4]),
        read_only="ro" in _plain(before[5]).split(",") or "ro" in options,
        filesystem=_plain(after[0]),
        source=_plain(after[1]),
        options=tuple(options),
    )


def _plain(field: bytes) -> str:
    return os.fsdecode(_ESCAPED.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), field))


def mount_id(fd: int) -> int | None:
    """Tell on which mount an open file lies.

    The longest mount point above a path would do in most cases, but not where one mount hides
    another, nor on btrfs and overlay, whose files do not carry the mount's device number.
    """
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/self/fdinfo/{fd}").read_bytes().splitlines():
            if line.startswith(b"mnt_id:"):
                return int(line[7:])
    return None


class MountTable:
    """The mounts of this process, kept until the kernel says that they changed.

    The kernel marks an open mountinfo with POLLPRI after each mount, unmount and remount
    (proc(5)), so a table that is asked for every file costs one `poll` and never grows stale.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._file = -1
        self._mounts: dict[int, Mount] = {}
        self.generation = 0

    def current(self) -> tuple[int, dict[int, Mount]]:
        """Give the number of this state of the table, and the mounts by id."""
        with self._lock:
            if self._changed():
                self._mounts = parse_mountinfo(Path(MOUNTINFO).read_bytes())
                self.generation += 1
            return self.generation, self._mounts

    def _changed(self) -> bool:
        if self._owner != os.getpid():  # a forked child would share, and eat, its parent's marks
            self._owner = os.getpid()
            self._file = os.open(MOUNTINFO, os.O_RDONLY | os.O_CLOEXEC)
            return True
        poll = select.poll()
        poll.register(self._file, select.POLLPRI | select.POLLERR)
        return bool(poll.poll(0))
