# ruff: noqa: ARG002 - the parameters are those of FUSE
"""A tape that is none: a FUSE file system over a folder, behaving as LTFS does.

    python fake_ltfs.py BACKING MOUNT [--stats FILE] [--capacity BYTES] ...

Every block of 512 KiB gets its place on "tape" in the order of writing. Reading moves a head; the
way it goes is counted and priced (a locate costs 10 s and 0.05 s a block, going on costs nothing).
Nothing sleeps. Counters are in the virtual attribute `user.fake.stats` of the root (JSON), and in
FILE after unmounting; setting `user.fake.rewind` moves the head to the start and clears them.

Behaviour after what real LTFS was seen to do: no modes but read-only, no hard links, no fifos,
names in NFC and UTF-8 alone, `ltfs.sync` writes an index when set and also when read, the first
failed write locks the volume and leaves the file empty, space once written is never given back.
"""

import argparse
import contextlib
import errno
import json
import os
import stat
import sys
import threading
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from mfusepy import FUSE, Operations, fuse_version_major

BLOCK = 512 * 1024
FUSE_CAP_ASYNC_DIO = 1 << 15
UUID = "5d3c7a52-4a4e-4b5f-8d5e-0f6a1f2c9b10"
LOCATE_S = 10.0
BLOCK_S = 0.05
FIRST_BLOCK = 64  # of data; before it lie label and index
READ_THROUGH = 32  # blocks; a drive reads over a short gap rather than locate
READ_THROUGH_S = 0.002


@dataclass
class Entry:
    """Where the blocks of one file lie."""

    blocks: list[int] = field(default_factory=list)
    partition: str = "b"


@dataclass
class Handle:
    fd: int
    path: str
    writes: bool


