"""One conversion: the old package, and where its files go in the new one."""

from dataclasses import dataclass

from avpres.config.convert import ConversionPacking, ConvertOptions
from avpres.domain.errors import NotConformantError
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.packing.layouts import PLACES, Places
from avpres.services.packing.opening import Opened

_OF_MASTERS = (".framemd5", ".normalise.json", ".ffmpeg.log")
"""What `normalise --package` says of a master, beside what any package has."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What the steps of one conversion share."""

    options: ConvertOptions
    packing: ConversionPacking
    opened: Opened
    context: Context
    report: Report

    @property
    def new(self) -> Places:
        """Give the places of the new layout."""
        return PLACES[self.packing.layout]

    @property
    def way(self) -> str:
        """Say what is done, in words."""
        old = self.opened.package.id
        return f"{old} ({self.opened.layout.value}) is converted to {self.packing.layout.value}"

    def note(self, finding: Finding) -> None:
        """Put a finding into the report."""
        self.context.note(self.report, finding)

    def place(self, path: str) -> str:
        """Say where an object, a supplement, or a folder of theirs goes.

        Raises:
            NotConformantError: it lies in neither.
        """
        found = self.moved(path)
        if found is None:
            raise NotConformantError(
                f"{self.opened.tree}: lists {path!r}, where its layout has no such file; verify "
                "the package"
            )
        return found

    def moved(self, path: str) -> str | None:
        """Say where a file goes that is carried over; None for what is not."""
        old, new = self.opened.places, self.new
        for here, there in (
            (old.supplemental, new.supplemental),  # it may lie within another
            (old.records, new.records),
            (_marked(old), _marked(new)),
            (old.objects, new.objects),
        ):
            if path.startswith(f"{here}/"):
                return f"{there}/{path.removeprefix(f'{here}/')}"
        for here, there in ((old.metadata, new.metadata), (old.logs, new.logs)):
            folder, _, name = path.rpartition("/")
            if folder == here and name.endswith(_OF_MASTERS):
                return f"{there}/{name}"
        return None

    def speaks_of(self, path: str) -> str:
        """Say of which object a record in the new package speaks, as far as its name tells."""
        lead = f"{self.new.records}/"
        stem = path
        for suffix in ("_mediainfo.xml", "_mediatrace.xml"):
            stem = stem.removesuffix(suffix)
        if not path.startswith(lead) or stem == path:
            return path
        return f"{self.new.objects}/{stem.removeprefix(lead)}"


def _marked(places: Places) -> str:
    """Give the folder of records whose own name was too long, or taken."""
    return f"{places.records.rpartition('/')[0]}/records"
