"""What a repair leaves on record: findings of what was mended, events, the changes themselves."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from avpres.adapters.cooking import ffv1
from avpres.domain.fixity import Algorithm
from avpres.domain.premis import EventType
from avpres.domain.report import FileRecord
from avpres.services import record
from avpres.services.fixity.rows import shown
from avpres.services.repair import findings
from avpres.services.repair.copies import Copy
from avpres.services.repair.run import Run
from avpres.services.reversible.examining import Counts

_MOST = 1000  # changes that are put on record one by one


def record_repair(
    copies: Sequence[Copy], path: Path, counts: Counts, started: datetime, run: Run
) -> None:
    """Tell which frames and which other bytes came from which copy, and record it."""
    _tell_mended(copies, run)
    taken = sum(each.end - each.begin for each in run.changes)
    step = record.Step(
        objects=[shown(os.fsencode(each.path)) for each in copies],
        started=started,
        ended=run.context.clock(),
        destination=shown(os.fsencode(path)),
        files=counts.files,
        size=taken,
        failed=0 if counts.is_whole else 1,
        facts={"changes": len(run.changes), "bytes": taken, "frames": len(run.mended)},
    )
    text = "damaged bytes of a film taken from other copies of it, into a new film"
    run.report.events.append(record.examination(run.report, step, EventType.MODIFICATION, text))
    _list_changes(copies, taken, run)
    record_proof(path, counts, started, run)


def _list_changes(copies: Sequence[Copy], taken: int, run: Run) -> None:
    """Put the changes themselves on record, up to a number."""
    facts = run.report.facts
    listed = run.all.changed
    film = shown(os.fsencode(copies[0].path))
    for begin, end, number in run.changes[: _MOST - len(listed)]:
        place = {"film": film, "offset": begin, "size": end - begin}
        listed.append({**place, "from": shown(os.fsencode(copies[number].path))})
    run.all.taken += taken
    facts["changes"], facts["bytes_taken"] = listed, run.all.taken


def record_proof(film: Path, counts: Counts, started: datetime, run: Run) -> None:
    """Record that every file was restored and compared (PREMIS `fixity check`)."""
    totals = run.report.totals
    run.all.counts.merge(counts)
    found = run.all.counts
    totals.files, totals.size = found.files, found.size
    totals.verified_files = found.proved
    totals.failed = found.damaged + found.lost
    run.report.facts["reversibility"] = found.facts()
    step = record.Step(
        objects=(shown(os.fsencode(film)),),
        started=started,
        ended=run.context.clock(),
        files=counts.files,
        size=counts.size,
        failed=counts.damaged + counts.lost or counts.errors,
        remarks=counts.unproved,
        algorithms=[each for each in Algorithm if each.value in counts.algorithms],
        facts={"proof": "reversibility", "codec": ffv1.version(), "proved": counts.proved},
    )
    against = "the digests in the film, after every file was restored from it in memory"
    run.report.events.append(record.fixity_check(run.report, step, against=against))


def _tell_mended(copies: Sequence[Copy], run: Run) -> None:
    film = os.fsencode(copies[0].path)
    rest: Counter[int] = Counter()
    for each in run.changes:
        rest[each.copy] += each.end - each.begin
    for proof, changes in run.mended:
        if not proof.is_right:
            continue
        sizes: Counter[int] = Counter()
        begin = proof.block.offset if proof.block else 0
        end = begin + (proof.block.size if proof.block else 0)
        for each in changes:
            sizes[each.copy] += min(each.end, end) - max(each.begin, begin)
        for number, size in sorted(sizes.items()):
            rest[number] -= size
            copy = copies[number].path
            run.note(findings.mended(film, f"{proof.shown} ({proof.where})", size, copy))
            detail = f"{size:,} bytes of its packet were taken from {shown(os.fsencode(copy))}"
            path = os.fsdecode(proof.name)
            told = FileRecord(path=path, size=proof.size, outcome="mended", detail=detail)
            run.ledger.add([told])
    for number, size in sorted(rest.items()):
        if size > 0:
            run.note(findings.mended(film, "other parts of the film", size, copies[number].path))
