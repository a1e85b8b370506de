"""Holding what was read against what is on record, one file record at a time."""

import os
from collections.abc import Iterator

from avpres.adapters.storage.walk import Kind
from avpres.services.fixity.judging import Brief, Judgement, Verdict, extras, listed
from avpres.services.fixity.lines import Lines
from avpres.services.fixity.rows import FOUND, names_of, shown
from avpres.services.manifest import findings
from avpres.services.manifest.work import Work


def judge(work: Work) -> Iterator[bytes]:
    """Note every finding, and give one line of the records for each file."""
    lines = Lines(str(work.plan.tree.root))
    for each in listed(work.scratch):
        if isinstance(each, Judgement):
            yield from _on_record(work, each, lines)
        else:
            yield _counted(work, each, "verified", lines)
    for found in extras(work.scratch):
        if found.kind != Kind.FILE:
            work.note(findings.link(work.plan.tree.path(found.path)))
        elif found.digests:
            yield _counted(work, found, "recorded", lines)
        else:
            yield _unread(work, found.judgement(), lines)


def _on_record(work: Work, judgement: Judgement, lines: Lines) -> Iterator[bytes]:
    full = work.plan.tree.path(judgement.path)
    if judgement.verdict is Verdict.UNREADABLE:
        yield _unread(work, judgement, lines)
    elif judgement.verdict is Verdict.MISSING:
        work.note(findings.missing(full, _named(work, judgement)))
    elif judgement.verdict is Verdict.CHANGED:
        wrong = [claim for claim in judgement.claims if claim.agrees is False]
        expected = tuple(digest for claim in wrong for digest in claim.digests)
        named = _named(work, judgement)
        work.note(findings.changed(full, named, expected, judgement.found))
        yield _counted(work, judgement, "changed", lines)
    else:
        yield _counted(work, judgement, "verified", lines)


def _unread(work: Work, judgement: Judgement, lines: Lines) -> bytes:
    row = work.scratch.db.execute(
        "SELECT error FROM reading WHERE side = ? AND path = ?", (FOUND, judgement.path)
    ).fetchone()
    reason = (row[0] if row else None) or "it was not read"
    work.note(findings.unreadable(work.plan.tree.path(judgement.path), reason))
    return lines.full(judgement, "failed")


def _named(work: Work, judgement: Judgement) -> str:
    ids = {claim.source for claim in judgement.claims if claim.agrees is not True}
    paths = [each.manifest.path for each in work.sources if each.id in ids]
    return " and ".join(shown(os.fsencode(path)) for path in paths)


def _counted(work: Work, found: Brief | Judgement, outcome: str, lines: Lines) -> bytes:
    work.files += 1
    work.size += found.size
    if isinstance(found, Brief):
        work.counted[found.evidence, names_of(found.digests)] += 1
        return lines.brief(found, outcome)
    names = " ".join(digest.algorithm for digest in found.found)
    work.counted[found.evidence, names] += 1
    return lines.full(found, outcome)
