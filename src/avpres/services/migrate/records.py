"""What `migration.jsonl` of a folder of results says, read a line at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avpres.domain.errors import UsageError
from avpres.domain.migration import Outcome
from avpres.services.migrate.lines import path_of, read_lines
from avpres.services.migrate.stage import RECORD

REVERSIBLE = {"jxl", "flac", "text"}
"""Kinds of targets that give the bytes of their source back."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A target as it was recorded; paths below the folder of results."""

    path: bytes
    place: bytes  # of its source
    source: bytes
    source_size: int
    kind: str
    size: int
    sha256: str
    source_sha256: str
    pixels: str
    charset: str
    page: int
    stratum: str  # class of its source


def record_of(out: Path) -> Path:
    """Find the record of a folder of results.

    Raises:
        UsageError: there is none.
    """
    path = out / RECORD
    if not path.is_file():
        raise UsageError(f"{out} holds no {RECORD}; name a folder that `avpres migrate` filled")
    return path


def recorded(record: Path) -> Iterator[Recorded]:
    """Yield the targets of all that was migrated; lines that cannot be read are passed over.

    Raises:
        OSError: the record cannot be read.
    """
    with record.open("rb") as handle:
        for line in read_lines(handle):
            try:
                yield from targets_in(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue


def targets_in(told: dict[str, Any]) -> Iterator[Recorded]:
    """Yield the targets of one source."""
    if told["outcome"] != Outcome.OK:
        return
    for file in told["files"]:
        if file["role"] == "target":
            yield Recorded(
                path_of(file, "path"),
                path_of(told, "place"),
                path_of(told, "path"),
                int(told["size"]),
                str(told["target"]["kind"]),
                int(file["size"]),
                str(file["digests"]["sha256"]),
                str(told["digests"]["sha256"]),
                str(file.get("pixels_sha256", "")),
                str(file.get("text", {}).get("charset", "")),
                int(file.get("page", 1)),
                str(told.get("class", "")),
            )
