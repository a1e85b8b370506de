"""Packages that an MPEG-21 DIDL declares, as Old Dominion made them."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from avpres.adapters.formats.didl_read import Component, DidlDocument, Resource
from avpres.adapters.formats.names import from_bytes
from avpres.adapters.formats.xml_root import root_of
from avpres.adapters.packages.didl_said import Said, said
from avpres.adapters.packages.foreign import Document, Notify, Provenance, notice
from avpres.adapters.packages.ground import Ground
from avpres.domain.errors import NotConformantError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.listing import Listed, TechnicalRecord
from avpres.domain.oais import Role

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class DidlReader:
    """The components of a declaration."""

    def __init__(self, root: Path, document: Path) -> None:
        self._ground = Ground(root)
        self._file = document
        self._path = from_bytes(os.fsencode(document.relative_to(root))).replace(os.sep, "/")
        found = root_of(document)
        self._namespace = found.namespace if found else ""

    def documents(self) -> tuple[Document, ...]:
        """Name the declaration."""
        return (Document(self._path, "DIDL"),)

    def identifiers(self) -> tuple[str, ...]:
        """Read how the whole is identified."""
        with self._file.open("rb") as handle:
            document = DidlDocument(handle, self._path, self._namespace)
            with suppress(NotConformantError):  # told when the components are read
                next(document.components(), None)
            return tuple(dict.fromkeys(said(document.about()).identifiers))

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield a file for each component, then what its statements refer to."""
        with self._file.open("rb") as handle:
            document = DidlDocument(handle, self._path, self._namespace)
            try:
                for number, component in enumerate(document.components(), start=1):
                    yield from self._files(component, number, notify)
            except NotConformantError as error:
                message = f"{error}; files behind that place are not listed"
                code = ExitCode.NOT_CONFORMANT
                notify(notice("IMP-DOCUMENT", message, self._path, exit_code=code))
            if document.ignored:
                counted = ", ".join(f"{count} {kind}" for kind, count in document.ignored.items())
                message = f"elements that were not followed: {counted}"
                notify(notice("IMP-PASSED-OVER", message, self._path))

    def provenance(self) -> Iterator[Provenance]:
        """Yield nothing: a declaration has no part for events."""
        yield from ()

    def _files(self, component: Component, number: int, notify: Notify) -> Iterator[Listed]:
        found = said(component.statements)
        beside = [self._beside(statement.href, notify) for statement in found.hrefs]
        records = [
            TechnicalRecord(statement.label or statement.mime, None, file.path)
            for statement, file in zip(found.hrefs, beside, strict=True)
            if file.path
        ]
        file = self._file_of(component, found, number, notify)
        yield replace(file, records=(*file.records, *records))
        yield from beside

    def _file_of(self, component: Component, found: Said, number: int, notify: Notify) -> Listed:
        resource, paths = self._chosen(component.resources, notify)
        path = paths[0] if paths else ""
        identity = found.identifiers[0] if found.identifiers else component.id
        named = next((one for one in found.identifiers if not _SCHEME.match(one)), "")
        if resource.encoding:
            message = f"its bytes are packed ({resource.encoding}) and were taken as they are"
            notify(notice("IMP-PASSED-OVER", message, path or identity))
        return Listed(
            path=path,
            candidates=paths[1:],
            size=found.size,
            digests=tuple(dict.fromkeys(found.digests)),
            mime=resource.mime,
            original="" if named == path else named,
            id=identity,
            role=Role.METADATA if component.about else Role.OBJECT,
            records=tuple(found.records),
            format=found.format,
            reference=resource.href or f"{self._path}#{component.id or number}",
            content=None if paths else resource.content,
        )

    def _chosen(
        self, resources: tuple[Resource, ...], notify: Notify
    ) -> tuple[Resource, tuple[str, ...]]:
        """Choose among resources, which all hold the same bytes: a file, else what is inline."""
        paths: list[str] = []
        chosen: Resource | None = None
        for resource in resources:
            found = self._meant(resource.href) if resource.href else ()
            paths += found
            chosen = resource if found and chosen is None else chosen
            if resource.href and not found:
                message = "the package refers to something outside itself; it was not looked at"
                notify(notice("IMP-OUTSIDE", message, resource.href))
        inline = (one for one in resources if one.content is not None)
        chosen = chosen or next(inline, None) or next(iter(resources), Resource(""))
        return chosen, tuple(dict.fromkeys(paths))

    def _beside(self, href: str, notify: Notify) -> Listed:
        paths = self._meant(href)
        if not paths:
            message = "the package refers to something outside itself; it was not looked at"
            notify(notice("IMP-OUTSIDE", message, href))
        path = paths[0] if paths else ""
        return Listed(path, paths[1:], role=Role.METADATA, reference=href)

    def _meant(self, href: str) -> tuple[str, ...]:
        folder = os.path.dirname(self._path)
        paths = self._ground.readings(href, base=folder)
        if folder and not (paths and self._ground.is_there(paths[0])):
            paths = (*paths, *self._ground.readings(href))
        return paths
