"""The application: its commands under their headings, listed when they work.

Importing this module must stay cheap: it is paid by every `--help`.
"""

from typing import Annotated

import typer

from avpres.cli.command import Command
from avpres.cli.commands import completion, config, copy, doctor

GROUPS = ("Move", "Set up")
COMMANDS: tuple[Command, ...] = (
    copy.copy,
    doctor.doctor,
    config.config,
    completion.completion,
)

app = typer.Typer(
    name="avpres",
    rich_markup_mode=None,  # rich would double the cost of --help
    add_help_option=False,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def avpres(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
    help: Annotated[bool, typer.Option("--help", "-h", help="show this page")] = False,
) -> None:
    """Verified copies and proofs of fixity for audiovisual archives."""
    if version:
        from avpres import __version__

        typer.echo(f"avpres {__version__}")
        raise typer.Exit
    if help or context.invoked_subcommand is None:
        from avpres.cli.overview import overview

        typer.echo(overview(GROUPS, COMMANDS), err=not help)
        raise typer.Exit(0 if help else 2)


for _each in COMMANDS:
    app.command(
        _each.name,
        help=_each.function.__doc__,
        epilog=_each.epilog,
        context_settings={"help_option_names": ["--help", "-h"]},
    )(_each.function)
