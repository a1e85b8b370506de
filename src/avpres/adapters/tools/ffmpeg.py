"""ffmpeg: chosen, run to its end with its progress told, never believed for its status.

    ffmpeg = find_ffmpeg(context.site.tools.configured)
    ffmpeg.require(encoders=("ffv1", "flac"), filters=("asetnsamples",))
    ended = transcode(ffmpeg, [*read(source), "-map", "0:v", "-c:v", "ffv1", url(staged)], watch)

Names go through `url`, so that no character in them means anything to ffmpeg. What was made is
judged by its content: `Ended` says what the program said, which proves nothing.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.tools import process
from avpres.adapters.tools.child import Stream
from avpres.adapters.tools.engines import FFMPEG
from avpres.adapters.tools.ffmpeg_abilities import Abilities, stamp
from avpres.adapters.tools.ffmpeg_choice import choose, lacking, numbers
from avpres.adapters.tools.ffmpeg_progress import Progress, ProgressReader
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Origin
from avpres.domain.errors import ToolFailedError, ToolMissingError
from avpres.domain.premis import Agent

STALL_S = 600.0  # seconds without progress after which a run counts as hung
PERIOD = "0.25"  # seconds between two reports of progress
KEPT_LINES = 40  # last lines of stderr for errors and records

Word = process.Word

__all__ = ["Ended", "Ffmpeg", "FfmpegStalledError", "Watch", "Word", "find_ffmpeg", "numbers"]
__all__ += ["command_line", "shown", "transcode", "url"]


class FfmpegStalledError(ToolFailedError):
    """ffmpeg made no progress for a long time and was stopped."""


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """One copy of the program, with what it can do (asked once, then remembered)."""

    path: Path
    version: str
    origin: Origin
    why: str = ""

    @property
    def agent(self) -> Agent:
        """The program as records name it (PREMIS 3.0, 3)."""
        note = f"{self.path} ({self.why})" if self.why else str(self.path)
        return Agent(name="ffmpeg", version=self.version, note=note)

    @property
    def abilities(self) -> Abilities:
        """Encoders, decoders, filters, muxers and pixel formats that are built in."""
        return Abilities(self.path, stamp(self.path))

    def require(self, **wanted: Iterable[str]) -> None:
        """Refuse the work before it starts when something it needs is not built in.

        Args:
            wanted: names by kind: `encoders`, `decoders`, `filters`, `muxers`, `demuxers`.

        Raises:
            ToolMissingError: the program lacks one of them.
        """
        if missing := lacking(self.abilities, wanted):
            raise ToolMissingError(
                f"{self.path} is ffmpeg {self.version} without {missing}; {FFMPEG.remedy}"
            )


def find_ffmpeg(
    configured: Mapping[str, Path] = NOTHING_CONFIGURED, **wanted: Iterable[str]
) -> Ffmpeg:
    """Choose: the configured program, else the newer of the one on PATH and the wheel's.

    Fit is a program of version 5.1 or later that writes FFV1 and FLAC, and has what is wanted. A
    configured one is never replaced by another. Why a newer one was not taken stands in `why`.

    Args:
        configured: programs by name, from the settings.
        wanted: names by kind: `encoders`, `decoders`, `filters`, `muxers`, `demuxers`.

    Raises:
        ToolMissingError: there is none that is fit; the text says how to get one.
    """
    found, why = choose(configured, wanted)
    return Ffmpeg(found.path, found.version, found.origin, why)


def url(path: bytes | str | os.PathLike[str]) -> bytes:
    """Give a file's name as ffmpeg takes it, whatever characters are in it."""
    return b"file:" + os.path.abspath(os.fsencode(path))


def shown(argv: Sequence[bytes]) -> list[str]:
    """Give a command line for records: text, with what is not UTF-8 surrogate-escaped."""
    return [os.fsdecode(word) for word in argv]


def command_line(ffmpeg: Ffmpeg, words: Sequence[Word]) -> list[str]:
    """Give all that is run for some words, as records have it: the program and every argument."""
    return shown([os.fsencode(word) for word in (ffmpeg.path, *_GENERAL, *words)])


@dataclass(slots=True)
class Watch:
    """Who listens to a run: its log, its progress, and those who may stop it.

    `log` takes every line of stderr. `on_progress` is called in the thread that runs ffmpeg.
    `stop` set ends the run; `stall_s` seconds without progress end it too.
    """

    log: BinaryIO | None = None
    on_progress: Callable[[Progress], None] | None = None
    stop: threading.Event | None = None
    stall_s: float = STALL_S
    on_line: Callable[[bytes], None] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A run of ffmpeg that is over. `progress` is the last report, or None if there was none."""

    argv: tuple[bytes, ...]
    status: int
    outcome: str
    seconds: float
    progress: Progress | None
    last_lines: tuple[str, ...] = field(default=())

    @property
    def is_regular(self) -> bool:
        """Say whether it ended by itself with status 0 after a last report of progress."""
        return self.status == 0 and self.progress is not None and self.progress.ended

    @property
    def said(self) -> str:
        """The last thing it said on stderr."""
        return self.last_lines[-1] if self.last_lines else "it said nothing"


def transcode(
    ffmpeg: Ffmpeg, words: Sequence[Word], watch: Watch, *, cwd: Path | None = None
) -> Ended:
    """Run ffmpeg to its end and tell how it ended; only a run that was stopped is an error.

    Existing outputs make it fail rather than be replaced (`-n`). Both pipes are drained; the
    process has its own group, dies with this one, and is ended when anything is raised here.

    Raises:
        FfmpegStalledError: frames, time and size stood still for `watch.stall_s` seconds.
        ToolStoppedError: `watch.stop` was set.
        ToolFailedError: it could not be started.
        ToolMissingError: the program has gone.
    """
    reader = ProgressReader()
    pace = _Pace(watch.stall_s)
    last: deque[str] = deque(maxlen=KEPT_LINES)

    def on_line(stream: Stream, line: bytes) -> None:
        if stream is Stream.STDERR:
            last.append(process.show(line))
            if watch.log is not None:
                watch.log.write(line + b"\n")
            if watch.on_line is not None:
                watch.on_line(line)
        elif (progress := reader.take(line)) is not None:
            pace.see(progress)
            if watch.on_progress is not None:
                watch.on_progress(progress)

    completed = process.run(
        [ffmpeg.path, *_GENERAL, *words],
        cwd=cwd,
        on_line=on_line,
        stop=watch.stop,
        check=pace.check,
        ok=process.ANY_STATUS,
    )
    return Ended(
        argv=completed.argv,
        status=completed.status,
        outcome=completed.outcome,
        seconds=completed.seconds,
        progress=reader.last,
        last_lines=tuple(last),
    )


_SPEAK = ("-nostats", "-progress", "pipe:1", "-stats_period", PERIOD)
_GENERAL = ("-nostdin", "-hide_banner", "-n", *_SPEAK)


class _Pace:
    """Tells a run that stands still from one that is slow."""

    def __init__(self, stall_s: float) -> None:
        self._stall_s = stall_s
        self._moved = time.monotonic()
        self._seen: tuple[object, ...] = ()

    def see(self, progress: Progress) -> None:
        """Note a report; only one that differs from the last is progress."""
        if progress.place != self._seen:
            self._seen = progress.place
            self._moved = time.monotonic()

    def check(self) -> None:
        """Give up when nothing has moved for too long."""
        if time.monotonic() - self._moved > self._stall_s:
            raise FfmpegStalledError(
                f"ffmpeg made no progress for {self._stall_s:g} seconds and was stopped"
            )
