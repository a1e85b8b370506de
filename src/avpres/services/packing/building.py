"""A package from described files to its manifests, all within the stage."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from avpres.adapters.formats.package_file import write_package_file
from avpres.adapters.storage import durable
from avpres.adapters.storage.volume import volume_of
from avpres.config.naming import kind_of
from avpres.config.packing import PackingOptions
from avpres.domain.oais import Package, Role
from avpres.domain.premis import Agent, Event
from avpres.domain.report import Report
from avpres.services import record
from avpres.services.context import Context
from avpres.services.packing import findings, manifests
from avpres.services.packing.describing import Describing, Gathered
from avpres.services.packing.documents import Documents
from avpres.services.packing.layouts import GIVEN, PLACES, Places
from avpres.services.packing.logs import write_logs
from avpres.services.packing.mhl import Generation, empty_folders
from avpres.services.packing.proving import prove
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf
from avpres.services.packing.stage import Stage


@dataclass(slots=True)
class Building:
    """What the steps of one package share."""

    options: PackingOptions
    context: Context
    report: Report
    stage: Stage
    shelf: Shelf
    gathered: Gathered = field(default_factory=Gathered)

    @property
    def places(self) -> Places:
        """Give the places of the layout."""
        return PLACES[self.options.layout]

    @property
    def given(self) -> tuple[int, int]:
        """Count the files that were packaged, and their bytes."""
        return self.shelf.totals(*GIVEN)

    @property
    def keeper(self) -> RecordKeeper:
        """Give what writes our own files into the package."""
        stage, options = self.stage, self.options
        records = self.places.records
        return RecordKeeper(stage.tree, records, self.shelf, options.digest, stage.created)

    def step(self, objects: str, moments: tuple[datetime, datetime]) -> record.Step:
        """Say what was packaged, between two moments, for the records of it."""
        files, size = self.given
        return record.Step(
            objects=[objects],
            started=moments[0],
            ended=moments[1],
            files=files,
            size=size,
            algorithms=self.options.digest,
        )

    def clear(self) -> None:
        """Remove what an earlier, killed run wrote about the files; the files stay."""
        manifests.clear(self.stage.tree, self.places)

    def describe(self, *, wanted: bool = True) -> None:
        """Identify, validate and describe every file on the shelf that is not described.

        Where that is not wanted, empty folders are told all the same.
        """
        tree = self.stage.tree
        if wanted:
            Describing(self.options, self.context, self.report, tree, self.shelf, self.keeper).run(
                self.gathered
            )
        for path in self.bare_folders():
            self.context.note(self.report, findings.empty_folder(path))

    def package(self, label: str, *, identifiers: dict[str, str] | None = None) -> Package:
        """Say what the package is, before anything is told of what happened to it."""
        site = self.context.site
        return Package(
            id=self.stage.id,
            kind=self.options.kind,
            label=self.options.label or label,
            created=self.stage.created,
            agents=tuple(self._agents()),
            rights=site.rights or "",
            institution=site.institution or "",
            identifiers={**self._identifiers(), **(identifiers or {})},
        )

    def write(self, package: Package) -> None:
        """Write logs, records, PREMIS, METS and manifests, and make all of the tree durable."""
        self.context.progress.start("write")
        places, keeper = self.places, self.keeper
        if self.options.mhl and not Generation(keeper, places.objects).write(package):
            self.context.note(self.report, findings.own_history(places.objects))
        write_logs(keeper, places, package)
        with keeper.written(places.files, Role.METADATA) as handle:
            lines = self.shelf.lines(*GIVEN)
            write_package_file(handle, package, self.options.layout, lines, self.bare_folders())
        Documents(keeper, places, package, self.stage.path).write()
        if places.is_bag:
            manifests.write_bag(keeper, package, self.options, self.shelf)
        flush(self.stage.tree)
        ours = self.shelf.files(Role.METADATA, Role.LOG)  # the objects were proved before
        prove(self.stage.tree, ours, self.options.digest)
        self.context.progress.finish()

    def bare_folders(self) -> Iterator[str]:
        """Yield the folders of objects and supplements that hold nothing."""
        for place in (self.places.objects, self.places.supplemental):
            for folder in empty_folders(self.stage.tree / place):
                yield f"{place}/{folder}"

    def _identifiers(self) -> dict[str, str]:
        """Give by what else the package is called: its object entry, its media id."""
        parent, media = self.stage.parent, self.options.media_id
        named = {kind_of(parent): parent} if parent else {}
        return {**named, "media": media} if media else named

    def _agents(self) -> Iterator[Agent]:
        yield from self.report.agents
        yield from self.gathered.agents()
        if self.context.operator:
            yield Agent(name=self.context.operator, type="person")
        if self.context.site.institution:
            yield Agent(name=self.context.site.institution, type="organization")


def joined(agents: Iterable[Agent], more: Iterable[Agent]) -> tuple[Agent, ...]:
    """Put agents together, each once, the first ones first."""
    return tuple(dict.fromkeys((*agents, *more)))


def kept(events: Iterable[Event], new: Iterable[Event]) -> tuple[Event, ...]:
    """Put the events of a package's life together, each once, what happened before first."""
    return tuple({event.id: event for event in (*events, *new)}.values())


def flush(tree: Path) -> None:
    """Make everything in a tree durable: by one call where that is enough, else one by one."""
    if volume_of(tree).syncfs_is_enough:
        with suppress(OSError):
            fd = os.open(tree, os.O_RDONLY)
            try:
                durable.sync_filesystem(fd)
            finally:
                os.close(fd)
            return
    for folder, _, names in os.walk(tree):
        for name in names:
            with open(os.path.join(folder, name), "rb") as handle:
                durable.sync_file(handle.fileno())
        durable.sync_folder(Path(folder))
