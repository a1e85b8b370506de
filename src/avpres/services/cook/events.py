"""What a run did, as PREMIS events: one of each kind for every reel."""

from collections.abc import Iterator

from avpres.domain.fixity import Evidence
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.cook.made import Made
from avpres.services.cook.stage import ALGORITHMS


def events_of(report: Report, made: Made) -> Iterator[Event]:
    """Yield what was done to a reel; nothing for one that was refused or was there already."""
    if made.outcome != "cooked" and not made.output:
        return
    if made.outcome == "already there":
        return
    yield record.digest_calculation(report, _step(made, algorithms=ALGORITHMS), subject="source")
    is_wrong = made.verdict == "not reversible"
    facts = {f"ffv1 of {name}": said for name, said in made.codings.items()}
    step = _step(made, facts={"reversible": "no" if is_wrong else "yes", **facts})
    detail = f"{made.frames:,} frames and {made.sounds:,} sounds coded as FFV1 and FLAC in Matroska"
    yield record.examination(report, step, EventType.NORMALIZATION, detail)
    text = f"{made.verdict}: every file decoded again and compared with the bytes read"
    yield record.examination(report, _step(made), EventType.VALIDATION, text)
    evidence = Evidence(made.evidence) if made.evidence else Evidence.UNKNOWN
    step = _step(made, algorithms=ALGORITHMS, evidence={evidence: 1}, digests=made.digests)
    yield record.fixity_check(report, step, against="the packets that were proved")


def _step(made: Made, **more: object) -> record.Step:
    return record.Step(
        objects=[made.reel.shown],
        started=made.started,
        ended=made.ended or made.started,
        destination=None if made.output is None else str(made.output),
        files=made.files,
        size=made.size,
        failed=int(made.is_wrong),
        **more,  # type: ignore[arg-type]
    )
