"""Packages that lie in containers: what is needed of them is unpacked into the stage.

First what the package says of itself, then the files that are wanted: no more leaves a container
than its export needs.
"""

import contextlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.containers.container import kind_of, open_container
from avpres.adapters.containers.member import Problem
from avpres.adapters.containers.unpack import Refused, unpack
from avpres.domain.errors import NotConformantError
from avpres.domain.report import Finding

Tell = Callable[[Finding], None]

_RECORDS = (b"/files.jsonl", b"/events.jsonl")
_MANIFEST = re.compile(rb"[^/]+/(?:tag)?manifest-[^/]+\.txt", re.DOTALL)
_RIGHTS = (b"premis", b"rights", b"supplemental")


@dataclass(frozen=True, slots=True)
class Unboxing:
    """The unpacking of one container; `folder` is one of the stage, and may be there."""

    container: Path
    folder: Path
    tell: Tell

    def records(self) -> Path:
        """Unpack what the package says of itself, and give its folder.

        Raises:
            NotConformantError: the container does not hold one folder with a package in it.
        """
        tree = self._unpacked("records", _is_record, _ignore)
        found = list(tree.iterdir())
        if len(found) != 1 or not found[0].is_dir():
            raise NotConformantError(
                f"{self.container}: holds no package that avpres made; `avpres import` makes one "
                "of it"
            )
        return found[0]

    def content(self, package: Path, paths: Iterator[str]) -> Path:
        """Unpack files of the package, and give the folder that they are relative to."""
        return self._chosen(package, paths, "content")

    def _chosen(self, package: Path, paths: Iterator[str], name: str) -> Path:
        lead = os.fsencode(package.name) + b"/"
        with _chosen(self.folder / "chosen.sqlite", paths) as is_chosen:
            tree = self._unpacked(
                name,
                lambda path: path.startswith(lead) and is_chosen(path[len(lead) :]),
                self.tell,
            )
        return tree / package.name

    def parts(self, package: Path, paths: Iterator[str]) -> Path:
        """Unpack containers that are parts of the package, likewise."""
        return self._chosen(package, paths, "parts")

    def _unpacked(self, name: str, wanted: Callable[[bytes], bool], tell: Tell) -> Path:
        tree = self.folder / name
        if tree.exists():
            shutil.rmtree(tree)
        self.folder.mkdir(parents=True, exist_ok=True)

        def problem(said: Problem) -> None:
            tell(self._finding(said.code, said.message, said.member))

        def refused(said: Refused) -> None:
            tell(self._finding(said.code, said.message, said.member.path))

        with open_container(self.container, problem) as container:
            unpack(container, tree, on_refused=refused, wanted=wanted)
        return tree

    def _finding(self, code: str, message: str, member: bytes | None) -> Finding:
        """Warn of something in a container: files are judged by their digests, not by this."""
        path = os.fsdecode(member) if member else str(self.container)
        return Finding.warning(code, path, message)


def is_container(path: Path) -> bool:
    """Say whether a path is a file that packages travel in."""
    return path.is_file() and kind_of(path) is not None


def _ignore(_finding: Finding) -> None:
    """Pass over what is told again when content is unpacked."""


def _is_record(path: bytes) -> bool:
    if path.endswith(_RECORDS) or _MANIFEST.fullmatch(path):
        return True
    lower = path.lower()
    return lower.endswith(b".xml") and any(each in lower for each in _RIGHTS)


@contextlib.contextmanager
def _chosen(place: Path, paths: Iterator[str]) -> Iterator[Callable[[bytes], bool]]:
    """Keep paths on disk, and answer whether one is among them."""
    place.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(place)) as db:
        db.execute("CREATE TABLE chosen (path BLOB PRIMARY KEY) WITHOUT ROWID")
        rows = ((os.fsencode(path),) for path in paths)
        db.executemany("INSERT INTO chosen VALUES (?)", rows)

        def is_chosen(path: bytes) -> bool:
            row: Sequence[object] | None = db.execute(
                "SELECT 1 FROM chosen WHERE path = ?", (path,)
            ).fetchone()
            return row is not None

        yield is_chosen
    place.unlink()
