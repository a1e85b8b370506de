"""Identification by PRONOM's signatures, through the Siegfried inside of pygfried."""

import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from avpres.adapters.identification.excerpts import shown
from avpres.domain.description import Candidate

TOOL = "Siegfried"


class Siegfried:
    """One set of signatures.

    Args:
        signatures: a signature file of `roy`; without one, PRONOM as pygfried brings it.
        threads: files that are identified at once.
        folder: for excerpts of files.
    """

    def __init__(
        self, signatures: Path | None = None, *, threads: int = 1, folder: str | None = None
    ) -> None:
        import pygfried

        self._many = (
            pygfried.Scanner(signature=str(signatures)).identify_many
            if signatures
            else pygfried.identify_many
        )
        self._threads = threads
        self.folder = folder or tempfile.gettempdir()
        self.version = ""

    def load(self) -> None:
        """Load all signatures, which the first file would have to wait for."""
        self._many([__file__])

    def identify(self, paths: Sequence[bytes]) -> list[tuple[Candidate, ...]]:
        """Give the candidates of each file, in order; none where nothing matched."""
        with shown(paths, self.folder) as names:
            found = self._many(names, workers=self._threads)
        self.version = version_in(found)
        return [tuple(_candidates(each, self.version)) for each in found["files"]]


def version_in(found: Mapping[str, Any]) -> str:
    """Name the program and the signatures, as `sf -version` does."""
    details = ", ".join(each["details"] for each in found["identifiers"])
    return f"{found['siegfried']} ({details})"


def _candidates(found: Mapping[str, Any], version: str) -> list[Candidate]:
    return [
        _candidate(
            version,
            match["format"],
            match["version"],
            match["id"],
            match["mime"],
            match["basis"],
            match["warning"],
        )
        for match in found["matches"]
        if match["id"] != "UNKNOWN"
    ]


@lru_cache(maxsize=4096)
def _candidate(version: str, *words: str) -> Candidate:
    """Make a candidate; files of one kind share theirs."""
    return Candidate(TOOL, version, *words)
