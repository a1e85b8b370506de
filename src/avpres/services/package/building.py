"""A package from proved files to its manifests, all within the stage."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from avpres.adapters.formats.mets import write_mets
from avpres.adapters.formats.premis_objects import write_package_premis
from avpres.adapters.storage import durable
from avpres.adapters.storage.volume import volume_of
from avpres.config.copy import CopyOptions
from avpres.config.package import PackageOptions
from avpres.domain.errors import IncompleteError
from avpres.domain.oais import Package, Role
from avpres.domain.premis import Agent, Event
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.package import events, findings, manifests
from avpres.services.package.gathering import Describing, Gathered, shelve
from avpres.services.package.layouts import PLACES, Places
from avpres.services.package.logs import write_logs
from avpres.services.package.records import RecordKeeper
from avpres.services.package.shelf import Shelf
from avpres.services.package.stage import Stage

_GIVEN = (Role.OBJECT, Role.SUPPLEMENTAL)
_NAMED = 3  # sources that make the title of a package that was given none


@dataclass(slots=True)
class Building:
    """What the steps of one package share."""

    options: PackageOptions
    context: Context
    report: Report
    stage: Stage
    shelf: Shelf
    copies: Sequence[CopyOptions]
    began: datetime
    gathered: Gathered = field(default_factory=Gathered)

    @property
    def places(self) -> Places:
        """Give the places of the layout."""
        return PLACES[self.options.layout]

    @property
    def given(self) -> tuple[int, int]:
        """Count the files that were packaged, and their bytes."""
        return self.shelf.totals(*_GIVEN)

    def build(self) -> Package:
        """Write everything that stands beside the copied files."""
        tree = self.stage.tree
        manifests.clear(tree, self.places)
        keeper = RecordKeeper(
            tree, self.places.metadata, self.shelf, self.options.digest, self.stage.created
        )
        self._gather()
        self._require_all()
        copied = self.context.clock()
        describing = Describing(self.options, self.context, self.report, tree, self.shelf, keeper)
        describing.run(self.gathered)
        self._note_empty_folders(tree)
        package = self._package(copied)
        self.context.progress.start("write")
        self._write(package, keeper)
        _flush(tree)
        self.context.progress.finish()
        return package

    def _gather(self) -> None:
        for asked in self.copies:
            found = shelve(asked, self.options, self.stage.tree, self.shelf, self.context)
            for kind, count in found.evidence.items():
                self.gathered.evidence[kind] = self.gathered.evidence.get(kind, 0) + count

    def _require_all(self) -> None:
        files, planned = self.given[0], self.report.totals.files
        if not files:
            raise IncompleteError("there is no file in the sources; no package was made")
        if files != planned:
            raise IncompleteError(
                f"{files:,} of {planned:,} files can be accounted for; no package was made, the "
                "sources are as they were. Run the same command again"
            )

    def _package(self, copied: datetime) -> Package:
        site, options = self.context.site, self.options
        package = Package(
            id=self.stage.id,
            kind=options.kind,
            label=options.label or _title(options.sources),
            created=self.stage.created,
            agents=tuple(self._agents()),
            rights=site.rights or "",
            institution=site.institution or "",
        )
        happened = list(self._events(package, copied))
        self.report.events = happened
        dated = options.date is not None
        inside = tuple(events.inside(event, package, dated=dated) for event in happened)
        return replace(package, events=inside)

    def _agents(self) -> Iterator[Agent]:
        yield from self.report.agents
        yield from self.gathered.agents()
        if self.context.operator:
            yield Agent(name=self.context.operator, type="person")
        if self.context.site.institution:
            yield Agent(name=self.context.site.institution, type="organization")

    def _events(self, package: Package, copied: datetime) -> Iterator[Event]:
        named = (*self.options.sources, *self.options.supplement)
        chronicle = events.Chronicle(
            self.report,
            self.options,
            self.gathered,
            [os.path.abspath(path) for path in named],
            *self.given,
            self.began,
            copied,
        )
        return chronicle.events(package, self.context.clock())

    def _write(self, package: Package, keeper: RecordKeeper) -> None:
        places, files = self.places, self.shelf.files
        write_logs(keeper, places, package)
        with keeper.written(places.premis, Role.METADATA) as handle:
            write_package_premis(handle, package, files(*_GIVEN))
        with keeper.written(places.mets, Role.METADATA) as handle:
            write_mets(handle, package, files)
        if places.is_bag:
            manifests.write_bag(keeper, package, self.options, self.shelf)

    def _note_empty_folders(self, tree: Path) -> None:
        for place in (self.places.objects, self.places.supplemental):
            for folder, folders, names in os.walk(tree / place):
                if not folders and not names:
                    path = os.path.relpath(folder, tree)
                    self.context.note(self.report, findings.empty_folder(path))


def _title(sources: Sequence[Path]) -> str:
    names = [os.path.basename(os.path.abspath(path)) for path in sources]
    rest = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest


def _flush(tree: Path) -> None:
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
