"""Where the files of a foreign package lie while it is imported."""

import os
from dataclasses import dataclass
from pathlib import Path

INLINE = b"../inline/"
"""How paths begin of files that stood inside a document, and are kept beside what has arrived."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A folder of files, in which `name` is the package; `inline` holds what stood in documents.

    Without `moves` it is the source itself, which is looked at and never touched.
    """

    top: Path
    name: str
    inline: Path
    moves: bool = True

    @property
    def root(self) -> Path:
        """Give the folder of the package."""
        return self.top / self.name

    def full(self, path: bytes) -> bytes:
        """Give a file on disk by its path in the inventory."""
        if path.startswith(INLINE):
            return os.path.join(os.fsencode(self.inline), path[len(INLINE) :])
        return os.path.join(os.fsencode(self.top), path)
