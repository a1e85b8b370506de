"""Options of `avpres extract`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options


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
    jobs: Annotated[int | None, Field(ge=1, le=64, description="files copied at once")] = None
    report: Annotated[
        tuple[Path, ...],
        Field(description="write a report here; .html .csv .txt or .json says which kind"),
    ] = ()
