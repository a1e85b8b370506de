"""Standard output and standard error, in the states in which shells leave them."""

import os
import sys

from avpres.domain.exit_codes import ExitCode

_lost: list[OSError] = []
"""Errors of standard output since the run began."""


def prepare() -> None:
    """Let any name be written: what the encoding cannot hold is escaped, never an error.

    A stream that the caller closed (`>&-`) leads nowhere; a file that is opened later would else
    take its number, and programs started from here would write into it.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115 (open as long as the process)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w")  # noqa: SIM115 (open as long as the process)
            setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write a result to standard output; nobody reading on, as with `| head`, is no error.

    Any other error, such as a full disk, is kept for `flushed`: the run goes on.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        _lost.append(error)
        _to_nowhere()


def say_json(text: str) -> None:
    """Write JSON, in UTF-8 whatever the terminal speaks (RFC 8259, 8.1), and end the line."""
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        say(text + "\n")
        return
    try:
        sys.stdout.flush()
        raw.write(text.encode() + b"\n")
        raw.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        _lost.append(error)
        _to_nowhere()


def complain(text: str) -> None:
    """Write a line to standard error; a log that is full or gone must not end the run."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        return


def flushed(status: int) -> int:
    """Flush standard output at the end; results that could not be written are no success."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        _lost.append(error)
        _to_nowhere()
    if not _lost:
        return status
    why = _lost[0].strerror
    _lost.clear()
    complain(f"avpres: standard output could not be written: {why}")
    return status or ExitCode.DESTINATION_REFUSED


def _to_nowhere() -> None:
    """Keep Python from flushing into the dead pipe once more when it exits."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
