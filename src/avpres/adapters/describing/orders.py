"""What is asked of the processes that describe files, and what they answer."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.validators.examination import Rules
from avpres.domain.description import Candidate, Description
from avpres.domain.fixity import Algorithm
from avpres.domain.profiles import DEFAULT, Profile
from avpres.domain.technical import MediaKind

MIB = 1024 * 1024
DECODING = 60  # times the limit that the deep pass may take


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take. Time is processor time in seconds, memory in MiB.

    A file gets `seconds` and, for its size, `per_gib` more for each GiB: a long film takes long,
    a kilobyte that takes a second is hostile.
    """

    seconds: float = 1.2
    per_gib: float = 120.0
    memory: int = 384
    deep_memory: int = 3072

    def of(self, size: int) -> float:
        """Give the seconds that a file of `size` bytes may take."""
        return self.seconds + self.per_gib * size / (1024 * MIB)


@dataclass(frozen=True, slots=True)
class Orders:
    """How all files of a run are to be described."""

    algorithms: tuple[Algorithm, ...] = (Algorithm.MD5, Algorithm.SHA256)
    rules: Rules = field(default_factory=Rules)
    profile: Profile = DEFAULT
    limits: Limits = field(default_factory=Limits)
    deep: bool = False
    ffmpeg: Path | None = None  # decodes for `deep`
    emit: tuple[str, ...] = ()  # kinds of metadata records
    emit_of: tuple[MediaKind, ...] = tuple(MediaKind)  # kinds of files that have them
    tools: tuple[tuple[str, Path], ...] = ()  # programs that the settings name

    def seconds_for(self, size: int) -> float:
        """Give the seconds that a file of `size` bytes may take; decoding takes many times more."""
        return self.limits.of(size) * (DECODING if self.deep else 1)


class Request(NamedTuple):
    """A file to be described: its place, its path within its root, what PRONOM says of it."""

    path: bytes
    name: bytes
    root: bytes
    size: int
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()  # why there are no candidates
    careful: bool = False  # it has ended a process before: identify it, and no more
    bare: bool = False  # its records may have ended a process: describe it, and write none


class Greeting(NamedTuple):
    """What the identifier is told first."""

    signatures: Path | None  # a file in place of the ones that are built in
    folder: str  # for excerpts


Record = tuple[str, bytes]
"""A metadata record: what is put behind the file's name, and its content."""


class Answer(NamedTuple):
    """A description, the line that it is in records, and the metadata records asked for."""

    description: Description
    line: bytes
    records: list[Record]
