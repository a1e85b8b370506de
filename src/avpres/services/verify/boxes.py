"""A container read once, in its own order, and nothing of it unpacked but what tells of the rest.

Every member's digests are taken as it goes by. Manifests, tag files, METS and PREMIS are laid into
a folder of the state folder, so that they can be read like those of a package that is no container;
the folder goes when the run ends.
"""

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from avpres.adapters.containers import safe_names, tar_index, tar_index_read
from avpres.adapters.containers.container import kind_of, open_container
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
from avpres.adapters.storage import medium
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.storage.volume import MediumKind, volume_of
from avpres.adapters.storage.walk import Kind
from avpres.domain.errors import AvpresError, NotConformantError
from avpres.domain.fixity import Algorithm, Evidence
from avpres.domain.severity import Severity
from avpres.services.context import Context
from avpres.services.fixity import trees
from avpres.services.fixity.rows import FOUND, other_spelling, shown
from avpres.services.fixity.scratch import Scratch
from avpres.services.verify.breaches import Breaches
from avpres.services.verify.holding import Holding
from avpres.services.verify.targets import Target

ALGORITHMS = (Algorithm.MD5, Algorithm.SHA1, Algorithm.SHA256, Algorithm.SHA512)
"""Taken of every member: manifests often stand behind what they list."""

LARGEST = 2 << 30  # bytes of a document that is laid aside; 57,450 files have a METS of 0.5 GB
_ALL = 8 << 30  # bytes of all documents of a container
_FOLDERS = 100_000  # folders that are made for them
_TELLING = re.compile(
    rb"(?:.*/)?(?:bagit|bag-info|package-info|fetch)\.txt|(?:.*/)?(?:mets|premis)[^/]*\.xml",
    re.IGNORECASE | re.DOTALL,
)
_MARK = re.compile(
    rb"(?:[^/]+/){0,2}(?:bagit\.txt|METS\.xml|mets\.xml|(?:objects|metadata)/.*)", re.DOTALL
)
_PEEKED = 64  # members
_KINDS = frozenset(ContainerKind) - {ContainerKind.SEVEN_ZIP}


def is_box(path: Path) -> bool:
    """Say whether a path is a container that can be read member by member."""
    try:
        return path.is_file() and kind_of(path) in _KINDS
    except (AvpresError, OSError):
        return False


def tells_of_itself(path: Path) -> bool:
    """Say whether one of a container's first members is as in a package."""
    try:
        with open_container(path, lambda _: None) as container:
            for _, (member, _) in zip(range(_PEEKED), container.walk(), strict=False):
                if _MARK.fullmatch(member.path.removeprefix(b"./")):
                    return True
    except (AvpresError, OSError):
        return True  # what is wrong with it is to be told
    return False


@contextmanager
def laid_aside(path: Path, context: Context) -> Iterator[Target]:
    """Give a target that stands for a container: an empty folder for its documents."""
    folder = context.state_dir / "verify"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="box-", dir=folder) as name:
        root = Path(os.path.realpath(name))
        tree = trees.Tree(root, volume_of(path))
        yield Target(path, tree, discover=True, is_package=True, box=path)


def read(target: Target, scratch: Scratch, context: Context) -> None:
    """Read a container to its end into the tables.

    Raises:
        OSError: it cannot be read.
    """
    box = target.box or target.path
    reader = _BoxReader(target, scratch, _evidence(box))
    context.progress.start("read back", size=box.stat().st_size)
    try:
        reader.run(box, context)
    finally:
        context.progress.finish()
    _compare_index(box, reader)


def _evidence(box: Path) -> Evidence:
    """Drop a container from memory before it is read, and say what its reading then proves."""
    volume = volume_of(box)
    if volume.kind is MediumKind.MEMORY:
        return Evidence.DIRECT
    with box.open("rb") as handle:
        gone = medium.evict(handle.fileno(), os.fstat(handle.fileno()).st_size)
    if gone and volume.eviction_is_countable:
        return Evidence.EVICTED
    is_local = volume.kind in {MediumKind.LOCAL, MediumKind.TAPE}
    return Evidence.CACHED if is_local else Evidence.UNKNOWN


