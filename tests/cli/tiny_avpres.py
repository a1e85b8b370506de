"""avpres with the tiny command in it, as a process."""

import sys

import tiny

from avpres.cli.app import app
from avpres.cli.boundary import run
from avpres.config.sources import SECTIONS


def add() -> None:
    """Put the tiny command into the application."""
    SECTIONS["tiny"] = "tiny:TinyOptions"
    app.command("tiny", epilog=tiny.tiny.epilog)(tiny.tiny.function)


def remove() -> None:
    """Take it out again."""
    del SECTIONS["tiny"]
    app.registered_commands.pop()


if __name__ == "__main__":
    add()
    sys.exit(run(sys.argv[1:]))
