"""A dissemination package in the making: what its steps share."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avpres.config.export import DipPacking, ExportOptions
from avpres.domain.oais import Derivation, PackagedFile, Role
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.export.forms import FORMS
from avpres.services.export.sources import Source
from avpres.services.packing.layouts import Places
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf
from avpres.services.packing.stage import Stage
from avpres.services.viewing.making import Maker


@dataclass(frozen=True, slots=True)
class Dip:
    """What the steps of one export share."""

    options: ExportOptions
    packing: DipPacking
    context: Context
    report: Report
    stage: Stage
    shelf: Shelf
    sources: Sequence[Source]
    makers: Sequence[Maker] = ()
    derivations: dict[str, Derivation] = field(default_factory=dict)

    @property
    def places(self) -> Places:
        """Give the places of the form."""
        return FORMS[self.options.form]

    def place_of(self, role: Role, name: str) -> str:
        """Give the path of a file of a package in the DIP."""
        places = self.places
        return f"{places.supplemental if role is Role.SUPPLEMENTAL else places.objects}/{name}"

    @property
    def packages(self) -> list[Source]:
        """Give the packages that were named, without the parts of those that are divided."""
        return [source for source in self.sources if source.whole is None]

    @property
    def tree(self) -> Path:
        """Give the folder in which it is made."""
        return self.stage.tree

    @property
    def left_out(self) -> Path:
        """Give the list of what is left out, while it grows."""
        return self.stage.path / "left-out.csv"

    @property
    def keeper(self) -> RecordKeeper:
        """Give what writes our own files into it."""
        records = self.places.records
        return RecordKeeper(self.tree, records, self.shelf, self.options.digest, self.stage.created)

    def origin(self, path: bytes) -> bytes:
        """Say where a file of the DIP lies, when the content was not brought into its tree."""
        here = os.path.join(os.fsencode(self.tree), path)
        if os.path.lexists(here):
            return here
        name = os.fsdecode(path)
        for source in self.sources:
            there = source.opened.places
            for ours, theirs in (
                (self.places.objects, there.objects),
                (self.places.supplemental, there.supplemental),
            ):
                lead = f"{ours}/{source.folder}"
                if name.startswith(lead):
                    tree = os.path.join(source.content, theirs)
                    found = os.path.join(os.fsencode(tree), path[len(os.fsencode(lead)) :])
                    if (source.whole is None and not source.parts) or os.path.lexists(found):
                        return found
        return here

    def own_files(self) -> Iterator[PackagedFile]:
        """Yield what avpres wrote into the DIP, without the records of single files."""
        files = self.shelf.files(Role.METADATA)
        return (file for file in files if file.original == file.path)

    def note(self, finding: Finding) -> None:
        """Tell of something."""
        self.context.note(self.report, finding)
