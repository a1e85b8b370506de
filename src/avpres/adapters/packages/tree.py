"""A tree that nothing lists: what is there is what is listed."""

import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats.names import from_bytes
from avpres.adapters.packages.foreign import Notify, Provenance, notice
from avpres.adapters.storage.walk import Kind, walk
from avpres.domain.exit_codes import ExitCode
from avpres.domain.listing import Listed


class TreeReader:
    """The files of a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def listed(self, notify: Notify) -> Iterator[Listed]:
        """Yield every file by its path, without a claim but its size; links are left out."""

        def unreadable(name: bytes, error: OSError) -> None:
            message = f"it cannot be read: {error.strerror}"
            code = ExitCode.SOURCE_UNREADABLE
            notify(notice("IMP-UNREADABLE", message, os.fsdecode(name), exit_code=code))

        for entry in walk(self._root, on_error=unreadable):
            if entry.kind == Kind.FILE:
                yield Listed(path=from_bytes(entry.name), size=entry.size)

    def provenance(self) -> Iterator[Provenance]:
        """Yield nothing: a bare tree has no history."""
        yield from ()
