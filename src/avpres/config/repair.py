"""Options of `avpres repair`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import ReportFiles


class RepairOptions(Options):
    """Everything `avpres repair` can be told."""

    film: Annotated[
        Path,
        Field(description="the damaged film, or a folder of films; nothing is changed in them"),
    ]
    copies: Annotated[
        tuple[Path, ...],
        Field(description="a copy of the film, or a folder of copies", min_length=1),
    ]
    destination: Annotated[
        Path | None,
        Field(description="folder or name of the new film (else beside the damaged one)"),
    ] = None
    workers: Annotated[
        int | None, Field(ge=1, le=256, description="frames at once (else one a core)")
    ] = None
    report: ReportFiles = ()
