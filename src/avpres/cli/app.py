"""The application: its commands under their headings, listed when they work.

Importing this module must stay cheap: it is paid by every `--help`.
"""

from typing import Annotated

import typer

from avpres.cli.command import Command
from avpres.cli.commands import (
    access,
    characterise,
    completion,
    config,
    convert,
    cook,
    copy,
    diff,
    doctor,
    edit,
    export,
    extract,
    import_,
    inspect,
    manifest,
    migrate,
    normalise,
    package,
    repair,
    uncook,
    verify,
)

GROUPS = ("Move", "Describe", "Transform", "Package", "Set up")
COMMANDS: tuple[Command, ...] = (
    copy.copy,
    verify.verify,
    manifest.manifest,
    diff.diff,
    characterise.characterise,
    normalise.normalise,
    access.access,
    cook.cook,
    uncook.uncook,
    repair.repair,
    migrate.migrate,
    inspect.inspect,
    package.package,
    convert.convert,
    export.export,
    import_.import_,
    edit.edit,
    extract.extract,
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


def _show_version(wanted: bool) -> None:
    if wanted:
        from avpres import __version__

        typer.echo(f"avpres {__version__}")
        raise typer.Exit


def _show_help(wanted: bool) -> None:
    if wanted:
        _overview()
        raise typer.Exit


def _overview(*, err: bool = False) -> None:
    from avpres.cli.overview import overview
    from avpres.cli.streams import complain, say

    (complain if err else say)(overview(GROUPS, COMMANDS))


@app.callback()
def avpres(
    context: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version)
    ] = False,
    help: Annotated[bool, typer.Option("--help", "-h", is_eager=True, callback=_show_help)] = False,
) -> None:
    """Verified copies and proofs of fixity for audiovisual archives."""
    del version, help  # eager: answered before any other word is looked at
    if context.invoked_subcommand is None:
        _overview(err=True)
        raise typer.Exit(2)


for _each in COMMANDS:
    app.command(
        _each.name,
        help=_each.function.__doc__,
        epilog=_each.epilog,
        context_settings={"help_option_names": ["--help", "-h"]},
    )(_each.function)
