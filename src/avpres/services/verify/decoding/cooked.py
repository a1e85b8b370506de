"""A film that was cooked: its files are restored from it, which decodes it, and proves more."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, Self

from avpres.adapters.media.frame_sidecar import FrameSidecar, survey
from avpres.adapters.media.probe import probe
from avpres.adapters.reversible.reading import Track
from avpres.adapters.storage.reading import signature
from avpres.adapters.tools.process import ToolStoppedError
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.media import Kind, MediaStream
from avpres.domain.report import Finding
from avpres.domain.reversible import ReversibilityError, TrackKind
from avpres.services.reversible import findings as told_of
from avpres.services.reversible.examining import Counts, examine
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.proof import Part, Proof
from avpres.services.reversible.proving import Proving
from avpres.services.verify import reversibility
from avpres.services.verify.decoding import findings
from avpres.services.verify.decoding.closing import RESTORED
from avpres.services.verify.decoding.comparing import compare
from avpres.services.verify.decoding.model import Beside, Film, Heard, Means, Outcome, Side
from avpres.services.verify.decoding.proving import PREFIX

_MOST = 100  # findings of one film that are told
_HINT = "all files came back as they were, so look whether the list was changed"
_NS = 1_000_000_000


def is_provable(film: Film) -> bool:
    """Say whether a film holds its files with digests; one without is decoded as any other."""
    path = Path(os.fsdecode(film.path))
    if not reversibility.is_cooked(path):
        return False
    try:
        with open_cooked(path) as cooked:
            return all(_has_digest(track) for track in cooked.data.tracks)
    except NotConformantError:
        return True  # it was cooked and is damaged, which is told
    except OSError:
        return False


def _has_digest(track: Track) -> bool:
    try:
        file = track.file(0, residual=False)
    except (ReversibilityError, IndexError):
        return True  # damage, which is told
    return bool(file.md5 or file.sha256)


def prove_cooked(film: Film, means: Means) -> Outcome:
    """Restore all files of a film in memory; compare its pictures with the lists beside it.

    Raises:
        ToolStoppedError: the run is being ended.
    """
    outcome = Outcome(film)
    listed = list(_surveyed(film, outcome))
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=means.folder) as folder:
        lists = _Lists(Path(folder)) if listed else None
        _count(outcome, _restore(outcome, means, lists))
        if lists is not None:
            outcome.heard = [_hear(film, outcome, *each, lists) for each in listed]
    with suppress(OSError):
        if signature(os.stat(film.path)) != film.signature:
            outcome.findings.append(findings.changing(film))
    return outcome


def _restore(outcome: Outcome, means: Means, lists: "_Lists | None") -> Counts:
    """Restore all files in memory, and list the pictures where that is wanted."""
    film, counts, told = outcome.film, Counts(), _Told(outcome)

    def proving(cooked: Cooked) -> Proving:
        outcome.streams = _streams(film, means, cooked)
        return Proving(cooked, means.threads or None, means.advance, is_listed=lists is not None)

    with lists or ExitStack():
        for proof in examine(Path(os.fsdecode(film.path)), counts, told.take, proving=proving):
            if means.stop.is_set():
                raise ToolStoppedError("the run is being ended")
            if lists is not None:
                lists.add(proof)
    told.close(film)
    return counts


def _count(outcome: Outcome, counts: Counts) -> None:
    """Say what restoring all files has proved."""
    outcome.is_decoded = counts.is_whole
    if counts.unproved:
        told = told_of.unproved(outcome.film.path, counts.unproved, counts.files, is_error=False)
        outcome.findings.append(told)
    if counts.is_whole:
        for stream in outcome.streams:
            outcome.add_proof(stream.index, RESTORED)


def _surveyed(film: Film, outcome: Outcome) -> Iterator[tuple[Beside, FrameSidecar]]:
    for beside in film.besides:
        try:
            yield beside, survey(beside.path)
        except NotConformantError as error:
            wrong = (str(error), ExitCode.NOT_CONFORMANT)
        except OSError as error:
            wrong = (error.strerror or str(error), ExitCode.SOURCE_UNREADABLE)
        else:
            continue
        outcome.findings.append(findings.bad_sidecar(os.fsencode(beside.path), *wrong))


def _streams(film: Film, means: Means, cooked: Cooked) -> list[MediaStream]:
    """Describe the tracks; by ffmpeg, else as far as they say it of themselves."""
    try:
        found = probe(means.ffmpeg, film.path).of(Kind.VIDEO, Kind.AUDIO)
        return [stream for stream in found if not stream.is_picture]
    except (NotConformantError, ToolFailedError):
        return [
            MediaStream(place, Kind.AUDIO if track.kind is TrackKind.SINGLE else Kind.VIDEO, "")
            for place, (_, track) in enumerate(cooked.tracks)
        ]


class _Told:
    """Takes findings, as many as one film may have; more are counted."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._count = 0

    def take(self, finding: Finding) -> None:
        """Tell of something."""
        self._count += 1
        if self._count <= _MOST:
            self._outcome.findings.append(finding)

    def close(self, film: Film) -> None:
        """Say how many were left out."""
        if self._count > _MOST:
            told = told_of.more(film.path, self._count - _MOST)
            self._outcome.findings.append(told)


