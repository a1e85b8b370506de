"""What was done to make a copy, as PREMIS events."""

import os
from collections.abc import Iterator

from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.viewing.making import Made
from avpres.services.viewing.sidecar import ALGORITHMS


def events_of(report: Report, made: Made) -> Iterator[Event]:
    """Tell of one copy: derived from its source, digested, held against what was wanted."""
    if made.times is None or made.plan is None:
        return
    began, encoded, checked = made.times
    source, copy = os.path.abspath(made.item.shown), str(made.item.target)
    failed = int(made.copy is None)
    facts: dict[str, record.events.Fact] = {
        "profile": made.plan.profile.name,
        "command": made.command,
        "relationship": "derivation: has source",
    }
    yield record.examination(
        report,
        record.Step(
            objects=[source],
            destination=copy,
            started=began,
            ended=encoded,
            files=1,
            size=made.item.size,
            failed=failed,
            facts=facts,
        ),
        EventType.MIGRATION,
        f"access copy derived from its source, profile {made.plan.profile.name}",
    )
    step = record.Step(
        objects=[copy],
        started=encoded,
        ended=checked,
        files=1,
        size=made.copy.size if made.copy else 0,
        failed=failed,
        algorithms=ALGORITHMS if made.copy else (),
        digests=made.copy.digests if made.copy else (),
        facts=_measured(made),
    )
    yield record.examination(
        report, step, EventType.VALIDATION, "tracks, length, fields, sound and layout as wanted"
    )
    if made.copy is not None:
        yield record.digest_calculation(report, step, subject="access copy")


def _measured(made: Made) -> "dict[str, record.events.Fact]":
    checked = made.checked
    if checked is None:
        return {}
    return {
        "seconds": checked.seconds,
        "frames": checked.frames,
        "combed_frames": checked.fields.combed if checked.fields else None,
        "loudness": ", ".join(f"{level:g} LUFS" for level in checked.loudness) or None,
        "faults": ", ".join(fault.code for fault in checked.faults) or None,
    }
