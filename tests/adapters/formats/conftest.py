"""Samples that tests of several formats share."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.premis import Agent, Event, EventType, Outcome, event_id
from avpres.domain.report import FileRecord, Report, Totals

BEGUN = datetime(2026, 3, 5, 9, 12, 4, tzinfo=UTC)


@pytest.fixture
def make_report() -> Callable[..., Report]:
    """Build the report of a finished copy; any field can be given."""

    def make(**fields: object) -> Report:
        run_id = "0b7e4f8e-2f2f-4a39-9d7a-3a5b8d9c0e11"
        event = Event(
            id=event_id(run_id, "fixity check", "/disk/reel"),
            type=EventType.FIXITY_CHECK,
            started=BEGUN,
            ended=BEGUN + timedelta(minutes=2),
            outcome=Outcome.SUCCESS,
            detail="xxh128 compared with the source",
            objects=("/scans/reel",),
            destination="/disk/reel",
        )
        plain: dict[str, object] = {
            "command": "copy",
            "run_id": run_id,
            "argv": ("avpres", "copy", "/scans/reel", "/disk"),
            "host": "station-3",
            "operator": "Anna Ó Briain",
            "started": BEGUN,
            "ended": BEGUN + timedelta(minutes=2),
            "agents": [Agent(name="avpres", version="1.2.3", note="Python 3.11.2")],
            "totals": Totals(files=3, size=3000, verified_files=3, verified_size=3000, seconds=2),
            "events": [event],
            "evidence": {"direct": 3},
            "summary": "3 files: every file has reached its destination.",
        }
        return Report.model_validate(plain | fields)

    return make


@pytest.fixture
def make_file() -> Callable[..., FileRecord]:
    """Build the record of one file; any field can be given."""

    def make(path: str = "a.dpx", **fields: object) -> FileRecord:
        plain: dict[str, object] = {
            "size": 1000,
            "outcome": "copied",
            "digests": (Digest(Algorithm.MD5, "0" * 32),),
            "evidence": Evidence.DIRECT,
            "destination": "/disk/reel",
        }
        return FileRecord(path=path, **(plain | fields))  # type: ignore[arg-type]

    return make
