"""`avpres completion`."""

from typing import Annotated, Literal

import typer

from avpres.cli.command import Given, command
from avpres.domain.errors import UsageError


@command(group="Set up")
def completion(
    shell: Annotated[
        Literal["bash", "zsh", "fish"] | None, typer.Argument(help="the shell that reads it")
    ] = None,
) -> Given:
    """Print a completion script for bash, zsh or fish.

    The script stands for itself: pressing TAB starts no Python. See `docs/completion.md` for
    where each shell wants it; for bash, `avpres completion bash >> ~/.bash_completion` will do.
    """
    if shell is None:
        raise UsageError("completion: name the shell; write avpres completion bash|zsh|fish")
    from importlib import import_module

    from avpres.cli.app import COMMANDS
    from avpres.cli.completion.surface import surfaces
    from avpres.cli.streams import say

    script = import_module(f"avpres.cli.completion.{shell}").script
    say(script(surfaces(COMMANDS)))
    return {}
