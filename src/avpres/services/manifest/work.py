"""What the steps of making one manifest share."""

from collections import Counter
from dataclasses import dataclass, field

from avpres.config.manifest import ManifestOptions
from avpres.domain.fixity import Algorithm
from avpres.domain.report import Finding, Report
from avpres.domain.severity import Severity
from avpres.services.context import Context
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.sources import Source
from avpres.services.manifest.plans import Plan
from avpres.services.manifest.told import Told


@dataclass(slots=True)
class Work:
    """One plan, its tables, what is on record of it, and its counts; `size` in bytes.

    `counted` are the files by evidence and names of algorithms,
    `history` are the algorithms of an ASC MHL history that gets a further generation.
    """

    plan: Plan
    scratch: Scratch
    options: ManifestOptions
    context: Context
    report: Report
    told: Told
    sources: list[Source] = field(default_factory=list)
    history: tuple[Algorithm, ...] = ()
    failed: int = 0
    files: int = 0
    size: int = 0
    counted: Counter[tuple[str | None, str]] = field(default_factory=Counter)

    def note(self, finding: Finding) -> None:
        """Count and pass on a finding; one error is enough that nothing is written."""
        self.failed += finding.severity is Severity.ERROR
        self.context.note(self.report, finding)
