"""Options of `avpres inspect`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options


class InspectOptions(Options):
    """Everything `avpres inspect` can be told."""

    package: Annotated[Path, Field(description="a package: folder, tar, tar.gz, tar.zst or zip")]
    files: Annotated[bool, Field(description="list every file, as a tree")] = False
