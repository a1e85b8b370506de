"""Options of `avpres uncook`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import ReportFiles, SkipSpaceCheck


class UncookOptions(Options):
    """Everything `avpres uncook` can be told."""

    sources: Annotated[tuple[Path, ...], Field(description="Matroska files that were cooked")]
    destination: Annotated[Path, Field(description="folder where the reels are restored")]
    only: Annotated[
        tuple[str, ...], Field(description="restore names or paths that match this pattern alone")
    ] = ()
    workers: Annotated[
        int | None, Field(ge=1, le=256, description="frames at once (else one a core)")
    ] = None
    skip_space_check: SkipSpaceCheck = False
    report: ReportFiles = ()
