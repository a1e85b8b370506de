"""Where a process begins and ends: the one place that turns errors into exit statuses."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from avpres import __version__
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode

if TYPE_CHECKING:
    from avpres.cli.command import Request

AGAIN = "what was written is safe; run the same command again to go on"


def run(argv: list[str]) -> int:
    """Do what a command line asks and give the exit status; nothing is raised.

    `--version` is answered before anything is imported.
    """
    from avpres.cli.streams import flushed, prepare, say

    prepare()
    if argv[:1] == ["--version"]:
        say(f"avpres {__version__}\n")
        return flushed(ExitCode.OK)
    from avpres.cli.signals import listening

    with listening():
        return flushed(_guarded(argv))


def _guarded(argv: list[str]) -> int:
    from avpres.cli.ahead import ahead
    from avpres.cli.signals import Terminated

    request: Request | None = None
    try:
        with ahead(argv):
            asked = _read(argv)
            if isinstance(asked, int):
                return asked
            request = asked
            return _perform(request)
    except KeyboardInterrupt as error:
        return _fail(error, f"interrupted; {AGAIN}", ExitCode.INTERRUPTED, request)
    except Terminated as error:
        return _fail(error, f"terminated by {error}; {AGAIN}", ExitCode.TERMINATED, request)
    except AvpresError as error:
        return _fail(error, str(error), error.exit_code, request)
    except Exception as error:  # noqa: BLE001 (the last line: people never get a bare traceback)
        kind = f"{type(error).__name__}: {error}"
        log = "; ".join(getattr(error, "__notes__", ["run it again with --debug"]))
        sentence = f"a defect in avpres ({kind}); please report it ({log})"
        return _fail(error, sentence, ExitCode.INTERNAL, request)


def _read(argv: list[str]) -> "int | Request":
    """Parse the words; an exit status when that was all."""
    import typer

    from avpres.cli.app import app
    from avpres.cli.command import Request

    try:
        asked = app(argv, prog_name="avpres", standalone_mode=False)
    except typer.TyperException as error:
        return _fail(error, _one_line(error.format_message(), argv), ExitCode.USAGE)
    except SystemExit as error:  # Typer's way out of --install-completion and --show-completion
        return error.code if isinstance(error.code, int) else ExitCode.OK
    if isinstance(asked, Request):
        return replace(asked, argv=("avpres", *argv))
    if asked == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return asked if isinstance(asked, int) else ExitCode.OK


def _perform(request: "Request") -> int:
    from avpres.cli.perform import perform

    return perform(request)


def _fail(
    error: BaseException, sentence: str, status: ExitCode, request: "Request | None" = None
) -> int:
    """Say one sentence on standard error, and with --json give a report on standard output."""
    from avpres.cli.streams import complain, say_json

    run = request.run if request is not None else {}
    if run.get("debug") or os.environ.get("AVPRES_DEBUG"):
        import traceback

        complain("".join(traceback.format_exception(error)).rstrip())
    if request is not None and run.get("as_json"):
        from avpres.cli.render import failure

        say_json(failure(request, sentence, status))
    elif request is not None and request.noted:
        from avpres.cli.render import noted

        for line in noted(request):
            complain(line)
    complain(f"avpres: {sentence}")
    return status


def _one_line(message: str, argv: list[str]) -> str:
    """Make one sentence of Typer's complaint, and point to the help of the command at hand."""
    sentence = " ".join(message.replace("Value error, ", "").split()).rstrip(".")
    command = f"{argv[0]} " if argv and not argv[0].startswith("-") else ""
    command = "" if sentence.startswith("No such command") else command
    return f"{sentence[:1].lower()}{sentence[1:]}; see `avpres {command}--help`"
