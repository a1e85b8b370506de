"""One film: decoded once, and held against all that speaks of it."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from avpres.adapters.media import decoding
from avpres.adapters.media.announced import announcement
from avpres.adapters.media.frame_sidecar import survey
from avpres.adapters.media.probe import probe
from avpres.adapters.media.telling import tell
from avpres.adapters.media.wrapper_sums import FollowingSums
from avpres.adapters.storage import medium
from avpres.adapters.storage.reading import signature
from avpres.adapters.tools.ffmpeg import Watch, transcode
from avpres.adapters.tools.ffmpeg_progress import Progress
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.services.verify.decoding import findings
from avpres.services.verify.decoding.judging import judge
from avpres.services.verify.decoding.model import Film, Means, Outcome
from avpres.services.verify.decoding.planning import plan
from avpres.services.verify.decoding.work import Work

PREFIX = "decode-"  # of folders with the digests of one film
KEPT = 20  # complaints that are told one by one


def prove(film: Film, means: Means) -> Outcome:
    """Decode a film once, and hold it against its inner checks and all sidecars that fit.

    Raises:
        ToolStoppedError: the run is being ended.
    """
    outcome = Outcome(film)
    pace = _Pace(film.size, means)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=means.folder) as folder:
        try:
            work = _begin(film, means, Path(folder), outcome)
            plan(work)
            _decode(work, pace)
            judge(work, outcome)
        except NotConformantError as error:
            why, status = str(error), ExitCode.NOT_CONFORMANT
            outcome.findings.append(findings.unreadable(film, why, status))
        except ToolFailedError as error:
            outcome.findings.append(findings.tool(film, str(error)))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            status = ExitCode.SOURCE_UNREADABLE
            outcome.findings.append(findings.unreadable(film, why, status))
        finally:
            pace.send(1.0)
    with suppress(OSError):
        if signature(os.stat(film.path)) != film.signature:
            outcome.findings.append(findings.changing(film))
    return outcome


def _begin(film: Film, means: Means, folder: Path, outcome: Outcome) -> Work:
    """Look at a film and at what lies beside it."""
    with open(film.path, "rb") as handle:
        medium.evict(handle.fileno(), film.size)
    file = probe(means.ffmpeg, film.path)
    told: dict[str, object] = {}
    if means.engine is not None:
        with suppress(ToolFailedError):
            told = tell(film.path, {}, means.engine)
    work = Work(film, means, folder, file, announcement(told, file))
    outcome.streams = work.streams
    for beside in film.besides:
        try:
            sidecar = survey(beside.path)
        except NotConformantError as error:
            wrong = (str(error), ExitCode.NOT_CONFORMANT)
        except OSError as error:
            wrong = (error.strerror or str(error), ExitCode.SOURCE_UNREADABLE)
        else:
            work.surveyed.append((beside, sidecar))
            continue
        outcome.findings.append(findings.bad_sidecar(os.fsencode(beside.path), *wrong))
    return work


def _decode(work: Work, pace: "_Pace") -> None:
    means = work.means
    words = decoding.decode_words(
        work.film.path,
        list(work.wanted.values()),
        list(work.whole.values()),
        ffmpeg=means.ffmpeg,
        threads=means.threads,
    )

    def listen(line: bytes) -> None:
        work.complained += 1
        if len(work.complaints) < KEPT:
            work.complaints.append(decoding.complaint(line))

    sums = FollowingSums(work.film.path)

    def tell_pace(progress: Progress) -> None:
        share = (progress.seconds or 0.0) / work.file.seconds if work.file.seconds else 0.0
        share = 1.0 if progress.ended else share
        sums.allow(share)
        pace.send(share)

    watch = Watch(on_progress=tell_pace, stop=means.stop, stall_s=means.stall_s, on_line=listen)
    try:
        work.ended = transcode(means.ffmpeg, words, watch)
        work.sums = sums.finish()
    finally:
        sums.stop()


class _Pace:
    """Turns shares of a film's length into bytes of its file."""

    def __init__(self, size: int, means: Means) -> None:
        self._size, self._means, self._done = size, means, 0

    def send(self, share: float) -> None:
        """Tell how far the decoder is, 0 to 1."""
        now = int(self._size * min(max(share, 0.0), 1.0))
        if now > self._done:
            self._means.advance(now - self._done)
            self._done = now
