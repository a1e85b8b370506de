"""A change prepared in its stage, with all that the package will say of itself, and decided."""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from avpres.adapters.formats import generations, manifests
from avpres.config.packing import PackingOptions
from avpres.domain.oais import Package, Role
from avpres.domain.premis import Agent, Event
from avpres.services.edit import findings, removing
from avpres.services.edit.change import Change
from avpres.services.edit.events import Chronicle
from avpres.services.edit.plan import described
from avpres.services.edit.steps import BESIDE, REMOVED, Steps
from avpres.services.edit.writing import Rewriter, Writing
from avpres.services.packing.building import flush
from avpres.services.packing.chronicle import inside
from avpres.services.packing.describing import Describing
from avpres.services.packing.manifests import clear
from avpres.services.packing.opening import Opened
from avpres.services.packing.records import RecordKeeper
from avpres.services.packing.shelf import Shelf, open_shelf


def decide(change: Change) -> bool:
    """Prepare everything in the stage and write down what will be done with it.

    False when a file could not be added. From the end of this on the change will be made, by this
    run or by another.
    """
    began = change.context.clock()
    moment = change.place.begin(change.options, change.context)
    change.generation = 1 + _generations(change.opened)
    clear(change.fresh, change.opened.places)
    change.fresh.mkdir(parents=True, exist_ok=True)
    if change.plan.removals and not change.options.destroy:
        change.removed = change.place.removed_name(moment)
    if not _prepared(change, moment, began):
        return False
    _warn_of_other_manifests(change)
    steps = Steps(
        change.place.tree,
        change.place.stage,
        change.opened.places,
        change.sums,
        change.plan,
        change.state,
        change.removed,
        change.history,
    )
    change.place.journal.decide(steps.all())
    return True


def _generations(opened: Opened) -> int:
    folder = opened.tree / opened.places.metadata / generations.FOLDER
    return sum(1 for _ in generations.read(folder))


def _prepared(change: Change, moment: datetime, began: datetime) -> bool:
    """Write all that comes into the stage, and flush it."""
    stage = change.place.stage
    for name in ("added", "whole", "gone", BESIDE, REMOVED):
        shutil.rmtree(stage / name, ignore_errors=True)
    for name in ("added", "whole"):
        (stage / name).mkdir()
    with open_shelf(stage / "added") as added, open_shelf(stage / "whole") as whole:
        _prune(change)
        evidence = change.taking.place(change.fresh, added, change.algorithms, change.options.jobs)
        change.gathered.evidence = evidence
        if added.totals(Role.OBJECT, Role.SUPPLEMENTAL)[0] != change.state.added_totals()[0]:
            return False
        _describe(change, added, moment)
        _write(change, added, whole, moment, began)
    flush(stage)
    return True


def _prune(change: Change) -> None:
    """Remove from the stage what a killed run brought and this one does not want."""
    wanted = {os.fsencode(added.path) for added in change.state.added()}
    for folder, _, names in os.walk(os.fsencode(change.fresh)):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, os.fsencode(change.fresh)) not in wanted:
                os.unlink(path)


def _keeper(change: Change, shelf: Shelf, moment: datetime) -> Rewriter:
    records = change.opened.places.records
    return Rewriter(change.fresh, records, shelf, change.algorithms, moment)


def _describe(change: Change, added: Shelf, moment: datetime) -> None:
    if not added.totals(Role.OBJECT, Role.SUPPLEMENTAL)[0]:
        return
    options = PackingOptions(
        destination=change.place.tree.parent,
        layout=change.opened.layout,
        digest=change.algorithms,
        profile=change.options.profile,
        jobs=change.options.jobs,
    )
    keeper = _keeper(change, added, moment)
    describing = Describing(options, change.context, change.report, change.fresh, added, keeper)
    describing.run(change.gathered)


def _write(change: Change, added: Shelf, whole: Shelf, moment: datetime, began: datetime) -> None:
    change.context.progress.start("write")
    keeper = _keeper(change, whole, moment)
    beside = change.place.stage / BESIDE
    history = change.history
    writing = Writing(change.opened, change.sums, change.state, whole, keeper, beside, history)
    writing.shelve(added)
    reason = change.options.reason or ""
    writing.keep_generation(change.generation, change.context.operator or "", reason)
    writing.write(_package(change, moment, began))
    if change.removed is not None:
        _keep_removed(change, moment)
    change.context.progress.finish()


def _keep_removed(change: Change, moment: datetime) -> None:
    """Write notes into the folder that what is taken out will be put into."""
    folder, work = change.place.stage / REMOVED, change.place.stage / "gone"
    for path in (folder, work):
        path.mkdir()
    with open_shelf(work) as shelf:
        keeper = RecordKeeper(folder, "", shelf, change.algorithms, moment)
        removing.write_notes(folder, change.opened, change.state, shelf, keeper)


def _package(change: Change, moment: datetime, began: datetime) -> Package:
    """Give the package as it will be, with what has happened to it."""
    plain = described(change.opened.package, change.plan)
    chronicle = Chronicle(
        change.report,
        change.options,
        change.plan,
        change.state,
        change.opened.places,
        change.algorithms,
        change.generation,
        change.removed,
        change.gathered.evidence,
        change.gathered.doubtful,
        began,
        change.context.clock(),
    )
    happened = list(chronicle.events())
    change.report.events = happened
    told = _told(happened, replace(plain, created=moment, agents=tuple(_agents(change))), change)
    return replace(plain, events=(*plain.events, *told))


def _told(events: Iterable[Event], package: Package, change: Change) -> Iterator[Event]:
    dated = change.options.date is not None
    for number, event in enumerate(events, start=1):
        occasion = f"edit {change.generation} {number}"
        yield inside(event, package, dated=dated, occasion=occasion)


def _agents(change: Change) -> Iterator[Agent]:
    yield from change.report.agents
    yield from change.gathered.agents()
    if change.context.operator:
        yield Agent(name=change.context.operator, type="person")
    if change.context.site.institution:
        yield Agent(name=change.context.site.institution, type="organization")


def _warn_of_other_manifests(change: Change) -> None:
    """Tell of manifests that speak of the package and are not its own."""
    ours = {os.path.realpath(path) for path in change.sums.paths}
    for found in manifests.find(change.place.tree):
        if os.path.realpath(found.path) not in ours:
            change.context.note(change.report, findings.elsewhere(str(found.path)))
