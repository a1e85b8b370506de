"""`avpres import`: a package of another archive, compared with what it lists, made one of ours."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from avpres.config.importing import ImportOptions
from avpres.domain.errors import IncompleteError, NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import FileRecord, Output, Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.importing.arrived import Arrived
from avpres.services.importing.building import build
from avpres.services.importing.checking import NameRefusedError, check
from avpres.services.importing.closing import conclude
from avpres.services.importing.fetching import Fetching
from avpres.services.importing.inventory import Inventory, open_inventory
from avpres.services.importing.judging import kept
from avpres.services.importing.mapping import write_mapping
from avpres.services.importing.placing import make_empty_folders, move
from avpres.services.importing.reconciling import RECONCILED, Known, outlook, reconcile
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.packing.building import Building
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.publishing import publish
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import Stage, open_stage, outputs, refusals, stage_path

__all__ = ["import_"]


def import_(options: ImportOptions, context: Context) -> Report:
    """Take in a foreign package, hold it against its own lists, and let ours appear.

    Whatever is missing, extra or differs is told and decides the status; the package appears all
    the same unless `strict` forbids it. Run it again after an interruption.

    Raises:
        AvpresError: the command as a whole cannot be done; no package appeared.
    """
    check(options)
    place = stage_path("import", options, {"foreign": (options.foreign,)})
    had_folder = options.destination.is_dir()
    report = context.report("import")
    with (
        refusals(options.destination),
        open_ledger(context, options.report) as ledger,
        open_stage(place, options, context) as stage,
    ):
        with _broken_removed(stage), open_inventory(stage.path) as inventory:
            served = _Import(options, context, stage, inventory, report, ledger).run()
        if served:
            stage.remove()
        if options.dry_run and not had_folder:
            options.destination.rmdir()
        ledger.close(report)
    return report


@contextlib.contextmanager
def _broken_removed(stage: Stage) -> Iterator[None]:
    """Leave no stage of what can never become a package."""
    try:
        yield
    except (IncompleteError, NotConformantError, NameRefusedError):
        stage.remove()
        raise


@dataclass(frozen=True, slots=True)
class _Import:
    """One import, step by step; a step that an earlier run finished is not done again."""

    options: ImportOptions
    context: Context
    stage: Stage
    inventory: Inventory
    report: Report
    ledger: Ledger

    def run(self) -> bool:
        """Take the package through all steps; say whether the stage has served its purpose."""
        began = self.context.clock()
        if self.stage.is_done:
            self._finished_before()
            return True
        fetching = Fetching(self.options, self.context, self.stage, self.inventory, self.report)
        arrived = fetching.fetch()
        if arrived is None:
            self.report.summary = f"no package was made: {self.report.summary}"
            return False
        known = reconcile(self.inventory, arrived, self.options, self.context)
        self._tell()
        self._map()
        if self.options.dry_run:
            self._conclude(known, "looked at only, nothing was made")
        elif self.options.strict and self.report.exit_code is not ExitCode.OK:
            self._conclude(known, "no package was made, because not all is as listed (--strict)")
        elif not self.inventory.counted()[0]:
            if self.report.exit_code is ExitCode.OK:
                self.report.exit_code = ExitCode.INCOMPLETE
            self._conclude(known, "no package was made, because no file came")
        else:
            self._make(known, arrived, began)
        return True

    def _make(self, known: Known, arrived: Arrived, began: datetime) -> None:
        """Bring the files to their places, write all that stands beside them, and let it appear."""
        stage, places = self.stage, PLACES[self.options.layout]
        move(self.inventory, arrived, stage.tree)
        leads = (known.base, known.content)
        make_empty_folders(self.inventory, stage.tree, places.objects, leads)
        look = outlook(known, self.inventory, self.report.finding_counts)
        with open_shelf(stage.path) as shelf:
            building = Building(self.options, self.context, self.report, stage, shelf)
            build(building, self.inventory, known, look, began=began)
            publish(building)
            for file in shelf.listed():
                self.ledger.add([FileRecord(file.path, file.size, "recorded", file.digests)])
        doubtful = building.gathered.doubtful
        self._conclude(known, f"the package {stage.id} is whole", doubtful=doubtful)

    def _tell(self) -> None:
        for finding in kept(self.inventory, RECONCILED):
            self.context.note(self.report, finding)

    def _map(self) -> None:
        path = self.options.mapping
        if path is None:
            return
        with record.written(path) as handle:
            write_mapping(handle, self.inventory)
        self.report.outputs.append(Output(kind="mapping", path=str(path)))

    def _conclude(self, known: Known, lead: str, *, doubtful: int = 0) -> None:
        look = outlook(known, self.inventory, self.report.finding_counts)
        if not self.options.dry_run:
            self.report.facts["package"] = str(self.stage.id)
            self.report.facts["layout"] = self.options.layout.value
            self.report.facts["kind"] = self.options.kind.value
        conclude(self.report, look, lead, doubtful=doubtful)

    def _finished_before(self) -> None:
        """Tell of a package that appeared just before its run was cut short."""
        known = Known.read(self.inventory.step(RECONCILED) or "")
        self._tell()
        self.report.outputs += outputs(self.stage, self.options)
        lead = (
            f"the package {self.stage.id} is whole; a run that was cut short had just finished it"
        )
        self._conclude(known, lead)
