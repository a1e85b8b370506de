"""Holding what was read against what is on record, one file record at a time."""

import os
from collections.abc import Iterator

from avpres.adapters.storage.walk import Kind
from avpres.domain.report import FileRecord
from avpres.services.fixity.judging import Judgement, Verdict, extras, listed
from avpres.services.fixity.rows import FOUND, shown
from avpres.services.manifest import findings
from avpres.services.manifest.work import Work


def judge(work: Work) -> Iterator[FileRecord]:
    """Note every finding, and give one record for each file."""
    for judgement in listed(work.scratch):
        yield from _on_record(work, judgement)
    for judgement, kind in extras(work.scratch):
        if kind != Kind.FILE:
            work.note(findings.link(work.plan.tree.path(judgement.path)))
        elif judgement.found:
            yield _counted(work, judgement, "recorded")
        else:
            yield _unread(work, judgement)


def _on_record(work: Work, judgement: Judgement) -> Iterator[FileRecord]:
    full = work.plan.tree.path(judgement.path)
    if judgement.verdict is Verdict.UNREADABLE:
        yield _unread(work, judgement)
    elif judgement.verdict is Verdict.MISSING:
        work.note(findings.missing(full, _named(work, judgement)))
    elif judgement.verdict is Verdict.CHANGED:
        wrong = [claim for claim in judgement.claims if claim.agrees is False]
        expected = tuple(digest for claim in wrong for digest in claim.digests)
        named = _named(work, judgement)
        work.note(findings.changed(full, named, expected, judgement.found))
        yield _counted(work, judgement, "changed")
    else:
        yield _counted(work, judgement, "verified")


def _unread(work: Work, judgement: Judgement) -> FileRecord:
    row = work.scratch.db.execute(
        "SELECT error FROM reading WHERE side = ? AND path = ?", (FOUND, judgement.path)
    ).fetchone()
    reason = (row[0] if row else None) or "it was not read"
    work.note(findings.unreadable(work.plan.tree.path(judgement.path), reason))
    return _record(work, judgement, "failed")


def _named(work: Work, judgement: Judgement) -> str:
    ids = {claim.source for claim in judgement.claims if claim.agrees is not True}
    paths = [each.manifest.path for each in work.sources if each.id in ids]
    return " and ".join(shown(os.fsencode(path)) for path in paths)


def _counted(work: Work, judgement: Judgement, outcome: str) -> FileRecord:
    work.files += 1
    work.size += judgement.size
    work.told.algorithms |= {d.algorithm for d in judgement.found}
    if judgement.evidence is not None:
        work.told.evidence[judgement.evidence] += 1
    return _record(work, judgement, outcome)


def _record(work: Work, judgement: Judgement, outcome: str) -> FileRecord:
    return FileRecord(
        path=os.fsdecode(judgement.path),
        size=judgement.size,
        outcome=outcome,
        digests=judgement.found,
        evidence=judgement.evidence,
        destination=str(work.plan.tree.root),
    )