class _Lists:
    """The MD5 of every decoded picture, a list for each track, as framemd5 has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handles: dict[int, BinaryIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def add(self, proof: Proof) -> None:
        """Add a frame."""
        if proof.part is not Part.FRAME or proof.block is None or proof.raw is None:
            return
        if proof.track not in self._handles:
            handle = self._stack.enter_context(self._path(proof.track).open("wb"))
            handle.write(f"#tb 0: 1/{_NS}\n".encode())
            self._handles[proof.track] = handle
        size, digest = proof.raw
        time = proof.block.time_ns
        self._handles[proof.track].write(f"0, {time}, {time}, 1, {size}, {digest}\n".encode())

    def places(self) -> list[Path]:
        """Give the lists in the order of their tracks."""
        return [self._path(track) for track in sorted(self._handles)]

    def _path(self, track: int) -> Path:
        return self._folder / f"{track:04d}.frames"


def _hear(
    film: Film, outcome: Outcome, beside: Beside, sidecar: FrameSidecar, lists: _Lists
) -> Heard:
    """Compare a list with the pictures, where it is one of theirs."""
    heard = Heard(beside, claimed=sum(stream.frames for stream in sidecar.streams))
    places = lists.places()
    why = _why_not(beside, sidecar, len(places))
    if why:
        heard.findings.append(findings.uncompared(film, beside.name, why))
        return heard
    hint = _HINT if outcome.is_decoded else ""
    films = [stream for stream in outcome.streams if stream.kind is Kind.VIDEO]
    for claim, place, stream in zip(sidecar.streams, places, films, strict=False):
        found = compare(sidecar.path, claim.index, place)
        heard.equal += found.equal
        if found.is_equal:
            heard.proved.add(stream.index)
        elif found.listed != found.decoded:
            told = findings.counts_differ(film, stream, found, beside.name, hint)
            heard.findings.append(told)
        else:
            told = findings.mismatch(film, stream, found, beside.name, hint)
            heard.findings.append(told)
    return heard


def _why_not(beside: Beside, sidecar: FrameSidecar, tracks: int) -> str:
    """Say why a list cannot be compared with the decoded pictures; empty when it can."""
    if beside.side is not Side.OWN:
        return "it is of a source in another form"
    if sidecar.hash != "MD5":
        return f"its digests are {sidecar.hash}, and MD5 was taken"
    if any(each.kind not in {Kind.VIDEO, Kind.UNKNOWN} for each in sidecar.streams):
        return "it lists sounds too, which were compared with their own files"
    if len(sidecar.streams) != tracks:
        return f"it lists {len(sidecar.streams)} streams, and {tracks} were decoded"
    return ""
