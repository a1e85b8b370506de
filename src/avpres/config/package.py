"""Options of `avpres package`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.packing import PackingOptions


class PackageOptions(PackingOptions):
    """Everything `avpres package` can be told."""

    sources: Annotated[
        tuple[Path, ...], Field(min_length=1, description="files or folders to package")
    ]
    supplement: Annotated[
        tuple[Path, ...],
        Field(description="file or folder about the objects, for metadata/supplemental"),
    ] = ()
    exclude: Annotated[
        tuple[str, ...], Field(description="leave out names or paths that match this pattern")
    ] = ()
