"""One file: looked at, encoded while it is digested, proved, compared, and let appear."""

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from avpres.adapters.media.following import FollowingDigest
from avpres.adapters.media.foreign import MOST, copy_bytes, embed, foreign
from avpres.adapters.media.probe import probe
from avpres.adapters.media.telling import tell
from avpres.adapters.storage import medium
from avpres.adapters.tools import mediainfo
from avpres.adapters.tools.ffmpeg import Ended, Ffmpeg, Watch, transcode
from avpres.adapters.tools.ffmpeg_progress import Progress
from avpres.adapters.tools.mediainfo import Output
from avpres.config.normalise import NormaliseOptions
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.media import MediaFile
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.normalise import findings, likeness
from avpres.services.normalise.comparing import StreamProof, compare, compare_files
from avpres.services.normalise.items import Item
from avpres.services.normalise.plan import Fate, Plan, Refusal, plan
from avpres.services.normalise.room import lacking
from avpres.services.normalise.stage import Stage, finished, open_stage, settle, write_record
from avpres.services.normalise.whole import shortfalls
from avpres.services.normalise.words import Manner, encode_words, proof_words, time_base

LOG = ".ffmpeg.log"
SETTINGS = ("sound", "lossy", "dv", "slices", "field_order", "aspect", "colour", "digest")
"""Options that make a result another one."""

_ERROR = re.compile(r"\[(?:error|fatal|panic)\] |\[warning\] .*corrupt decoded frame")
_TIMES = re.compile("non monotonically increasing dts|Application provided invalid")
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+|\[(?:error|fatal|panic|warning)\] ")


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
    stop: threading.Event
    threads: int = 0

    @property
    def manner(self) -> Manner:
        """How ffmpeg is to work."""
        return Manner(self.options.slices, self.threads, time_base(self.ffmpeg))

    @property
    def settings(self) -> dict[str, object]:
        """The settings that make a result what it is, as JSON has them."""
        told = self.options.model_dump(mode="json", include=set(SETTINGS))
        return {**told, "ffmpeg": self.ffmpeg.version}


def make(item: Item, workshop: Workshop) -> Made:
    """Normalise one file; whatever is wrong with it is told in the result.

    Raises:
        ToolStoppedError: the run was stopped.
        OSError: the destination refuses.
        AvpresError: the destination or a tool is not fit for any file.
    """
    made = Made(item, workshop.clock())
    there = finished(item, workshop.destination, workshop.settings)
    if there is None:
        _attempt(made, workshop)
    elif not there:
        made.outcome = "already there"
        made.output = workshop.destination / os.fsdecode(item.folder)
        workshop.advance(item.size)
    else:
        text = f"{workshop.destination / os.fsdecode(item.folder)}: {there}; it was left as it is"
        status = ExitCode.DESTINATION_EXISTS
        made.findings.append(findings.error("NRM-EXISTS", item.shown, text, status))
    made.ended = workshop.clock()
    return made


def _attempt(made: Made, workshop: Workshop) -> None:
    try:
        file = probe(workshop.ffmpeg, made.item.path)
    except (NotConformantError, ToolFailedError) as error:
        made.findings.append(findings.refused("NRM-UNREADABLE", made.item.shown, str(error)))
        return
    with open_stage(made.item, workshop.destination) as stage:
        before = _told(made, stage, workshop, made.item.path, ".source")
        decided = plan(file, workshop.options, workshop.ffmpeg, likeness.lossless_streams(before))
        if isinstance(decided, Refusal):
            made.outcome = "refused"
            made.findings.append(findings.refused(decided.code, made.item.shown, decided.reason))
            return
        made.plan = decided
        short = lacking(file, made.item.size, stage.final.parent)
        if short and not workshop.options.skip_space_check:
            status = ExitCode.DESTINATION_REFUSED
            made.findings.append(findings.error("NRM-SPACE", made.item.shown, short, status))
            return
        _make(made, stage, workshop, before)


def _make(made: Made, stage: Stage, workshop: Workshop, before: Mapping[str, object]) -> None:
    assert made.plan is not None  # noqa: S101 - set by the only caller
    ending = made.plan.suffix
    _encode(made, stage, workshop, made.plan)
    output = stage.file(ending)
    if not made.is_wrong:
        _carry_over(made, stage, made.plan)
        settle(output)
        _prove(made, stage, workshop, made.plan, output)
        made.findings += shortfalls(made.item.shown, before, made.proofs)
    if not made.is_wrong:
        after = _told(made, stage, workshop, os.fsencode(output), "")
        _compare_tags(made, before, after)
        _tell_sidecars(made, stage)
    write_record(stage, _facts(made, workshop, stage))
    if made.is_wrong:
        made.output = stage.keep_as_failed(ending)
        return
    made.size = output.stat().st_size
    stage.publish({output.name: made.digests})
    made.output, made.outcome = stage.final / output.name, "normalised"


