"""Options of `avpres extract`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import CopyJobs, ReportFiles


class ExtractOptions(Options):
    """Everything `avpres extract` can be told."""

    package: Annotated[Path, Field(description="package or bag: a folder, tar, zip or 7z")]
    paths: Annotated[
        tuple[str, ...],
        Field(description="files, folders or patterns to take out, as named in it or before"),
    ] = ()
    destination: Annotated[Path, Field(description="folder in which they appear")]
    all: Annotated[bool, Field(description="take out everything")] = False
    index: Annotated[
        Path | None, Field(description="index of the tar (else the one beside it)")
    ] = None
    jobs: CopyJobs = None
    report: ReportFiles = ()
