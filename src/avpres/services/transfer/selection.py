"""Which names of a source are left out, and why."""

import fnmatch
import os
import re
from collections.abc import Callable, Sequence

JUNK = (
    ".DS_Store",
    "._*",
    ".AppleDouble",
    ".Spotlight-V100",
    ".TemporaryItems",
    ".Trashes",
    ".fseventsd",
    "Thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "Desktop.ini",
    "$RECYCLE.BIN",
    "System Volume Information",
    ".Trash-*",
)
"""What operating systems leave behind in folders. Part of a source unless asked otherwise."""

Why = Callable[[bytes], str | None]
"""Relative path -> the rule that leaves it out, or None."""

_JUNK = re.compile("|".join(fnmatch.translate(pattern) for pattern in JUNK))


def is_junk(name: bytes) -> bool:
    """Tell whether a bare name is one that operating systems leave behind."""
    return _JUNK.match(os.fsdecode(name)) is not None


def selection(exclude: Sequence[str], *, skip_junk: bool) -> Why | None:
    """Make the rule of a run; None when nothing is left out.

    A pattern with a slash is matched against the path below the source, one without against each
    name; `*` and `?` stand for any characters.
    """
    if not exclude and not skip_junk:
        return None
    paths = [p.strip("/") for p in exclude if "/" in p.strip("/")]
    names = [p.strip("/") for p in exclude if "/" not in p.strip("/")]

    def why(relative: bytes) -> str | None:
        name = os.fsdecode(relative.rpartition(b"/")[2])
        path = os.fsdecode(relative)
        for pattern in names:
            if fnmatch.fnmatchcase(name, pattern):
                return f"--exclude {pattern}"
        for pattern in paths:
            if fnmatch.fnmatchcase(path, pattern):
                return f"--exclude {pattern}"
        return "--skip-junk" if skip_junk and _JUNK.match(name) else None

    return why
