"""Lists of files that say of what type each is: tables, and manifests that give paths only.

Producers deliver such lists with a collection. What they declare is compared with what is there.
"""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from avpres.adapters.formats import manifests, names
from avpres.adapters.formats.report_names import from_base64
from avpres.domain.errors import AvpresError, NotConformantError, UsageError
from avpres.domain.reconciliation import Entry

SAMPLE = 200
"""Paths looked for on disk to find the folder that they are relative to."""

_PATH = ("path", "filepath", "file", "filename", "relativepath", "location", "name")
_TYPE = (
    *("mime", "mimetype", "mediatype", "contenttype", "internetmediatype"),
    *("declaredtype", "type", "filetype", "format", "formatname", "fileformat"),
)
_RAW = "pathbase64"  # of tables that avpres wrote
_DELIMITERS = "\t;,|"
_SUFFIXES = {".csv", ".tsv", ".tab"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class TypeManifest:
    """A list of files; `base` is the folder that its paths are relative to.

    `declares` is False when it gives paths only.
    """

    path: Path
    base: Path
    declares: bool


def open_types(path: Path, *, roots: Sequence[Path] = ()) -> TypeManifest:
    """Learn of a list what must be known before it is read.

    Args:
        path: a CSV or TSV table whose first line names its columns, or a checksum manifest.
        roots: folders that a table's paths may be relative to, besides the one it lies in.

    Raises:
        UsageError: it cannot be read, or has no column of paths.
    """
    path = Path(os.path.abspath(path))
    try:
        if not _is_table(path):
            return TypeManifest(path, manifests.open_manifest(path).base, declares=False)
    except AvpresError as error:
        raise UsageError(str(error)) from error
    columns = _columns(path)
    sample = [entry.path for entry in islice(_rows(path, columns), SAMPLE)]
    bases = [Path(os.path.abspath(root)) for root in (*roots, path.parent)]
    return TypeManifest(path, _base(bases, sample), declares=columns.type is not None)


def read(manifest: TypeManifest) -> Iterator[Entry]:
    """Yield path and declared type of every file, paths relative to the base; nothing is held.

    Raises:
        UsageError: a row without a path, or with one that no file could have.
    """
    if not _is_table(manifest.path):
        yield from _listed(manifest.path)
        return
    lead = f"{manifest.base}/"
    for entry in _rows(manifest.path, _columns(manifest.path)):
        yield entry._replace(path=entry.path.removeprefix(lead))


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES or (path.is_file() and manifests.sniff(path) is None)


def _listed(path: Path) -> Iterator[Entry]:
    try:
        for entry in manifests.read(manifests.open_manifest(path)):
            yield Entry(entry.path)
    except AvpresError as error:
        raise UsageError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a table things stand."""

    delimiter: str
    path: int
    type: int | None
    raw: int | None


def _columns(path: Path) -> _Columns:
    with _opened(path) as text:
        first = text.readline(csv.field_size_limit())
    delimiter = max(_DELIMITERS, key=first.count)
    heads = [re.sub("[^a-z0-9]", "", head.lower()) for head in _cells(first, delimiter)]
    place = _column(heads, _PATH)
    if place is None:
        raise UsageError(
            f"{path} is neither a manifest that avpres reads nor a table with a column named path; "
            "name its columns in the first line, as in: path,mime"
        )
    return _Columns(delimiter, place, _column(heads, _TYPE), _column(heads, (_RAW,)))


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _column(heads: Sequence[str], words: Sequence[str]) -> int | None:
    return next((heads.index(word) for word in words if word in heads), None)


def _rows(path: Path, columns: _Columns) -> Iterator[Entry]:
    with _opened(path) as text:
        table = csv.reader(text, delimiter=columns.delimiter)
        try:
            next(table, None)
            for row in table:
                if any(row):
                    yield _entry(row, columns)
        except (csv.Error, ValueError, IndexError, NotConformantError) as error:
            said = "a row with too few cells" if isinstance(error, IndexError) else str(error)
            place = f"{path}, line {table.line_num}"
            raise UsageError(f"{place}: {said}; correct it or name another list") from error


def _entry(row: Sequence[str], columns: _Columns) -> Entry:
    path = row[columns.path]
    if columns.raw is not None:  # then a leading apostrophe keeps spreadsheets from running it
        raw = row[columns.raw]
        path = from_base64(raw) if raw else path.removeprefix("'")
    elif "/" not in path:
        path = path.replace("\\", "/")
    type = row[columns.type].strip() if columns.type is not None else ""
    return Entry(names.checked(path), type)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open("rb") as handle:
            is_utf16 = handle.read(2).startswith(_UTF16)
        text = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    with text:
        if is_utf16:
            raise UsageError(f"{path} is UTF-16 text; save it as UTF-8")
        yield text


def _base(bases: Sequence[Path], sample: Sequence[str]) -> Path:
    """Give the folder below which most of the paths are; the first of those that are equal."""
    return max(bases, key=lambda base: sum(os.path.lexists(base / path) for path in sample))
