"""`avpres migrate --plan`: what would become of the files; nothing is written."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import humanize

from avpres.adapters.formats.migration_tables import plan_lines
from avpres.adapters.formats.migration_tables_data import plan_data
from avpres.config.migrate import MigrateOptions
from avpres.config.migration_policy import Policy
from avpres.config.migration_reach import doubts
from avpres.domain.exit_codes import ExitCode
from avpres.domain.migration import Outcome
from avpres.domain.report import FileRecord, Finding, Report
from avpres.services.context import Context
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.migrate import findings
from avpres.services.migrate.classes import Plan
from avpres.services.migrate.planning import Decision, decided
from avpres.services.migrate.policies import load
from avpres.services.migrate.sources import Found, found_in, require_names, sources_of
from avpres.services.migrate.stage import FOLDER, RECORD
from avpres.services.migrate.table_file import check_table, write_table
from avpres.services.migrate.tables import plan_table

_WORDS = {Outcome.OK: "planned", Outcome.FAILED: "failed"}


@dataclass(slots=True)
class _Run:
    options: MigrateOptions
    context: Context
    report: Report
    ledger: Ledger
    policy: Policy
    plan: Plan = field(default_factory=Plan)


def plan(options: MigrateOptions, context: Context) -> Report:
    """Read the headers of all files, and say by class what the policy makes of them.

    Raises:
        UsageError: the policy cannot be read, or no source is named.
        SourceUnreadableError: a source is not there.
        DestinationExistsError: a report, or a file in the place of the table, is there already.
    """
    report = context.report("migrate")
    policy = load(options.policy)
    if options.table is not None:
        check_table(options.table)
    tops = sources_of(_without_results(options))
    require_names(tops)
    with open_ledger(context, options.report) as ledger:
        run = _Run(options, context, report, ledger, policy)
        for doubt in doubts(policy):
            context.note(report, Finding.warning("MIG-RULE", options.policy, doubt))
        _look(run, tops)
        _conclude(run)
        ledger.close(report)
    return report


def _without_results(options: MigrateOptions) -> MigrateOptions:
    """Let the words of a run be those of its plan: a last one that is no source is the results."""
    *sources, last = options.sources or (Path(),)
    is_results = not os.path.lexists(last) or (last / RECORD).is_file() or (last / FOLDER).is_dir()
    kept = tuple(sources) if sources and is_results else options.sources
    return options.model_copy(update={"sources": kept, "destination": None})


def _look(run: _Run, tops: Sequence[Path]) -> None:
    run.context.progress.start("plan")
    for file, decision in decided(_files(run, tops), run.policy, run.context):
        _take(run, file, decision)
    run.context.progress.finish()


def _files(run: _Run, tops: Sequence[Path]) -> Iterator[Found]:
    def skipped(path: str, why: str) -> None:
        run.report.totals.skipped += 1
        run.context.note(run.report, findings.skipped(path, why))

    def unreadable(path: str, error: OSError) -> None:
        run.report.totals.failed += 1
        run.context.note(run.report, findings.unreadable(path, error))

    return found_in(tops, run.options.exclude, on_skipped=skipped, on_error=unreadable)


def _take(run: _Run, file: Found, decision: Decision) -> None:
    path = os.fsdecode(file.path)
    run.plan.add(decision.key, file.size, path)
    if decision.outcome is Outcome.FAILED:
        run.report.totals.failed += 1
        text = f"{decision.problem}; nothing is planned for it"
        code = ExitCode.SOURCE_UNREADABLE
        run.context.note(run.report, Finding.error("MIG-UNREADABLE", path, text, code))
    record = FileRecord(
        path=os.fsdecode(file.place),
        size=file.size,
        outcome=_WORDS.get(decision.outcome, decision.outcome.value),
        destination="",
        detail=f"{decision.key.kind} -> {decision.target.kind}: {_why(decision)}",
    )
    run.ledger.add([record])


def _why(decision: Decision) -> str:
    if decision.problem is None:
        return decision.rule.name
    return f"{decision.problem.reason}: {decision.problem}"


def _conclude(run: _Run) -> None:
    report, total = run.report, run.plan.total
    table = plan_table(run.plan, run.policy, by_class=run.options.classes)
    report.totals.files, report.totals.size = total.files, total.size
    report.facts["table_3"] = plan_data(table)
    report.lines = plan_lines(table)
    if run.options.table is not None:
        report.outputs.append(write_table(run.options.table, table))
    report.summary = sentence(run.plan)
    if not total.files and not report.totals.failed:
        run.context.note(report, findings.nothing())


def sentence(plan: Plan) -> str:
    """Sum the plan up, and say that nothing was done."""
    if not plan.total.files:
        return "there is no file here, so nothing was planned."
    counts = plan.outcomes()
    words = {
        "to be migrated": counts[Outcome.OK].files,
        "stay as they are": counts[Outcome.KEPT].files,
        "refused": counts[Outcome.REFUSED].files,
        "unreadable": counts[Outcome.FAILED].files,
    }
    told = ", ".join(f"{count:,} {word}" for word, count in words.items() if count)
    size = humanize.naturalsize(plan.total.size, binary=True)
    files = f"{plan.total.files:,} file{'' if plan.total.files == 1 else 's'}, {size}"
    return f"{files}: {told}; nothing was written."
