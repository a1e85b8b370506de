"""`avpres characterise`: say what every file is, whether it is sound, and describe it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from avpres.adapters.describing.orders import Limits, Orders
from avpres.adapters.formats import profile_toml
from avpres.adapters.formats.distribution_text import lines
from avpres.adapters.tools.engines import FFMPEG
from avpres.adapters.tools.tool import find
from avpres.adapters.validators.examination import Rules
from avpres.config.characterise import CharacteriseOptions
from avpres.domain.premis import EventType
from avpres.domain.reconciliation import Reconciliation
from avpres.domain.report import FileRecord, Report
from avpres.services import record
from avpres.services.characterise import findings
from avpres.services.characterise.checks import require
from avpres.services.characterise.counts import Counts, fill
from avpres.services.characterise.emitting import emitted
from avpres.services.characterise.engines import Engines, open_engines, with_engines
from avpres.services.characterise.opinions import findings_of
from avpres.services.characterise.outputs import Outputs, open_outputs
from avpres.services.characterise.sets import Sets, open_sets
from avpres.services.characterise.targets import Target, files_of, targets_of
from avpres.services.context import Context
from avpres.services.describing import Asked, Described, Describer, Item
from avpres.services.describing.known import open_known
from avpres.services.ledger import Ledger, open_ledger
from avpres.services.transfer.selection import selection

__all__ = ["characterise"]


@dataclass(slots=True)
class _Run:
    """What the files of one run share."""

    options: CharacteriseOptions
    context: Context
    report: Report
    ledger: Ledger
    outputs: Outputs
    sets: Sets | None
    engines: Engines
    counts: Counts = field(default_factory=Counts)


def characterise(options: CharacteriseOptions, context: Context) -> Report:
    """Describe every file beneath the paths; one bad file never stops the others.

    Run it again after an interruption, or after some files have changed: what is known and has
    not changed is not read again. Nothing is written to a tree.

    Raises:
        SourceUnreadableError: a path is not there.
        UsageError: options do not go together or lead nowhere, a profile is broken.
        DestinationExistsError: an output would take the place of something else.
        DestinationRefusedError: the state folder or an output cannot be written.
        ToolFailedError: no second process may be started.
    """
    report = context.report("characterise")
    targets = targets_of(options.paths)
    require(options, [target.path for target in targets])
    asked = _asked(options, context.site.tools.configured)
    key = tuple(_key(options, asked))
    with (
        open_ledger(context, ()) as ledger,
        open_outputs(options, report, context.state_dir) as outputs,
        open_known(context.state_dir / "characterise", key) as known,
        open_sets(options.manifest, [target.root for target in targets]) as sets,
        open_engines(options, context, key) as engines,
        closing(Describer(asked, context, None if options.emit else known)) as describer,
    ):
        if options.restart:
            known.pass_over()
        run = _Run(options, context, report, ledger, outputs, sets, engines)
        _count(run, targets)
        for described in with_engines(describer.describe(_items(run, targets)), engines):
            _take(run, described)
        describer.dismiss()
        context.progress.finish()
        _conclude(run, targets)
    return report


def _asked(options: CharacteriseOptions, tools: Mapping[str, Path]) -> Asked:
    orders = Orders(
        algorithms=options.digest,
        rules=Rules(strict=options.strict, schemas=options.schemas),
        profile=profile_toml.find(options.profile),
        limits=Limits(seconds=options.time_limit, memory=options.memory_limit),
        deep=options.deep,
        ffmpeg=find(FFMPEG, tools).path if options.deep else None,
        emit=tuple(kind.value for kind in options.emit),
        tools=tuple(tools.items()),
    )
    return Asked(orders, options.signatures, options.jobs)


def _key(options: CharacteriseOptions, asked: Asked) -> Iterator[bytes]:
    """Whatever would make a description another one."""
    yield repr(asked.orders).encode("utf-8", "surrogateescape")
    for name in ("avpres", "pygfried", "pikepdf", "jpylyzer", "pymediainfo", "lxml", "pillow"):
        yield f"{name} {version(name)}".encode()
    for path in (options.signatures, asked.orders.ffmpeg, *_files_in(options.schemas)):
        if path is not None:
            yield f"{path} {path.stat().st_mtime_ns}".encode("utf-8", "surrogateescape")


def _files_in(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _count(run: _Run, targets: Sequence[Target]) -> None:
    """Look how much there is, while the workers load."""
    run.context.progress.start("scan")
    files = size = 0
    for item in _listed(run, targets, quiet=True):
        files += 1
        size += item.size
    run.context.progress.finish()
    run.context.progress.start("characterise", size=size, files=files)


def _items(run: _Run, targets: Sequence[Target]) -> Iterator[Item]:
    return _listed(run, targets, quiet=False)


def _listed(run: _Run, targets: Sequence[Target], *, quiet: bool) -> Iterator[Item]:
    def skipped(path: str, why: str) -> None:
        if not quiet:
            run.report.totals.skipped += 1
            run.context.note(run.report, findings.skipped(path, why))

    def unreadable(path: str, error: OSError) -> None:
        if not quiet:
            run.counts.unlisted += 1
            run.context.note(run.report, findings.unreadable(path, error))

    why = selection(run.options.exclude, skip_junk=False)
    for target in targets:
        try:
            yield from files_of(target, why, on_skipped=skipped, on_error=unreadable)
        except OSError as error:
            unreadable(str(target.path), error)


def _take(run: _Run, described: Described) -> None:
    description = described.description
    run.outputs.add(described.line)
    run.counts.add(description, was_known=described.was_known)
    path = os.path.join(description.root, description.path)
    if run.sets is not None:
        run.sets.found(path, description.format)
    for finding in (
        *findings.of_file(description, path),
        *findings_of(description, path),
        *emitted(described, run.options.into),
    ):
        run.context.note(run.report, finding)
    outcome = "failed" if description.error else "described"
    detail = f"{description.format or 'unknown format'}: {description.status.value}"
    run.ledger.add(
        [
            FileRecord(
                path=description.path,
                size=description.size,
                outcome=outcome,
                digests=description.digests,
                destination=description.root,
                detail=description.error or detail,
            )
        ]
    )


def _conclude(run: _Run, targets: Sequence[Target]) -> None:
    report, counts = run.report, run.counts
    if not counts.distribution.total.files and not counts.unlisted:
        run.context.note(report, findings.nothing())
    sets = _reconcile(run)
    report.agents += run.engines.panel.agents
    report.facts["engines"] = run.engines.facts
    fill(report, counts, run.engines.sentence)
    report.lines = lines(counts.distribution, reconciliation=sets, attention=False)
    step = record.Step(
        objects=[str(target.path) for target in targets],
        started=report.started,
        ended=run.context.clock(),
        files=counts.distribution.total.files,
        size=counts.distribution.total.size,
        failed=counts.failed,
        algorithms=run.options.digest,
    )
    for kind, detail in _EVENTS:
        report.events.append(record.examination(report, step, kind, detail))
    if run.options.digest:
        report.events.append(record.digest_calculation(report, step, subject="files"))
    report.ended = step.ended
    run.outputs.close(report, counts.distribution, sets)
    run.ledger.close(report)


def _reconcile(run: _Run) -> Reconciliation | None:
    if run.sets is None:
        return None
    found = Reconciliation()
    run.sets.listed(run.counts.distribution)
    for match in run.sets.compare(found):
        finding = findings.of_set(match)
        if finding is not None:
            run.context.note(run.report, finding)
    return found


_EVENTS = (
    (EventType.FORMAT_IDENTIFICATION, "identified by first bytes and PRONOM signatures"),
    (EventType.VALIDATION, "held against the rules of the identified format"),
    (EventType.METADATA_EXTRACTION, "technical metadata taken from the files"),
)