def _told(
    made: Made, stage: Stage, workshop: Workshop, path: bytes, infix: str
) -> dict[str, object]:
    places = {
        Output.XML: stage.file(f"{infix}.mediainfo.xml"),
        Output.MEDIA_TRACE: stage.file(f"{infix}.mediatrace.xml"),
    }
    try:
        return tell(path, places, workshop.engine)
    except ToolFailedError as error:
        text = f"MediaInfo cannot describe it ({error}); its tags are not compared"
        made.findings.append(findings.warning("NRM-UNDESCRIBED", made.item.shown, text))
        return {}


def _encode(made: Made, stage: Stage, workshop: Workshop, decided: Plan) -> None:
    options = workshop.options
    words = encode_words(made.item.path, decided, stage, workshop.manner)
    complaints: list[str] = []

    def listen(line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        if _ERROR.search(text) and not _TIMES.search(text) and len(complaints) < _KEPT:
            complaints.append(_ADDRESS.sub("", text))

    digest = FollowingDigest(made.item.path, options.digest)
    try:
        with stage.file(LOG).open("xb") as log:
            pace = _pace(made.item.size, decided.file, workshop, digest.allow)
            watch = _watch(workshop, pace, listen)
            watch.log = log
            ended = transcode(workshop.ffmpeg, words, watch)
        _judge_encode(made, ended, complaints)
        made.source_digests = digest.finish()
    except ToolFailedError as error:
        made.findings.append(findings.encode_failed(made.item.shown, str(error)))
    except OSError as error:
        if error.filename is not None:
            raise
        text = f"the digest cannot be taken: {error.strerror}"
        status = ExitCode.SOURCE_UNREADABLE
        made.findings.append(findings.error("NRM-SOURCE", made.item.shown, text, status))
    finally:
        digest.stop()
    made.commands.append([os.fsdecode(os.fsencode(word)) for word in words])


_KEPT = 20  # complaints that are kept of one run


def _carry_over(made: Made, stage: Stage, decided: Plan) -> None:
    """Keep the chunks of a WAV or AIFF that are no samples, in FLAC where they have room."""
    found = foreign(made.item.path)
    if found is None:
        return
    if len(found.pieces) > MOST:
        text = f"it holds more than {MOST:,} chunks, and none but its samples were kept"
        made.findings.append(findings.warning("NRM-LOST", made.item.shown, text))
        return
    with open(made.item.path, "rb") as source:
        if decided.suffix == ".flac" and found.fits:
            embed(stage.file(".flac"), list(found.read(source)), found.application)
            return
        place = stage.file(".chunks.bin")
        with place.open("xb") as target:
            for piece in found.pieces:
                source.seek(piece.offset)
                copy_bytes(source, target, piece.size)
    text = f"what it holds beside its samples is kept as {place.name}"
    made.findings.append(findings.note("NRM-BESIDE", made.item.shown, text))


def _judge_encode(made: Made, ended: Ended, complaints: list[str]) -> None:
    if not ended.is_regular:
        how = ended.outcome if ended.status else "ended without telling that it was done"
        text = f"{how}: {complaints[0] if complaints else ended.said}"
        made.findings.append(findings.encode_failed(made.item.shown, text))
    elif complaints:
        made.findings.append(findings.source_damaged(made.item.shown, complaints[0]))


def _prove(made: Made, stage: Stage, workshop: Workshop, decided: Plan, output: Path) -> None:
    """Decode the output, from the medium where that can be had, and compare all of it."""
    words = proof_words(decided, stage, workshop.manner)
    said: list[str] = []

    def listen(line: bytes) -> None:
        if len(said) < _KEPT:
            said.append(_ADDRESS.sub("", line.decode("utf-8", "replace")))

    made.read_back = _evict(output)
    digest = FollowingDigest(os.fsencode(output), workshop.options.digest)
    try:
        with stage.file(LOG).open("ab") as log:
            pace = _pace(made.item.size, decided.file, workshop, digest.allow)
            watch = _watch(workshop, pace, listen)
            watch.log = log
            ended = transcode(workshop.ffmpeg, words, watch)
        made.digests = digest.finish()
        if said or not ended.is_regular:
            how = said[0] if said else ended.outcome
            made.findings.append(findings.proof_failed(made.item.shown, how))
        made.proofs = _compare(stage, decided)
        made.findings += findings.not_lossless(made.item.shown, made.proofs)
    except (ToolFailedError, NotConformantError, OSError) as error:
        made.findings.append(findings.proof_failed(made.item.shown, str(error)))
    finally:
        digest.stop()
    made.commands.append([os.fsdecode(os.fsencode(word)) for word in words])


def _compare(stage: Stage, decided: Plan) -> list[StreamProof]:
    sides = (stage.file(".source.framemd5"), stage.file(".framemd5"))
    proofs = compare(*sides, decided.running)
    for each in decided.attached:
        copies = [stage.attachment(each, side) for side in ("source", "output")]
        proofs.append(compare_files(each, *copies))
    return proofs


def _evict(output: Path) -> str:
    fd = os.open(output, os.O_RDONLY)
    try:
        return "evicted" if medium.evict(fd, os.fstat(fd).st_size) else "cached"
    finally:
        os.close(fd)


def _watch(
    workshop: Workshop, pace: Callable[[Progress], None], listen: Callable[[bytes], None]
) -> Watch:
    return Watch(
        on_progress=pace, stop=workshop.stop, stall_s=workshop.options.stall * 60, on_line=listen
    )


def _pace(
    size: int, file: MediaFile, workshop: Workshop, allow: Callable[[float], None]
) -> Callable[[Progress], None]:
    """Turn reports of progress into bytes of the source: half for encoding, half for the proof."""
    done = 0

    def on_progress(progress: Progress) -> None:
        nonlocal done
        share = (progress.seconds or 0.0) / file.seconds if file.seconds else 0.0
        share = 1.0 if progress.ended else min(max(share, 0.0), 1.0)
        allow(share)
        now = int(size * share / 2)
        if now > done:
            workshop.advance(now - done)
            done = now

    return on_progress


def _compare_tags(made: Made, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    for each in likeness.differences(before, after) if before and after else ():
        if each.is_loss:
            text = f"{each.where}: the {each.what} {each.before} is not said in the output"
            made.findings.append(findings.warning("NRM-LOST", made.item.shown, text))
        else:
            text = f"{each.where}: the {each.what} was {each.before} and is {each.after}"
            made.findings.append(findings.warning("NRM-CHANGED", made.item.shown, text))


def _tell_sidecars(made: Made, stage: Stage) -> None:
    for each in made.plan.beside if made.plan else ():
        name = stage.file(f".stream{each.stream.index}.bin").name
        what = f"{each.stream.name} {each.stream.tag}".strip()
        text = f"{what} has no place in Matroska and is kept beside it as {name}"
        made.findings.append(findings.note("NRM-BESIDE", made.item.shown, text))


def _facts(made: Made, workshop: Workshop, stage: Stage) -> dict[str, object]:
    folder = os.fspath(stage.folder) + os.sep
    return {
        "verdict": "not lossless" if made.is_wrong else "lossless",
        "settings": workshop.settings,
        "source": {
            "path": made.item.shown,
            "size": made.item.signature[0],
            "mtime_ns": made.item.signature[1],
            "digests": _named(made.source_digests),
        },
        "output": {"digests": _named(made.digests), "read_back": made.read_back},
        "streams": [dict(each) for each in _streams(made)],
        "commands": [[word.replace(folder, "") for word in words] for words in made.commands],
        "findings": [[each.code, each.message] for each in made.findings],
        "ffmpeg": workshop.ffmpeg.version,
        "mediainfo": workshop.engine.version,
    }


def _named(digests: tuple[Digest, ...]) -> dict[str, str]:
    return {each.algorithm.value: each.value for each in digests}


def _streams(made: Made) -> Iterator[dict[str, object]]:
    proofs = {proof.stream.index: proof for proof in made.proofs}
    for each in made.plan.treatments if made.plan else ():
        proof = proofs.get(each.stream.index)
        yield {
            "source": each.stream.index,
            "output": None if each.fate is Fate.SIDECAR else each.place,
            "kind": each.stream.kind.value,
            "from": each.stream.codec,
            "to": each.codec,
            "fate": each.fate.value,
            "stored": each.stored or None,
            "compared": each.proof or "packets",
            "frames": proof.source if proof else None,
            "equal": proof.is_equal if proof else None,
        }
