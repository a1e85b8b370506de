"""Reading a zip through its central directory: ZIP64, stored, deflate, bzip2, lzma, xz, zstd.

PKWARE APPNOTE 6.3.10. The directory is read entry by entry and never held in memory.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from avpres.adapters.containers.forward import Decompressor
from avpres.adapters.containers.member import (
    CHUNK,
    NOTHING,
    DamagedContainerError,
    Member,
    MemberKind,
    Problem,
    Reader,
    Tell,
    damaged,
)
from avpres.adapters.containers.zip_end import Directory, find_directory
from avpres.adapters.containers.zip_entry import Entry, entry_at
from avpres.adapters.containers.zip_methods import decompressor, errors
from avpres.domain.severity import Severity

_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _UTF8 = 0x0001, 0x0800
_COMPRESSED = 256 * 1024
_LONGEST_TARGET = 64 * 1024  # bytes
_RATIO_FROM = 1 << 30


class ZipWalk:
    """One pass over a zip, in the order of its directory."""

    def __init__(self, handle: BinaryIO, tell: Tell, ratio: int | None = None) -> None:
        self._handle = handle
        self._tell = tell
        self._ratio = ratio
        self._has_told_charset = False

    def __iter__(self) -> Iterator[tuple[Member, Reader]]:
        for entry in self._entries():
            member = entry.member
            if member.kind is MemberKind.SYMLINK:
                member = self._with_target(entry)
            yield member, self.reader(entry)

    def _entries(self) -> Iterator[Entry]:
        try:
            directory = find_directory(self._handle, self._tell)
            yield from self._listed(directory)
        except DamagedContainerError as error:
            self._tell(error.problem)

    def _listed(self, directory: Directory) -> Iterator[Entry]:
        place, count = directory.start, 0
        while place < directory.end:
            entry, place = entry_at(self._handle, place, directory.shift)
            self._check_charset(entry)
            count += 1
            yield entry
        if count != directory.count:
            text = f"the directory has {count} members where its end says {directory.count}"
            raise damaged("CON-DIRECTORY", text, directory.end)

    def reader(self, entry: Entry) -> Reader:
        """Give the data of an entry; what is wrong with them shows when they are read."""
        if entry.member.kind is MemberKind.FOLDER:
            return NOTHING
        return _Late(lambda: _reader(self._handle, entry, self._ratio))

    def _with_target(self, entry: Entry) -> Member:
        member = entry.member
        try:
            target = self.reader(entry).read(_LONGEST_TARGET)
        except DamagedContainerError as error:
            self._tell(error.problem)
            target = b""
        return Member(
            member.path, member.kind, 0, member.mtime, target, member.header, member.offset
        )

    def _check_charset(self, entry: Entry) -> None:
        if self._has_told_charset or entry.flags & _UTF8 or entry.name.isascii():
            return
        try:
            entry.member.path.decode()
        except UnicodeDecodeError:
            self._has_told_charset = True
            text = (
                "names are not UTF-8, and the zip does not say which character set they are in; "
                "they are kept byte by byte"
            )
            path = entry.member.path
            self._tell(Problem("CON-CHARSET", Severity.WARNING, text, path, entry.member.header))


def read_entry(handle: BinaryIO, member: Member, ratio: int | None = None) -> Reader:
    """Give the data of a member that a walk has told of."""
    if member.header is None or member.kind is not MemberKind.FILE:
        return NOTHING
    entry, _ = entry_at(handle, member.header, (member.offset or 0))
    if entry.member.path != member.path:
        raise damaged("CON-DIRECTORY", "the directory changed since it was read", member.header)
    return _reader(handle, entry, ratio)


class _Late:
    """A reader that begins when it is first asked."""

    def __init__(self, begin: Callable[[], Reader]) -> None:
        self._begin = begin
        self._reader: Reader | None = None

    def read(self, size: int) -> bytes:
        """Give the next bytes: at most `size`, nothing at the end."""
        if self._reader is None:
            self._reader = self._begin()
        return self._reader.read(size)


def _reader(handle: BinaryIO, entry: Entry, ratio: int | None) -> Reader:
    member = entry.member
    if entry.flags & _ENCRYPTED:
        raise damaged("CON-ENCRYPTED", "is encrypted; decrypt the zip first", None, member.path)
    start = _data_offset(handle, entry)
    return _Checked(handle, start, entry, ratio)


def _data_offset(handle: BinaryIO, entry: Entry) -> int:
    place = entry.member.offset or 0
    path = entry.member.path
    handle.seek(place)
    fixed = handle.read(_LOCAL.size)
    if len(fixed) < _LOCAL.size or fixed[:4] != b"PK\3\4":
        raise damaged("CON-HEADER", "its header is not where the directory says", place, path)
    fields = _LOCAL.unpack(fixed)
    named, extra = fields[-2:]
    if handle.read(named) != entry.name or fields[3] != entry.method:
        text = "its header and the directory differ in name or method"
        raise damaged("CON-DIRECTORY", text, place, path)
    return place + _LOCAL.size + int(named) + int(extra)


class _Checked:
    """The data of one member, judged by size and CRC at their end."""

    def __init__(self, handle: BinaryIO, start: int, entry: Entry, ratio: int | None) -> None:
        self._handle = handle
        self._place = start
        self._left = entry.member.stored  # compressed bytes not yet read
        self._entry = entry
        self._ratio = ratio
        self._undo = decompressor(entry.method, self._raw)
        self._crc = 0
        self._made = 0
        self._is_judged = False

    def read(self, size: int) -> bytes:
        """Give the next bytes: at most `size`, nothing at the end."""
        if not size:
            return b""
        data = self._raw(size) if self._undo is None else self._undone(self._undo, size)
        self._crc = zlib.crc32(data, self._crc)
        self._made += len(data)
        if self._made > self._entry.member.size or (not data and not self._is_judged):
            self._judge()
        self._check_ratio()
        return data

    def _raw(self, size: int) -> bytes:
        """Read of the data as they stand in the file."""
        want = min(size, self._left, CHUNK)
        self._handle.seek(self._place)
        data = self._handle.read(want)
        if want and not data:
            raise self._damage("CON-CUT", "its data end too early; the zip was cut")
        self._place += len(data)
        self._left -= len(data)
        return data

    def _undone(self, undo: Decompressor, size: int) -> bytes:
        while not undo.eof:
            put = self._raw(_COMPRESSED) if undo.needs_input else b""
            if undo.needs_input and not put:
                if self._made == self._entry.member.size:
                    return b""  # LZMA need not mark its end
                raise self._damage("CON-CUT", "its compressed data end too early")
            try:
                data = undo.decompress(put, size)
            except errors() as error:
                raise self._damage("CON-DAMAGED", f"its data are damaged: {error}") from error
            if data:
                return data
        return b""

    def _judge(self) -> None:
        self._is_judged = True
        wanted = self._entry.member.size
        if self._made != wanted:
            raise self._damage("CON-SIZE", f"its data are not of the {wanted} bytes said")
        if self._crc != self._entry.crc:
            raise self._damage("CON-CHECKSUM", "its data do not have the CRC of the directory")

    def _check_ratio(self) -> None:
        used = max(self._entry.member.stored - self._left, 1)
        if self._ratio and self._made > max(_RATIO_FROM, self._ratio * used):
            raise self._damage("CON-BOMB", f"more than {self._ratio} bytes come out of each one")

    def _damage(self, code: str, text: str) -> DamagedContainerError:
        return damaged(code, text, self._place, self._entry.member.path)
