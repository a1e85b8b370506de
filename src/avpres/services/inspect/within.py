"""A container looked into: its members are listed, and what tells of them is laid aside.

Data of other members are passed over; of an uncompressed tar and a zip they are not even read.
"""

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from avpres.adapters.containers import safe_names
from avpres.adapters.containers.container import open_container
from avpres.adapters.containers.member import (
    ContainerKind,
    DamagedContainerError,
    Member,
    MemberKind,
    Problem,
    Reader,
    chunks,
)
from avpres.adapters.containers.safe_names import RefusedError
from avpres.domain.errors import DestinationRefusedError, NotConformantError
from avpres.domain.severity import Severity
from avpres.services.context import Context
from avpres.services.inspect.view import Noted, View

LARGEST = 2 << 30  # bytes of a document that is laid aside
_ALL = 8 << 30  # bytes of all documents
_FOLDERS = 100_000  # folders that are made
_TELLING = re.compile(
    rb"(?:.*/)?(?:bagit\.txt|bag-info\.txt|package-info\.txt|fetch\.txt|(?:tag)?manifest-[^/]+\.txt"
    rb"|[^/]*manifest[^/]*|[^/]*\.(?:md5|sha1|sha256|sha512|mhl|jsonl)|0=ocfl[^/]*|inventory\.json"
    rb"|(?:[^/]*mets[^/]*|[^/]*premis[^/]*|[^/]*didl[^/]*)\.xml)",
    re.IGNORECASE | re.DOTALL,
)


@contextmanager
def container_view(
    path: Path, kind: ContainerKind, context: Context, notes: Noted
) -> Iterator[View]:
    """Look into a container; what was laid aside goes when it is closed.

    Raises:
        DestinationRefusedError: the state folder cannot be written.
    """
    folder = context.state_dir / "inspect"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = tempfile.TemporaryDirectory(prefix="box-", dir=folder)
    except OSError as error:
        raise DestinationRefusedError(
            f"{folder}: {error.strerror}; choose another state folder (AVPRES_STATE_DIR)"
        ) from error
    with place as name, closing(sqlite3.connect("", isolation_level=None)) as names:
        names.execute("CREATE TABLE member (path BLOB, size INTEGER)")
        names.execute("BEGIN")
        aside = _Aside(Path(os.path.realpath(name)), names)
        _list(path, aside, notes)

        def each() -> Iterator[tuple[bytes, int]]:
            yield from names.execute("SELECT path, size FROM member ORDER BY path")

        yield View(aside.root, path, each, kind.value, aside.folders)


def _list(path: Path, aside: "_Aside", notes: Noted) -> None:
    def tell(problem: Problem) -> None:
        if problem.severity is Severity.ERROR:
            notes.damaged(os.fsdecode(path), f"{problem.message} ({problem.code})")

    try:
        with open_container(path, tell) as container:
            for member, data in container.walk():
                try:
                    aside.take(member, data)
                except RefusedError as error:
                    shown = safe_names.shown(member.path)
                    notes.damaged(f"{path}: {shown}", error.message)
    except NotConformantError as error:
        notes.damaged(os.fsdecode(path), str(error))


class _Aside:
    """The folder that stands for a container."""

    def __init__(self, root: Path, names: sqlite3.Connection) -> None:
        self.root = root
        self.folders = 0
        self._names = names
        self._size = 0
        self._made = 0

    def take(self, member: Member, data: Reader) -> None:
        """Take in a member.

        Raises:
            RefusedError: its name leads out.
        """
        path = safe_names.checked(member.path)
        if member.kind is MemberKind.FOLDER:
            self.folders += 1
            self._make(path)
        elif member.kind is MemberKind.FILE:
            self._names.execute("INSERT INTO member VALUES (?, ?)", (path, member.size))
            self._make(os.path.dirname(path))
            fits = member.size <= LARGEST and self._size + member.size <= _ALL
            if _TELLING.fullmatch(path) and fits:
                self._keep(path, member, data)

    def _keep(self, path: bytes, member: Member, data: Reader) -> None:
        self._size += member.size
        full = os.path.join(os.fsencode(self.root), path)
        with suppress(OSError, DamagedContainerError), open(full, "wb") as handle:
            left = LARGEST
            for chunk in chunks(data):
                handle.write(chunk[:left])
                left -= len(chunk)
                if left <= 0:
                    break
        if member.mtime is not None:
            with suppress(OSError, OverflowError):
                os.utime(full, ns=(member.mtime, member.mtime))

    def _make(self, path: bytes) -> None:
        full = os.path.join(os.fsencode(self.root), path)
        if self._made < _FOLDERS and not os.path.isdir(full):
            self._made += 1
            with suppress(OSError):
                os.makedirs(full, exist_ok=True)
