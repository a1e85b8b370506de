"""Options of `avpres manifest`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
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
    exclude: Annotated[
        tuple[str, ...], Field(description="leave out names or paths that match this pattern")
    ] = ()
    skip_junk: Annotated[
        bool, Field(description="leave out .DS_Store, Thumbs.db and their like")
    ] = False
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
