"""Where files are taken out of: a folder or a container, with all that is recorded of them."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

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
from avpres.adapters.containers.planned import Packed
from avpres.adapters.containers.safe_names import RefusedError, checked
from avpres.adapters.containers.tar_index import SUFFIX
from avpres.adapters.containers.tar_index_read import TarIndex, member_at
from avpres.adapters.formats import manifests
from avpres.adapters.storage.walk import Entry, walk
from avpres.adapters.storage.walk import Kind as Found
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.services.extract import findings
from avpres.services.extract.findings import Note
from avpres.services.extract.listing import Held, Kind, Listing
from avpres.services.extract.lore import Lore

_KINDS = {Found.FILE: Kind.FILE, Found.LINK: Kind.LINK}
_LORE = 1 << 31  # bytes of a list that is read; a hostile container must not fill the disk


@dataclass(slots=True)
class Source:
    """A package, listed. `name` is its folder, with which all paths begin; it may be empty."""

    path: Path
    listing: Listing
    note: Note
    work: Path
    name: bytes = b""
    kind: ContainerKind | None = None
    index: Path | None = None
    lore: Lore = field(init=False)

    @property
    def is_folder(self) -> bool:
        """Say whether it is a folder, and no container."""
        return self.path.is_dir()

    def load(self, index: Path | None) -> None:
        """List everything, and learn what is recorded of it.

        Raises:
            SourceUnreadableError: it cannot be read.
            NotConformantError: it is no container, or a list in it is broken.
        """
        if self.is_folder:
            self._load_folder()
        else:
            self._load_container(index)

    def _load_folder(self) -> None:
        tree = Path(os.path.abspath(self.path))
        self.name = os.fsencode(tree.name)
        for entry in walk(tree, on_error=self._unreadable):
            if entry.kind == Found.FOLDER:
                self.listing.put_folder(self.name + b"/" + entry.name)
            else:
                self.listing.put(self._row(entry))
        self.lore = Lore(self.listing, tree, self.name)
        for manifest in manifests.find(tree, on_doubtful=lambda _: None):
            self._take_list(manifest, tree)
        self.lore.know()

    def _row(self, entry: Entry) -> Held:
        path = self.name + b"/" + entry.name
        kind = _KINDS.get(entry.kind, Kind.OTHER)
        return Held(path, path, kind, entry.size, entry.mtime_ns)

    def _take_list(self, manifest: manifests.ManifestFile, tree: Path) -> None:
        place = os.fsencode(os.path.relpath(manifest.path, tree.parent))
        if not place.startswith(b".."):
            beside = manifest.path.parent == tree.parent
            if beside:
                found = os.stat(manifest.path)
                row = Held(place, place, Kind.MANIFEST, found.st_size, found.st_mtime_ns)
                self.listing.put(row)
            else:
                self.listing.mark(place, Kind.MANIFEST)
        base = os.fsencode(os.path.relpath(manifest.base, tree.parent))
        lead = b"" if base == b"." else base + b"/"
        entries = manifests.read(manifest)
        listed = ((lead + os.fsencode(e.path), e.digests) for e in entries)
        self.listing.record(listed, self.name + b"/")

    def _unreadable(self, name: bytes, error: OSError) -> None:
        path = os.path.join(str(self.path), os.fsdecode(name))
        self.note(findings.unreadable(path, error.strerror or str(error)))

    def _load_container(self, index: Path | None) -> None:
        with open_container(self.path, self._tell) as container:
            self.kind = container.kind
            self.index = self._index(index)
            if self.index is not None:
                self._load_index(self.index)
            else:
                for member, _ in container.walk():
                    self._take_member(member)
        tops = self.listing.tops()
        folders = [top for top in tops if not self.listing.is_there(top)]
        self.name = folders[0] if len(folders) == 1 else b""
        self.lore = Lore(self.listing, self.work / os.fsdecode(self.name), self.name)
        self._bring_lore()
        self.lore.read()
        self.lore.read_beside(self.path)

    def _index(self, named: Path | None) -> Path | None:
        """Find the index of a tar: it is used when it belongs to this one."""
        path = named or self.path.with_name(self.path.name + SUFFIX)
        if self.kind is not ContainerKind.TAR or not (named or path.is_file()):
            return None
        with closing(TarIndex(path)) as found:
            found.check(self.path)
        return path

    def _load_index(self, path: Path) -> None:
        with closing(TarIndex(path)) as index:
            for row in index:
                if not self._is_safe(row.path):
                    continue
                place = checked(row.path)
                if row.is_folder:
                    self.listing.put_folder(place)
                    continue
                held = Held(place, row.path, Kind.FILE, row.size, row.mtime, row.header, row.offset)
                self.listing.put(held._replace(digests=row.digests))

    def _take_member(self, member: Member) -> None:
        if not self._is_safe(member.path):
            return
        if member.kind is MemberKind.FOLDER:
            self.listing.put_folder(checked(member.path))
            return
        kind = Kind.FILE if member.kind is MemberKind.FILE else Kind.OTHER
        if member.kind in {MemberKind.SYMLINK, MemberKind.HARDLINK}:
            kind = Kind.LINK
        header = -1 if member.header is None else member.header
        offset = -1 if member.offset is None else member.offset
        path = checked(member.path)
        held = Held(path, member.path, kind, member.size, member.mtime or 0, header, offset)
        if not self.listing.put(held):
            self.note(findings.twice(os.fsdecode(path)))

    def _is_safe(self, path: bytes) -> bool:
        try:
            return bool(checked(path))
        except RefusedError as error:
            self.note(findings.unsafe(os.fsdecode(path), error.message))
            return False

    def _tell(self, problem: Problem) -> None:
        name = None if problem.member is None else os.fsdecode(problem.member)
        self.note(findings.damaged(name or str(self.path), problem.message))

    def _bring_lore(self) -> None:
        """Unpack the lists of the package, as far as they are needed to prove what is wanted."""
        wanted = {held.member: held for held in self.lore.lists() if held.size <= _LORE}
        for held, reader in self.members(wanted):
            target = self.work / os.fsdecode(held.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as handle:
                for chunk in chunks(reader):
                    handle.write(chunk)

    def members(self, wanted: dict[bytes, Held]) -> Iterator[tuple[Held, Reader]]:
        """Read a few members of a container, in the order in which they lie there."""
        if self.kind is ContainerKind.TAR:
            rows = sorted(wanted.values(), key=lambda held: held.header)
            yield from self.at_once(iter(rows))
            return
        with open_container(self.path, self._ignore) as container:
            for member, reader in container.walk():
                held = wanted.pop(member.path, None)
                if held is not None and member.kind is MemberKind.FILE:
                    yield held, reader
                if not wanted:
                    return

    def at_once(self, rows: Iterator[Held]) -> Iterator[tuple[Held, Reader]]:
        """Read members of an uncompressed tar, each by one seek; nothing else of it is read.

        Raises:
            NotConformantError: something else is where the index has a member.
        """
        with self._handle() as handle:
            for held in rows:
                yield held, _LateReader(handle, held)

    def walked(self) -> Iterator[tuple[Held, Reader]]:
        """Read all that is wanted, in one way through the container."""
        left, _ = self.listing.totals()
        with open_container(self.path, self._ignore) as container:
            for member, reader in container.walk():
                if not left:
                    return
                held = self.listing.picked_member(member.path)
                if held is not None and member.kind is MemberKind.FILE:
                    left -= 1
                    yield held, reader

    def _handle(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise SourceUnreadableError(
                f"{self.path}: cannot be read ({error.strerror})"
            ) from error

    def _ignore(self, _problem: Problem) -> None:
        """Leave it at what was told when the container was listed."""


class _LateReader:
    """Looks for a member when its data are asked for, so that its damage is its own."""

    def __init__(self, handle: BinaryIO, held: Held) -> None:
        self._handle = handle
        self._held = held
        self._reader: Reader | None = None

    def read(self, size: int) -> bytes:
        """Give the next bytes: at most `size`, nothing at the end."""
        if self._reader is None:
            held = self._held
            place = (held.member, held.header, held.offset, held.size, held.mtime)
            _, self._reader = member_at(self._handle, Packed(*place, is_folder=False, digests=()))
        return self._reader.read(size)


Unreadable = (DamagedContainerError, NotConformantError, OSError)
"""What the reading of one member can end in; the others may be sound."""
