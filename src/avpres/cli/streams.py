"""Standard output and standard error, in the states in which shells leave them."""

import os
import sys

from avpres.domain.exit_codes import ExitCode


def prepare() -> None:
    """Let any name be written: what the encoding cannot hold is escaped, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Write a result to standard output; nobody reading on, as with `| head`, is no error.

    Any other error stays in the stream's buffer, where `flushed` meets it again.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError:
        return


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
        _to_nowhere()
        complain(f"avpres: standard output could not be written: {error.strerror}")
        return status or ExitCode.DESTINATION_REFUSED
    return status


def _to_nowhere() -> None:
    """Keep Python from flushing into the dead pipe once more when it exits."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
