"""Where a process begins and ends: the one place that turns errors into exit statuses."""

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from avpres import __version__
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode

if TYPE_CHECKING:
    from avpres.cli.command import Request

REPORT_AT = "please report this with the run log"


def run(argv: list[str]) -> int:
    """Do what a command line asks and give the exit status; nothing is raised.

    `--version` is answered before anything is imported.
    """
    if argv[:1] == ["--version"]:
        sys.stdout.write(f"avpres {__version__}\n")
        return ExitCode.OK
    for stream in (sys.stdout, sys.stderr):  # a name that is no text must not end a run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _guarded(argv)
    except BrokenPipeError:
        return _nobody_reads()


def _guarded(argv: list[str]) -> int:
    from avpres.cli.signals import Terminated, listen

    listen()
    request: Request | None = None
    try:
        asked = _read(argv)
        if isinstance(asked, int):
            return asked
        request = replace(asked, argv=("avpres", *argv))
        return _perform(request)
    except KeyboardInterrupt:
        return _fail("interrupted; what was written is safe, run it again to go on", 130)
    except Terminated:
        return _fail("terminated; what was written is safe, run it again to go on", 143)
    except AvpresError as error:
        _trace(request)
        return _fail(str(error), error.exit_code, request)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 (the last line of defence: never a bare traceback)
        _trace(request)
        kind = type(error).__name__
        return _fail(f"a defect in avpres ({kind}: {error}); {REPORT_AT}", 1, request)


def _read(argv: list[str]) -> "int | Request":
    """Parse the words; an exit status when that was all."""
    import typer

    from avpres.cli.app import app
    from avpres.cli.command import Request

    try:
        asked = app(argv, prog_name="avpres", standalone_mode=False)
    except typer.TyperException as error:
        return _fail(_one_line(error.format_message(), argv), ExitCode.USAGE)
    except typer.Abort:
        return _fail("no answer was given", ExitCode.USAGE)
    if isinstance(asked, Request):
        return asked
    if asked == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return asked if isinstance(asked, int) else ExitCode.OK


def _perform(request: "Request") -> int:
    from avpres.cli.perform import perform

    status = perform(request)
    sys.stdout.flush()
    return status


def _fail(sentence: str, status: int, request: "Request | None" = None) -> int:
    if request is not None and request.run.get("as_json"):
        from avpres.cli.render import failure

        sys.stdout.write(failure(request.command.name, sentence, ExitCode(status)))
        sys.stdout.flush()
    sys.stderr.write(f"avpres: {sentence}\n")
    sys.stderr.flush()
    return int(status)


def _trace(request: "Request | None") -> None:
    if os.environ.get("AVPRES_DEBUG") or (request is not None and request.run.get("debug")):
        import traceback

        traceback.print_exc()


def _one_line(message: str, argv: list[str]) -> str:
    """Make one sentence of Typer's complaint, and point to the help of the command at hand."""
    sentence = " ".join(message.split()).rstrip(".")
    command = f"{argv[0]} " if argv and not argv[0].startswith("-") else ""
    command = "" if sentence.startswith("No such command") else command
    return f"{sentence[:1].lower()}{sentence[1:]}; see `avpres {command}--help`"


def _nobody_reads() -> int:
    """End quietly when the reader of a pipe has gone, as `| head` does, without a flush at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    return 128 + 13  # what a shell shows for SIGPIPE
