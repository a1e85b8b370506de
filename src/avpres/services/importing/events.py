"""What happened to a foreign package on its way into ours, as PREMIS events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from avpres.config.importing import ImportOptions
from avpres.domain.fixity import READ_BACK, Algorithm, Evidence
from avpres.domain.oais import Package
from avpres.domain.premis import Event, EventType, Outcome
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.importing.closing import Outlook
from avpres.services.packing.layouts import PLACES

_EXAMINATIONS = (
    (EventType.FORMAT_IDENTIFICATION, "identified by first bytes and PRONOM signatures"),
    (EventType.VALIDATION, "held against the rules of the identified format"),
    (
        EventType.METADATA_EXTRACTION,
        "technical metadata taken from the files and compared with what the package says",
    ),
)
LISTS = "lists"
"""The occasion of the fixity check that holds the files against the package's own lists."""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The events of one import; `began` and `arrived` are moments of this run.

    `evidence` counts files by how they were read back, and is empty for what was unpacked.
    """

    report: Report
    options: ImportOptions
    outlook: Outlook
    source: str
    unpacked: bool
    doubtful: int
    began: datetime
    arrived: datetime
    algorithms: Sequence[Algorithm] = ()
    evidence: Mapping[Evidence, int] = field(default_factory=dict)

    def events(self, package: Package, ended: datetime) -> Iterator[tuple[Event, str]]:
        """Give the events in the order in which they happened, each with its occasion."""
        start = self._of_source(self.began, self.began)
        form = self.outlook.form
        yield self._of(start, EventType.INGESTION_START, f"{form} to be imported")
        yield from self._of_arrival()
        yield self._of_lists(), LISTS
        step = self._step([PLACES[self.options.layout].objects], self.arrived, ended)
        for kind, detail in _EXAMINATIONS:
            doubtful = self.doubtful if kind is EventType.VALIDATION else 0
            yield self._of(replace(step, remarks=doubtful), kind, detail)
        whole = self._step([str(package.id)], package.created, ended)
        yield self._of(whole, EventType.ACCESSION, f"{form} accessioned as {package.id}")
        detail = f"{package.kind.value} in the layout {self.options.layout.value}"
        yield self._of(whole, EventType.PACKAGE_CREATION, detail)
        yield self._of(whole, EventType.INGESTION_END, f"{form} is in the package {package.id}")

    def _of_arrival(self) -> Iterator[tuple[Event, str]]:
        step = replace(self._of_source(self.began, self.arrived), algorithms=self.algorithms)
        if self.unpacked:
            yield self._of(step, EventType.UNPACKING, "unpacked entry by entry")
            yield record.digest_calculation(self.report, step, subject="entries"), ""
            return
        backend = str(self.report.facts.get("backend", "native"))
        yield record.replication(self.report, step, backend=backend), ""
        yield record.digest_calculation(self.report, step), ""
        evidence = {} if self.options.date else dict(sorted(self.evidence.items()))
        check = replace(step, algorithms=(READ_BACK,), evidence=evidence)
        yield record.fixity_check(self.report, check, against="the source"), ""

    def _of_lists(self) -> Event:
        """Tell how far the files are what the package lists; nothing compared is no success."""
        look = self.outlook
        plain = self._of_source(self.arrived, self.arrived)
        step = replace(plain, failed=look.wrong, facts=look.facts())
        event, _ = self._of(step, EventType.FIXITY_CHECK, "compared with what the package lists")
        outcome = event.outcome if look.wrong or look.agreed else Outcome.WARNING
        return event.model_copy(update={"outcome": outcome, "outcome_detail": look.sentence()})

    def _of_source(self, started: datetime, ended: datetime) -> record.Step:
        """Begin an event of the source; it says where in the package the files are."""
        plain = self._step([self.source], started, ended)
        return replace(plain, destination=PLACES[self.options.layout].objects)

    def _step(self, objects: Sequence[str], started: datetime, ended: datetime) -> record.Step:
        return record.Step(
            objects=objects,
            started=started,
            ended=max(started, ended),
            files=self.outlook.present,
            size=self.outlook.size,
        )

    def _of(self, step: record.Step, kind: EventType, detail: str) -> tuple[Event, str]:
        return record.examination(self.report, step, kind, detail), ""
