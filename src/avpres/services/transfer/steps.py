"""The PREMIS events of a transfer: what was done to which destination, and only that."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime

from avpres.domain.fixity import READ_BACK, Algorithm, Evidence, VerifyMode
from avpres.domain.premis import Event
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.outcomes import EVERYWHERE
from avpres.services.transfer.run import Run
from avpres.services.transfer.tally import Counts

NAMED = 64  # single files of one folder that are named one by one; beyond, their folder is


def events(run: Run, report: Report) -> Iterator[Event]:
    """Give the events of a whole run, a destination at a time."""
    for destination in run.places:
        counts = run.tally.at[destination.index]
        missing = max(run.plan.files - counts.there, 0)
        yield from at(run, report, destination, counts, objects(run.units), missing=missing)


def at(  # noqa: PLR0913 (each is a fact of its own)
    run: Run,
    report: Report,
    destination: Destination,
    counts: Counts,
    subjects: Sequence[str],
    *,
    missing: int,
) -> Iterator[Event]:
    """Give the events of one destination: nothing is said to have happened that has not.

    Args:
        run: the run.
        report: its report, for the facts that every event carries.
        destination: where.
        counts: what happened there, to all files or to those of one item.
        subjects: the sources.
        missing: how many files should be there and are not.
    """
    step = _Steps(run, destination, subjects, report.started, run.context.clock())
    read = counts.already_there - counts.proved_before  # there already, so compared by digest
    if counts.copied_files or counts.linked or missing:
        backend = str(report.facts.get("backend", "native"))
        yield record.replication(report, step.replication(counts, missing), backend=backend)
    if counts.copied_files or read or step.unread:
        yield record.digest_calculation(report, step.digests(counts, read))
    if counts.verified_files or step.damaged:
        yield record.fixity_check(report, step.fixity(counts), against="the source")


class _Steps:
    """The steps of one destination."""

    def __init__(
        self,
        run: Run,
        destination: Destination,
        subjects: Sequence[str],
        started: datetime,
        ended: datetime,
    ) -> None:
        self._run = run
        self._place = destination
        self._subjects = subjects
        self._started, self._ended = started, ended
        self.damaged = self._count("COPY-MISMATCH")
        self.unread = self._count("COPY-UNREADABLE", "COPY-CHANGING")

    def _count(self, *codes: str) -> int:
        told, place = self._run.outcomes.at, self._place.index
        return sum(told[place, code] + told[EVERYWHERE, code] for code in codes)

    def replication(self, counts: Counts, missing: int) -> record.Step:
        return record.Step(
            objects=self._subjects,
            started=self._started,
            ended=self._ended,
            destination=str(self._place.path),
            files=counts.copied_files + counts.linked,
            size=counts.copied_size,
            failed=missing,
            remarks=self._count("COPY-CHANGED", "COPY-ATTRIBUTE", "COPY-UNLINKED"),
            facts={
                "already_there": counts.already_there,
                "proved_by_earlier_runs": counts.proved_before,
                "verify": self._run.options.verify.value,
                "medium": self._place.volume.kind.value,
                "volume": self._place.volume.identity,
            },
        )

    def digests(self, counts: Counts, read: int) -> record.Step:
        return record.Step(
            objects=self._subjects,
            started=self._started,
            ended=self._ended,
            destination=str(self._place.path),
            files=counts.copied_files + read,
            size=max(counts.copied_size, counts.verified_size),
            failed=self.unread,
            algorithms=self._algorithms(),
        )

    def fixity(self, counts: Counts) -> record.Step:
        """Count what differed or could not be proved; files never written are not its business."""
        return record.Step(
            objects=self._subjects,
            started=self._started,
            ended=self._ended,
            destination=str(self._place.path),
            files=counts.verified_files,
            size=counts.verified_size,
            failed=self.damaged + self._count("COPY-UNPROVED"),
            algorithms=(READ_BACK,),
            evidence={kind: counts.evidence[kind] for kind in Evidence if counts.evidence[kind]},
            facts={"complete": self._run.options.verify is VerifyMode.FULL},
        )

    def _algorithms(self) -> list[Algorithm]:
        known = {a for m in self._manifests() for a in m}
        taken = {READ_BACK, *self._run.options.digest, *known}
        return [algorithm for algorithm in Algorithm if algorithm in taken]

    def _manifests(self) -> Iterator[tuple[Algorithm, ...]]:
        for beside in self._run.beside.values():
            for found in beside.values():
                yield from (manifest.algorithms for manifest in found)


def objects(units: Sequence[Unit]) -> list[str]:
    """Name the sources of a run; many single files by their folder."""
    named: list[str] = []
    for unit in units:
        if unit.is_folder or len(unit.items) > NAMED:
            named.append(os.fspath(unit.root))
        else:
            named.extend(os.fspath(item.source) for item in unit.items)
    return named
