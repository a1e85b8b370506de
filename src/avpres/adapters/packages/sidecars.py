"""Trees in which each file has its digest in a file beside it: `film.mkv.md5`."""

from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats import manifests, sidecar
from avpres.adapters.packages.foreign import Notify, Provenance, notice
from avpres.adapters.packages.sidecar_trees import folders, subject_in
from avpres.domain.errors import AvpresError
from avpres.domain.fixity import Digest
from avpres.domain.listing import Listed, TechnicalRecord


class SidecarReader:
    """The files that have sidecars, each with what they say."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield every file that has a sidecar; the sidecars are its records."""
        for folder, found in folders(self._root):
            about: dict[str, list[str]] = {}
            for name in sorted(found):
                if subject := subject_in(name, found):
                    about.setdefault(subject, []).append(name)
            for subject, beside in about.items():
                yield self._listed(folder, subject, beside, notify)

    def provenance(self) -> Iterator[Provenance]:
        """Yield nothing: sidecars tell no history."""
        yield from ()

    def _listed(self, folder: str, subject: str, beside: list[str], notify: Notify) -> Listed:
        lead = f"{folder}/" if folder else ""
        digests = [digest for name in beside for digest in self._digests(lead + name, notify)]
        records = tuple(
            TechnicalRecord(str(sidecar.is_sidecar(name)), None, lead + name) for name in beside
        )
        return Listed(lead + subject, digests=tuple(dict.fromkeys(digests)), records=records)

    def _digests(self, path: str, notify: Notify) -> list[Digest]:
        try:
            manifest = manifests.open_manifest(self._root / path)
            return [digest for entry in manifests.read(manifest) for digest in entry.digests]
        except AvpresError as error:
            notify(notice("IMP-DOCUMENT", str(error), path, exit_code=error.exit_code))
            return []
