"""A film that was cooked, proved without a copy of its source: every file comes back in memory.

A film that is named, and the folder that `cook` made of one, are proved whenever they are verified.
Films in other folders are proved with `--decode`, where they are told beside all other films.
"""

import os
from datetime import datetime
from pathlib import Path

from avpres.adapters.cooking import ffv1
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import REVERSIBILITY_NAME
from avpres.adapters.matroska.reading import open_matroska
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.premis import Event
from avpres.domain.report import FileRecord, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.fixity.rows import shown
from avpres.services.reversible import findings
from avpres.services.reversible.examining import Counts, Note, examine
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.proving import Proving
from avpres.services.verify.films import RECORD, is_matroska
from avpres.services.verify.targets import Target


def is_cooked(path: Path) -> bool:
    """Say whether a film holds data that give files back, also where these are damaged."""
    if not is_matroska(path):
        return False
    try:
        with path.open("rb") as handle:
            attached = {each.name for each in open_matroska(handle).attachments}
        if REVERSIBILITY_NAME in attached or path.with_name(f"{path.stem}{RECORD}").exists():
            return True
        with open_cooked(path):
            return True
    except (NotConformantError, MatroskaError, OSError):
        return False


def prove(path: Path, context: Context, note: Note, *, is_listed: bool) -> Counts:
    """Prove a film that was named.

    `is_listed`: a manifest speaks of it, so that something else than its own digests was asked.
    """
    counts = Counts()
    progress = context.progress
    progress.start("prove", size=path.stat().st_size)

    def proving(cooked: Cooked) -> Proving:
        return Proving(cooked, advance=lambda size: progress.advance(size=size))

    try:
        for _ in examine(path, counts, note, proving=proving):
            progress.advance(files=1)
    finally:
        progress.finish()
    if counts.unproved:
        film = os.fsencode(path)
        told = findings.unproved(film, counts.unproved, counts.files, is_error=not is_listed)
        note(told)
    return counts


def record_of(path: Path, target: Target, counts: Counts) -> FileRecord:
    """Put a film on record."""
    root = os.path.join(os.path.abspath(os.fsencode(target.tree.root)), b"")
    return FileRecord(
        path=os.fsdecode(os.fsencode(path).removeprefix(root)),
        size=path.stat().st_size,
        outcome="proved" if counts.is_whole else "failed" if counts.errors else "restorable",
        destination=str(target.tree.root),
        detail=counts.sentence,
    )


def event_of(report: Report, path: Path, counts: Counts, times: tuple[datetime, datetime]) -> Event:
    """Record that every file was restored and compared (PREMIS `fixity check`)."""
    step = record.Step(
        objects=(shown(os.fsencode(path)),),
        started=times[0],
        ended=times[1],
        files=counts.files,
        size=counts.size,
        failed=counts.damaged + counts.lost or counts.errors,
        remarks=counts.unproved,
        algorithms=[each for each in Algorithm if each.value in counts.algorithms],
        facts={
            "proof": "reversibility",
            "codec": ffv1.version(),
            "matroska_crcs": counts.checked,
            "proved": counts.proved,
            "damaged": counts.damaged,
            "lost": counts.lost,
            "unproved": counts.unproved,
        },
    )
    against = "the digests in the film, after every file was restored from it in memory"
    return record.fixity_check(report, step, against=against)
