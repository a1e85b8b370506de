"""Options of `avpres inspect`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options


class InspectOptions(Options):
    """Everything `avpres inspect` can be told."""

    package: Annotated[Path, Field(description="a package (folder, tar, zip) or a cooked film")]
    files: Annotated[bool, Field(description="list every file, as a tree")] = False
    listing: Annotated[
        tuple[Path, ...],
        Field(description="write each file of a film with its header here; .csv or .json"),
    ] = ()
