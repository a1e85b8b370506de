"""Migrating: other formats by policy, nothing lost, every outcome proved."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.processes.family import new_family
from avpres.adapters.processes.trades import MIGRATING
from avpres.config.migrate import MigrateOptions
from avpres.config.migration_policy import Policy
from avpres.config.migration_reach import doubts
from avpres.domain.errors import UsageError
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.ledger import open_ledger
from avpres.services.migrate import findings
from avpres.services.migrate.closing import conclude
from avpres.services.migrate.packaging import pack
from avpres.services.migrate.planned import plan
from avpres.services.migrate.policies import load
from avpres.services.migrate.proving import prove
from avpres.services.migrate.restored import restore
from avpres.services.migrate.reviewing import take_review
from avpres.services.migrate.room import require_room
from avpres.services.migrate.running import run
from avpres.services.migrate.sheeting import sheet
from avpres.services.migrate.sources import Found, found_in, list_into, require_names, sources_of
from avpres.services.migrate.stage import open_stage, refusals
from avpres.services.migrate.standing import forget_gone, recall
from avpres.services.migrate.workshop import Workshop

__all__ = ["migrate"]


def migrate(options: MigrateOptions, context: Context) -> Report:
    """Migrate files by a policy, and prove each; or plan that, or do what goes with it.

    One bad file never stops the others. Run it again after an interruption: what is settled, and
    has not changed, is passed over.

    Raises:
        AvpresError: the command as a whole cannot be done.
    """
    if options.plan:
        return plan(options, context)
    if options.review is not None:
        return take_review(options, context)
    if options.prove:
        return prove(options, context)
    if options.restore:
        return restore(options, context)
    return _migrated(options, context, load(options.policy))


def _migrated(options: MigrateOptions, context: Context, policy: Policy) -> Report:
    if options.destination is None:
        raise UsageError("name a folder for the results: avpres migrate SRC... OUT")
    report = context.report("migrate")
    tops = sources_of(options)
    require_names(tops)
    out = options.destination.absolute()
    with (
        open_ledger(context, options.report) as ledger,
        open_stage(out, context.state_dir) as (stage, journal),
        refusals(out),
        contextlib.closing(new_family(MIGRATING)) as family,  # loads while sources are listed
    ):
        shop = Workshop(options, context, report, ledger, policy, stage, journal, family)
        for doubt in doubts(policy):
            shop.note(Finding.warning("MIG-RULE", policy.name, doubt))
        recall(shop)
        context.progress.start("scan")
        list_into(journal, _found(shop, tops))
        context.progress.finish()
        forget_gone(shop, tops)
        require_room(shop)
        files, size = journal.totals()
        context.progress.start("migrate", size=size, files=files)
        run(shop)
        context.progress.finish()
        sheet(shop)
        context.progress.start("records")
        conclude(shop)
        context.progress.finish()
        stage.remove()
        if options.package is not None:
            pack(shop, tops)
        ledger.close(report)
    return report


def _found(shop: Workshop, tops: list[Path]) -> Iterator[Found]:
    def skipped(path: str, why: str) -> None:
        shop.report.totals.skipped += 1
        shop.note(findings.skipped(path, why))

    def unreadable(path: str, error: OSError) -> None:
        shop.report.totals.failed += 1
        shop.note(findings.unreadable(path, error))

    for each in found_in(tops, shop.options.exclude, on_skipped=skipped, on_error=unreadable):
        shop.context.progress.advance(files=1)
        yield each
