"""What is exported and what is left out, counted; the files left out are listed on disk."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from avpres.adapters.formats.report_csv import cell
from avpres.adapters.formats.report_names import raw_base64
from avpres.domain.oais import PackagedFile
from avpres.domain.tally import Count
from avpres.services.export.sources import Source

COLUMNS = ("package", "path", "size", "reason", "path_base64")


@dataclass(frozen=True, slots=True)
class Master:
    """A film or sound that access copies are made of. `relative` is its own name."""

    source: Source
    file: PackagedFile
    relative: str


@dataclass(slots=True)
class Survey:
    """Counts of files and bytes: of what is wanted, and of what is not, by reason.

    `hopeless` counts files that cannot be exported at all. `is_recorded` says whether the packages
    recorded every digest that was asked for. `masters` are the films and sounds that access copies
    are made of, `others` counts the objects that are neither.
    """

    wanted: Count = field(default_factory=Count)
    left_out: dict[str, Count] = field(default_factory=dict)
    is_recorded: bool = True
    hopeless: int = 0
    masters: list[Master] = field(default_factory=list)
    others: int = 0

    @property
    def missing(self) -> Count:
        """Count all that is left out."""
        counts = self.left_out.values()
        return Count(sum(each.files for each in counts), sum(each.size for each in counts))


class LeftOut:
    r"""The list of what is left out: RFC 4180, UTF-8 with a byte order mark, as reports have it.

    Bytes that are not UTF-8 are `\xNN` in `path`; `path_base64` then has the exact name.
    """

    def __init__(self, handle: TextIO) -> None:
        self._table = csv.writer(handle, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        self._table.writerow(COLUMNS)

    def add(self, package: str, file: PackagedFile, reason: str) -> None:
        """List a file."""
        row = (package, cell(file.path), file.size, reason, raw_base64(file.path) or "")
        self._table.writerow(row)


@contextmanager
def left_out_list(path: Path) -> Iterator[LeftOut]:
    """Begin a list, in place of one that a killed run left."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        yield LeftOut(handle)
