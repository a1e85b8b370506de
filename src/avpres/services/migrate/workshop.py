"""What the steps of one run share."""

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from avpres.adapters.migrating.journal import Journal, Source
from avpres.adapters.processes.family import Family
from avpres.config.migrate import MigrateOptions
from avpres.config.migration_policy import Policy
from avpres.domain.fixity import Evidence
from avpres.domain.report import FileRecord, Finding, Report
from avpres.services.context import Context
from avpres.services.ledger import Ledger
from avpres.services.migrate.lines import Maker
from avpres.services.migrate.stage import Stage


@dataclass(slots=True)
class Workshop:
    """A run: what was asked, where it works, what it has counted."""

    options: MigrateOptions
    context: Context
    report: Report
    ledger: Ledger
    policy: Policy
    stage: Stage
    journal: Journal
    family: Family | None = None  # the processes that workers are forked from; else new ones
    counts: Counter[str] = field(default_factory=Counter)  # sources by outcome
    passed: int = 0  # of them, those that an earlier run had settled
    evidence: Counter[Evidence] = field(default_factory=Counter)
    maker: Maker = field(init=False)

    def __post_init__(self) -> None:
        """Sum the policy up once: every outcome names it."""
        self.maker = Maker(self.policy.name, policy_id(self.policy))

    @property
    def moment(self) -> datetime:
        """Give the time that records tell."""
        return self.options.date or self.context.clock()

    def asks_second(self, place: bytes) -> bool:
        """Say whether a second decoder reads the target of a source: all, or one in so many.

        The digest of the path decides, so that nobody can choose, and every run asks the same.
        """
        qa = self.policy.qa
        every = self.options.every or (1 if qa.second == "all" else qa.every)
        return int.from_bytes(hashlib.sha256(place).digest()[:8], "big") % every == 0

    def note(self, finding: Finding | None) -> None:
        """Take a finding into the report, if there is one."""
        if finding is not None:
            self.context.note(self.report, finding)

    def tell(self, source: Source, outcome: str, detail: str) -> None:
        """Count a source, and write it into the run's list of files."""
        self.counts[outcome] += 1
        name, folder = os.path.basename(source.path), os.path.dirname(source.path)
        record = FileRecord(
            path=os.fsdecode(name),
            size=source.signature[0],
            outcome=outcome,
            destination=os.fsdecode(folder),
            detail=detail,
        )
        self.ledger.add([record])
        self.context.progress.advance(size=source.signature[0], files=1)


def policy_id(policy: Policy) -> str:
    """Sum up what a policy makes of files; its QA and its name are no part of that."""
    told = json.dumps(policy.model_dump(mode="json", exclude={"qa", "name", "description"}))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
