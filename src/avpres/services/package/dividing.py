"""A package of packages: the files in several, each whole by itself, within one that holds them.

So 57,450 files travel as a handful of objects, each fits the tape that it goes to, and each can be
read without the others (AIUs of OAIS).
"""

import contextlib
import os
import shutil
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import uuid5

from avpres.adapters.containers.tar_index import SUFFIX, IndexSpool
from avpres.config.package import PackageOptions
from avpres.domain.oais import Box, Child, Package, PackagedFile, PackageKind, Part, Role
from avpres.domain.premis import Event, EventType
from avpres.services import record
from avpres.services.packing import findings
from avpres.services.packing.beside import name_of
from avpres.services.packing.boxing import Boxing
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import inside
from avpres.services.packing.shelf import Shelf, open_shelf
from avpres.services.packing.stage import Stage

_ABOUT = 16 * 1024  # bytes that are written about one file: METS, PREMIS, manifests, headers
_FIXED = 128 * 1024  # bytes that are written about any package


class Span(NamedTuple):
    """Objects that go into one part: the first path, the last path, how many, and their bytes."""

    first: str
    last: str
    files: int
    size: int


@contextlib.contextmanager
def open_whole(building: Building) -> Iterator[Building]:
    """Begin the package that holds the parts, in the same stage."""
    stage = replace(building.stage, folder="whole")
    shutil.rmtree(stage.tree, ignore_errors=True)
    (stage.path / "holder").mkdir(exist_ok=True)
    with open_shelf(stage.path / "holder") as shelf:
        yield replace(building, stage=stage, shelf=shelf)


@dataclass(frozen=True, slots=True)
class Dividing:
    """The division of what lies in a stage. `made` is the package as if it were not divided."""

    building: Building
    options: PackageOptions
    made: Package

    def build(self, whole: Building) -> Package:
        """Write the parts into the package that holds them, and then that."""
        spans = list(spans_of(self.building.shelf, self.options))
        folders = self._bare_folders(spans)
        children = tuple(
            self._part(span, Part(self.building.stage.id, number, len(spans)), folders, whole)
            for number, span in enumerate(spans, start=1)
        )
        self._bring_supplements(whole)
        whole.describe(wanted=self.options.describe)
        _make(folders[0], whole.stage)  # they were told of when all was described
        package = replace(self.made, children=children)
        package = replace(package, events=(*package.events, self._split(package)))
        whole.write(package)
        return package

    def _split(self, package: Package) -> Event:
        around, now = self.building, self.building.context.clock()
        files, size = around.given
        step = record.Step(
            objects=[str(package.id)], started=now, ended=now, files=files, size=size
        )
        detail = f"divided into {len(package.children):,} packages"
        event = record.examination(around.report, step, EventType.PACKAGE_SPLITTING, detail)
        around.report.events.append(event)
        return inside(event, package, dated=self.options.date is not None)

    def _bare_folders(self, spans: list[Span]) -> dict[int, list[str]]:
        """Give the folders that hold nothing by the part that they go into; 0 is the whole."""
        found: dict[int, list[str]] = {number: [] for number in range(len(spans) + 1)}
        first = [os.fsencode(span.first) for span in spans]
        for folder in self.building.bare_folders():
            is_object = folder.startswith(f"{self.building.places.objects}/")
            number = max(1, bisect(first, os.fsencode(folder))) if is_object else 0
            found[number].append(folder)
        return found

    def _part(
        self, span: Span, part: Part, folders: dict[int, list[str]], whole: Building
    ) -> Child:
        stage = self.building.stage
        shutil.rmtree(stage.path / "part", ignore_errors=True)
        (stage.path / "part").mkdir()
        own = replace(stage, path=stage.path / "part", id=uuid5(stage.id, f"part {part.number}"))
        own.tree.mkdir()
        _make(folders[part.number], own)
        with open_shelf(own.path) as shelf:
            for file, line in self.building.shelf.about(span.first, span.last):
                shelf.take(file, line)
                if file.role is Role.METADATA:
                    _bring(file, self.building.stage, own)
            package = self._written(own, shelf, part)
            child = self._boxed(own, shelf, package, span, whole)
        shutil.rmtree(own.path)
        return child

    def _written(self, stage: Stage, shelf: Shelf, part: Part) -> Package:
        around = self.building
        building = Building(
            around.options, around.context, around.report, stage, shelf, around.gathered
        )
        label = f"{self.made.label} ({part.number} of {part.count})"
        package = replace(
            self.made, id=stage.id, kind=PackageKind.AIU, label=label, part=part, children=()
        )
        building.write(package)
        return package

    def _boxed(
        self, stage: Stage, shelf: Shelf, package: Package, span: Span, whole: Building
    ) -> Child:
        box, digest = self.options.part_box, self.options.digest
        name = name_of(stage.id, box)
        place = f"{whole.places.objects}/{name}"
        target = whole.stage.tree / place
        target.parent.mkdir(parents=True, exist_ok=True)
        moment = _moment(stage)
        content = self.building.stage.tree
        boxing = Boxing(shelf, str(stage.id), stage.tree, content, moment=moment)
        with IndexSpool() as rows:
            boxed = boxing.box(target, box, digest, whole.context, rows)
            if box is Box.TAR:
                beside = f"{place}{SUFFIX}"
                with whole.keeper.written(beside, Role.METADATA, about=place) as handle:
                    rows.write(handle, os.fsencode(name), boxed)
        most = self.options.max_size
        if most is not None and boxed.size > most:
            whole.context.note(whole.report, findings.larger(place, boxed.size, most))
        os.utime(target, ns=(moment, moment))
        whole.shelf.put(PackagedFile(place, name, boxed.size, moment, boxed.digests))
        return Child(
            path=place,
            id=str(stage.id),
            kind=package.kind.value,
            label=package.label,
            files=span.files,
            size=span.size,
            digest=boxed.digests[-1],
        )

    def _bring_supplements(self, whole: Building) -> None:
        for file, _ in self.building.shelf.lines(Role.SUPPLEMENTAL):
            _bring(file, self.building.stage, whole.stage)
            whole.shelf.put(file)


def spans_of(shelf: Shelf, options: PackageOptions) -> Iterator[Span]:
    """Divide the objects, in the order of their paths; a file larger than the limit stands alone.

    The limit is for the container: what is written about a file counts with it.
    """
    most_files = options.max_files or float("inf")
    most_size = (options.max_size or float("inf")) - _FIXED
    span: Span | None = None
    weight = 0
    for path, size, with_records in shelf.weights():
        own = with_records + _ABOUT
        if span is None or span.files >= most_files or weight + own > most_size:
            if span is not None:
                yield span
            span, weight = Span(path, path, 1, size), own
        else:
            span = Span(span.first, path, span.files + 1, span.size + size)
            weight += own
    if span is not None:
        yield span


def _moment(stage: Stage) -> int:
    return round(stage.created.timestamp()) * 1_000_000_000


def _make(folders: list[str], stage: Stage) -> None:
    for folder in folders:
        (stage.tree / folder).mkdir(parents=True, exist_ok=True)


def _bring(file: PackagedFile, stage: Stage, other: Stage) -> None:
    """Take a file from one stage to another."""
    place = other.tree / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    os.rename(stage.tree / file.path, place)
