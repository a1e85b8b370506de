"""Options of `avpres diff`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options


class DiffOptions(Options):
    """Everything `avpres diff` can be told."""

    a: Annotated[Path, Field(description="a folder, file or manifest")]
    b: Annotated[Path, Field(description="what to compare it with: folder, file or manifest")]
    lto: Annotated[
        bool | None, Field(description="treat tape volumes by LTFS rules (else detected)")
    ] = None
    jobs: Annotated[
        int | None, Field(ge=1, le=64, description="files read at once (else by medium)")
    ] = None
    restart: Annotated[
        bool, Field(description="read again also what an interrupted run has read")
    ] = False
    report: Annotated[
        tuple[Path, ...],
        Field(description="write a report here; .html .csv .txt or .json says which kind"),
    ] = ()
