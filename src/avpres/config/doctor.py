"""Options of `avpres doctor`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options


class DoctorOptions(Options):
    """Everything `avpres doctor` can be told."""

    folder: Annotated[
        Path | None, Field(description="folder whose medium and file system are examined")
    ] = None
    speed: Annotated[bool, Field(description="measure how fast each digest is here")] = False
