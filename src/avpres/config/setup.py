"""Options of `avpres config`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avpres.config.base import Options


class ConfigOptions(Options):
    """Everything `avpres config` can be told."""

    action: Annotated[
        Literal["show", "init", "path"],
        Field(description="show the settings in force, begin a file of them, or tell where it is"),
    ] = "show"
    file: Annotated[
        Path | None, Field(description="the file that init writes (else the user's own)")
    ] = None
