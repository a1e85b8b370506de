"""Names that any program can open, for files whose own names are beyond it."""

import os
import re
import tempfile
from pathlib import Path
from typing import Self

_PLAIN = re.compile(rb"/[A-Za-z0-9_./-]+")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")


class Aliases:
    """Links of plain letters, in a folder that goes when the block ends.

    Java opens names by the locale and takes some for URLs, old start scripts split them at spaces.
    A file whose name is plain keeps it, unless `extension` asks for a certain one.

    Args:
        extension: what every name shall end with, `.html`; without it the file's own.
    """

    def __init__(self, extension: str = "") -> None:
        self._extension = extension
        self._holder = tempfile.TemporaryDirectory(prefix="avpres-", ignore_cleanup_errors=True)
        self.folder = Path(self._holder.name)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._holder.cleanup()

    def __call__(self, path: bytes) -> str:
        """Give a name by which the file can be opened."""
        full = os.path.abspath(path)
        extension = os.path.splitext(os.fsdecode(full))[1]
        if _PLAIN.fullmatch(full) and self._extension in {"", extension}:
            return os.fsdecode(full)
        own = extension if _EXTENSION.fullmatch(extension) else ""
        self._count += 1
        link = self.folder / f"{self._count:06d}{self._extension or own}"
        try:
            os.symlink(full, os.fsencode(link))
        except OSError:  # Windows gives links to few users; its names are text at least
            return os.fsdecode(full)
        return str(link)
