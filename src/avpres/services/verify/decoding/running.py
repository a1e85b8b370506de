"""The films of a target decoded, two at a time, and told in their order."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from avpres.adapters.storage.volume import MediumKind
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import AvpresError
from avpres.domain.report import FileRecord, Finding, Report
from avpres.services.context import Context
from avpres.services.fixity.scratch import KEPT, Scratch
from avpres.services.verify.decoding import findings
from avpres.services.verify.decoding.closing import Counts, event_of
from avpres.services.verify.decoding.gathering import Gathering, boxed
from avpres.services.verify.decoding.model import Film, Means, Outcome
from avpres.services.verify.decoding.proving import PREFIX, prove
from avpres.services.verify.decoding.remembering import Memory
from avpres.services.verify.decoding.settling import Settling
from avpres.services.verify.targets import Target

AT_ONCE = 2  # films, on tape one; FFV1 is decoded by all cores as it is

Note = Callable[[Finding], None]
Add = Callable[[FileRecord], None]


@dataclass(slots=True)
class Told:
    """Where results go; called in the thread that verifies a target."""

    note: Note
    add: Add


class Decoder:
    """Decodes the films of all targets of a run. It is a context: leaving it stops what runs.

    Raises:
        ToolMissingError: there is no ffmpeg that can do it.
    """

    def __init__(
        self, options: VerifyOptions, context: Context, report: Report, told: Told
    ) -> None:
        tools = context.site.tools.configured
        ffmpeg = find_ffmpeg(
            tools, muxers=("framehash", "md5", "flac"), filters=("asetnsamples", "volume")
        )
        engine = None
        with suppress(AvpresError):
            engine = mediainfo.engine(tools)
        report.agents += [ffmpeg.agent, *([engine.agent] if engine else [])]
        folder = context.state_dir / "verify"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        self.counts = Counts()
        self._restart = options.restart
        self._told = told
        self._context = context
        self._report = report
        self._pool = ThreadPoolExecutor(AT_ONCE, "decode")
        self._means = Means(
            ffmpeg=ffmpeg,
            engine=engine,
            folder=folder,
            stall_s=options.stall * 60,
            threads=0,
            stop=threading.Event(),
            advance=lambda size: context.progress.advance(size=size),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._means.stop.set()
        self._pool.shutdown(cancel_futures=True)

    def decode(self, target: Target, scratch: Scratch) -> Counts:
        """Decode what a target holds, and tell what became of each film."""
        started = self._context.clock()
        if target.box is not None:
            return self._boxed(target, scratch)
        gathering = Gathering(target, scratch)
        files, size = gathering.total
        counts = Counts(others=gathering.others)
        settling = Settling(gathering.waiting)
        program = f"{self._means.ffmpeg.path} {self._means.ffmpeg.version}"
        memory = Memory(scratch, program, restart=self._restart)
        is_tape = target.tree.volume.kind is MediumKind.TAPE
        at_once = 1 if is_tape or files == 1 else AT_ONCE
        means = replace(self._means, threads=_threads(at_once))
        self._context.progress.start("decode", size=size, files=files)
        try:
            for outcome in self._outcomes(gathering, memory, means, at_once):
                self._context.progress.advance(files=1)
                for settled in settling.take(outcome):
                    memory.keep(settled)
                    _tell(settled, target, counts, self._told)
            for settled in settling.rest():
                _tell(settled, target, counts, self._told)
        finally:
            self._context.progress.finish()
        for path, why in (*gathering.orphans(), *settling.orphans):
            self._told.note(findings.orphan(path, why))
        for folder in gathering.migrated:
            self._told.note(findings.migrated(folder))
        self._conclude(target, counts, started)
        self.counts.merge(counts)
        return counts

    def _outcomes(
        self, gathering: Gathering, memory: Memory, means: Means, at_once: int
    ) -> Iterator[Outcome]:
        """Yield each film as it is done; whatever is raised stops all others."""
        running: set[Future[Outcome]] = set()
        try:
            for film in gathering.films():
                recalled = memory.recall(film)
                if recalled is not None:
                    means.advance(film.size)
                    yield recalled
                    continue
                running.add(self._pool.submit(_prove, film, means))
                if len(running) >= at_once:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in done)
            for each in as_completed(running):
                yield each.result()
        except BaseException:
            self._means.stop.set()
            raise

    def _boxed(self, target: Target, scratch: Scratch) -> Counts:
        """Tell of films in a container, which is read member by member and not decoded."""
        counts = Counts()
        counts.boxed = boxed(scratch)
        if counts.boxed:
            path = os.fsencode(target.box or target.path)
            self._told.note(findings.boxed(path, counts.boxed))
        self.counts.merge(counts)
        return counts

    def miss(self, paths: Sequence[Path]) -> None:
        """Tell that a whole run proved nothing by decoding, which is never a pass."""
        counts = self.counts
        if counts.proved or counts.partly or counts.failed or counts.boxed:
            return
        why = "there is no film and no sound here"
        if counts.plain:
            why = "what was decoded carries no proof, and has none beside it"
        self._told.note(findings.nothing(os.fsencode(paths[0]), why))

    def _conclude(self, target: Target, counts: Counts, started: datetime) -> None:
        """Put what was done to a target on record."""
        if not counts.films:
            return
        event = event_of(self._report, target, counts, (started, self._context.clock()))
        self._report.events.append(event)


def _prove(film: Film, means: Means) -> Outcome:
    """Decode a film once: into its source files where it was cooked, else into its frames."""
    from avpres.services.verify.decoding.cooked import is_provable, prove_cooked

    return prove_cooked(film, means) if is_provable(film) else prove(film, means)


def _threads(at_once: int) -> int:
    """Share the cores between films that are decoded at once; 0 leaves it to ffmpeg."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 0 if at_once == 1 else max(1, (cores or 1) // at_once)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left of their decoding."""
    limit = time.time() - KEPT
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if left.stat().st_mtime < limit:
                shutil.rmtree(left, ignore_errors=True)


def _tell(outcome: Outcome, target: Target, counts: Counts, told: Told) -> None:
    """Note what became of one film, count it, and put it on record."""
    film = outcome.film
    unproved = outcome.unproved
    if not outcome.is_wrong and outcome.is_decoded:
        if len(unproved) == len(outcome.streams):
            outcome.findings.append(findings.plain(film))
        elif unproved:
            outcome.findings.append(findings.partly(film, unproved))
    for finding in outcome.findings:
        told.note(finding)
    counts.add(outcome)
    told.add(_record(outcome, target))


def _record(outcome: Outcome, target: Target) -> FileRecord:
    root = os.path.join(os.path.abspath(os.fsencode(target.tree.root)), b"")
    path = outcome.film.path.removeprefix(root)
    proofs = [
        f"{stream.name}: {', '.join(outcome.proofs.get(stream.index, ['nothing']))}"
        for stream in outcome.streams
    ]
    detail = "decoded and held against " + "; ".join(proofs)
    if outcome.is_wrong:
        detail = next(each.message for each in outcome.findings if each.severity == "error")
    return FileRecord(
        path=os.fsdecode(path),
        size=outcome.film.size,
        outcome=_word(outcome),
        destination=str(target.tree.root),
        detail=detail,
    )


def _word(outcome: Outcome) -> str:
    if outcome.is_wrong or not outcome.is_decoded:
        return "failed"
    return "decoded" if outcome.unproved else "proved"
