"""A package to be looked into: a folder, or the documents of a container laid aside."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.storage.walk import Kind, walk
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.domain.severity import Severity


@dataclass(slots=True)
class Amount:
    """A number of files and their bytes."""

    files: int = 0
    size: int = 0

    def add(self, size: int | None) -> None:
        """Count a file; one whose size is not told counts without bytes."""
        self.files += 1
        self.size += size or 0


@dataclass(slots=True)
class View:
    """Where a package can be looked into.

    `root` is the folder of its documents: the package itself, or what of a container tells of the
    rest. `shown` is what was named, `container` its kind. `each` gives names and sizes of files.
    """

    root: Path
    shown: Path
    each: Callable[[], Iterator[tuple[bytes, int]]]
    container: str = ""
    folders: int = 0


@dataclass(slots=True)
class Noted:
    """Takes what is odd about a package."""

    note: Callable[[Finding], object]
    seen: int = field(default=0)

    def finding(self, found: Finding) -> None:
        """Pass a finding on as a remark: nothing was verified, so nothing failed."""
        self.seen += 1
        mild = found.severity is Severity.ERROR
        change = {"severity": Severity.WARNING, "exit_code": ExitCode.OK} if mild else {}
        self.note(found.model_copy(update=change))

    def unreadable(self, path: str, reason: str) -> None:
        """Tell what could not be looked at."""
        self.note(
            Finding.error(
                "INS-UNREADABLE",
                path,
                f"cannot be read ({reason}); what is in it is not told here",
                ExitCode.SOURCE_UNREADABLE,
            )
        )

    def damaged(self, path: str, message: str) -> None:
        """Tell of a container or document that is broken."""
        self.note(
            Finding.error(
                "INS-DAMAGED",
                path,
                f"{message}; not all that lies behind it may be told here",
                ExitCode.NOT_CONFORMANT,
            )
        )


def folder_view(root: Path, notes: Noted) -> View:
    """Look into a folder."""

    def unreadable(path: bytes, error: OSError) -> None:
        shown = os.fsdecode(os.path.join(os.fsencode(root), path))
        notes.unreadable(shown, error.strerror or str(error))

    def each() -> Iterator[tuple[bytes, int]]:
        for entry in walk(root, on_error=unreadable):
            if entry.kind == Kind.FILE:
                yield entry.name, entry.size

    return View(root, root, each)
