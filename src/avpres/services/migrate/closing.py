"""The end of a run: records beside the results, tables, and the sentence."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import humanize

from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.formats.migration_policy_toml import written
from avpres.adapters.formats.migration_tables import result_lines
from avpres.adapters.formats.migration_tables_data import (
    result_data,
    write_json,
    write_reasons_csv,
    write_result_csv,
)
from avpres.adapters.migrating.orders import TAKEN
from avpres.adapters.storage import durable
from avpres.adapters.storage.hashing import digests_of
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.domain.migration import Outcome, Reason
from avpres.domain.migration_tables import ResultTable
from avpres.domain.premis import EventType
from avpres.domain.report import Output
from avpres.services import record
from avpres.services.migrate import findings, keeping
from avpres.services.migrate.keeping import Kept
from avpres.services.migrate.lines import path_of
from avpres.services.migrate.premis import write_premis
from avpres.services.migrate.results import Results
from avpres.services.migrate.stage import RECORD
from avpres.services.migrate.workshop import Workshop

REVIEW = re.compile(
    r"review\.html|review-sample\.json|review-\d{4}(-\d\d){2}-[0-9a-f]{8}\.(json|premis\.xml)"
)
_WORDS = {
    Outcome.KEPT: "kept as the policy says",
    Outcome.REFUSED: "refused with reasons",
    Outcome.FAILED: "failed, see the findings",
    Outcome.QA_FAILED: "did not pass and {are} in quarantine",
}


def conclude(shop: Workshop) -> None:
    """Write what the results are beside them, and say what came of the run.

    Raises:
        OSError: the destination refuses.
    """
    table, kept = _table(shop), keeping.kept(shop)
    for name, write in _records(shop, table, kept).items():
        with durable.replace(shop.stage.out / name) as handle:
            write(handle)
        shop.report.outputs.append(Output(kind="record", path=str(shop.stage.out / name)))
    _list(shop)
    if not shop.counts:
        shop.note(findings.nothing())
    _fill(shop, table)
    shop.report.events += keeping.steps_of(kept, shop, shop.report)


def _records(
    shop: Workshop, table: ResultTable, kept: Counter[Kept]
) -> dict[str, Callable[[BinaryIO], object]]:
    """Name the records and how each is written; the one that others are made of is the last."""
    return {
        "migration.txt": lambda handle: handle.writelines(
            line.encode() + b"\n" for line in result_lines(table)
        ),
        "migration.json": lambda handle: write_json(handle, result_data(table)),
        "migration.csv": lambda handle: write_result_csv(handle, table),
        "migration-reasons.csv": lambda handle: write_reasons_csv(handle, table.reasons),
        "migration-policy.toml": lambda handle: handle.write(written(shop.policy).encode()),
        "migration.premis.xml": lambda handle: _write_premis(handle, shop, kept),
        RECORD: lambda handle: handle.writelines(
            line.encode() + b"\n" for line in shop.journal.lines()
        ),
    }


def _write_premis(handle: BinaryIO, shop: Workshop, kept: Counter[Kept]) -> None:
    """Write the events, and let the report name whose work they were."""
    known = {(each.name, each.version) for each in shop.report.agents}
    for agent in write_premis(handle, shop, kept):
        if agent.type == "software" and (agent.name, agent.version) not in known:
            shop.report.agents.append(agent)


def _list(shop: Workshop) -> None:
    """Write the manifests of all that is there, the records among it."""
    out = shop.stage.out
    paths = {Path(each.path) for each in shop.report.outputs if Path(each.path).parent == out}
    paths |= {
        path for path in out.glob("review*") if path.is_file() and REVIEW.fullmatch(path.name)
    }
    ours = {path.name: digests_of(path, TAKEN) for path in sorted(paths)}
    for algorithm in TAKEN:
        path = shop.stage.out / f"migration.{algorithm.value}"
        entries = (_entry(*each, algorithm) for each in _listed(shop, ours))
        with durable.replace(path) as handle:
            checksum_file.write_gnu(handle, entries, Heading((algorithm,), shop.moment))
        shop.report.outputs.append(Output(kind="manifest", path=str(path)))


def _listed(
    shop: Workshop, ours: dict[str, tuple[Digest, ...]]
) -> Iterator[tuple[str, tuple[Digest, ...]]]:
    yield from ours.items()
    for row in shop.journal.targets():
        yield os.fsdecode(row.path), row.digests


def _entry(path: str, digests: tuple[Digest, ...], algorithm: Algorithm) -> ManifestEntry:
    return ManifestEntry(path, tuple(each for each in digests if each.algorithm is algorithm))


def _table(shop: Workshop) -> ResultTable:
    """Count sizes and reasons of all that is recorded, also by earlier runs."""
    results = Results()
    for line in shop.journal.lines():
        _count(results, json.loads(line), by_class=shop.options.classes)
    return results.table(shop.policy.name)


def _count(results: Results, told: dict[str, Any], *, by_class: bool) -> None:
    outcome, size = Outcome(told["outcome"]), int(told["size"])
    if outcome is Outcome.OK:
        after = [int(each["size"]) for each in told.get("files", []) if each["role"] == "target"]
        format = str(told.get("traits", {}).get("format", ""))
        name = str(told.get("class", format)) if by_class else format
        results.migrated(name, str(told["target"]["kind"]), size, *after)
    elif told.get("reason"):
        path = os.fsdecode(path_of(told, "path"))
        results.left(outcome, Reason(told["reason"]), size, path)


def _fill(shop: Workshop, table: ResultTable) -> None:
    report, counts = shop.report, shop.counts
    files, size = shop.journal.totals()
    report.totals.files, report.totals.size = files, size
    report.totals.verified_files = counts[Outcome.OK]
    report.totals.verified_size = sum(row.before for row in table.rows)
    report.totals.already_there = shop.passed
    report.totals.failed = counts[Outcome.FAILED] + counts[Outcome.QA_FAILED]
    report.totals.skipped += counts[Outcome.KEPT] + counts[Outcome.REFUSED]
    report.facts["policy"] = shop.policy.name
    report.facts["outcomes"] = {each.value: counts[each] for each in Outcome}
    report.facts["results"] = result_data(table)
    report.evidence = {each.value: count for each, count in shop.evidence.items()}
    report.lines = result_lines(table)
    step = record.Step(
        objects=[str(path) for path in shop.options.sources],
        started=report.started,
        ended=shop.context.clock(),
        destination=str(shop.stage.out),
        files=files,
        size=size,
        failed=files - counts[Outcome.OK] - counts[Outcome.KEPT],
        evidence=shop.evidence,
        algorithms=TAKEN,
        facts={"policy": shop.policy.name, **record.proved(sum(shop.evidence.values()))},
    )
    detail = f"migrated by the policy {shop.policy.name}; each outcome is in {RECORD}"
    report.events.append(record.examination(report, step, EventType.MIGRATION, detail))
    report.summary = sentence(shop)


def sentence(shop: Workshop) -> str:
    """Say what came of the run, in a sentence to be quoted."""
    total = sum(shop.counts.values())
    if not total:
        return "nothing was migrated."
    size = humanize.naturalsize(shop.report.totals.size, binary=True)
    parts = list(_parts(shop))
    return f"{total:,} file{'' if total == 1 else 's'}, {size}: {', '.join(parts)}."


def _parts(shop: Workshop) -> Iterator[str]:
    counts = shop.counts
    done = counts[Outcome.OK]
    yield f"{done:,} migrated and every one proved" if done else "none migrated"
    for outcome, words in _WORDS.items():
        if count := counts[outcome]:
            yield f"{count:,} {words.format(are='is' if count == 1 else 'are')}"
    if shop.passed:
        yield f"{shop.passed:,} of them settled by an earlier run"
