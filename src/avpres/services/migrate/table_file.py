"""The table of a plan in a file: its extension says in which form."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats.migration_tables import PLAN_TITLE, plan_lines
from avpres.adapters.formats.migration_tables_data import (
    PLAN_COLUMNS,
    plan_data,
    write_json,
    write_plan_csv,
)
from avpres.domain.errors import UsageError
from avpres.domain.migration_tables import PlanTable
from avpres.domain.report import Output
from avpres.services import record

_BEGINNINGS: Mapping[str, bytes] = {
    ".csv": f'\ufeff"{PLAN_COLUMNS[0]}","{PLAN_COLUMNS[1]}","{PLAN_COLUMNS[2]}"'.encode(),
    ".json": b'{\n  "policy": ',
    ".txt": PLAN_TITLE.encode(),
}
"""How tables begin, by which a second plan knows those of the first."""


def check_table(path: Path) -> None:
    """Refuse a file for the table before the work begins.

    Raises:
        UsageError: the extension is unknown, or there is no such folder.
        DestinationExistsError: there is a file that is not such a table.
    """
    beginning = _BEGINNINGS.get(path.suffix.lower())
    if beginning is None:
        raise UsageError(f"{path}: a table ends in .csv, .txt or .json")
    record.check_place(path, beginning)


def write_table(path: Path, table: PlanTable) -> Output:
    """Write the table; that of an earlier plan is replaced.

    Raises:
        UsageError: the extension is unknown, or there is no such folder.
        DestinationExistsError: there is a file that is not such a table.
        DestinationRefusedError: the file system refused.
    """
    check_table(path)
    writers: Mapping[str, Callable[[BinaryIO], object]] = {
        ".csv": lambda handle: write_plan_csv(handle, table),
        ".json": lambda handle: write_json(handle, plan_data(table)),
        ".txt": lambda handle: handle.write("\n".join([*plan_lines(table), ""]).encode()),
    }
    with record.written(path) as handle:
        writers[path.suffix.lower()](handle)
    return Output(kind="table", path=str(path))
