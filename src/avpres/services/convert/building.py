"""The new package: its files brought over and proved, and all that is written about them."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import cast

from avpres.adapters.storage.hashing import digests_of
from avpres.adapters.storage.walk import Kind, walk
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.oais import Box, Child, Package, PackagedFile, Role
from avpres.domain.premis import Event
from avpres.services.convert import findings
from avpres.services.convert.conversion import Conversion
from avpres.services.convert.events import events
from avpres.services.convert.others import Others
from avpres.services.convert.recorded import Recorded, open_recorded
from avpres.services.packing.building import Building, joined, kept
from avpres.services.packing.chronicle import inside
from avpres.services.packing.landing import components
from avpres.services.packing.placing import Placed, Placing, Wanted
from avpres.services.packing.room import require_room

_Key = tuple[PackagedFile, bytes | None]


@dataclass(slots=True)
class Brought:
    """What became of the files on their way; `compared` are the kinds of digests that agreed."""

    failed: int = 0
    evidence: dict[Evidence, int] = field(default_factory=dict)
    compared: Counter[Algorithm] = field(default_factory=Counter)


def build(conversion: Conversion, building: Building) -> bool:
    """Bring everything over and write all else; False when a file could not be proved.

    Raises:
        OSError: the destination takes no more.
        AvpresError: the old package is broken.
    """
    began = building.context.clock()
    building.clear()
    brought = _bring(conversion, building)
    if brought.failed:
        return False
    _remove_strangers(conversion, building)
    _make_folders(conversion, building)
    package = _package(conversion, building)
    happened = _happened(conversion, building, package, brought, began)
    building.write(replace(package, events=kept(conversion.opened.package.events, happened)))
    return True


def _bring(conversion: Conversion, building: Building) -> Brought:
    files = size = 0
    for file, _ in conversion.opened.lines():
        files, size = files + 1, size + file.size
    copies = 1 if building.stage.box is Box.FOLDER else 2
    require_room(building.stage.path, copies * size)
    placing = Placing(
        building.stage.tree,
        building.options.digest,
        building.context,
        jobs=building.options.jobs,
        files=files,
        size=size,
    )
    brought = Brought()
    with open_recorded(building.stage.path, conversion.opened) as recorded:
        brought.failed += sum(1 for _ in _broken(conversion, recorded))
        if brought.failed:
            return brought
        for wanted in (_given(conversion), _about(conversion, recorded, brought)):
            with contextlib.closing(placing.place(wanted)) as all_placed:
                for placed in all_placed:
                    _take(conversion, building, placed, brought)
    return brought


def _broken(conversion: Conversion, recorded: Recorded) -> Iterator[str]:
    """Hold what the package is opened with against its manifests; all else is proved by it."""
    opened = conversion.opened
    for path in (opened.places.files, f"{opened.places.logs}/events.jsonl"):
        if not (opened.tree / path).is_file():
            continue
        expected = recorded.of(path)
        found = _digests(opened.tree / path, expected)
        if not expected:
            conversion.note(findings.unrecorded(path))
        elif found != expected:
            conversion.note(findings.changed(path, expected[0], found[0]))
        if not expected or found != expected:
            yield path


def _digests(path: Path, wanted: Sequence[Digest]) -> tuple[Digest, ...]:
    found = {digest.algorithm: digest for digest in digests_of(path, _kinds(wanted))}
    return tuple(found[digest.algorithm] for digest in wanted)


def _given(conversion: Conversion) -> Iterator[Wanted]:
    tree = conversion.opened.tree
    for file, line in conversion.opened.lines():
        place = conversion.place(file.path)
        key = (replace(file, path=place), line)
        yield Wanted(tree, file.path, place, file.size, file.mtime, file.digests, key)


def _about(conversion: Conversion, recorded: Recorded, brought: Brought) -> Iterator[Wanted]:
    """Bring over what is said about the objects, which only manifests list."""
    tree = conversion.opened.tree
    for path, place in Others(conversion).carried():
        digests = recorded.of(path)
        if not digests:
            brought.failed += 1
            conversion.note(findings.unrecorded(path))
            continue
        found = os.lstat(tree / path)
        about = conversion.speaks_of(place)
        size, mtime = found.st_size, found.st_mtime_ns
        role = Role.LOG if place.startswith(f"{conversion.new.logs}/") else Role.METADATA
        key = (PackagedFile(place, about, size, mtime, digests, role), None)
        yield Wanted(tree, path, place, size, mtime, digests, key)


def _take(conversion: Conversion, building: Building, placed: Placed, brought: Brought) -> None:
    if placed.fault is not None:
        brought.failed += 1
        conversion.note(findings.not_placed(placed))
        return
    file, line = cast("_Key", placed.wanted.key)
    digests = {digest.algorithm: digest for digest in placed.digests}
    asked = tuple(digests[algorithm] for algorithm in building.options.digest)
    building.shelf.take(replace(file, digests=asked), line)
    kind = placed.evidence or Evidence.UNKNOWN
    if file.role not in {Role.METADATA, Role.LOG}:
        brought.evidence[kind] = brought.evidence.get(kind, 0) + 1
        brought.compared.update(_kinds(placed.wanted.digests))


def _kinds(digests: Iterable[Digest]) -> list[Algorithm]:
    return [digest.algorithm for digest in digests]


def _remove_strangers(conversion: Conversion, building: Building) -> None:
    """Remove from the stage what an earlier run brought from a package that was another then."""
    tree = building.stage.tree
    for place in (conversion.new.objects, conversion.new.supplemental):
        if not (tree / place).is_dir():
            continue
        for entry in walk(tree / place, on_error=_raise):
            path = f"{place}/{os.fsdecode(entry.name)}"
            if entry.kind != Kind.FOLDER and building.shelf.get(path) is None:
                (tree / path).unlink()


def _raise(_name: bytes, error: OSError) -> None:
    raise error


def _make_folders(conversion: Conversion, building: Building) -> None:
    for folder in conversion.opened.folders():
        place = conversion.place(folder)
        if components(place) is None:
            raise NotConformantError(
                f"{conversion.opened.tree}: speaks of a folder {folder!r}, which leads out of it; "
                "verify the package"
            )
        (building.stage.tree / place).mkdir(parents=True, exist_ok=True)


def _package(conversion: Conversion, building: Building) -> Package:
    """Say what the new package is: what the old one was, under a name of its own."""
    old = conversion.opened.package
    plain = building.package(old.label, identifiers=old.identifiers)
    return replace(
        plain,
        agents=joined(old.agents, plain.agents),
        rights=old.rights,
        institution=old.institution or plain.institution,
        children=tuple(_moved(conversion, child) for child in old.children),
        sources=tuple(dict.fromkeys((*old.sources, old.id))),
    )


def _moved(conversion: Conversion, child: Child) -> Child:
    return replace(child, path=conversion.place(child.path))


def _happened(
    conversion: Conversion,
    building: Building,
    package: Package,
    brought: Brought,
    began: datetime,
) -> tuple[Event, ...]:
    """Record the conversion for the run, and give its events as the package tells them."""
    happened = events(
        conversion,
        package,
        files=building.given,
        evidence=brought.evidence,
        compared=sorted(brought.compared),
        began=began,
    )
    conversion.report.events = list(happened)
    dated = conversion.options.date is not None
    occasion = f"conversion of {conversion.opened.package.id}"
    return tuple(inside(event, package, dated=dated, occasion=occasion) for event in happened)
