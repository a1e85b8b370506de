"""What an edit does, as events: for the package, and for the records of the run."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from avpres.adapters.formats.report_names import encodable, visible
from avpres.config.edit import EditOptions
from avpres.domain.fixity import READ_BACK, Algorithm, Evidence
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.edit.plan import Move, Plan
from avpres.services.edit.state import State
from avpres.services.edit.wishes import Addition
from avpres.services.packing.layouts import Places
from avpres.services.record.events import Fact

_EXAMINATIONS = (
    (EventType.FORMAT_IDENTIFICATION, "identified by first bytes and PRONOM signatures"),
    (EventType.VALIDATION, "held against the rules of the identified format"),
    (EventType.METADATA_EXTRACTION, "technical metadata taken from the files"),
)


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The events of one edit; one for each wish, whatever the number of files.

    `generation` numbers the manifests that were in force before; `removed` names the folder beside
    the package that keeps what was taken out.
    """

    report: Report
    options: EditOptions
    plan: Plan
    state: State
    places: Places
    algorithms: tuple[Algorithm, ...]
    generation: int
    removed: str | None
    evidence: dict[Evidence, int]
    doubtful: int
    began: datetime
    ended: datetime

    def events(self) -> Iterator[Event]:
        """Give the events in the order in which they happened."""
        files, size = self.state.totals("role IN ('metadata', 'log') OR touched")
        check = self._step([self.places.metadata], files=files, size=size)
        check = replace(check, algorithms=self.algorithms)
        against = f"the manifests of generation {self.generation}, before the change"
        yield record.fixity_check(self.report, check, against=against)
        if self.plan.additions and self.state.added_totals()[0]:
            yield from self._of_added()
        yield from map(self._addition, self.plan.additions)
        yield from map(self._move, self.plan.moves)
        yield from map(self._removal, self.plan.removals)
        yield from map(self._description, self.plan.changes)

    def _of_added(self) -> Iterator[Event]:
        files, size = self.state.added_totals()
        sources = [str(addition.source) for addition in self.plan.additions]
        step = self._step([encodable(source) for source in sources], files=files, size=size)
        copied = replace(step, algorithms=self.algorithms, destination=self.places.objects)
        yield record.replication(self.report, copied, backend="native")
        yield record.digest_calculation(self.report, copied)
        evidence = {} if self.options.date else dict(sorted(self.evidence.items()))
        back = replace(copied, algorithms=(READ_BACK,), evidence=evidence)
        yield record.fixity_check(self.report, back, against="the source")
        for kind, detail in _EXAMINATIONS:
            doubtful = self.doubtful if kind is EventType.VALIDATION else 0
            yield record.examination(self.report, replace(step, remarks=doubtful), kind, detail)

    def _addition(self, addition: Addition) -> Event:
        files, size = self.state.added_below(addition.target)
        facts: dict[str, Fact] = {"new": encodable(addition.target)}
        facts["source"] = encodable(str(addition.source))
        return self._told(EventType.MODIFICATION, "added to the package", facts, files, size)

    def _move(self, move: Move) -> Event:
        files, size = self.state.totals_below(move.old)
        facts: dict[str, Fact] = {"old": encodable(move.old), "new": encodable(move.new)}
        detail = f"renamed from {visible(move.old)} to {visible(move.new)}"
        return self._told(EventType.FILENAME_CHANGE, detail, facts, files, size)

    def _removal(self, path: str) -> Event:
        files, size = self.state.totals_below(path)
        kept = "destroyed"
        if self.removed:
            kept = f"kept beside the package in {visible(self.removed)}"
        facts: dict[str, Fact] = {"old": encodable(path), "kept": self.removed}
        detail = f"taken out of the package and {kept}"
        return self._told(EventType.DELETION, detail, facts, files, size)

    def _description(self, change: tuple[str, str, str]) -> Event:
        key, old, new = change
        facts: dict[str, Fact] = {"key": key, "old": old, "new": new}
        detail = f"{key} changed from {visible(old) or 'nothing'} to {visible(new) or 'nothing'}"
        return self._told(EventType.METADATA_MODIFICATION, detail, facts, 0, 0)

    def _told(
        self,
        kind: EventType,
        detail: str,
        facts: dict[str, Fact],
        files: int,
        size: int,
    ) -> Event:
        subject = [str(facts[key]) for key in ("old", "new") if key in facts and "key" not in facts]
        subject = subject or [f"{facts['key']}"]
        step = self._step(subject, files=files, size=size)
        return record.examination(
            self.report, replace(step, facts=self._facts(facts)), kind, detail
        )

    def _facts(self, facts: dict[str, Fact]) -> dict[str, Fact]:
        reason = {"reason": self.options.reason} if self.options.reason else {}
        return {"generation": self.generation, **facts, **reason}

    def _step(self, objects: list[str], *, files: int, size: int) -> record.Step:
        return record.Step(
            objects=objects, started=self.began, ended=self.ended, files=files, size=size
        )
