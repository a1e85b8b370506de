"""A small command with a small service, to test the frame with."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated, Literal

import structlog
import typer
from pydantic import Field

from avpres.cli.command import Given, command
from avpres.cli.parameters import path
from avpres.config.base import Options
from avpres.domain.errors import FixityMismatchError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding, Report
from avpres.domain.severity import Severity
from avpres.services.context import Context


class TinyOptions(Options):
    source: Annotated[Path, Field(description="what to look at")]
    do: Annotated[str, Field(description="what to do")] = "nothing"
    count: Annotated[int, Field(ge=0, description="how many findings")] = 0


@command(
    group="Move",
    options="tiny:TinyOptions",
    service="tiny:serve",
    questions={"source": "file to look at"},
    statuses=(ExitCode.FIXITY_MISMATCH,),
)
def tiny(
    source: Annotated[Path | None, typer.Argument(parser=path, help="what to look at")] = None,
    do: Annotated[
        Literal["nothing", "fail", "break", "interrupt", "terminate", "hang", "warn", "pipe"]
        | None,
        typer.Option(help="what to do"),
    ] = None,
    count: Annotated[int | None, typer.Option(help="how many findings")] = None,
) -> Given:
    """Do a tiny thing.

    It serves tests.
    """
    return dict(locals())


log = structlog.get_logger()


def serve(options: TinyOptions, context: Context) -> Report:
    report = context.report("tiny")
    report.facts["source"] = os.fspath(options.source)
    report.facts["count"] = options.count
    report.facts["institution"] = context.site.institution
    for number in range(options.count):
        context.note(report, finding(number, os.fspath(options.source)))
    report.summary = f"{options.count} findings."
    ACTS[options.do]()
    return report


def finding(number: int, name: str) -> Finding:
    return Finding(
        code="TINY-FOUND",
        severity=Severity.ERROR,
        path=f"{name}{number}",
        message="is not what it was",
        exit_code=ExitCode.FIXITY_MISMATCH,
    )


def _fail() -> None:
    raise FixityMismatchError("reel1.dpx: bytes differ; take the other copy")


def _break() -> None:
    raise ZeroDivisionError("one by none")


def _interrupt() -> None:
    raise KeyboardInterrupt


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)


def _hang() -> None:
    Path(os.environ["TINY_READY"]).touch()
    try:
        time.sleep(30)
    finally:
        Path(os.environ["TINY_CLEANED"]).touch()


def _warn() -> None:
    log.warning("tape_is_slow", seconds=9)
    log.info("read", files=3)


def _pipe() -> None:
    raise BrokenPipeError(32, "Broken pipe")


ACTS = {
    "nothing": lambda: None,
    "fail": _fail,
    "break": _break,
    "interrupt": _interrupt,
    "terminate": _terminate,
    "hang": _hang,
    "warn": _warn,
    "pipe": _pipe,
}
