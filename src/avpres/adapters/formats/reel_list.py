"""What a cooked film holds, file by file, as CSV or JSON; of any length in little memory."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from avpres.adapters.formats.report_csv import cell

COLUMNS = (
    *("path", "path_base64", "part", "track", "number", "size", "md5", "sha256"),
    *("mtime", "mode", "format", "flavour", "width", "height", "channels", "bits", "packing"),
    *("rate", "transfer", "timecode", "header_bytes", "trailer_bytes", "gap_bytes"),
    *("residual_bytes", "rawcooked", "trouble"),
)
"""Always these, in this order, so that lists of many films can be joined."""

Row = Mapping[str, str | int | None]


def write_csv(handle: BinaryIO, rows: Iterable[Row]) -> None:
    """Write one row a file, RFC 4180 in UTF-8 with a mark."""
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    try:
        table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow([_cell(row.get(name)) for name in COLUMNS])
        text.flush()
    finally:
        text.detach()


def write_json(handle: BinaryIO, film: Mapping[str, object], rows: Iterable[Row]) -> None:
    """Write what is said of the film, and one object a file."""
    handle.write(b'{"film": ' + json.dumps(film, indent=1).encode() + b',\n"files": [\n')
    for count, row in enumerate(rows, start=1):
        told = {name: row[name] for name in COLUMNS if row.get(name) is not None}
        handle.write((b",\n" if count > 1 else b"") + json.dumps(told).encode())
    handle.write(b"\n]}\n")


def _cell(value: str | int | None) -> str | int:
    if isinstance(value, str):
        return cell(value)
    return "" if value is None else value