class _BoxReader:
    """Takes the members of one container into the tables."""

    def __init__(self, target: Target, scratch: Scratch, evidence: Evidence) -> None:
        self.breaches = Breaches(Holding(scratch, target.tree))
        self.db: sqlite3.Connection = scratch.db
        self._tree = target.tree
        self._evidence = evidence
        self._aside = 0
        self._folders = 0
        self._tops: set[bytes] = set()

    def run(self, box: Path, context: Context) -> None:
        """Go through all members."""
        last = 0
        try:
            with open_container(box, self._problem) as container:
                for member, data in container.walk():
                    self._member(member, data)
                    place = member.header or last
                    context.progress.advance(size=max(place - last, 0), files=1)
                    last = max(place, last)
        except NotConformantError as error:
            self.breaches.add("BOX-DAMAGED", str(error))
        if len(self._tops) > 1:
            self.breaches.add("BOX-ONE", f"its members lie in {len(self._tops)} places")

    def _problem(self, problem: Problem) -> None:
        is_wrong = problem.severity is Severity.ERROR
        rule = "BOX-DAMAGED" if is_wrong else "BOX-KIND"
        named = f" ({problem.code})"
        self.breaches.add(rule, problem.message + named, problem.member or b"")

    def _member(self, member: Member, data: Reader) -> None:
        try:
            path = safe_names.checked(member.path)
        except RefusedError as error:
            self.breaches.add("BOX-PATH", f"{shown(member.path)[:200]}: {error.message}")
            return
        if not path:
            return
        self._tops.add(path.partition(b"/")[0])
        if member.kind is MemberKind.FILE:
            self._file(path, member, data)
        elif member.kind is MemberKind.FOLDER:
            self._folder(path)
        elif member.kind in {MemberKind.SYMLINK, MemberKind.HARDLINK}:
            self._link(path, member)
        else:
            self.breaches.add("BOX-KIND", f"is a {member.kind}", path)

    def _file(self, path: bytes, member: Member, data: Reader) -> None:
        hasher, size = MultiHasher(ALGORITHMS), 0
        error: str | None = None
        keep = self._opened(path, member)
        try:
            for chunk in chunks(data):
                hasher.update(chunk)
                size += len(chunk)
                if keep is not None and size <= LARGEST:
                    keep.write(chunk)
        except DamagedContainerError as damage:
            error = str(damage)
        finally:
            if keep is not None:
                keep.close()
        self._name(path, Kind.FILE, size)
        self.db.execute(
            "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, '', ?, ?, ?, ?)",
            (FOUND, path, size, hasher.packed(), self._evidence.value, error is None, error),
        )

    def _opened(self, path: bytes, member: Member):  # type: ignore[no-untyped-def] # noqa: ANN202 - a file or None
        """Open a place for a member that tells of others."""
        is_telling = _TELLING.fullmatch(path) or trees.role(path) != trees.ORDINARY
        if not is_telling or member.size > LARGEST or self._aside + member.size > _ALL:
            self._folder(os.path.dirname(path))
            return None
        self._aside += member.size
        self._folder(os.path.dirname(path))
        try:
            return open(self._tree.path(path), "wb")
        except OSError as error:
            said = f"could not be laid aside to be read ({error.strerror})"
            self.breaches.add("BOX-PATH", said, path)
            return None

    def _folder(self, path: bytes) -> None:
        full = self._tree.path(path)
        if not path or self._folders >= _FOLDERS or os.path.isdir(full):
            return
        self._folders += 1
        try:
            os.makedirs(full, exist_ok=True)
        except OSError as error:
            said = f"could not be made to lay documents into ({error.strerror})"
            self.breaches.add("BOX-PATH", said, path)

    def _link(self, path: bytes, member: Member) -> None:
        """Take a hard link for the file it names; a symbolic link is a link, and leads nowhere."""
        if member.kind is MemberKind.SYMLINK:
            try:
                safe_names.check_link(path, member.target)
            except RefusedError as error:
                self.breaches.add("BOX-PATH", error.message, path)
            self._name(path, Kind.LINK, 0)
            return
        target = os.path.normpath(member.target)
        row = self.db.execute(
            "SELECT size, digests, evidence, good, error FROM reading WHERE side = ? AND path = ?",
            (FOUND, target),
        ).fetchone()
        if row is None:
            self.breaches.add("BOX-PATH", "is a hard link to nothing that came before it", path)
            return
        self._name(path, Kind.FILE, row[0])
        self.db.execute(
            "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, '', ?, ?, ?, ?)", (FOUND, path, *row)
        )

    def _name(self, path: bytes, kind: int, size: int) -> None:
        row = (FOUND, path, other_spelling(path), kind, size, "", b"", 0, trees.role(path))
        try:
            self.db.execute("INSERT INTO work.name VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError:
            self.breaches.add("BOX-TWICE", "is there twice", path)
            self.db.execute(
                "INSERT OR REPLACE INTO work.name VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row
            )


def _compare_index(box: Path, reader: _BoxReader) -> None:
    """Hold a tar against the index beside it."""
    path = box.with_name(box.name + tar_index.SUFFIX)
    if not path.is_file():
        return
    try:
        with tar_index_read.TarIndex(path) as index:
            index.check(box)
            _compare_rows(index, reader)
    except AvpresError as error:
        reader.breaches.add("BOX-INDEX", str(error))


def _compare_rows(index: tar_index_read.TarIndex, reader: _BoxReader) -> None:
    files = 0
    for row in index:
        if row.is_folder:
            continue
        files += 1
        found = reader.db.execute(
            "SELECT size, digests FROM reading WHERE side = ? AND path = ?", (FOUND, row.path)
        ).fetchone()
        if found is None or found[0] != row.size:
            what = "is not in the tar" if found is None else "has another size in the tar"
            reader.breaches.add("BOX-INDEX", f"{what} than in its index", row.path)
            continue
        read = dict(word.split(":") for word in found[1].split())
        for digest in row.digests:
            value = read.get(digest.algorithm.value, digest.value)
            if value != digest.value:
                said = f"has another {digest.algorithm} digest than the index tells"
                reader.breaches.add("BOX-INDEX-DIGEST", said, row.path, (digest.value, value))
    query = "SELECT count(*) FROM work.name WHERE side = ? AND kind = ?"
    there = reader.db.execute(query, (FOUND, int(Kind.FILE))).fetchone()[0]
    if there != files:
        reader.breaches.add("BOX-INDEX", f"lists {files} files where the tar has {there}")
