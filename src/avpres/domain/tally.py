"""Counts of files and bytes by any key, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

OTHER = "other"


@dataclass(slots=True)
class Count:
    """So many files of so many bytes in all."""

    files: int = 0
    size: int = 0

    def add(self, size: int) -> None:
        """Count a file."""
        self.files += 1
        self.size += size


class Tally:
    """Counts by key. When there are too many keys, all that are met later count as `other`.

    Hostile names can have a million extensions; memory must not grow with them.
    """

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._counts: dict[str, Count] = {}

    def add(self, key: str, size: int = 0) -> None:
        """Count a file under a key."""
        count = self._counts.get(key)
        if count is None:
            full = len(self._counts) >= self._limit
            count = self._counts.setdefault(OTHER if full else key, Count())
        count.add(size)

    def __getitem__(self, key: str) -> Count:
        return self._counts.get(key, Count())

    def __len__(self) -> int:
        return len(self._counts)

    def __iter__(self) -> Iterator[tuple[str, Count]]:
        """Yield keys and counts, most files first; `other` is last."""
        yield from sorted(
            self._counts.items(), key=lambda item: (item[0] == OTHER, -item[1].files, item[0])
        )
