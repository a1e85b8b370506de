"""Every file of a run as CSV, for spreadsheets and scripts."""

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

from avpres.adapters.formats.report_names import encodable, raw_base64
from avpres.domain.fixity import Algorithm
from avpres.domain.report import FileRecord

COLUMNS = (
    "path",
    "size",
    "outcome",
    "destination",
    "read_from_medium",
    "evidence",
    *(algorithm.value for algorithm in Algorithm),
    "detail",
    "path_base64",
)
"""Always these, in this order, so that tables of many runs can be joined."""

BEGINNING = b'\xef\xbb\xbf"path","size","outcome","destination","read_from_medium"'
"""The first bytes of every such table, by which avpres knows its own."""

# What spreadsheets run as a formula, their full-width forms, and the mark itself (OWASP, "CSV
# Injection"). The mark makes the cell text; a reader drops one leading mark to have it exact.
_MARK = "'"
_MARKED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", _MARK)  # noqa: RUF001


def write_csv(handle: BinaryIO, files: Iterable[FileRecord]) -> int:
    r"""Write one row a file and return how many there were.

    RFC 4180 with CR LF, in UTF-8 with the byte order mark that Excel needs. Text is quoted, and
    a cell that a spreadsheet would take for a formula begins with an apostrophe. Bytes that are
    not UTF-8 are `\xNN` in `path`; `path_base64` then has the exact name.
    """
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow(COLUMNS)
        count = 0
        for record in files:
            table.writerow(_row(record))
            count += 1
        text.flush()
    finally:
        text.detach()
    return count


def _row(record: FileRecord) -> list[str | int]:
    digests = {digest.algorithm: digest.value for digest in record.digests}
    return [
        cell(record.path),
        record.size,
        record.outcome,
        cell(record.destination),
        record.evidence.read_from_medium if record.evidence else "",
        record.evidence.value if record.evidence else "",
        *(digests.get(algorithm, "") for algorithm in Algorithm),
        cell(record.detail),
        raw_base64(record.path) or "",
    ]


def cell(text: str) -> str:
    """Write text so that UTF-8 holds it and no spreadsheet runs it."""
    return _MARK + encodable(text) if text.startswith(_MARKED) else encodable(text)
