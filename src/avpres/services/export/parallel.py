"""One technical record for each file, in a tree beside the content, as Stanford made them."""

import hashlib
import os

from avpres.adapters.formats.mets_metadata import Sections
from avpres.adapters.formats.mets_techmd import referred
from avpres.adapters.formats.premis_record import KIND, file_record
from avpres.adapters.formats.uris import relative_uri
from avpres.adapters.storage.durable import NAME_LIMIT
from avpres.domain.oais import Package, PackagedFile, Role
from avpres.services.export.dip import Dip

TREE, OTHERS = "metadata", "records"
"""The tree that is parallel to the content, and the folder of records that do not fit into it."""

_ENDING = ".xml"


class Parallel:
    """Writes the record of a file, and gives the section of METS that refers to it."""

    def __init__(self, dip: Dip, package: Package) -> None:
        self._dip = dip
        self._package = package

    def __call__(self, file: PackagedFile, identity: str) -> Sections:
        """Write a record; files of ours have none of their own."""
        if file.role is Role.METADATA:
            return Sections("premis-object-" + str(self._package.id), b"")
        record = file_record(self._package, file, identity)
        place = self._place(file, identity)
        with self._dip.keeper.written(place, Role.METADATA, about=file.path) as handle:
            handle.write(record)
        digest = hashlib.sha256(record).hexdigest()
        core = f'SIZE="{len(record)}" CHECKSUM="{digest}" CHECKSUMTYPE="SHA-256"'
        name = f"premis-object-{identity}"
        return Sections(name, referred("techMD", name, f"{KIND} {core}", relative_uri(place)))

    def _place(self, file: PackagedFile, identity: str) -> str:
        """Name a record as its file; one whose name is too long or taken has the file's UUID."""
        lead = f"{self._dip.places.objects}/"
        place = f"{TREE}/{file.path.removeprefix(lead)}{_ENDING}"
        fits = len(os.fsencode(os.path.basename(place))) <= NAME_LIMIT
        if file.path.startswith(lead) and fits and self._is_free(place):
            return place
        return f"{OTHERS}/{identity}{_ENDING}"

    def _is_free(self, place: str) -> bool:
        full = self._dip.tree / place
        try:
            full.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return not os.path.lexists(full)
