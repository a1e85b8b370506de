"""Which names of a source are left out, and why; a folder listed without them."""

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from avpres.adapters.storage.walk import Entry, Kind, walk

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

OnSkipped = Callable[[str, str], None]
"""Takes the path of a file that is left out, and why."""

OnError = Callable[[str, OSError], None]
"""Takes the path of what cannot be read."""

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


def selected(
    folder: Path, why: Why | None, *, on_skipped: OnSkipped, on_error: OnError
) -> Iterator[Entry]:
    """Walk a folder; what a rule leaves out, and what cannot be read, is told by its full path."""
    path = os.fsencode(folder)

    def unreadable(name: bytes, error: OSError) -> None:
        on_error(os.fsdecode(os.path.join(path, name)), error)

    def left_out(relative: bytes, _name: bytes, _is_folder: bool) -> str | None:
        reason = why(relative) if why is not None else None
        if reason is not None:
            on_skipped(os.fsdecode(os.path.join(path, relative)), reason)
        return reason

    yield from walk(folder, on_error=unreadable, leave_out=left_out)


def selected_files(
    folder: Path, why: Why | None, *, on_skipped: OnSkipped, on_error: OnError
) -> Iterator[Entry]:
    """Walk a folder for its files; links and special files are told, and not followed."""
    for entry in selected(folder, why, on_skipped=on_skipped, on_error=on_error):
        full = os.path.join(os.fsencode(folder), entry.name)
        if entry.kind == Kind.FILE:
            yield entry
        elif entry.kind == Kind.LINK:
            on_skipped(os.fsdecode(full), "it is a symbolic link")
        elif entry.kind == Kind.SPECIAL:
            on_skipped(os.fsdecode(full), "it is no regular file")
