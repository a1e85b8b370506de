"""Trees whose files stand in manifests beside or in them: IFI, MHL, ASC MHL, md5sum and others."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifest_file import ManifestFile
from avpres.adapters.formats.names import from_bytes
from avpres.adapters.packages.foreign import Document, Notify, Provenance, Reader, notice
from avpres.adapters.packages.ground import Ground
from avpres.adapters.packages.overlay import Overlay
from avpres.domain.errors import AvpresError
from avpres.domain.listing import Listed
from avpres.domain.manifest import ManifestEntry
from avpres.domain.oais import Role


class ListsReader:
    """What manifests list; `inner` reads a document that tells more, if there is one."""

    def __init__(
        self,
        root: Path,
        lists: tuple[Path, ...],
        inner: Reader | None,
        role_of: Callable[[str], Role],
    ) -> None:
        self._ground = Ground(root)
        self._lists = lists
        self._inner = inner
        self._role_of = role_of

    def documents(self) -> tuple[Document, ...]:
        """Name the manifests, by their place as seen from the root."""
        return tuple(Document(self._place(path), "manifest") for path in self._lists)

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield what the document inside lists, with its digests, then the rest of the lists."""
        with closing(Overlay(self._role_of)) as overlay:
            for number, path in enumerate(self._lists):
                try:
                    self._read(manifests.open_manifest(path), number, overlay, notify)
                except AvpresError as error:
                    message = f"{error}; what stands behind that place is not listed"
                    found = notice(
                        "IMP-DOCUMENT", message, self._place(path), exit_code=error.exit_code
                    )
                    notify(found)
            yield from overlay.upon(self._inner.listed(notify) if self._inner else ())

    def provenance(self) -> Iterator[Provenance]:
        """Yield what the document inside holds."""
        if self._inner is not None:
            yield from self._inner.provenance()

    def _read(self, manifest: ManifestFile, number: int, overlay: Overlay, notify: Notify) -> None:
        lead = self._place(manifest.base)
        for entry in manifests.read(manifest):
            paths = self._paths(lead, entry)
            if paths:
                overlay.add(paths, entry.digests, size=entry.size, list=number)
            else:
                message = "a manifest lists what is not in the package; it was not looked at"
                notify(notice("IMP-OUTSIDE", message, entry.path))

    def _paths(self, lead: str, entry: ManifestEntry) -> tuple[str, ...]:
        """Bring a manifest's path to the root; nothing when it leads out."""
        if lead in {"", "."}:
            return self._ground.listed(entry.path)
        if lead != ".." and not lead.startswith("../"):
            return self._ground.listed(entry.path, base=lead)
        if entry.path.startswith("/"):
            return ()
        full = os.path.normpath(self._ground.root / lead / entry.path)
        return self._ground.listed(os.path.relpath(full, self._ground.root))

    def _place(self, path: Path) -> str:
        return from_bytes(os.fsencode(os.path.relpath(path, self._ground.root)))
