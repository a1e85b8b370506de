"""Films and sounds among sources: which files they are, and stems for the names of results."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.reading import Signature, signature
from avpres.adapters.storage.walk import Kind
from avpres.domain.errors import DestinationRefusedError
from avpres.services.fixity.presence import require
from avpres.services.transfer.selection import OnError, OnSkipped, selected, selection

EMPTY = "is empty: nothing is in it; look for another copy of it"


def is_empty(path: bytes) -> bool:
    """Say whether a file holds nothing, by reading of it.

    Raises:
        OSError: it cannot be read.
    """
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        return not os.read(fd, 1)
    finally:
        os.close(fd)


def require_folder(destination: Path) -> None:
    """Refuse a destination that is a file, before any work begins.

    Raises:
        DestinationRefusedError: it is.
    """
    if os.path.lexists(destination) and not destination.is_dir():
        raise DestinationRefusedError(f"{destination} is no folder; name a folder for the results")


@dataclass(frozen=True, slots=True)
class FoundFilm:
    """A film or a sound. `stem` is the beginning of its results' path below the destination."""

    path: bytes
    stem: bytes
    signature: Signature
    is_named: bool  # itself, and not the folder that it lies in


@dataclass(frozen=True, slots=True)
class Films:
    """Which files are taken: those whose ending is one of `endings`, and every file that is named.

    What the patterns in `exclude` match, and what computers leave behind, is left out of folders.
    """

    endings: frozenset[bytes]
    exclude: tuple[str, ...]
    on_skipped: OnSkipped
    on_error: OnError

    def find(self, sources: Iterable[Path]) -> list[FoundFilm]:
        """List them once each; two that would get one stem keep their endings in it.

        Raises:
            SourceUnreadableError: a source is not there.
        """
        found: dict[bytes, tuple[bytes, Signature, bool]] = {}
        for source in sources:
            top = require(source)
            for path, relative in self._files(top):
                try:
                    seen = signature(os.stat(path))
                except OSError as error:
                    self.on_error(os.fsdecode(path), error)
                else:
                    found.setdefault(path, (relative, seen, not top.is_dir()))
        stems = Counter(_key(relative) for relative, _, _ in found.values())
        return [
            FoundFilm(path, _stem(relative, stems), seen, is_named)
            for path, (relative, seen, is_named) in found.items()
        ]

    def _files(self, top: Path) -> Iterator[tuple[bytes, bytes]]:
        path = os.fsencode(top)
        if not top.is_dir():
            yield path, os.path.basename(path)
            return
        why = selection(self.exclude, skip_junk=True)
        for entry in selected(top, why, on_skipped=self.on_skipped, on_error=self.on_error):
            if entry.kind != Kind.FILE:
                continue
            if os.path.splitext(entry.name)[1].lower() in self.endings:
                yield os.path.join(path, entry.name), entry.name
            else:
                reason = "its name does not end as those of films and sounds do; name it to try it"
                self.on_skipped(os.fsdecode(os.path.join(path, entry.name)), reason)


def _key(relative: bytes) -> bytes:
    return os.path.splitext(relative)[0].lower()


def _stem(relative: bytes, stems: "Counter[bytes]") -> bytes:
    return os.path.splitext(relative)[0] if stems[_key(relative)] == 1 else relative
