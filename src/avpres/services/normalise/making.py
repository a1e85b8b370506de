"""One file: looked at, encoded, proved, its tags compared, and let appear."""

import os
from collections.abc import Iterator, Mapping

from avpres.adapters.media.codecs import EITHER_WAY
from avpres.adapters.media.jpeg2000 import is_reversible
from avpres.adapters.media.probe import probe
from avpres.adapters.storage.appearing import settle
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Digest
from avpres.domain.media import Kind, MediaFile
from avpres.domain.report import Finding
from avpres.services.normalise import findings, likeness
from avpres.services.normalise.describing import Describing, describing
from avpres.services.normalise.encoding import carry_over, encode
from avpres.services.normalise.items import Item
from avpres.services.normalise.plan import Fate, Refusal, plan
from avpres.services.normalise.proving import evict, prove
from avpres.services.normalise.room import lacking
from avpres.services.normalise.stage import (
    Stage,
    finished,
    open_stage,
    write_events,
    write_record,
)
from avpres.services.normalise.whole import shortfalls
from avpres.services.normalise.workshop import Made, Workshop
from avpres.services.transfer.films import EMPTY, is_empty


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
        made.findings.append(Finding.error("NRM-EXISTS", item.shown, text, status))
    made.ended = workshop.clock()
    return made


def _attempt(made: Made, workshop: Workshop) -> None:
    try:
        if is_empty(made.item.path):
            made.findings.append(findings.refused("NRM-UNREADABLE", made.item.shown, EMPTY))
            return
    except OSError as error:
        made.findings.append(findings.unreadable(made.item.shown, error))
        return
    try:
        file = probe(workshop.ffmpeg, made.item.path)
    except (NotConformantError, ToolFailedError) as error:
        made.findings.append(findings.refused("NRM-UNREADABLE", made.item.shown, str(error)))
        return
    with (
        open_stage(made.item, workshop.destination) as stage,
        describing(made, stage, workshop) as words,
    ):
        lossless = _lossless(made, workshop, file, words)
        decided = plan(file, workshop.options, workshop.ffmpeg, lossless)
        if isinstance(decided, Refusal):
            made.outcome = "refused"
            made.findings.append(findings.refused(decided.code, made.item.shown, decided.reason))
            return
        made.plan = decided
        made.findings += findings.other_slices(made.item.shown, decided, workshop.options.slices)
        short = lacking(file, made.item.size, stage.final.parent)
        if short and not workshop.options.skip_space_check:
            status = ExitCode.DESTINATION_REFUSED
            made.findings.append(Finding.error("NRM-SPACE", made.item.shown, short, status))
            return
        _make(made, stage, workshop, words)


def _lossless(
    made: Made, workshop: Workshop, file: MediaFile, words: Describing
) -> dict[int, bool]:
    """Ask MediaInfo, and the frames themselves where it has not looked into them."""
    if not any(stream.codec in EITHER_WAY for stream in file.of(Kind.VIDEO)):
        return {}
    found = likeness.lossless_streams(words.told(".source"), file)
    for stream in file.of(Kind.VIDEO):
        if stream.codec == "jpeg2000" and not found.get(stream.index):
            told = is_reversible(workshop.ffmpeg, made.item.path, stream.index)
            found[stream.index] = told
    return found


def _make(made: Made, stage: Stage, workshop: Workshop, words: Describing) -> None:
    assert made.plan is not None  # noqa: S101 - set by the only caller
    ending = made.plan.suffix
    encode(made, stage, workshop, made.plan)
    output = stage.file(ending)
    if not made.is_wrong:
        carry_over(made, stage, made.plan)
        settle(output)
        made.read_back = evict(output)
        words.begin("", os.fsencode(output), output.name)
        prove(made, stage, workshop, made.plan)
        told = words.told(".source")
        made.findings += shortfalls(made.item.shown, told, made.plan.file, made.proofs)
    if not made.is_wrong:
        _compare_tags(made, words.told(".source"), words.told(""))
        _tell_sidecars(made, stage)
    made.output = None if made.is_wrong else stage.final / output.name
    made.ended = workshop.clock()
    write_events(stage, workshop.events(made))
    write_record(stage, _facts(made, workshop, stage))
    if made.is_wrong:
        made.output = stage.fail(output)
        return
    made.size = output.stat().st_size
    stage.publish({output.name: made.digests})
    made.outcome = "normalised"


def _compare_tags(made: Made, before: Mapping[str, object], after: Mapping[str, object]) -> None:
    for each in likeness.differences(before, after) if before and after else ():
        if each.is_loss:
            text = f"{each.where}: the {each.what} {each.before} is not said in the output"
            made.findings.append(Finding.warning("NRM-LOST", made.item.shown, text))
        else:
            text = f"{each.where}: the {each.what} was {each.before} and is {each.after}"
            made.findings.append(Finding.warning("NRM-CHANGED", made.item.shown, text))


def _tell_sidecars(made: Made, stage: Stage) -> None:
    for each in made.plan.beside if made.plan else ():
        name = stage.file(f".stream{each.stream.index}.bin").name
        what = f"{each.stream.name} {each.stream.tag}".strip()
        text = f"{what} has no place in Matroska and is kept beside it as {name}"
        made.findings.append(Finding.info("NRM-BESIDE", made.item.shown, text))


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
