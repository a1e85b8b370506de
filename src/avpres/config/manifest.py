"""Options of `avpres manifest`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import Exclude, Lto, ReadJobs, ReportFiles, Restart, SkipJunk
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat


class ManifestOptions(Options):
    """Everything `avpres manifest` can be told."""

    paths: Annotated[
        tuple[Path, ...],
        Field(description="folders or files to make a manifest of", min_length=1),
    ]
    format: Annotated[
        ManifestFormat, Field(description="what to write (else IFI's sidecar beside the folder)")
    ] = ManifestFormat.IFI
    digest: Annotated[
        tuple[Algorithm, ...], Field(description="digest to record, several in one read")
    ] = (Algorithm.MD5,)
    output: Annotated[
        Path | None, Field(description="write here: a new file, or a folder for the usual names")
    ] = None
    exclude: Exclude = ()
    skip_junk: SkipJunk = False
    lto: Lto = None
    jobs: ReadJobs = None
    restart: Restart = False
    report: ReportFiles = ()
