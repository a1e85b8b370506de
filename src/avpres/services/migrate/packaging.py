"""The result of a run as an information package: whole, and only when nothing went wrong."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from avpres.config.copy import CopyOptions, LinkPolicy
from avpres.config.packing import ResultPacking
from avpres.domain.errors import AvpresError, IncompleteError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.migration import Outcome
from avpres.domain.oais import Package, PackagedFile, file_id
from avpres.domain.premis import Event, EventType
from avpres.domain.report import Output
from avpres.services import record
from avpres.services.migrate import findings
from avpres.services.migrate.derivations import Pair, Pairs, source_id
from avpres.services.migrate.keeping import occasion_of
from avpres.services.migrate.records import record_of, recorded
from avpres.services.migrate.workshop import Workshop
from avpres.services.packing.building import Building
from avpres.services.packing.chronicle import event_id, inside, making
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.publishing import publish
from avpres.services.packing.receipts import Receipts
from avpres.services.packing.shelf import open_shelf
from avpres.services.packing.stage import Stage, open_stage, outputs, refusals, stage_path
from avpres.services.transfer.proved import forget_copy, proved
from avpres.services.transfer.transfer import transfer

FORM = "avpres migrate package 1"
_IN_THE_WAY = (Outcome.FAILED, Outcome.QA_FAILED, Outcome.REFUSED)


def pack(shop: Workshop, tops: list[Path]) -> None:
    """Make a package of the results, and of the sources where that is wanted.

    A file that was refused has no target, so that a package without the sources would not hold
    it: then there is none.
    """
    wrong = _IN_THE_WAY[:2] if shop.options.with_sources else _IN_THE_WAY
    count = sum(shop.counts[each] for each in wrong)
    if count or not shop.counts:
        shop.note(findings.not_packaged(f"{count:,} files have no proved target", None))
        return
    packing = shop.options.packing(shop.maker.key)
    try:
        _packed(shop, packing, tops if shop.options.with_sources else [])
    except AvpresError as error:
        shop.note(findings.not_packaged(str(error), error.exit_code))
        return
    kept = shop.counts[Outcome.KEPT]
    if kept and not shop.options.with_sources:
        shop.note(findings.not_inside(kept))


def _packed(shop: Workshop, packing: ResultPacking, tops: list[Path]) -> None:
    sources = (shop.stage.out, *tops)
    place = stage_path("migrate", packing, {"sources": sources})
    final = packing.destination.absolute() / shop.stage.out.name
    receipts = Receipts(FORM, final, _source(shop), "result", packing)
    there = receipts.package() if not place.exists() else None
    if there is not None:
        shop.report.outputs.append(Output(kind="package", path=str(there)))
        return
    with refusals(packing.destination), open_stage(place, packing, shop.context) as stage:
        asked = CopyOptions(
            sources=sources,
            destination=stage.tree / PLACES[packing.layout].objects,
            digest=packing.digest,
            links=LinkPolicy.FOLLOW,
            replace=True,
            jobs=packing.jobs,
        )
        if not stage.is_done:
            if not stage.resumed:
                forget_copy(asked, shop.context)
            _made(shop, packing, asked, stage)
        receipts.write(stage)
        shop.report.outputs += outputs(stage, packing)
        forget_copy(asked, shop.context)
        stage.remove()


def _source(shop: Workshop) -> dict[str, object]:
    """Sum up the results: the same files, the same package."""
    running = hashlib.sha256()
    for each in recorded(record_of(shop.stage.out)):
        running.update(each.path + b"\0" + each.sha256.encode() + b"\n")
    return {"name": shop.stage.out.name, "seal": running.hexdigest()}


def _made(shop: Workshop, packing: ResultPacking, asked: CopyOptions, stage: Stage) -> None:
    quiet = replace(shop.context, on_finding=None)
    began = shop.context.clock()
    copied = transfer(asked, quiet, command="migrate", manifests=False)
    if copied.exit_code is not ExitCode.OK:
        raise IncompleteError(f"the results could not be copied into it: {copied.summary}")
    report = shop.context.report("migrate")
    report.agents = list(shop.report.agents)
    with open_shelf(stage.path) as shelf:
        building = Building(packing, quiet, report, stage, shelf)
        building.clear()
        for each in proved(asked, quiet):
            digests = {digest.algorithm: digest for digest in each.digests}
            path = f"{building.places.objects}/{os.fsdecode(each.path)}"
            original, taken = os.fsdecode(each.original), tuple(digests[a] for a in packing.digest)
            shelf.put(PackagedFile(path, original, each.size, each.mtime, taken))
        filled = shop.context.clock()
        building.describe()
        package = building.package(shop.stage.out.name)
        event = event_id(package.id, EventType.MIGRATION)
        with closing(Pairs(event)) as pairs:
            pairs.take_in(_pairs(shop, package, asked, building.places.objects))
            events = _events(shop, building, package, (began, filled))
            dated = packing.date is not None
            told = tuple(
                inside(each, package, dated=dated, occasion=occasion_of(each)) for each in events
            )
            package = replace(package, derivations=pairs.derivations, made=pairs.made)
            building.write(replace(package, events=told))
        publish(building)
    shop.report.facts["package"] = str(stage.id)


def _pairs(shop: Workshop, package: Package, asked: CopyOptions, objects: str) -> Iterator[Pair]:
    """Name each target and its source: in the package, where that lies there too."""
    tops = [(os.fsencode(top), top.name) for top in asked.sources[1:]]
    for each in recorded(record_of(shop.stage.out)):
        path = f"{objects}/{shop.stage.out.name}/{os.fsdecode(each.path)}"
        target, source = file_id(package.id, path), source_id(each.source, each.source_size)
        pair = Pair(path, target, source, sha256=each.source_sha256)
        for top, name in tops:
            if each.source == top or each.source.startswith(top + b"/"):
                place = f"{objects}/{name}{os.fsdecode(each.source[len(top) :])}"
                pair = Pair(path, target, file_id(package.id, place), place)
        yield pair


def _events(
    shop: Workshop, building: Building, package: Package, moments: tuple[datetime, datetime]
) -> Iterator[Event]:
    """Give what was done: the migration, and what it took to make a package of it."""
    kinds = {EventType.MIGRATION, EventType.POLICY_ASSIGNMENT}
    yield from (each for each in shop.report.events if each.type in kinds)
    objects = building.places.objects
    step = building.step(objects, moments)
    yield record.replication(building.report, replace(step, destination=objects), backend="native")
    yield record.digest_calculation(building.report, step)
    yield from making(building, package, step)
