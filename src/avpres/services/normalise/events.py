"""What a run did, as PREMIS events: one of each kind for every file."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.normalise.workshop import Made


def events_of(report: Report, made: Made) -> Iterator[Event]:
    """Yield what was done to one file; nothing for one that was refused or was there already."""
    if made.plan is None or not made.commands or made.ended is None:
        return
    destination = None if made.output is None else str(made.output)
    failed = int(made.is_wrong)
    facts: dict[str, str | int | float | bool | None] = {
        f"command {number}": shlex.join(words) for number, words in enumerate(made.commands, 1)
    }
    step = record.Step(
        objects=[made.item.shown],
        started=made.started,
        ended=made.ended,
        destination=destination,
        files=1,
        size=made.item.size,
        failed=failed,
        facts=facts,
    )
    yield record.examination(report, step, EventType.NORMALIZATION, _how(made))
    if made.source_digests:
        yield record.digest_calculation(report, _digested(made, step), subject="source")
    if made.proofs:
        yield record.examination(report, step, EventType.VALIDATION, _proof(made))


def _digested(made: Made, step: record.Step) -> record.Step:
    algorithms = [each.algorithm for each in made.source_digests]
    return replace(step, digests=made.source_digests, algorithms=algorithms, facts={})


def _how(made: Made) -> str:
    treatments = made.plan.treatments if made.plan else ()
    streams = ", ".join(
        f"{each.stream.index} {each.stream.codec} {each.fate.value}"
        + (f" as {each.codec}" if each.codec != "copy" else "")
        for each in treatments
    )
    return f"normalised with ffmpeg; streams: {streams}"


def _proof(made: Made) -> str:
    streams = "; ".join(f"{proof.stream.name}: {proof.detail}" for proof in made.proofs)
    verdict = "not lossless" if made.is_wrong else "lossless"
    return f"{verdict}: output decoded and compared with the source by framemd5: {streams}"
