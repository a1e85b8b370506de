"""What an edit says at its end, in one sentence, and what a dry run says before."""

from collections.abc import Iterator

import humanize

from avpres.adapters.formats.report_names import visible
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Output, Report
from avpres.services.edit.change import Change
from avpres.services.edit.place import Place

_SHOWN = 20  # paths that a dry run names of each kind


def changed(report: Report, change: Change) -> None:
    """Tell of a change that was made and proved."""
    _facts(report, change)
    words = ", ".join(_counts(change))
    kept = ""
    if change.removed is not None:
        folder = change.place.tree.with_name(change.removed)
        kept = f" What was taken out is in {visible(str(folder))}."
        report.outputs.append(Output(kind="removed", path=str(folder)))
    looked = "" if change.options.verify else " (untouched files by their sizes alone)"
    report.summary = (
        f"{visible(change.place.tree.name)}: {words}; the package agrees with its new manifests"
        f"{looked}, those before are kept as generation {change.generation}.{kept}"
    )


def planned(report: Report, change: Change) -> None:
    """Tell of what would be done, or that nothing is to do."""
    _facts(report, change)
    name = visible(change.place.tree.name)
    report.lines += [f"done before: {text}" for text in change.plan.done]
    if change.is_idle:
        report.summary = f"{name}: is as asked already; nothing was changed."
        return
    report.lines += list(_lines(change))
    words = ", ".join(_counts(change))
    report.summary = f"{name}: {words} would be done; nothing was changed."


def refused(report: Report, place: Place) -> None:
    """Tell of a package, or a file to add, that keeps the change from being made."""
    count = sum(report.finding_counts.values())
    findings = "1 finding" if count == 1 else f"{count:,} findings"
    name = visible(place.tree.name)
    report.summary = f"{name}: nothing was changed; see the {findings} for what is in the way."


def finished(report: Report, place: Place) -> None:
    """Tell of what a killed run had decided and this one has done."""
    report.summary = (
        f"{visible(place.tree.name)}: a change that was cut short is done, and the package agrees "
        "with its new manifests (untouched files by their sizes alone)."
    )


def unproved(report: Report, place: Place) -> None:
    """Tell of a change that was made, after which the package does not agree with its manifests."""
    if report.exit_code is ExitCode.OK:
        report.exit_code = ExitCode.INCOMPLETE
    report.summary = (
        f"{visible(place.tree.name)}: was changed, and does not agree with its new manifests; what "
        f"was in their place is kept in {visible(str(place.stage))}. See the findings."
    )


def _facts(report: Report, change: Change) -> None:
    files, size = change.state.added_totals()
    gone, gone_size = change.state.totals("new IS NULL AND role IN ('object', 'supplemental')")
    report.facts["package"] = str(change.opened.package.id)
    report.facts["generation"] = change.generation or None
    report.facts["added"], report.facts["added_size"] = files, size
    report.facts["renamed"] = len(change.plan.moves)
    report.facts["removed"], report.facts["removed_size"] = gone, gone_size
    report.facts["described"] = len(change.plan.changes)
    report.totals.files, report.totals.size = files, size


def _counts(change: Change) -> Iterator[str]:
    files, size = change.state.added_totals()
    if files:
        yield f"{_number(files, 'file')} added ({humanize.naturalsize(size, binary=True)})"
    if change.plan.moves:
        yield f"{_number(len(change.plan.moves), 'path')} renamed"
    gone, _ = change.state.totals("new IS NULL AND role IN ('object', 'supplemental')")
    if change.plan.removals:
        destroyed = change.options.destroy
        yield f"{_number(gone, 'file')} {'destroyed' if destroyed else 'taken out'}"
    if change.plan.changes:
        yield f"{_number(len(change.plan.changes), 'description')} changed"


def _number(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _lines(change: Change) -> Iterator[str]:
    for number, added in enumerate(change.state.added()):
        if number == _SHOWN:
            yield f"add: {change.state.added_totals()[0] - _SHOWN:,} more"
            break
        yield f"add: {visible(added.path)}"
    for move in change.plan.moves:
        yield f"rename: {visible(move.old)} to {visible(move.new)}"
    for path in change.plan.removals:
        files, _ = change.state.totals_below(path)
        yield f"remove: {visible(path)} ({_number(files, 'file')})"
    for key, old, new in change.plan.changes:
        yield f"describe: {key} from {visible(old) or 'nothing'} to {visible(new) or 'nothing'}"
