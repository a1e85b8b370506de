"""How a foreign package gets into the stage: copied, unpacked, or for a dry run only looked at."""

import os
from dataclasses import dataclass
from pathlib import Path

from avpres.config.importing import ImportOptions
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.importing import arrival
from avpres.services.importing.arrival import ARRIVED, begin_anew, copies, copy_in, seal
from avpres.services.importing.arrived import Arrived
from avpres.services.importing.checking import require_utf8
from avpres.services.importing.inventory import Inventory
from avpres.services.importing.judging import keep, kept
from avpres.services.importing.looking import look_through
from avpres.services.importing.sniffing import look_at
from avpres.services.importing.unpacking import Unpacking, name_of
from avpres.services.packing.stage import Stage
from avpres.services.transfer.proved import forget_copy


@dataclass(frozen=True, slots=True)
class Fetching:
    """What the ways into the stage share."""

    options: ImportOptions
    context: Context
    stage: Stage
    inventory: Inventory
    report: Report

    @property
    def source(self) -> Path:
        """Give what is imported, by its full path."""
        return Path(os.path.abspath(self.options.foreign))

    def fetch(self) -> Arrived | None:
        """Bring the package in; None when not all of it arrived, which the report tells.

        Raises:
            AvpresError: nothing can be brought in.
        """
        if self.source.is_file():
            return self._unpacked()
        return self._looked_at() if self.options.dry_run else self._copied()

    def _looked_at(self) -> Arrived:
        source = look_at(self.source, self.options.digest)
        self.inventory.clear()
        look_through(self.source.parent, (self.source, *source.beside), self.inventory)
        inline = self.stage.path / "inline"
        return Arrived(self.source.parent, self.source.name, inline, moves=False)

    def _copied(self) -> Arrived | None:
        source = look_at(self.source, self.options.digest)
        asked = copies(self.options, source, self.stage)
        sealed = seal(self.source, source.beside)
        if not self._is_there(sealed):
            if not copy_in(asked, self.stage, self.inventory, self.context, self.report):
                return None
            arrival.take_empty_folders(arrival.incoming(self.stage), self.inventory)
            self.inventory.finish(ARRIVED, sealed)
        forget_copy(asked, self.context)
        return self._arrived(self.source.name)

    def _unpacked(self) -> Arrived:
        top = arrival.incoming(self.stage)
        sealed = seal(self.source)
        if not self._is_there(sealed):
            begin_anew(self.stage, self.inventory)
            unpacking = Unpacking(self.options, self.context, self.inventory, self._tell)
            unpacking.run(self.source, top)
            self._require_utf8(top)
            arrival.take_empty_folders(top, self.inventory)
            self.inventory.finish(ARRIVED, sealed)
        self.report.totals.files, self.report.totals.size = self.inventory.counted()
        return self._arrived(name_of(self.source))

    def _require_utf8(self, top: Path) -> None:
        if self.options.layout.is_bag:
            names = self.inventory.db.execute("SELECT path FROM file")
            require_utf8(top, (name for (name,) in names))

    def _tell(self, finding: Finding) -> None:
        keep(self.inventory, [finding], ARRIVED)
        self.context.note(self.report, finding)

    def _is_there(self, sealed: str) -> bool:
        """Say whether an earlier run brought all of it in; begin anew if the source has changed."""
        known = self.inventory.step(ARRIVED)
        if known == sealed:
            for finding in kept(self.inventory, ARRIVED):
                self.context.note(self.report, finding)
            self.report.totals.files, self.report.totals.size = self.inventory.counted()
            return True
        if known is not None:
            begin_anew(self.stage, self.inventory)
        return False

    def _arrived(self, name: str) -> Arrived:
        return Arrived(arrival.incoming(self.stage), name, self.stage.path / "inline")
