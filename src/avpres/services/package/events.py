"""What happened to the files of a package, for the package itself and for the run's records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from avpres.config.package import PackageOptions
from avpres.domain.fixity import READ_BACK
from avpres.domain.oais import Package
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.packing.chronicle import examinations
from avpres.services.packing.describing import Gathered
from avpres.services.packing.layouts import PLACES


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The events of one package, by what is proved of it, whichever of several runs proved it.

    `objects` are the sources, `files` and `size` what they amount to; `began` and `copied` are
    moments of this run.
    """

    report: Report
    options: PackageOptions
    gathered: Gathered
    objects: Sequence[str]
    files: int
    size: int
    began: datetime
    copied: datetime

    def events(self, package: Package, ended: datetime) -> Iterator[Event]:
        """Give the events in the order in which they happened."""
        yield from self._of_copy()
        if self.options.describe:
            yield from self._of_files(ended)
        step = self._step([str(package.id)], package.created, ended)
        detail = f"{package.kind.value} in the layout {self.options.layout.value}"
        if not self.options.describe:
            detail += "; its files were not identified, validated or described"
        yield record.examination(self.report, step, EventType.PACKAGE_CREATION, detail)

    def _of_copy(self) -> Iterator[Event]:
        plain = self._step(self.objects, self.began, self.copied)
        step = replace(
            plain,
            destination=PLACES[self.options.layout].objects,
            algorithms=self.options.digest,
        )
        backend = str(self.report.facts.get("backend", "native"))
        yield record.replication(self.report, step, backend=backend)
        yield record.digest_calculation(self.report, step)
        evidence = {} if self.options.date else dict(sorted(self.gathered.evidence.items()))
        check = replace(step, algorithms=(READ_BACK,), evidence=evidence)
        yield record.fixity_check(self.report, check, against="the source")

    def _of_files(self, ended: datetime) -> Iterator[Event]:
        step = self._step([PLACES[self.options.layout].objects], self.copied, ended)
        yield from examinations(self.report, step, self.gathered.doubtful)

    def _step(self, objects: Sequence[str], started: datetime, ended: datetime) -> record.Step:
        return record.Step(
            objects=objects, started=started, ended=ended, files=self.files, size=self.size
        )
