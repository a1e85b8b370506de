"""What the two ways of decoding targets again share: their workers, their counts, their lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from avpres.adapters.migrating.crew import Crew
from avpres.adapters.migrating.orders import Orders
from avpres.config.migrate import MigrateOptions
from avpres.domain.report import FileRecord, Finding, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.ledger import Ledger
from avpres.services.migrate.policies import load
from avpres.services.migrate.running import workers_for


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the targets that a run decodes again, in its report and its ledger."""

    options: MigrateOptions
    context: Context
    report: Report
    ledger: Ledger

    def crew(self, task: str) -> Crew:
        """Give the workers for a task, `prove` or `restore`, within the limits of the policy."""
        policy, options = load(self.options.policy), self.options
        seconds = options.time_limit or float(policy.limits.seconds)
        memory = options.memory_limit or policy.limits.memory_mib
        return Crew(Orders(policy, seconds, memory, task), workers_for(options))

    def note(self, row: FileRecord, finding: Finding | None) -> None:
        """Count a target, and tell of it; it failed where a finding says why."""
        totals = self.report.totals
        totals.files, totals.size = totals.files + 1, totals.size + row.size
        if finding is not None:
            totals.failed += 1
            self.context.note(self.report, finding)
        self.ledger.add([row])
        self.context.progress.advance(size=row.size, files=1)

    def step(
        self, objects: Sequence[str], proved: int, *, destination: str | None = None
    ) -> record.Step:
        """Sum up the run for its event, of which so many files were proved."""
        totals = self.report.totals
        return record.Step(
            objects=objects,
            started=self.report.started,
            ended=self.context.clock(),
            destination=destination,
            files=totals.files,
            size=totals.size,
            failed=totals.failed,
            facts=record.proved(proved),
        )
