"""What was done to make a copy, as PREMIS events."""

import os
from collections.abc import Iterator
from datetime import datetime

from avpres.adapters.media.access_graph import Plan
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.viewing.making import Made
from avpres.services.viewing.sidecar import ALGORITHMS

Times = tuple[datetime, datetime, datetime]
"""When a copy was begun, encoded, and looked at."""


def events_of(report: Report, made: Made) -> Iterator[Event]:
    """Tell of one copy: derived from its source, digested, held against what was wanted."""
    if made.times is None or made.plan is None:
        return
    yield _derivation(report, made, made.plan, made.times)
    step = _checked(made, made.times)
    yield record.examination(
        report, step, EventType.VALIDATION, "tracks, length, fields, sound and layout as wanted"
    )
    if made.copy is not None:
        yield record.digest_calculation(report, step, subject="access copy")


def _derivation(report: Report, made: Made, plan: Plan, times: Times) -> Event:
    began, encoded, _ = times
    step = record.Step(
        objects=[os.path.abspath(made.item.shown)],
        destination=str(made.item.target),
        started=began,
        ended=encoded,
        files=1,
        size=made.item.size,
        failed=int(made.copy is None),
        facts={
            "profile": plan.profile.name,
            "command": made.command,
            "relationship": "derivation: has source",
        },
    )
    detail = f"access copy derived from its source, profile {plan.profile.name}"
    return record.examination(report, step, EventType.MIGRATION, detail)


def _checked(made: Made, times: Times) -> record.Step:
    """Say how the copy was looked at; without one, that it failed."""
    _, encoded, checked = times
    copy = made.copy
    return record.Step(
        objects=[str(made.item.target)],
        started=encoded,
        ended=checked,
        files=1,
        size=copy.size if copy else 0,
        failed=int(copy is None),
        algorithms=ALGORITHMS if copy else (),
        digests=copy.digests if copy else (),
        facts=_measured(made),
    )


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
