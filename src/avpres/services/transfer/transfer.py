"""A transfer from its options to its report: plan, check, copy and prove, finish, record."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from avpres.adapters.storage.backend import NATIVE, Backend, by_name, choose
from avpres.adapters.storage.crew import WORTH_IT, Crew
from avpres.adapters.storage.native import NativeCopier
from avpres.adapters.storage.volume import MediumKind
from avpres.adapters.storage.walk import Entry, entry_of
from avpres.config.copy import CopyOptions
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.fixity import READ_BACK, Algorithm
from avpres.domain.premis import utc
from avpres.domain.report import Finding, Report
from avpres.domain.severity import Severity
from avpres.services import record
from avpres.services.context import Context
from avpres.services.ledger import open_ledger
from avpres.services.preflight import Preflight, preflight
from avpres.services.transfer import findings, planned, seal, tapes
from avpres.services.transfer.beside import find_beside
from avpres.services.transfer.closing import close
from avpres.services.transfer.destinations import (
    Destination,
    destinations,
    job_of,
    staged,
    volume_for,
)
from avpres.services.transfer.engine import Engine
from avpres.services.transfer.finish import make_folders
from avpres.services.transfer.items import Item, items, units
from avpres.services.transfer.keeping import keep
from avpres.services.transfer.locking import lock
from avpres.services.transfer.outcomes import Outcomes
from avpres.services.transfer.plan import make_plan
from avpres.services.transfer.program import ProgramCopier, clear_stages
from avpres.services.transfer.rounds import Copier
from avpres.services.transfer.run import Run
from avpres.services.transfer.tally import Tally
from avpres.services.transfer.wanted import algorithms_of_run, check_options

ROTATING = 2  # readers that a turning disk bears
Note = Callable[[Finding], None]
CREW = 4  # worker processes at most, about 25 MiB each; six gained nothing on two cores


def transfer(
    options: CopyOptions, context: Context, *, command: str = "copy", manifests: bool = True
) -> Report:
    """Copy sources to destinations and prove each copy.

    Args:
        options: what to copy, and how.
        context: what is around the run.
        command: the command that the records name.
        manifests: write them beside the copies; a package holds its own.

    Raises:
        AvpresError: the command as a whole cannot be done; nothing was changed by it.
    """
    check_options(options)
    report = context.report(command)
    note: Note = partial(context.note, report)
    found = items(options)
    places = destinations(options)
    backend = _choose(options, context, places, report)
    with contextlib.ExitStack() as stack:
        if options.dry_run:
            return stack.enter_context(_planning(found, places, options, context, report))
        ledger = stack.enter_context(open_ledger(context, options.report))
        stack.enter_context(lock(found, places, context.state_dir))
        run = seal.unchanged(units(found), places, options, context)
        if run is None:
            run = _prepared(found, places, options, context, note, may_skip=command == "copy")
            run = replace(run, manifests=manifests)
            stack.callback(_let_go, run)
            tapes.look(run)
            if any(not place.refused for place in places):
                _copy(run, stack, backend)
        else:
            stack.callback(_let_go, run)
        close(run, report)
        seal.save(run, report)
        keep(run, report, ledger)
    return report


def _let_go(run: Run) -> None:
    run.plan.close()
    run.outcomes.close()


@contextlib.contextmanager
def _planning(
    found: Sequence[Item],
    places: list[Destination],
    options: CopyOptions,
    context: Context,
    report: Report,
) -> Iterator[Report]:
    """Tell what would be done; neither a destination nor a journal is changed by it."""
    for path in options.report:
        record.check_report_path(path)
    run = _prepared(found, places, options, context, partial(context.note, report))
    try:
        planned.tell(run, report)
        report.ended = context.clock()
        for path in options.report:
            report.outputs.append(record.write_report_file(path, report, ()))
        yield report
    finally:
        _let_go(run)


def _choose(
    options: CopyOptions, context: Context, places: Sequence[Destination], report: Report
) -> Backend | None:
    """Choose what moves the bytes, for the record too; None is the engine's own copier.

    Raises:
        UsageError: there is no such backend, or it cannot do what is asked.
        ToolMissingError: its program is not here.
    """
    configured = context.site.tools.configured
    lto = bool(options.lto) or any(place.is_tape for place in places)
    choice = choose(options.backend, xattrs=options.xattrs, lto=lto, configured=configured)
    report.facts["backend"] = choice.name
    report.facts["backend_reason"] = choice.reason
    report.facts["source_reads"] = 1
    if choice.name == NATIVE:
        return None
    backend = by_name(choice.name, configured)
    report.agents.append(backend.agent())
    report.facts["source_reads"] = 1 + len(places)  # by us for the digests, by it for each copy
    return backend


def _prepared(  # noqa: PLR0913 - one run, seen from all its sides
    found: Sequence[Item],
    places: list[Destination],
    options: CopyOptions,
    context: Context,
    note: Note,
    *,
    may_skip: bool = True,
) -> Run:
    """List the sources and hold every destination against them, before the first byte."""
    grouped = units(found)
    outcomes = Outcomes(context.state_dir / "plans", grouped, places)
    note = outcomes.listening(note)
    beside = {unit.number: find_beside(unit) for unit in grouped}
    checks = [
        preflight(p.path, p.volume, may_write=not options.dry_run, may_skip=may_skip)
        for p in places
    ]
    plan = make_plan(
        grouped,
        options,
        context,
        note=note,
        watch=partial(_watch, checks, places, note),
        to_tape=any(place.is_tape for place in places),
    )
    run = Run(options, context, grouped, plan, places, Tally(len(places)), note, beside, outcomes)
    for check, place in zip(checks, places, strict=True):
        _refuse_when_full(run, check, place)
    return run


def _watch(
    checks: Sequence[Preflight],
    places: Sequence[Destination],
    note: Note,
    folder: bytes,
    entries: Sequence[Entry],
) -> None:
    """Hold the names and sizes of a folder against each destination."""
    prefix = folder + b"/" if folder else b""
    for check, place in zip(checks, places, strict=True):
        for entry in entries:
            for finding in check.see(prefix + entry.name, entry.kind, entry.size):
                _take(place, finding, note)


def _take(place: Destination, finding: Finding, note: Note) -> None:
    note(finding)
    if finding.severity is Severity.ERROR:
        place.refused = True


def _refuse_when_full(run: Run, check: Preflight, place: Destination) -> None:
    """Judge space last; when it seems short, what lies there already is counted first."""
    options = run.options

    def judged(already: int) -> list[Finding]:
        return list(
            check.close(
                reserve_percent=options.reserve,
                skip_space_check=options.skip_space_check,
                already=already,
            )
        )

    found = judged(0)
    if any(finding.code == "PRE-SPACE" for finding in found):
        found = judged(_already(run, place))
    for finding in found:
        _take(place, finding, run.note)


def _already(run: Run, place: Destination) -> int:
    """Add up what lies at a destination under its name, and half files that will make room."""
    total = 0
    jobs = {unit.number: job_of(unit, place) for unit in run.units}
    for stretch in run.plan.spool:
        unit = run.units[stretch.base]
        folder = os.path.join(os.fsencode(place.path), unit.prefix, stretch.folder)
        for entry in stretch.entries:
            with contextlib.suppress(OSError):
                size = os.lstat(os.path.join(folder, entry.name)).st_size
                total += entry.size if size == entry.size else 0
            with contextlib.suppress(OSError):
                part = staged(entry.name, jobs[stretch.base])
                total += entry_of(part, os.lstat(os.path.join(folder, part))).allocated
    return total


def _copy(run: Run, stack: contextlib.ExitStack, backend: Backend | None) -> None:
    """Open what can be opened and take the plan through it."""
    for place in run.places:
        if not place.refused:
            stack.callback(place.close)
            _open(run, place)
    if not run.living():
        return
    for place in run.living():
        clear_stages(place, run.units)
    algorithms = algorithms_of_run(run)
    ordered = (*sorted(algorithms - {READ_BACK}, key=list(Algorithm).index), READ_BACK)
    crew = None if backend else _crew(run)
    if crew is not None:
        stack.callback(crew.close)
    copier: Copier
    if backend is None:
        copier = NativeCopier(
            ordered,
            workers=_workers(run),
            advance=run.advance,
            crew=crew,
            from_tape=run.plan.ordered,
        )
    else:
        copier = ProgramCopier(backend, ordered, run)
    stack.callback(copier.close)
    Engine(run, copier, crew, algorithms).run()
    for place in run.places:
        if place.target is not None and place.target.lost is not None:
            run.note(findings.lost(str(place.path), place.target.lost))


def _open(run: Run, place: Destination) -> None:
    try:
        target = place.open(run.context.state_dir)
        place.begin_run(run.context.run_id, utc(run.context.clock()))
        for unit in run.units:
            files, size = run.plan.unit_files.get(unit.number, (0, 0))
            place.begin(unit, files=files, size=size, when=utc(run.context.clock()))
            if unit.is_folder and make_folders(unit, place, run.scratch):
                target.changed = True
    except DestinationRefusedError as error:
        place.refused = True
        run.note(findings.not_opened(place.path, str(error)))
    except NotADirectoryError as error:
        place.refused = True
        run.note(findings.folder_exists(place.path, error))
    except OSError as error:
        place.refused = True
        run.note(findings.lost(str(place.path), error))


def _crew(run: Run) -> Crew | None:
    """Gather worker processes when there are many files and no tape."""
    workers = _workers(run)
    if workers == 1 or run.plan.files < WORTH_IT:
        return None
    return Crew(run.options.jobs or (CREW if workers > ROTATING else ROTATING))


def _workers(run: Run) -> int:
    """Choose how many files are copied at once: one when a tape takes part on either side."""
    volumes = [volume_for(unit.root, run.options.lto) for unit in run.units[:64]]
    volumes += [place.volume for place in run.living()]
    if run.plan.ordered or any(volume.kind is MediumKind.TAPE for volume in volumes):
        return 1
    return run.options.jobs or min(volume.readers for volume in volumes)
