"""What the steps of one file share: the file's state, the run's means, progress."""

import errno
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.media.probe import whole_picture
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch
from avpres.adapters.tools.ffmpeg_progress import Progress
from avpres.config.normalise import NormaliseOptions
from avpres.config.packing import ResultPacking
from avpres.domain.fixity import Digest
from avpres.domain.media import Kind, MediaFile
from avpres.domain.premis import Agent, Event
from avpres.domain.report import Finding, Output, Report
from avpres.domain.severity import Severity
from avpres.services.normalise.comparing import StreamProof
from avpres.services.normalise.items import Item
from avpres.services.normalise.plan import Plan
from avpres.services.normalise.words import Manner, time_base
from avpres.services.transfer.frames import Film, Frames

LOG = ".ffmpeg.log"
FULL = (errno.ENOSPC, errno.EDQUOT)
KEPT = 20  # complaints that are kept of one run of ffmpeg
SETTINGS = (
    "sound",
    "lossy",
    "dv",
    "slices",
    "context",
    "field_order",
    "aspect",
    "colour",
    "digest",
)
"""Options that make a result another one."""


@dataclass(slots=True)
class Made:
    """What became of an item, for the report, the events, and the run's list of files."""

    item: Item
    started: datetime
    outcome: str = "failed"
    output: Path | None = None
    size: int = 0
    findings: list[Finding] = field(default_factory=list)
    source_digests: tuple[Digest, ...] = ()
    digests: tuple[Digest, ...] = ()
    proofs: list[StreamProof] = field(default_factory=list)
    commands: list[list[str]] = field(default_factory=list)
    plan: Plan | None = None
    read_back: str = ""
    ended: datetime | None = None
    package: Report | None = None
    outputs: list[Output] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Say whether something keeps the result from being one."""
        return any(each.severity is Severity.ERROR for each in self.findings)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What all items of a run share."""

    options: NormaliseOptions
    destination: Path
    ffmpeg: Ffmpeg
    engine: mediainfo.Engine
    clock: Callable[[], datetime]
    advance: Callable[[int], None]
    frames: Frames
    stop: threading.Event
    events: Callable[[Made], Iterable[Event]]
    agents: Sequence[Agent]
    threads: int = 0

    @property
    def manner(self) -> Manner:
        """How ffmpeg is to work."""
        base, reading = time_base(self.ffmpeg), whole_picture(self.ffmpeg)
        return Manner(self.options.context, self.threads, base, reading)

    @property
    def settings(self) -> dict[str, object]:
        """The settings that make a result what it is, as JSON has them."""
        return self.options.model_dump(mode="json", include=set(SETTINGS))

    @property
    def packing(self) -> ResultPacking:
        """Say how the package of a master is made."""
        return self.options.packing(json.dumps(self.settings, sort_keys=True))


def refuse_full(lines: Sequence[str], place: Path) -> None:
    """Tell of a full destination: what is half written there is worth nothing, and must go.

    Raises:
        OSError: that is what ffmpeg said.
    """
    for number in FULL:
        if any(os.strerror(number) in line for line in lines):
            raise OSError(number, os.strerror(number), os.fspath(place))


def watch(
    workshop: Workshop,
    on_progress: Callable[[Progress], None],
    listen: Callable[[bytes], None],
    log: BinaryIO,
) -> Watch:
    """Say who listens to a run of ffmpeg, and what stops it."""
    return Watch(
        log=log,
        on_progress=on_progress,
        stop=workshop.stop,
        stall_s=workshop.options.stall * 60,
        on_line=listen,
    )


@contextmanager
def pace(
    step: str, made: Made, decided: Plan, workshop: Workshop, allow: Callable[[float], None]
) -> Iterator[Callable[[Progress], None]]:
    """Turn reports of progress into frames, and into bytes of the source.

    Half of the bytes are for encoding, half for the proof.
    """
    size, file, done = made.item.size, decided.file, 0

    def on_progress(progress: Progress) -> None:
        nonlocal done
        workshop.frames.tell(film, progress)
        share = (progress.seconds or 0.0) / file.seconds if file.seconds else 0.0
        share = 1.0 if progress.ended else min(max(share, 0.0), 1.0)
        allow(share)
        now = int(size * share / 2)
        if now > done:
            workshop.advance(now - done)
            done = now

    with workshop.frames.of(Film(step, file.seconds, _rate(file))) as film:
        yield on_progress


def _rate(file: MediaFile) -> Fraction | None:
    """Give the rate of the film that ffmpeg counts, which is the first."""
    films = [stream for stream in file.of(Kind.VIDEO) if not stream.is_picture]
    return films[0].rate if films else None
