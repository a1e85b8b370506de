"""Identification by PRONOM's signatures, through the Siegfried inside of pygfried.

pygfried takes names as text alone; a name that is none is given to it as a link.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from avpres.adapters.identification.names import extension_of
from avpres.domain.description import Candidate

TOOL = "Siegfried"


class Siegfried:
    """One set of signatures, loaded.

    Args:
        signatures: a signature file of `roy`; without one, PRONOM as pygfried brings it.
        threads: files that are identified at once.
    """

    def __init__(self, signatures: Path | None = None, *, threads: int = 1) -> None:
        import pygfried

        self._many = (
            pygfried.Scanner(signature=str(signatures)).identify_many
            if signatures
            else pygfried.identify_many
        )
        self._threads = threads
        self.version = ""

    def identify(self, paths: Sequence[bytes]) -> list[tuple[Candidate, ...]]:
        """Give the candidates of each file, in order; none where nothing matched."""
        with _Aliases() as alias:
            found = self._many([alias(path) for path in paths], workers=self._threads)
        self.version = version_in(found)
        return [tuple(_candidates(each, self.version)) for each in found["files"]]


def version_in(found: Mapping[str, Any]) -> str:
    """Name the program and the signatures, as `sf -version` does."""
    details = ", ".join(each["details"] for each in found["identifiers"])
    return f"{found['siegfried']} ({details})"


def _candidates(found: Mapping[str, Any], version: str) -> list[Candidate]:
    return [
        Candidate(
            tool=TOOL,
            version=version,
            format=match["format"],
            format_version=match["version"],
            puid=match["id"],
            mime=match["mime"],
            basis=match["basis"],
            warning=match["warning"],
        )
        for match in found["matches"]
        if match["id"] != "UNKNOWN"
    ]


class _Aliases:
    """Names that are text, for files whose own are not; they keep the extension."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def __call__(self, path: bytes) -> str:
        try:
            return path.decode()
        except UnicodeDecodeError:
            return self._linked(path)

    def _linked(self, path: bytes) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="avpres-")
        self._count += 1
        extension = extension_of(path)
        safe = extension if extension.isalnum() else "bin"
        link = Path(self._folder.name) / f"{self._count}.{safe}"
        link.symlink_to(os.path.abspath(os.fsdecode(path)))
        return str(link)
