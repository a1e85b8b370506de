"""The records of a run: written when all else is done, and then noted in the journals."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.formats.report_json import file_from_json
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence
from avpres.domain.premis import utc
from avpres.domain.report import FileRecord, Finding, Report, Totals
from avpres.services import record
from avpres.services.ledger import Ledger
from avpres.services.transfer import records, steps
from avpres.services.transfer.items import Item, Unit
from avpres.services.transfer.run import Run
from avpres.services.transfer.tally import Counts
from avpres.services.transfer.wording import Account, sentence

ITEMS = "items"
"""Folder, inside a run's record folder, of the records of single items (`--per-item`)."""


def keep(run: Run, report: Report, ledger: Ledger) -> None:
    """Write what the run did into its records and the reports that were asked for.

    Raises:
        DestinationExistsError: a report is there already; it stays as it is.
        DestinationRefusedError: a folder cannot be written.
    """
    report.facts["volumes"] = records.volumes(run)
    earlier = records.earlier_runs(run, run.places)
    if earlier:
        report.facts["proved_by_runs"] = earlier
    report.events.extend(steps.events(run, report))
    fresh = {place.index: records.fresh_runs(run, place) for place in run.places}
    ledger.add_lines(records.lines(run, fresh))
    if run.options.per_item:
        _keep_items(run, report, fresh)
    ledger.close(report)
    _note(run, report, fresh)


def _note(run: Run, report: Report, fresh: records.Fresh) -> None:
    """Tell the journals that the run has ended and whose files its records name."""
    for place in run.places:
        if place.journal is None:
            continue
        mine = run.context.run_id
        others = [each for each in fresh[place.index] if each != mine]
        if others:
            place.journal.adopt(mine, others, place.items.values())
        counts = run.tally.at[place.index]
        proved = counts.there - counts.proved_before
        when = utc(run.context.clock())
        place.journal.end_run(mine, when, status=int(report.exit_code), proved=proved)


@dataclass(slots=True)
class _Sums:
    """What the records of one item add up to at one destination."""

    counts: Counts = field(default_factory=Counts)
    failed: int = 0

    def add(self, each: FileRecord) -> None:
        counts = self.counts
        if each.outcome == "copied":
            counts.copied_files += 1
            counts.copied_size += each.size
        elif each.outcome == "linked":
            counts.linked += 1
        elif each.outcome == "already there":
            counts.already_there += 1
        elif each.outcome == "failed":
            self.failed += 1
        if each.evidence is not None and each.outcome != "linked":
            counts.evidence[Evidence(each.evidence)] += 1
            counts.verified_files += 1
            counts.verified_size += each.size


def _keep_items(run: Run, report: Report, fresh: records.Fresh) -> None:
    """Write a record of each item with which this run did something, whole in its own folder."""
    home = record.record_folder(report, run.context.state_dir) / ITEMS
    for unit in run.units:
        for item in unit.items:
            sums = _add_up(run, map(file_from_json, records.item_lines(run, unit, item, fresh)))
            if not sums:
                continue
            own = _item_report(run, report, unit, item, sums)
            folder = home / Path(item.name.decode("utf-8", "surrogateescape"))
            files = map(file_from_json, records.item_lines(run, unit, item, fresh))
            report.outputs.extend(record.write_records(own, files, folder=folder)[-1:])


def _add_up(run: Run, found: Iterator[FileRecord]) -> dict[int, _Sums]:
    """Sum up records by destination; what holds for all destinations counts at each."""
    places = {str(place.path): place.index for place in run.places}
    sums: dict[int, _Sums] = {}
    for each in found:
        for index in [places[each.destination]] if each.destination else places.values():
            sums.setdefault(index, _Sums()).add(each)
    return sums


def _item_report(
    run: Run, report: Report, unit: Unit, item: Item, sums: dict[int, _Sums]
) -> Report:
    """Make the report of one item out of that of the run."""
    files, size = _planned(run, unit, item)
    every = [sums.get(place.index, _Sums()) for place in run.places]
    for each in every:
        each.counts.proved_before = max(files - each.counts.there - each.failed, 0)
        each.counts.already_there += each.counts.proved_before
    found = [f for f in report.findings if f.path and _concerns(f.path, unit, item, run)]
    account = _account(run, report, (files, size), every, found)
    own = report.model_copy(
        update={
            "totals": _totals(files, size, every),
            "events": [],
            "outputs": [o for o in report.outputs if _concerns(o.path, unit, item, run)],
            "findings": found,
            "finding_counts": dict(Counter(f.code for f in found)),
            "evidence": _evidence(account.counts),
            "facts": {**report.facts, "item": str(item.source)},
            "exit_code": account.status,
            "summary": sentence(account),
        }
    )
    for place, each in zip(run.places, every, strict=True):
        objects = [str(item.source)]
        own.events.extend(steps.at(run, own, place, each.counts, objects, missing=each.failed))
    return own


def _account(
    run: Run,
    report: Report,
    planned: tuple[int, int],
    every: Sequence[_Sums],
    found: Sequence[Finding],
) -> Account:
    """Say what the sentence on an item is made of."""
    errors = Counter(f.code for f in found if f.severity == "error")
    is_wrong = errors or any(each.failed for each in every)
    return Account(
        files=planned[0],
        size=planned[1],
        counts=[each.counts for each in every],
        errors=errors,
        verify=run.options.verify,
        status=report.exit_code if is_wrong else ExitCode.OK,
    )


def _planned(run: Run, unit: Unit, item: Item) -> tuple[int, int]:
    if unit.is_folder:
        return run.plan.unit_files.get(unit.number, (0, 0))
    try:
        return 1, item.source.stat().st_size
    except OSError:
        return 1, 0


def _concerns(path: str, unit: Unit, item: Item, run: Run) -> bool:
    """Tell whether a path is that of an item, below it, or of a manifest beside its copy."""
    del unit
    name = item.name.decode("utf-8", "surrogateescape")
    roots = [str(item.source), *(str(place.path / name) for place in run.places), name]
    if any(path == root or path.startswith(root + "/") for root in roots):
        return True
    return any(path.startswith(f"{place.path / name}_") for place in run.places)


def _totals(files: int, size: int, every: list[_Sums]) -> Totals:
    return Totals(
        files=files,
        size=size,
        copied_files=sum(s.counts.copied_files + s.counts.linked for s in every),
        copied_size=sum(s.counts.copied_size for s in every),
        already_there=sum(s.counts.already_there for s in every),
        verified_files=sum(s.counts.verified_files for s in every),
        verified_size=sum(s.counts.verified_size for s in every),
        failed=sum(s.failed for s in every),
    )


def _evidence(counts: Sequence[Counts]) -> dict[str, int]:
    total: Counter[Evidence] = Counter()
    for each in counts:
        total += each.evidence
    return {kind.value: number for kind, number in total.items()}
