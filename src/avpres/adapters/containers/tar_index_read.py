"""Reading the index of a tar: in order, or a few paths by halving."""

import base64
import binascii
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from avpres.adapters.containers.forward import FileForward
from avpres.adapters.containers.member import Member, Problem, Reader
from avpres.adapters.containers.planned import SECOND, Packed
from avpres.adapters.containers.tar_index import FORMAT, VERSION
from avpres.adapters.containers.tar_read import TarWalk
from avpres.adapters.formats import values
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.domain.fixity import Digest

_SPOOLED = 8 * 1024 * 1024  # bytes kept in memory before they go to disk
_LONGEST = 1024 * 1024  # bytes of a line
_TAIL = 256  # bytes; the last line is far shorter
_LARGEST = 1 << 63


@dataclass(frozen=True, slots=True)
class IndexHead:
    """What an index says of its tar."""

    container: bytes
    size: int
    digests: tuple[Digest, ...]
    members: int


class TarIndex:
    """An index that is open for reading; no more than a line of it is in memory.

    Raises:
        SourceUnreadableError: it cannot be read.
        NotConformantError: it is no index, of a later version, or cut short.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._handle = open(path, "rb")  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise SourceUnreadableError(f"{path}: cannot be read ({error.strerror})") from error
        try:
            self.head = self._head()
            self._first = self._handle.tell()
            self._end = self._find_end()
        except NotConformantError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Packed]:
        """Yield every row, in order; may be interrupted by other questions."""
        count, last = 0, b""
        for row in self._rows_from(self._first):
            if row.path <= last:
                raise self._wrong(f"{row.path!r} is not in its place, or is there twice")
            last = row.path
            count += 1
            yield row
        if count != self.head.members:
            raise self._wrong(f"{count} members are listed where {self.head.members} should be")

    def find(self, path: bytes) -> Packed | None:
        """Look up one path by halving: some twenty short reads among a million rows."""
        row = next(self._rows_from(self._place_of(path)), None)
        return row if row is not None and row.path == path else None

    def below(self, folder: bytes) -> Iterator[Packed]:
        """Yield the rows beneath a folder, at any depth."""
        lead = folder + b"/"
        for row in self._rows_from(self._place_of(lead)):
            if not row.path.startswith(lead):
                return
            yield row

    def check(self, container: Path) -> None:
        """See that the index can belong to a tar, by its size alone.

        Raises:
            NotConformantError: it belongs to another one.
        """
        try:
            size = container.stat().st_size
        except OSError as error:
            text = f"{container}: cannot be read ({error.strerror})"
            raise SourceUnreadableError(text) from error
        if size != self.head.size:
            raise self._wrong(
                f"it belongs to a tar of {self.head.size} bytes, and {container} has {size}"
            )

    def _place_of(self, path: bytes) -> int:
        """Find where the first row begins whose path is not before the one asked for."""
        low, high = self._first, self._end
        while low < high:
            middle = (low + high) // 2
            start = self._line_start(middle, low)
            row, after = self._row_at(start)
            if row.path < path:
                low = after
            else:
                high = start
        return low

    def _line_start(self, place: int, low: int) -> int:
        """Find the beginning of the line in which a byte stands, not before `low`."""
        step = 1024
        start = place
        while start > low:
            start = max(low, place - step)
            self._handle.seek(start)
            at = self._handle.read(place - start).rfind(b"\n")
            if at >= 0:
                return start + at + 1
            step *= 4
        return low

    def _row_at(self, place: int) -> tuple[Packed, int]:
        self._handle.seek(place)
        line = self._handle.readline(_LONGEST)
        return self._parsed(line), place + len(line)

    def _rows_from(self, place: int) -> Iterator[Packed]:
        while place < self._end:
            row, place = self._row_at(place)
            yield row

    def _head(self) -> IndexHead:
        record = self._object(self._handle.readline(_LONGEST))
        if record.get("format") != FORMAT:
            raise self._wrong("it is no index of a tar")
        if record.get("version") != VERSION:
            raise self._wrong("it is of a version that this avpres does not know; update it")
        return IndexHead(
            self._path(record, "container"),
            self._number(record, "size"),
            self._digests(record),
            self._number(record, "members"),
        )

    def _find_end(self) -> int:
        whole = os.fstat(self._handle.fileno()).st_size
        self._handle.seek(max(self._first, whole - _TAIL))
        tail = self._handle.read()
        start = tail[:-1].rfind(b"\n") + 1
        if tail[-1:] != b"\n" or self._object(tail[start:]) != {"members": self.head.members}:
            raise self._wrong("its last line is missing; it was cut short")
        return whole - len(tail) + start

    def _parsed(self, line: bytes) -> Packed:
        record = self._object(line)
        is_folder = record.get("kind") == "folder"
        return Packed(
            self._path(record, "path"),
            self._number(record, "header"),
            self._number(record, "offset"),
            self._number(record, "size"),
            self._number(record, "mtime", least=-_LARGEST) * SECOND,
            is_folder,
            self._digests(record),
        )

    def _object(self, line: bytes) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            raise self._wrong("a line is no JSON object")
        return record

    def _path(self, record: dict[str, Any], key: str) -> bytes:
        raw, path = record.get(f"{key}_base64"), record.get(key)
        try:
            if isinstance(raw, str):
                return base64.b64decode(raw, validate=True)
            if isinstance(path, str):
                return path.encode()
        except (binascii.Error, ValueError):
            pass
        raise self._wrong(f"a line has no {key}")

    def _number(self, record: dict[str, Any], key: str, least: int = 0) -> int:
        value = record.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < _LARGEST:
            raise self._wrong(f"the {key} in a line is no number")
        return value

    def _digests(self, record: dict[str, Any]) -> tuple[Digest, ...]:
        written = record.get("digests", {})
        if not isinstance(written, dict):
            raise self._wrong("the digests in a line are none")
        return tuple([self._digest(label, value) for label, value in written.items()])

    def _digest(self, label: str, value: object) -> Digest:
        algorithm = values.labelled(label)
        digest = values.digest(value, algorithm) if algorithm and isinstance(value, str) else None
        if digest is None or digest.algorithm is not algorithm:
            raise self._wrong(f"a {label} digest is none")
        return digest

    def _wrong(self, how: str) -> NotConformantError:
        return NotConformantError(f"{self.path}: {how}; unpack the tar without it")


def member_at(container: BinaryIO, row: Packed) -> tuple[Member, Reader]:
    """Read one member of an uncompressed tar where its index says.

    Raises:
        NotConformantError: another member, or none, is there: the index is not of this tar.
    """
    problems: list[Problem] = []
    found = next(iter(TarWalk(FileForward(container, row.header), problems.append)), None)
    if found is not None and not problems:
        member, reader = found
        if (member.path, member.offset, member.size) == (row.path, row.offset, row.size):
            return member, reader
    name = os.fsdecode(row.path)
    raise NotConformantError(
        f"{name}: is not at byte {row.header}, where the index has it; the index is not of this "
        "tar, or the tar is damaged: unpack it without the index"
    )
