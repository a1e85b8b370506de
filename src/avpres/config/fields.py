"""Options that several commands have in the same words, declared once."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from avpres.config import naming
from avpres.domain.oais import Box, Layout, PackageKind

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([kmgtp]?)(i?)B?", re.IGNORECASE)
_POWERS = {unit: power for power, unit in enumerate(("", "k", "m", "g", "t", "p"))}


def in_bytes(written: object) -> object:
    """Read a size as people write it: 2.5TB is 2.5 * 1000**4 bytes, 2TiB is 2 * 1024**4.

    Raises:
        ValueError: it is no size.
    """
    if not isinstance(written, str):
        return written
    match = _SIZE.fullmatch(written.strip())
    if match is None:
        raise ValueError("write a size such as 500GB, 2.5TB or 2TiB")
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.lower()])


def one_moment(moment: datetime) -> datetime:
    """Bring a date to UTC, where it is taken to be when it names no zone, and to whole seconds."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def one_line(text: str) -> str:
    """Refuse text that records could not show on one line.

    Raises:
        ValueError: it holds control characters, or spaces around it.
    """
    if not text.isprintable() or text != text.strip():
        raise ValueError("write it on one line, without control characters or outer spaces")
    return text


BagInfo = Annotated[
    tuple[Annotated[str, AfterValidator(naming.bag_field)], ...],
    Field(description="line for bag-info.txt, as 'Contact-Name: Ann'"),
]
"""Further lines of a bag."""

Container = Annotated[Box, Field(description="what the package appears in: a folder, or one file")]
"""What a package as a whole appears in."""

CopyJobs = Annotated[int | None, Field(ge=1, le=64, description="files copied at once")]
"""Copies at once."""

Date = Annotated[
    datetime | None,
    AfterValidator(lambda moment: moment and one_moment(moment)),
    Field(description="ISO date to write in place of the clock's, for identical packages"),
]
"""One date for all that is written."""

Exclude = Annotated[
    tuple[str, ...], Field(description="leave out names or paths that match this pattern")
]
"""What is left out, by name or path."""

Kind = Annotated[PackageKind, Field(description="what the package is for: SIP, AIP or DIP")]
"""What a package is for (OAIS)."""

Label = Annotated[
    str | None,
    AfterValidator(lambda text: text and one_line(text)),
    Field(description="title of the package (else the names of the sources)"),
]
"""The title of a package."""

Lto = Annotated[bool | None, Field(description="treat tape volumes by LTFS rules (else detected)")]
"""Whether a volume is a tape."""

MediaId = Annotated[
    str | None,
    AfterValidator(lambda text: text and naming.folder_name(text)),
    Field(description="media id; the layout mm names the package's folder by it"),
]
"""The name of a package in CUNY TV's layout."""

Mhl = Annotated[bool, Field(description="add an ASC MHL generation to the objects")]
"""ASC MHL for the objects."""

PackageId = Annotated[
    UUID | None, Field(description="UUID of the package and name of its folder (else new)")
]
"""The identity of a package."""

PackageLayout = Annotated[
    Layout,
    Field(description="folders in which its files lie; those named -bag are bags (BagIt 1.0)"),
]
"""Where the files of a package lie."""

Parent = Annotated[
    str | None,
    AfterValidator(lambda text: text and naming.parent_pattern(text)),
    Field(description="folder above the package, as oe1234; oe{number:04} counts on"),
]
"""The object entry above a package."""

Profile = Annotated[
    str, Field(description="required properties: default, drs-2005, or a TOML file of yours")
]
"""Properties that files are required to have."""

ReadJobs = Annotated[
    int | None, Field(ge=1, le=64, description="files read at once (else by medium)")
]
"""Readings at once."""

ReportFiles = Annotated[
    tuple[Path, ...],
    Field(description="write a report here; .html .csv .txt or .json says which kind"),
]
"""Reports for people and machines, beside the record of the run."""

Restart = Annotated[bool, Field(description="read again also what an interrupted run has read")]
"""Trust nothing of an interrupted run."""

SkipJunk = Annotated[bool, Field(description="leave out .DS_Store, Thumbs.db and their like")]
"""What operating systems leave behind."""

SkipSpaceCheck = Annotated[
    bool, Field(description="begin although the destination may be too small")
]
"""Begin without the room that was reckoned."""
