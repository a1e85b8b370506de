"""A file that is to be brought into a tree, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest, Evidence


class Wanted(NamedTuple):
    """A file that is to be brought into a tree.

    `source` is relative to the folder `root`, `target` to the tree, both with slashes and
    surrogate-escaped; no link below `root` is followed. `size` in bytes and `mtime` in nanoseconds
    since 1970 are what is known of it; `digests` are what its bytes must give, and may be none.
    `key` is given back.
    """

    root: Path
    source: str
    target: str
    size: int
    mtime: int
    digests: tuple[Digest, ...] = ()
    key: object = None


class Fault(StrEnum):
    """Why a file is not in the tree."""

    PATH = "path"
    SOURCE = "source"
    CONTENT = "content"
    TARGET = "target"
    MEDIUM = "medium"

    @property
    def words(self) -> str:
        """Say it of a file, and what to do."""
        return _WORDS[self]

    @property
    def exit_code(self) -> ExitCode:
        """Give the status that it calls for."""
        return _STATUS[self]


_WORDS = {
    Fault.PATH: "its path leads out of its folder; nothing was read or written there",
    Fault.SOURCE: "could not be read from the package; look whether it is there and the disk sound",
    Fault.CONTENT: "is not what the package recorded of it; look for another copy of the package",
    Fault.TARGET: "could not be written under its name; choose another destination",
    Fault.MEDIUM: "did not come back from the medium as it was written; do not trust that medium",
}
_STATUS = {
    Fault.PATH: ExitCode.NOT_CONFORMANT,
    Fault.SOURCE: ExitCode.SOURCE_UNREADABLE,
    Fault.CONTENT: ExitCode.FIXITY_MISMATCH,
    Fault.TARGET: ExitCode.DESTINATION_REFUSED,
    Fault.MEDIUM: ExitCode.FIXITY_MISMATCH,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a file: it is in the tree and proved, or it is not there and has a fault.

    `digests` are those of the bytes that were read: those asked for, then others that the package
    records. `evidence` says how the file was read back. With a fault, `detail` is the system's word
    for it, and digests are those found, as far as it came.
    """

    wanted: Wanted
    size: int = 0
    digests: tuple[Digest, ...] = ()
    evidence: Evidence | None = None
    fault: Fault | None = None
    detail: str = ""

    def differing(self) -> tuple[Digest, Digest] | None:
        """Give a digest that was recorded and what was found in its place."""
        found = {digest.algorithm: digest for digest in self.digests}
        for expected in self.wanted.digests:
            other = found.get(expected.algorithm, expected)
            if other != expected:
                return expected, other
        return None
