"""Path arguments, forgiven what shells, file managers and hands do to them."""

import sys
from pathlib import Path


def path(words: str) -> Path:
    r"""Read a path argument as it was meant, and say on standard error what was changed.

    Windows turns `"D:\tapes\"` into `D:\tapes"`; file managers give `file://` URLs; dragging into
    a prompt gives quotes or backslash-escaped spaces. A path that exists as it stands is never
    changed.

    Raises:
        ValueError: the path is empty; an unset variable in a script would else mean this folder.
        UsageError: it is the URL of something elsewhere.
    """
    from avpres.adapters.storage.pasted import forgive, separators

    if not words.strip():
        raise ValueError("an empty path was given")
    meant = forgive(words)
    if meant != words and meant != words.rstrip(separators()):
        sys.stderr.write(f"note: {words} is read as {meant}\n")
    return Path(meant)
