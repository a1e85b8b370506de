"""What making manifests amounts to: the event of each, and the sentence."""

import os
from datetime import datetime

import humanize

from avpres.domain.fixity import Algorithm, Evidence
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.fixity.rows import shown
from avpres.services.manifest.told import Told
from avpres.services.manifest.work import Work

_NAMED = 3  # manifests named in the sentence


def conclude(work: Work, started: datetime) -> None:
    """Add the counts of one plan, and record its event, also one without a manifest at the end."""
    told, report = work.told, work.report
    told.files += work.files
    told.size += work.size
    told.failed += work.failed
    for (evidence, names), count in work.counted.items():
        told.algorithms |= set(map(Algorithm, names.split()))
        if evidence is not None:
            told.evidence[Evidence(evidence)] += count
    step = record.Step(
        objects=(shown(os.fsencode(work.plan.item)),),
        started=started,
        ended=work.context.clock(),
        files=work.files,
        size=work.size,
        failed=work.failed,
        algorithms=[algorithm for algorithm in Algorithm if algorithm in told.algorithms],
        facts={"written": ", ".join(told.written), "kept": ", ".join(told.kept)},
    )
    report.events.append(record.digest_calculation(report, step, subject="files"))


def fill(report: Report, told: Told) -> None:
    """Put the counts into the report, and the sentence that people quote."""
    totals = report.totals
    totals.files, totals.size, totals.failed = told.files, told.size, told.failed
    report.evidence = {kind.value: count for kind, count in told.evidence.items()}
    report.summary = _sentence(report, told)


def _sentence(report: Report, told: Told) -> str:
    size = humanize.naturalsize(told.size, binary=True)
    files = f"{humanize.intcomma(told.files)} file{'' if told.files == 1 else 's'}, {size}"
    names = ", ".join(algorithm for algorithm in Algorithm if algorithm in told.algorithms)
    parts = []
    if told.written:
        parts.append(f"written {_list(told.written)}")
    if told.sidecars:
        parts.append(f"written {humanize.intcomma(told.sidecars)} sidecars")
    if told.kept:
        parts.append(f"{_list(told.kept)} says the same already and was left as it is")
    if told.sidecars_kept:
        parts.append(f"{humanize.intcomma(told.sidecars_kept)} sidecars say the same already")
    if not parts:
        return f"{files}: no manifest was written; see the findings above."
    ending = "" if not report.exit_code else ". Not all went well: see the findings above"
    return f"{files}: {names} taken, {'; '.join(parts)}{ending}."


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
