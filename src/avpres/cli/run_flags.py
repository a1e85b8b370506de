"""Flags that every command takes; their model is `avpres.config.run.RunOptions`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from avpres.cli.parameters import path

PROGRESS = Literal["auto", "bar", "plain", "json", "none"]


def run_flags(  # noqa: PLR0913 (each is a flag)
    *,
    as_json: Annotated[
        bool | None, typer.Option("--json", help="print the whole report as JSON")
    ] = None,
    progress: Annotated[
        PROGRESS | None, typer.Option(help="how progress is shown on standard error")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(parser=path, metavar="FILE", help="settings file to use")
    ] = None,
    log_dir: Annotated[
        Path | None, typer.Option(parser=path, metavar="DIR", help="folder for the run log")
    ] = None,
    operator: Annotated[
        str | None, typer.Option(metavar="NAME", help="who runs this, for the records")
    ] = None,
    no_input: Annotated[
        bool | None, typer.Option("--no-input", help="never ask, even on a terminal")
    ] = None,
    verbose: Annotated[
        int | None, typer.Option("--verbose", "-v", count=True, help="say more; twice for all")
    ] = None,
    quiet: Annotated[
        bool | None, typer.Option("--quiet", "-q", help="say only errors and the result")
    ] = None,
    debug: Annotated[
        bool | None, typer.Option("--debug", help="show a traceback when something fails")
    ] = None,
) -> None:
    """Declare the flags; commands take them over by signature."""
