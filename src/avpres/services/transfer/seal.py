"""The quick answer to a copy that was made before: has anything changed on either side since?

After a copy that ended well, each tree is sealed on both sides. When the same copy is asked for
again and both seals are still whole, every file is as it was when it was proved, and nothing is
left to do. Anything else, and the copy goes its ordinary way, file by file.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from avpres.adapters.storage import sealing
from avpres.adapters.storage.crew import Crew, SealTask
from avpres.adapters.storage.journal import Journal, journal_path
from avpres.adapters.storage.reading import signature
from avpres.config.copy import CopyOptions, LinkPolicy
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence, VerifyMode
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.transfer.beside import Beside, find_beside
from avpres.services.transfer.destinations import Destination
from avpres.services.transfer.items import Unit
from avpres.services.transfer.outcomes import Outcomes
from avpres.services.transfer.plan import Plan
from avpres.services.transfer.run import Run
from avpres.services.transfer.selection import selection
from avpres.services.transfer.tally import Tally

_ASKED = ("exclude", "skip_junk", "links", "xattrs", "verify", "digest", "mhl", "per_item")
"""Options that decide what a finished copy is; a seal holds only for the same."""


def save(run: Run, report: Report) -> None:
    """Seal what ended well; what did not, or cannot be sealed, loses its seal."""
    for destination in run.places:
        journal = destination.journal
        if journal is None or destination.refused:
            continue
        counts = run.tally.at[destination.index]
        silent = report.exit_code is ExitCode.OK and not report.finding_counts
        good = silent and counts.sealable and _may_be_sealed(run.options)
        for unit in run.units:
            if unit.is_folder:
                seal = _made(run, destination, unit, report) if good else None
                journal.put_seal(destination.items[unit.number], seal)


def _may_be_sealed(options: CopyOptions) -> bool:
    """Tell whether a seal says enough: not of a size check, of followed links, of ASC MHL."""
    return (
        options.verify is VerifyMode.FULL
        and options.links is not LinkPolicy.FOLLOW
        and not options.ascmhl
    )


def _made(
    run: Run, destination: Destination, unit: Unit, report: Report
) -> tuple[str, str, str, str]:
    files, size = run.plan.unit_files.get(unit.number, (0, 0))
    facts = {
        "files": files,
        "size": size,
        "folders": run.plan.folders,
        "links": run.plan.links,
        "skipped": run.plan.skipped,
        "run": report.run_id,
        "manifests": _signatures(
            Path(o.path) for o in report.outputs if o.kind in {"manifest", "mhl"}
        ),
        "unsure": sum(1 for row in run.tally.at if row.evidence[Evidence.UNKNOWN]),
    }
    counts = run.tally.at[destination.index]
    return (
        _terms(run.options, run.beside[unit.number]),
        f"{run.plan.seals[unit.number] & sealing.MASK:x}",
        f"{counts.seals[unit.number] & sealing.MASK:x}",
        json.dumps(facts),
    )


def _terms(options: CopyOptions, beside: Beside) -> str:
    asked = options.model_dump(mode="json", include=set(_ASKED))
    known = [m.path for manifests in beside.values() for m in manifests]
    return json.dumps({**asked, "beside": _signatures(known)}, sort_keys=True)


def _signatures(paths: Iterator[Path] | Sequence[Path]) -> list[list[object]]:
    """Note files with their signatures; surrogates are escaped by JSON."""
    return [[str(path), list(signature(os.stat(path)))] for path in paths]


def unchanged(
    grouped: list[Unit], places: list[Destination], options: CopyOptions, context: Context
) -> Run | None:
    """Find that a copy is complete and untouched since it was proved; None when it may not be."""
    if (
        options.recheck
        or options.dry_run
        or len(grouped) != 1
        or not grouped[0].is_folder
        or not _may_be_sealed(options)
    ):
        return None
    unit = grouped[0]
    beside = {unit.number: find_beside(unit)}
    seals = [_known(place, unit, _terms(options, beside[unit.number]), context) for place in places]
    if any(seal is None for seal in seals):
        return None
    if not _whole(unit, places, [seal[:2] for seal in seals if seal], options):
        return None
    facts = [json.loads(seal[2]) for seal in seals if seal]
    if options.require_medium and any(fact["unsure"] for fact in facts):
        return None
    plan, tally = _as_planned(facts[0], len(places), context)
    outcomes = Outcomes(context.state_dir / "plans", grouped, places)
    earlier = tuple(dict.fromkeys(str(fact["run"]) for fact in facts))
    return Run(
        options, context, grouped, plan, places, tally, _silent, beside, outcomes, earlier=earlier
    )


def _known(
    place: Destination, unit: Unit, terms: str, context: Context
) -> tuple[str, str, str] | None:
    """Fetch a seal that was made on the same terms and whose manifests are still as they were."""
    path = journal_path(context.state_dir, place.journal_key)
    if not path.exists() or not place.path.is_dir():
        return None
    with contextlib.closing(Journal(path)) as journal:
        found = journal.seal(journal.item(unit.prefix, os.fsencode(unit.root)))
    if found is None or found[0] != terms:
        return None
    manifests = json.loads(found[3])["manifests"]
    try:
        now = _signatures([Path(name) for name, _ in manifests])
    except OSError:
        return None
    return found[1:] if now == manifests else None


def _whole(
    unit: Unit, places: list[Destination], seals: Sequence[tuple[str, ...]], options: CopyOptions
) -> bool:
    """Seal source and destinations anew, side by side, and compare."""
    crew = Crew(len(places))
    try:
        roots = [os.path.join(os.fsencode(place.path), unit.prefix) for place in places]
        answers = crew.run([SealTask(root) for root in roots])
        why = selection(options.exclude, skip_junk=options.skip_junk)
        source = f"{sealing.of_tree(os.fsencode(unit.root), why):x}"
        if any(source != seal[0] for seal in seals):
            return False
        return all(f"{answer[0]:x}" == seal[1] for answer, seal in zip(answers, seals, strict=True))
    except OSError:
        return False
    finally:
        crew.close()


def _as_planned(facts: dict[str, int], destinations: int, context: Context) -> tuple[Plan, Tally]:
    """Give the totals of the earlier run: everything was there already."""
    plan = Plan(context.state_dir / "plans", ordered=False)
    plan.files, plan.size = facts["files"], facts["size"]
    plan.folders, plan.links, plan.skipped = facts["folders"], facts["links"], facts["skipped"]
    tally = Tally(destinations)
    for counts in tally.at:
        counts.already_there = counts.proved_before = plan.files
        counts.already_size = plan.size
    return plan, tally


def _silent(_finding: object) -> None:
    """Take no findings: there is nothing to find."""