class Tape:
    """The cartridge and its drive: blocks, head, counters."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.next_block = FIRST_BLOCK
        self.head = 0
        self.last_read = -1
        self.generation = 1
        self.locked = False
        self.seek_s = 0.0
        self.counts: Counter[str] = Counter()
        self.order: list[str] = []

    @property
    def used(self) -> int:
        return (self.next_block - FIRST_BLOCK) * BLOCK

    def append(self) -> int:
        block = self.next_block
        self.next_block += 1
        if self.head != block:
            self._locate(block)
        self.head = block + 1
        return block

    def pass_over(self, block: int) -> None:
        if block != self.last_read:
            if self.head != block:
                self._locate(block)
            self.head = block + 1
            self.last_read = block

    def _locate(self, block: int) -> None:
        gap = block - self.head
        self.counts["seeks"] += 1
        self.counts["distance"] += abs(gap)
        through = 0 < gap <= READ_THROUGH
        self.seek_s += gap * READ_THROUGH_S if through else LOCATE_S + abs(gap) * BLOCK_S

    def rewind(self) -> None:
        self.head, self.last_read, self.seek_s = 0, -1, 0.0
        self.counts.clear()
        self.order.clear()

    def stats(self) -> str:
        figures = {**self.counts, "seek_s": round(self.seek_s, 3), "generation": self.generation}
        figures |= {"used": self.used, "locked": self.locked, "order": self.order[:400]}
        return json.dumps(figures)


class FakeLtfs(Operations):
    use_ns = True

    def __init__(self, backing: str, options: argparse.Namespace) -> None:
        self.backing = os.path.realpath(backing)
        self.options = options
        self.tape = Tape(options.capacity)
        self.entries: dict[str, Entry] = {}
        self.attributes: dict[tuple[str, str], bytes] = {}
        self.handles: dict[int, Handle] = {}
        self.reading: Counter[str] = Counter()
        self.written = 0
        self.guard = threading.RLock()
        self._load()

    def _load(self) -> None:
        """Lay what the folder holds already on tape, in the order of the files' times."""
        found = []
        for folder, _, names in os.walk(self.backing):
            for name in names:
                path = os.path.join(folder, name)
                if stat.S_ISREG(os.lstat(path).st_mode):
                    found.append((os.lstat(path).st_mtime_ns, path))
        for _, path in sorted(found):
            entry = self._entry("/" + os.path.relpath(path, self.backing))
            for _ in range(-(-os.path.getsize(path) // BLOCK)):
                entry.blocks.append(self.tape.append())
        self.tape.rewind()

    def init_with_config(self, conn_info, config_3):
        """Ask libfuse 3 for direct reads in order, as from the libfuse 2 that LTFS uses."""
        if fuse_version_major == 3:
            conn_info.want &= ~FUSE_CAP_ASYNC_DIO

    # names

    def _name(self, path: str) -> str:
        """Store names as LTFS does: NFC, UTF-8 alone, 255 code points."""
        try:
            path.encode("utf-8")
        except UnicodeEncodeError:
            raise OSError(errno.EINVAL, "not UTF-8") from None
        path = unicodedata.normalize("NFC", path)
        last = path.rsplit("/", 1)[-1]
        if len(last) > 255:
            raise OSError(errno.ENAMETOOLONG, "name too long")
        if self.options.old_format and ":" in last:
            raise OSError(errno.EINVAL, "colon")
        return path

    def _real(self, path: str) -> str:
        return self.backing + self._name(path)

    def _entry(self, path: str) -> Entry:
        return self.entries.setdefault(self._name(path), Entry())

    def _writable(self) -> None:
        if self.tape.locked:
            raise OSError(errno.EROFS, "volume locked after a write error")

    def _space(self) -> None:
        self._writable()
        if self.tape.used >= self.tape.capacity:
            raise OSError(errno.ENOSPC, "early warning")

    # folders and attributes of files

    def getattr(self, path, fh=None):
        found = os.lstat(self._real(path))
        keys = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_ino")
        answer = {key: getattr(found, key) for key in keys}
        if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode):
            bits = 0o777 if found.st_mode & 0o200 else 0o555
            answer["st_mode"] = stat.S_IFMT(found.st_mode) | bits
        times = {"st_atime": found.st_atime_ns, "st_mtime": found.st_mtime_ns}
        return {**answer, **times, "st_ctime": found.st_ctime_ns, "st_blksize": BLOCK}

    def readdir(self, path, fh):
        self.tape.counts["readdirs"] += 1
        return [".", "..", *os.listdir(self._real(path))]

    def mkdir(self, path, mode):
        self._space()
        os.mkdir(self._real(path), 0o755)

    def rmdir(self, path):
        self._writable()
        os.rmdir(self._real(path))

    def unlink(self, path):
        self._writable()
        self.tape.counts["unlinks"] += 1
        os.unlink(self._real(path))
        self.entries.pop(self._name(path), None)

    def rename(self, old, new):
        self._writable()
        self.tape.counts["renames"] += 1
        os.rename(self._real(old), self._real(new))
        moved = self.entries.pop(self._name(old), None)
        if moved:
            self.entries[self._name(new)] = moved

    def symlink(self, target, source):
        self._space()
        os.symlink(source, self._real(target))

    def readlink(self, path):
        return os.readlink(self._real(path))

    def link(self, target, source):
        raise OSError(errno.EPERM, "LTFS has no hard links")

    def mknod(self, path, mode, dev):
        raise OSError(errno.ENOSYS, "LTFS has no special files")

    def chmod(self, path, mode):
        self._writable()
        self.tape.counts["setattrs"] += 1
        os.chmod(self._real(path), 0o644 if mode & 0o222 else 0o444)

    def chown(self, path, uid, gid):
        self._writable()
        self.tape.counts["setattrs"] += 1

    def utimens(self, path, times=None):
        self._writable()
        self.tape.counts["settimes"] += 1
        os.utime(self._real(path), ns=times)

    def statfs(self, path):
        total = self.tape.capacity // BLOCK
        free = max(0, total - self.tape.used // BLOCK)
        sizes = {"f_bsize": BLOCK, "f_frsize": BLOCK, "f_blocks": total, "f_bfree": free}
        return {**sizes, "f_bavail": free, "f_files": 1 << 32, "f_ffree": 1 << 32, "f_namemax": 255}

    # extended attributes

    def getxattr(self, path, name, position=0):
        if not name.startswith("user."):
            raise OSError(errno.ENODATA, name)
        stored = self.attributes.get((self._name(path), name))
        return stored if stored is not None else self._virtual(path, name[5:]).encode()

    def _virtual(self, path: str, name: str) -> str:
        with self.guard:
            if path == "/" and name == "ltfs.sync":
                return self._sync()
            if path == "/" and name == "fake.stats":
                return self.tape.stats()
            values = {**self._of_any(), **(self._of_root() if path == "/" else {})}
            values |= self._of_file(path)
        if name not in values:
            raise OSError(errno.ENODATA, name)
        return str(values[name])

    def _of_any(self) -> dict[str, object]:
        return {
            "ltfs.softwareProduct": "LTFS LE",
            "ltfs.softwareFormatSpec": "2.2.0" if self.options.old_format else "2.4.0",
            "ltfs.volumeUUID": self.options.uuid,
            "ltfs.volumeName": "fake tape",
            "ltfs.mamBarcode": "AVP001L8".ljust(32),
            "ltfs.volumeLockState": "0xe0" if self.tape.locked else "0x0",
        }

    def _of_root(self) -> dict[str, object]:
        free = max(0, self.tape.capacity - self.tape.used)
        return {
            "ltfs.volumeSerial": "AVP001",
            "ltfs.volumeBlocksize": BLOCK,
            "ltfs.volumeCompression": "false",
            "ltfs.indexGeneration": self.tape.generation,
            "ltfs.indexTime": "2026-01-01T00:00:00.000000000Z",
            "ltfs.indexLocation": "a:5",
            "ltfs.partitionMap": "I:a,D:b",
            "ltfs.mediaDataPartitionTotalCapacity": self.tape.capacity // (1 << 20),
            "ltfs.mediaDataPartitionAvailableSpace": free // (1 << 20),
            "ltfs.mediaLoads": 12,
            "ltfs.mediaPermanentWriteErrors": int(self.tape.locked),
            "ltfs.mediaPermanentReadErrors": self.tape.counts["read_errors"],
        }

    def _of_file(self, path: str) -> dict[str, object]:
        entry = self.entries.get(self._name(path))
        if not entry or not entry.blocks:
            return {}
        return {"ltfs.partition": entry.partition, "ltfs.startblock": entry.blocks[0]}

    def _sync(self) -> str:
        """Write an index: only renames, unlinks and this still work on a full tape."""
        self._writable()
        self.tape.counts["index_writes"] += 1
        self.tape.generation += 1
        self.tape.append()
        return "1"

    def setxattr(self, path, name, value, options, position=0):
        with self.guard:
            if path == "/" and name == "user.fake.rewind":
                self.tape.rewind()
            elif path == "/" and name == "user.ltfs.sync":
                self._sync()
            else:
                self._writable()
                if len(value) > 4096:
                    raise OSError(errno.ENOSPC, "attribute too long")
                self.tape.counts["setxattrs"] += 1
                self.attributes[self._name(path), name] = value

    def listxattr(self, path):
        return []

    def removexattr(self, path, name):
        if self.attributes.pop((self._name(path), name), None) is None:
            raise OSError(errno.ENODATA, name)

    # data

    def _opened(self, fd: int, path: str, *, writes: bool) -> int:
        with self.guard:
            self.handles[fd] = Handle(fd, path, writes)
            kind = "open_writers" if writes else "open_readers"
            now = sum(handle.writes == writes for handle in self.handles.values())
            self.tape.counts[f"{kind}_max"] = max(self.tape.counts[f"{kind}_max"], now)
            if not writes:
                self.tape.order.append(path)
        return fd

    def open(self, path, flags):
        writes = flags & os.O_ACCMODE != os.O_RDONLY
        if writes:
            self._writable()
        kept = (os.O_RDWR if writes else os.O_RDONLY) | flags & os.O_TRUNC
        return self._opened(os.open(self._real(path), kept), path, writes=writes)

    def create(self, path, mode, fi=None):
        self._space()
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
        fd = os.open(self._real(path), flags, 0o644)
        self.entries[self._name(path)] = Entry()
        return self._opened(fd, path, writes=True)

    def read(self, path, size, offset, fh):
        with self.guard:
            self._read_error(path, offset, size)
            self.reading[path] += 1
            at_once = len(self.reading)
            counts = self.tape.counts
            counts["files_read_at_once_max"] = max(counts["files_read_at_once_max"], at_once)
            counts["reads"] += 1
            data = os.pread(fh, size, offset)
            blocks = self._entry(path).blocks
            for number in range(offset // BLOCK, -(-(offset + len(data)) // BLOCK)):
                self.tape.pass_over(blocks[number])
            counts["bytes_read"] += len(data)
            self.reading[path] -= 1
            self.reading += Counter()
        return data

    def _read_error(self, path: str, offset: int, size: int) -> None:
        name, _, place = self.options.read_error.rpartition("@")
        if name and path.endswith(name) and offset <= int(place) < offset + size:
            self.tape.counts["read_errors"] += 1
            raise OSError(errno.EIO, "bad spot")

    def write(self, path, data, offset, fh):
        with self.guard:
            self._space()
            self.tape.counts["writes"] += 1
            if self.written + len(data) > self.options.write_error_at >= 0:
                self.tape.locked = True
                os.ftruncate(fh, 0)
                self.entries[self._name(path)] = Entry()
                raise OSError(errno.EIO, "write failed")
            self._place(path, offset, len(data), os.fstat(fh).st_size)
            self.written += len(data)
            return os.pwrite(fh, data, offset)

    def _place(self, path: str, offset: int, size: int, end: int) -> None:
        """Give blocks to new data; data written over old data takes new blocks too."""
        blocks = self._entry(path).blocks
        for number in range(offset // BLOCK, -(-(offset + size) // BLOCK)):
            while len(blocks) <= number:
                blocks.append(self.tape.append())
            if max(offset, number * BLOCK) < min(end, (number + 1) * BLOCK):
                blocks[number] = self.tape.append()

    def truncate(self, path, length, fh=None):
        self._writable()
        os.truncate(self._real(path), length)
        del self._entry(path).blocks[-(-length // BLOCK) :]

    def fsync(self, path, datasync, fh):
        self.tape.counts["fsyncs"] += 1
        self._writable()

    def flush(self, path, fh):
        """Count a file as closed: the program waits for this, but not for the release after it."""
        with self.guard:
            self.handles.pop(fh, None)

    def release(self, path, fh):
        with self.guard:
            self.handles.pop(fh, None)
        os.close(fh)

    def destroy(self, path):
        if self.options.stats:
            with contextlib.suppress(OSError), open(self.options.stats, "w") as file:
                file.write(self.tape.stats())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("backing")
    parser.add_argument("mount")
    parser.add_argument("--stats", default="")
    parser.add_argument("--uuid", default=UUID)
    parser.add_argument("--capacity", type=int, default=1 << 40)
    parser.add_argument("--write-error-at", type=int, default=-1, help="bytes written before EIO")
    parser.add_argument("--read-error", default="", help="NAME@OFFSET")
    parser.add_argument("--old-format", action="store_true", help="before 2.4: refuses colons")
    options = parser.parse_args()
    tuning = {"big_writes": True} if fuse_version_major == 2 else {}
    tape = FakeLtfs(options.backing, options)
    FUSE(tape, options.mount, foreground=True, fsname="ltfs:/dev/fake", **tuning)


if __name__ == "__main__":
    sys.exit(main())
