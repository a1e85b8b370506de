"""A batch of files on their way: what is read once, and the places it goes to.

Plain slotted classes and not frozen ones: there are thousands in a batch, each is touched by one
worker at a time, and their state is what the batch is about.
"""

import errno
from enum import IntEnum

from avpres.adapters.storage.folders import Folder
from avpres.adapters.storage.reading import Signature
from avpres.adapters.storage.volume import Volume
from avpres.adapters.storage.walk import Entry
from avpres.domain.fixity import READ_BACK, Digest, Evidence

_LOST_NAMES = (
    *("ENOSPC", "EDQUOT", "EROFS", "EIO", "ESTALE", "ENODEV", "ENXIO", "ENOTCONN"),
    *("ESHUTDOWN", "EHOSTDOWN", "ETIMEDOUT", "ENOMEDIUM"),
)
_LOST = frozenset(getattr(errno, name) for name in _LOST_NAMES if hasattr(errno, name))
"""Errors after which writing on to the same destination has no sense."""

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


class State(IntEnum):
    """How far a file is at one destination."""

    WRITE = 0  # it is to be written
    COMPARE = 1  # something is there under its name; its digest decides
    WRITTEN = 2  # staged, its bytes not yet proved
    PROVED = 3  # read back and equal, or as far as the options ask
    FINAL = 4  # under its own name
    DIFFERS = 5  # other content was there before
    MISMATCH = 6  # came back from the medium with other bytes
    FAILED = 7  # see `error`


class Target:
    """One destination of a run: where batches go, and whether it still takes anything."""

    __slots__ = ("changed", "in_place", "index", "lost", "path", "root", "volume")

    def __init__(
        self, index: int, path: bytes, root: Folder, volume: Volume, *, in_place: bool
    ) -> None:
        self.index = index
        self.path = path
        self.root = root
        self.volume = volume
        self.in_place = in_place  # tape: final names from the start, no renames
        self.lost: OSError | None = None
        self.changed = False  # since the last index was written to tape

    @property
    def answers(self) -> bool:
        """Tell whether it can be read back: one that is full, or not lost at all."""
        return self.lost is None or self.lost.errno in _FULL

    def failed(self, error: OSError) -> None:
        """Give the destination up if the error says that nothing more will fit or arrive."""
        if error.errno in _LOST and self.lost is None:
            self.lost = error


class Place:
    """One file at one destination."""

    __slots__ = (
        "detail",
        "error",
        "evidence",
        "folder",
        "found",
        "name",
        "part",
        "read",
        "replaces",
        "signature",
        "stage",
        "state",
        "target",
        "touched",
        "written",
    )

    def __init__(
        self, target: Target, folder: Folder, name: bytes, part: bytes, state: State
    ) -> None:
        self.target = target
        self.folder = folder
        self.name = name
        self.part = part
        self.stage: Folder | None = None  # where `part` lies if not in `folder`
        self.state = state
        self.detail = ""  # for the record of this file: its place on tape
        self.replaces = False
        self.written = False
        self.touched = ""  # since the last proof: `source`, `copy`; `itself`: no copy at all
        self.signature: Signature | None = None
        self.read: Signature | None = None  # of what was read back, before it got its name
        self.error: OSError | None = None
        self.evidence: Evidence | None = None
        self.found: Digest | None = None

    def arrived(self) -> None:
        """Note that the bytes were handed over; whether they arrived, the read-back will tell."""
        self.state = State.WRITTEN
        self.written = True
        self.target.changed = True

    def fail(self, error: OSError) -> None:
        """Note why the file did not get here."""
        self.state = State.FAILED
        self.error = error
        self.target.failed(error)

    def judge(self, found: Digest, expected: str) -> None:
        """Compare what came back with what was read from the source."""
        self.found = found
        if found.value == expected:
            self.state = State.PROVED
        elif self.state is State.COMPARE:
            self.differs()
        else:
            self.state = State.MISMATCH

    def differs(self) -> None:
        """Decide on a name that holds other content: leave it, or write over it when allowed.

        Allowed by `--replace`, and on tape for the half file that our own interrupted run left
        there under its final name. On tape the old file goes first; elsewhere the new one takes
        its place only when it is proved.
        """
        if not self.replaces:
            self.state = State.DIFFERS
            return
        self.state = State.WRITE
        if self.target.in_place:
            try:
                self.folder.unlink(self.name)
            except OSError as error:
                self.fail(error)

    @property
    def staged(self) -> bytes:
        """The name under which the bytes lie while they are not proved."""
        return self.name if self.target.in_place or self.state is State.COMPARE else self.part

    @property
    def home(self) -> Folder:
        """The folder in which `staged` is looked up."""
        if self.stage is None or self.target.in_place or self.state is State.COMPARE:
            return self.folder
        return self.stage


class Job:
    """One source file: read once, for every place that needs it."""

    __slots__ = (
        "attempts",
        "changed",
        "digests",
        "entry",
        "error",
        "folder",
        "follow",
        "hash_only",
        "path",
        "places",
        "signature",
        "unit",
    )

    def __init__(
        self, folder: Folder, entry: Entry, path: bytes, places: list[Place], *, unit: int
    ) -> None:
        self.unit = unit
        self.follow = False
        self.folder = folder
        self.entry = entry
        self.path = path
        self.places = places
        self.digests = ""  # packed, see `hashing`; the one for the read-back stands last
        self.signature: Signature | None = None
        self.error: OSError | None = None
        self.changed = False
        self.attempts = 0
        self.hash_only = False  # to be read though no place waits for its bytes

    @property
    def read_back(self) -> str:
        """The value that every read-back must give."""
        return self.digests.rpartition(READ_BACK.value + ":")[2]

    def compares(self) -> bool:
        """Tell whether the digest decides on what is at some destination already."""
        return any(p.state is State.COMPARE for p in self.places)

    def to_write(self) -> list[Place]:
        """Give the places that still wait for the bytes."""
        return [p for p in self.places if p.state is State.WRITE and p.target.lost is None]
