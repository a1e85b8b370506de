"""The record of one file: what it is, whether it is sound, and how it is made.

Every command that describes files uses this record; none describes them in its own way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from avpres.domain.fixity import Digest
from avpres.domain.technical import Technical
from avpres.domain.validity import Message, Status


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one tool takes a file for; all candidates are kept."""

    tool: str  # "Siegfried", "avpres", "extension"
    version: str  # of the tool and its signatures
    format: str
    format_version: str = ""
    puid: str = ""  # PRONOM unique identifier: fmt/353
    mime: str = ""
    basis: str = ""  # why: "byte match at 0, 8", "extension match tif"
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which properties a profile requires of this kind of file, and which of them are missing."""

    profile: str
    required: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Say whether nothing required is missing."""
        return not self.missing


@dataclass(slots=True)
class Description:
    """One file, described.

    `path` is as it was walked, relative to `root`, surrogate-escaped; `size` in bytes, `mtime` in
    nanoseconds since 1970. `format` is the name of a validated format (`domain.formats.Format`)
    or, without a validator, the name that identification gives; empty for unknown formats.
    A missing property never changes `format` or `mime`.
    """

    path: str
    root: str = ""
    size: int = 0
    mtime: int = 0
    digests: tuple[Digest, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    format: str = ""
    version: str = ""  # of the format
    profile: str = ""  # of the format
    puid: str = ""
    mime: str = ""
    basis: str = ""  # what decided: "signature", "magic", "content", "extension", "empty"
    status: Status = Status.UNKNOWN
    messages: list[Message] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)  # of messages by id, also those cut off
    validator: str = ""  # "avpres 0.1.0", "jpylyzer 2.2.1", "" without one
    technical: Technical = field(default_factory=Technical)
    completeness: Completeness | None = None
    deep: bool = False  # everything was decoded too
    error: str = ""  # why the file could not be read
    seconds: float = 0.0
