"""Settings of a run that hold for every command: how it speaks and where it logs."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avpres.config.base import Options


class RunOptions(Options):
    """How a run speaks to people and machines."""

    progress: Annotated[
        Literal["auto", "bar", "plain", "json", "none"],
        Field(description="how progress is shown on standard error"),
    ] = "auto"
    log_dir: Annotated[Path | None, Field(description="folder for the run log")] = None
    no_input: Annotated[bool, Field(description="never ask, even on a terminal")] = False
    verbose: Annotated[int, Field(ge=0, le=2, description="say more; twice for all")] = 0
    quiet: Annotated[bool, Field(description="say only errors and the result")] = False
