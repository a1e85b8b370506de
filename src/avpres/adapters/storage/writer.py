"""Writing one file to one destination under a name that says it is not finished."""

import contextlib
import errno
import os
import stat
import sys

from avpres.adapters.storage import ltfs, medium
from avpres.adapters.storage.batch import Place
from avpres.adapters.storage.folders import DescriptorFolder
from avpres.adapters.storage.volume import MediumKind

HOLE = 64 * 1024  # bytes; runs of zeros of this length in a sparse file stay holes
_CREATE = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)
_ZEROS = bytes(HOLE)


def create(place: Place, flags: int = 0) -> int:
    """Create the staged file; one left there by our own killed run is removed first.

    On tape there are no staged names: there the file is made under its own name, and what an
    interrupted run left is found by the planner, never removed here.
    """
    try:
        return place.folder.open(place.staged, _CREATE | flags, 0o600)
    except FileExistsError:
        if place.target.in_place:
            raise
        place.folder.unlink(place.part)
        return place.folder.open(place.part, _CREATE | flags, 0o600)


def settle(place: Place, fd: int, source: os.stat_result) -> None:
    """Give a written file its times and mode while it is open: no second look-up, no rename yet.

    Modes are not set on tape (LTFS keeps only the write-protect bit), nor where the file system
    has none; the bytes are what counts, so that is no failure.
    """
    times = (source.st_atime_ns, source.st_mtime_ns)
    if os.utime in os.supports_fd:
        os.utime(fd, ns=times)
    if place.target.volume.kind is not MediumKind.TAPE and hasattr(os, "fchmod"):
        try:
            os.fchmod(fd, stat.S_IMODE(source.st_mode))
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}:
                raise
    if not place.target.volume.syncfs_is_enough or not isinstance(place.folder, DescriptorFolder):
        sync(fd)


def sync(fd: int) -> None:
    """Flush one file to its medium; on macOS also out of the drive's own cache (F_FULLFSYNC)."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        return
    os.fsync(fd)


def close(place: Place, fd: int, source: os.stat_result) -> None:
    """Close a written file; where times cannot be set by descriptor they are set by name."""
    os.close(fd)
    if os.utime not in os.supports_fd:
        place.folder.set_times(place.staged, (source.st_atime_ns, source.st_mtime_ns))


def remove(place: Place, error: OSError | None = None) -> None:
    """Take away a file that came to nothing; a staged one that stays says so by its name.

    On tape it has its final name, so it goes there too, though its room does not come back. After
    a write error nothing more is done to a cartridge: what lies there in part is told.
    """
    locked = place.target.lost is not None or (error is not None and ltfs.ends_writing(error))
    if place.target.in_place and locked:
        return
    with contextlib.suppress(OSError):
        place.folder.unlink(place.staged)


def write_small(place: Place, data: bytes, source: os.stat_result) -> None:
    """Write a small file in one go."""
    try:
        fd = create(place)
    except OSError as error:
        place.fail(error)
        return
    try:
        try:
            written = 0
            while written < len(data):
                written += _took(os.write(fd, data[written:] if written else data))
            settle(place, fd, source)
        except BaseException:
            with contextlib.suppress(OSError):
                os.close(fd)
            raise
        close(place, fd, source)
    except OSError as error:
        remove(place, error)
        place.fail(error)
        return
    place.arrived()


class Writer:
    """Writes a larger file in blocks, past the page cache where the medium can.

    Holes are written out on tape: a file in pieces of 64 KiB would take a block for each.
    """

    def __init__(self, place: Place, source: os.stat_result, *, sparse: bool) -> None:
        self._place = place
        self._source = source
        self._sparse = sparse and place.target.volume.kind is not MediumKind.TAPE
        self._fd = -1
        self._direct = False
        self.error: OSError | None = None

    def open(self) -> bool:
        """Create the staged file; False when the destination refused, which the place notes."""
        volume = self._place.target.volume
        wants_direct = (
            medium.O_DIRECT
            and isinstance(self._place.folder, DescriptorFolder)
            and volume.direct_is_proof
            and volume.kind is MediumKind.LOCAL
        )
        try:
            if wants_direct:
                try:
                    self._fd, self._direct = create(self._place, medium.O_DIRECT), True
                except OSError as error:
                    if error.errno != errno.EINVAL:
                        raise
                    remove(self._place)
            if self._fd < 0:
                self._fd = create(self._place)
        except OSError as error:
            self._place.fail(error)
            return False
        return True

    def take(self, view: memoryview, offset: int) -> None:
        """Write a block at its place.

        Raises:
            OSError: the destination refused it.
        """
        if not self._sparse:
            self._write(view, offset)
            return
        for start in range(0, len(view), HOLE):
            piece = view[start : start + HOLE]
            if bytes(piece) != _ZEROS[: len(piece)]:
                self._write(piece, offset + start)

    def take_safely(self, view: memoryview, offset: int) -> None:
        """Write a block unless an earlier one failed; an error is kept."""
        if self.error is None:
            try:
                self.take(view, offset)
            except OSError as error:
                self.give_up(error)

    def _write(self, view: memoryview, offset: int) -> None:
        if self._direct:
            tail = len(view) % medium.ALIGNMENT
            whole = view[: len(view) - tail]
            self._write_all(whole, offset)
            if tail:
                self._end_direct()
                self._write_all(view[len(whole) :], offset + len(whole))
            return
        self._write_all(view, offset)

    def _write_all(self, view: memoryview, offset: int) -> None:
        while view:
            count = _took(_write_at(self._fd, view, offset))
            view = view[count:]
            offset += count

    def _end_direct(self) -> None:
        """Go on through the page cache: the last, odd bytes of a file cannot be written direct."""
        import fcntl

        flags = fcntl.fcntl(self._fd, fcntl.F_GETFL)
        fcntl.fcntl(self._fd, fcntl.F_SETFL, flags & ~medium.O_DIRECT)
        self._direct = False

    def give_up(self, error: OSError) -> None:
        """Keep the first error; nothing more is written."""
        self.error = self.error or error

    def finish(self) -> None:
        """Set length, times and mode, and close; the place notes how it went."""
        if self.error is None:
            try:
                if self._sparse:
                    os.ftruncate(self._fd, self._source.st_size)
                settle(self._place, self._fd, self._source)
                fd, self._fd = self._fd, -1
                close(self._place, fd, self._source)
            except OSError as error:
                self.give_up(error)
        if self.error is None:
            self._place.arrived()
            return
        self.abandon()
        self._place.fail(self.error)

    def abandon(self) -> None:
        """Close and remove what was written so far."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            with contextlib.suppress(OSError):  # a locked tape complains here once more
                os.close(fd)
        remove(self._place, self.error)


def _took(count: int) -> int:
    """Take a short write for what it is: the next one tells the error that cut it short."""
    if count == 0:
        raise OSError(errno.EIO, "took no more bytes")
    return count


def _write_at(fd: int, view: memoryview, offset: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(fd, view, offset)
    os.lseek(fd, offset, os.SEEK_SET)
    return os.write(fd, view)
