"""Options of `avpres diff`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import Lto, ReadJobs, ReportFiles, Restart


class DiffOptions(Options):
    """Everything `avpres diff` can be told."""

    a: Annotated[Path, Field(description="a folder, file or manifest")]
    b: Annotated[Path, Field(description="what to compare it with: folder, file or manifest")]
    lto: Lto = None
    jobs: ReadJobs = None
    restart: Restart = False
    report: ReportFiles = ()
