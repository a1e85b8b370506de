"""Options that several commands have in the same words, declared once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.parameters import path
from avpres.domain.fixity import Algorithm

BagInfo = Annotated[
    list[str] | None,
    typer.Option(metavar="LINE", help="line for bag-info.txt, as 'Contact-Name: Ann'"),
]
"""Further lines of a bag."""

Container = Annotated[
    Literal["folder", "tar", "tar.gz", "tar.zst", "zip"] | None,
    typer.Option(help="what the package appears in: a folder, or one file"),
]
"""What a package appears in."""

CopyJobs = Annotated[int | None, typer.Option("--jobs", "-j", help="files copied at once")]
"""Copies at once."""

Date = Annotated[
    str | None,
    typer.Option(
        metavar="ISO", help="ISO date to write in place of the clock's, for identical packages"
    ),
]
"""One date for all that is written."""

DescribeJobs = Annotated[
    int | None, typer.Option("--jobs", "-j", help="files copied or described at once")
]
"""Copies or descriptions at once."""

Digests = Annotated[
    list[Algorithm] | None,
    typer.Option("--digest", "-d", help="digest for the manifests, in place of md5 and sha512"),
]
"""Algorithms of the manifests."""

Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", help="leave out names or paths that match this pattern"),
]
"""What is left out, by name or path."""

FromList = Annotated[
    Path | None,
    typer.Option(
        parser=path,
        metavar="FILE",
        help="read sources from a file, one a line; - is standard input",
    ),
]
"""Sources that stand in a list."""

Kind = Annotated[
    Literal["SIP", "AIP", "DIP", "AIU"] | None,
    typer.Option(help="what the package is for: SIP, AIP or DIP"),
]
"""What OAIS calls the package."""

Label = Annotated[
    str | None, typer.Option(help="title of the package (else the names of the sources)")
]
"""The title of a package."""

LayoutName = Annotated[
    Literal["ifi-bag", "ifi", "bag", "mm-bag", "mm", "mets-bag", "mets", "csip-bag", "csip"] | None,
    typer.Option(help="folders in which its files lie; those named -bag are bags (BagIt 1.0)"),
]
"""Where files lie in a package."""

Lto = Annotated[
    bool | None,
    typer.Option("--lto/--no-lto", help="treat tape volumes by LTFS rules (else detected)"),
]
"""Whether a volume is a tape."""

MediaId = Annotated[
    str | None,
    typer.Option(metavar="ID", help="media id; the layout mm names the package's folder by it"),
]
"""The name of a package in CUNY TV's layout."""

Mhl = Annotated[bool | None, typer.Option("--mhl", help="add an ASC MHL generation to the objects")]
"""ASC MHL for the objects."""

PackageId = Annotated[
    str | None,
    typer.Option(metavar="UUID", help="UUID of the package and name of its folder (else new)"),
]
"""The name of a package."""

Parent = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="folder above the package, as oe1234; oe{number:04} counts on"
    ),
]
"""The object entry above a package."""

Profile = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="required properties: default, drs-2005, or a TOML file of yours"
    ),
]
"""Properties that files are required to have."""

ReadJobs = Annotated[
    int | None, typer.Option("--jobs", "-j", help="files read at once (else by medium)")
]
"""Readings at once."""

ReportFiles = Annotated[
    list[Path] | None,
    typer.Option(
        parser=path,
        metavar="FILE",
        help="write a report here; .html .csv .txt or .json says which kind",
    ),
]
"""Reports for people and machines, beside the record of the run."""

Restart = Annotated[
    bool | None, typer.Option("--restart", help="read again also what an interrupted run has read")
]
"""Trust nothing of an interrupted run."""

SkipJunk = Annotated[
    bool | None, typer.Option(help="leave out .DS_Store, Thumbs.db and their like")
]
"""What operating systems leave behind."""

SkipSpaceCheck = Annotated[
    bool | None,
    typer.Option("--skip-space-check", help="begin although the destination may be too small"),
]
"""Begin without the room that was reckoned."""
