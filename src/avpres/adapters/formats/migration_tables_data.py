"""Tables of a migration for programs: JSON, and CSV in the dialect of all tables of avpres."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from avpres.adapters.formats.report_csv import cell
from avpres.adapters.formats.report_names import encodable, raw_base64
from avpres.domain.imaging import BANDS
from avpres.domain.migration import SENTENCES, Outcome
from avpres.domain.migration_tables import (
    PlanRow,
    PlanTable,
    ReasonRow,
    ResultRow,
    ResultTable,
)

PLAN_COLUMNS = (
    *("format", "colour", "compression", "bits_per_sample", "least_side", "most_side", "flags"),
    *("files", "bytes", "rule", "target", "parameters", "least_levels", "most_levels"),
    *("planned", "kept", "refused", "failed", "reasons"),
)
RESULT_COLUMNS = (
    *("format", "files", "bytes_before", "average_before"),
    *("target", "made", "bytes_after", "average_after", "ratio"),
)
REASON_COLUMNS = ("outcome", "reason", "sentence", "files", "bytes", "sample", "sample_base64")
_Cell = str | int | float


def plan_data(table: PlanTable) -> dict[str, object]:
    """Give Table 3 as JSON can carry it."""
    return {
        "policy": table.policy,
        "classes": table.by_class,
        "targets": dict(table.targets),
        "rows": [_plan_object(row) for row in table.rows],
        "reasons": [_reason_object(row) for row in table.reasons],
    }


def result_data(table: ResultTable) -> dict[str, object]:
    """Give Table 4 as JSON can carry it; sizes in bytes."""
    return {
        "policy": table.policy,
        "rows": [dict(zip(RESULT_COLUMNS, _result_cells(row), strict=True)) for row in table.rows],
        "reasons": [_reason_object(row) for row in table.reasons],
    }


def write_json(handle: BinaryIO, data: dict[str, object]) -> None:
    """Write a table as JSON; names that are not UTF-8 are escaped, and exact in base64."""
    handle.write(json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n")


def write_plan_csv(handle: BinaryIO, table: PlanTable) -> None:
    """Write Table 3: a row for each of its rows; see `report_csv.write_csv` for the dialect."""
    _write(handle, PLAN_COLUMNS, (_plan_cells(row, table) for row in table.rows))


def write_result_csv(handle: BinaryIO, table: ResultTable) -> None:
    """Write Table 4."""
    _write(handle, RESULT_COLUMNS, map(_result_cells, table.rows))


def write_reasons_csv(handle: BinaryIO, rows: Iterable[ReasonRow]) -> None:
    """Write why files are not migrated: a row for each path that is kept of a reason."""
    _write(handle, REASON_COLUMNS, (cells for row in rows for cells in _reason_cells(row)))


def _write(handle: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> None:
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow(columns)
        table.writerows(
            [cell(each) if isinstance(each, str) else each for each in row] for row in rows
        )
        text.flush()
    finally:
        text.detach()


def _plan_cells(row: PlanRow, table: PlanTable) -> list[_Cell]:
    least, most = _sides(row)
    return [
        row.format,
        *("; ".join(each) for each in (row.colours, row.compressions, row.bits)),
        "" if least is None else least,
        "" if most is None else most,
        "; ".join(row.flags),
        row.files,
        row.size,
        row.rule,
        row.target,
        table.targets[row.rule],
        *([min(row.levels), max(row.levels)] if row.levels else ["", ""]),
        *_counted(row),
        "; ".join(f"{reason} {count}" for reason, count in sorted(row.reasons.items())),
    ]


def _counted(row: PlanRow) -> Iterator[int]:
    for outcome in (Outcome.OK, Outcome.KEPT, Outcome.REFUSED, Outcome.FAILED):
        yield row.counts.get(outcome, 0)


def _sides(row: PlanRow) -> tuple[int | None, int | None]:
    """Give the longest sides, in pixels: more than the first, and up to the second."""
    if not row.bands:
        return None, None
    first, last = min(row.bands), max(row.bands)
    least = BANDS[first - 2] + 1 if first > 1 else 1
    return least, BANDS[last - 1] if last <= len(BANDS) else None


def _plan_object(row: PlanRow) -> dict[str, object]:
    least, most = _sides(row)
    planned, kept, refused, failed = _counted(row)
    return {
        "format": encodable(row.format),
        "colours": [encodable(each) for each in row.colours],
        "compressions": [encodable(each) for each in row.compressions],
        "bits_per_sample": list(row.bits),
        "least_side": least,
        "most_side": most,
        "flags": [encodable(each) for each in row.flags],
        "files": row.files,
        "bytes": row.size,
        "rule": row.rule,
        "target": row.target,
        "levels": list(row.levels),
        "planned": planned,
        "kept": kept,
        "refused": refused,
        "failed": failed,
        "reasons": {reason.value: count for reason, count in sorted(row.reasons.items())},
        "samples": [_path(each) for each in row.samples],
    }


def _reason_object(row: ReasonRow) -> dict[str, object]:
    return {
        "outcome": row.outcome.value,
        "reason": row.reason.value,
        "sentence": SENTENCES[row.reason],
        "files": row.files,
        "bytes": row.size,
        "samples": [_path(each) for each in row.samples],
    }


def _reason_cells(row: ReasonRow) -> Iterator[list[_Cell]]:
    for path in row.samples or ("",):
        told = [row.outcome.value, row.reason.value, SENTENCES[row.reason]]
        yield [*told, row.files, row.size, path, raw_base64(path) or ""]


def _result_cells(row: ResultRow) -> list[_Cell]:
    return [
        encodable(row.format),
        row.files,
        row.before,
        round(row.average_before, 1),
        row.target,
        row.made,
        row.after,
        round(row.average_after, 1),
        round(row.ratio, 4),
    ]


def _path(path: str) -> dict[str, str]:
    exact = raw_base64(path)
    return {"path": encodable(path), **({"path_base64": exact} if exact else {})}
