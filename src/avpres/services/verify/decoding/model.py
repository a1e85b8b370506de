"""The words of `--decode`: a film, what lies beside it, and what became of both."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from avpres.adapters.media.forms import Form
from avpres.adapters.storage.reading import Signature
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.ffmpeg import Ffmpeg
from avpres.domain.media import MediaStream
from avpres.domain.report import Finding
from avpres.domain.severity import Severity


class Side(StrEnum):
    """Whose frames a sidecar lists: the film's own, or those of what the film was made from."""

    OWN = "own"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Beside:
    """A sidecar that may speak of a film. `is_sure` when it can speak of no other."""

    path: Path
    side: Side
    is_sure: bool

    @property
    def name(self) -> str:
        """Its name, for people."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Film:
    """A film or a sound that is to be decoded."""

    path: bytes
    signature: Signature
    besides: tuple[Beside, ...] = ()

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.signature[0]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Forms in which `normalise` compared, by stream, as its record tells."""

    forms: Mapping[int, Form]


@dataclass(slots=True)
class Heard:
    """What one sidecar amounts to for one film: frames that are equal, of how many.

    `proved` are the streams of which every frame is equal.
    """

    beside: Beside
    equal: int = 0
    claimed: int = 0
    findings: list[Finding] = field(default_factory=list)
    proved: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Outcome:
    """What became of a film. `proofs` by stream, in words; `open` waits for other films."""

    film: Film
    streams: list[MediaStream] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    proofs: dict[int, list[str]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    is_decoded: bool = False
    is_recalled: bool = False  # proved by a run that was interrupted

    @property
    def is_wrong(self) -> bool:
        """Say whether anything speaks against it."""
        return any(each.severity is Severity.ERROR for each in self.findings)

    @property
    def unproved(self) -> list[MediaStream]:
        """Streams that were decoded and had nothing to be compared with."""
        return [stream for stream in self.streams if not self.proofs.get(stream.index)]

    def add_proof(self, stream: int, what: str) -> None:
        """Note what a stream was held against."""
        self.proofs.setdefault(stream, []).append(what)

    def take(self, heard: Heard) -> None:
        """Accept what a sidecar says."""
        self.findings += heard.findings
        for stream in sorted(heard.proved):
            self.add_proof(stream, heard.beside.name)


@dataclass(frozen=True, slots=True)
class Means:
    """What all films of a run share."""

    ffmpeg: Ffmpeg
    engine: mediainfo.Engine | None
    folder: Path
    stall_s: float
    threads: int
    stop: threading.Event
    advance: Callable[[int], None]
