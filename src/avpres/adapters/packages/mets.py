"""Packages that METS documents list, of any profile, whole or divided among several documents."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from avpres.adapters.formats.mets_read import MetsDocument
from avpres.adapters.formats.names import from_bytes
from avpres.adapters.packages import mets_provenance
from avpres.adapters.packages.foreign import Document, Notify, Provenance, notice
from avpres.adapters.packages.ground import Ground
from avpres.adapters.packages.mets_listed import Place, listed_file, listed_reference
from avpres.domain.exit_codes import ExitCode
from avpres.domain.listing import Listed

_URN = "urn:uuid:"
_SAMPLE = 32  # files whose places show which folder a document's references begin in
_DOCUMENTS = 10_000
"""METS documents of one package: each may point to others."""


@dataclass(slots=True)
class _Agenda:
    """Documents that are still to be read, and all that were ever named."""

    waiting: list[str]
    known: set[str] = field(default_factory=set)

    def add(self, path: str) -> None:
        if path and path not in self.known and len(self.known) < _DOCUMENTS:
            self.known.add(path)
            self.waiting.append(path)


class MetsReader:
    """The files of one or more METS documents, and of those that they point to."""

    def __init__(self, root: Path, documents: tuple[Path, ...]) -> None:
        self._ground = Ground(root)
        self._documents = [
            from_bytes(os.fsencode(path.relative_to(root))).replace(os.sep, "/")
            for path in documents
        ]

    def documents(self) -> tuple[Document, ...]:
        """Name the documents at which reading begins."""
        return tuple(Document(path, "METS") for path in self._documents)

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield the files of every document, then the records and documents beside them."""
        agenda = self._agenda()
        while agenda.waiting:
            path = agenda.waiting.pop(0)
            file = self._ground.document(path)
            if file is None:
                message = "a METS document that lists files is not there; look for it elsewhere"
                notify(notice("IMP-DOCUMENT", message, path, exit_code=ExitCode.INCOMPLETE))
                continue
            with file.open("rb") as handle, closing(MetsDocument(handle, path)) as document:
                yield from self._of(document, path, agenda, notify)
                if document.damage is not None:
                    message = f"{document.damage}; files behind that place are not listed"
                    code = ExitCode.NOT_CONFORMANT
                    notify(notice("IMP-DOCUMENT", message, path, exit_code=code))

    def provenance(self) -> Iterator[Provenance]:
        """Yield what stands in the sections that are not technical, of every document."""
        agenda = self._agenda()
        while agenda.waiting:
            path = agenda.waiting.pop(0)
            file = self._ground.document(path)
            if file is not None:
                yield from mets_provenance.read(file, path, self._ground, agenda.add)

    def _agenda(self) -> _Agenda:
        agenda = _Agenda([])
        for path in self._documents:
            agenda.add(path)
        return agenda

    def _of(
        self, document: MetsDocument, path: str, agenda: _Agenda, notify: Notify
    ) -> Iterator[Listed]:
        place = Place(self._ground, self._base(document, os.path.dirname(path)), notify)
        for href in islice(document.pointers(), _DOCUMENTS):
            agenda.add(next(iter(place.meant(href)), ""))
        named = {href.lower() for href in islice(document.pointers(), _DOCUMENTS)}
        inside: set[str] = set()  # packages that lie in this one, by UUID
        for file in document.files():
            if file.group == "deleted" and not file.href:
                continue  # Archivematica tells so of what it unpacked and took away
            inside |= named & {_URN + file.href.rpartition("/")[2].partition(".")[0].lower()}
            yield listed_file(file, place, agenda.known)
        for reference in document.references():
            if reference.href.lower() not in inside:
                yield listed_reference(reference, place)

    def _base(self, document: MetsDocument, folder: str) -> str:
        """Find the folder that references begin in: the document's own, else one above it."""
        hrefs = [file.href for file in islice(document.files(), _SAMPLE) if file.href]
        bases = [folder]
        while bases[-1]:
            bases.append(os.path.dirname(bases[-1]))
        return max(bases, key=lambda base: self._present(hrefs, base)) if hrefs else folder

    def _present(self, hrefs: list[str], base: str) -> int:
        meant = (self._ground.readings(href, base=base) for href in hrefs)
        return sum(bool(paths) and (self._ground.root / paths[0]).exists() for paths in meant)
