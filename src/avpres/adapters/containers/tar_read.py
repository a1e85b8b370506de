"""Reading a tar of any flavour from front to end: v7, ustar, GNU, pax, star; sparse files too."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from avpres.adapters.containers.forward import Forward
from avpres.adapters.containers.member import (
    NOTHING,
    DamagedContainerError,
    Member,
    MemberKind,
    Problem,
    Reader,
    Tell,
    damaged,
)
from avpres.adapters.containers.tar_fields import name_in, said, target_in, time_in
from avpres.adapters.containers.tar_pax import LARGEST, PaxError, records
from avpres.adapters.containers.tar_sparse import (
    SparseError,
    SparseReader,
    checked,
    data_map,
    old_map,
    pax_map,
)
from avpres.adapters.validators.tar_header import has_checksum, number
from avpres.domain.severity import Severity

BLOCK = 512
_ZERO = bytes(BLOCK)
_TRAILING = 1024 * 1024  # bytes looked at together behind the end

_KINDS = {
    b"0"[0]: MemberKind.FILE,
    b"\0"[0]: MemberKind.FILE,
    b"7"[0]: MemberKind.FILE,
    b"S"[0]: MemberKind.FILE,
    b"1"[0]: MemberKind.HARDLINK,
    b"2"[0]: MemberKind.SYMLINK,
    b"3"[0]: MemberKind.DEVICE,
    b"4"[0]: MemberKind.DEVICE,
    b"5"[0]: MemberKind.FOLDER,
    b"6"[0]: MemberKind.FIFO,
    b"D"[0]: MemberKind.FOLDER,  # GNU's listing of a folder, with data
    b"M"[0]: MemberKind.OTHER,  # the rest of a file that began on another volume
    b"N"[0]: MemberKind.OTHER,
    b"V"[0]: MemberKind.OTHER,  # the name of the volume
}
_WITH_DATA = frozenset({MemberKind.FILE, MemberKind.OTHER})
_EXTENDED, _GLOBAL, _LONG_NAME, _LONG_LINK, _SUN = b"xgLKX"
_SPARSE = b"S"[0]
_LIST = b"D"[0]


class Data:
    """The data of a member in the stream, no byte further."""

    def __init__(self, stream: Forward, size: int) -> None:
        self._stream = stream
        self.left = size

    def read(self, size: int) -> bytes:
        """Give the next bytes: at most `size`, nothing at the end."""
        data = self._stream.take(min(size, self.left)) if self.left else b""
        self.left -= len(data)
        if not data and self.left and size:
            raise _cut(self.left, self._stream.place)
        return data


def read_at(stream: Forward, member: Member) -> Reader:
    """Give the data of a member from a stream that stands at its offset."""
    return _reader(Data(stream, member.stored), member)


@dataclass(slots=True)
class _Pending:
    """What was said ahead of a member, for it alone."""

    start: int | None = None
    name: bytes | None = None
    link: bytes | None = None
    pax: dict[bytes, bytes] = field(default_factory=dict)
    pairs: list[bytes] = field(default_factory=list)  # of the sparse form 0.0


class TarWalk:
    """One pass over a tar. What is wrong is told, and the walk goes on where it can."""

    def __init__(self, stream: Forward, tell: Tell) -> None:
        self._stream = stream
        self._tell = tell
        self._globals: dict[bytes, bytes] = {}
        self._pending = _Pending()

    def __iter__(self) -> Iterator[tuple[Member, Reader]]:
        try:
            while (block := self._next_block()) is not None:
                found = self._member(block)
                if found is not None:
                    member, data = found
                    yield member, _reader(data, member)
                    self._pass(data)
        except DamagedContainerError as error:
            self._tell(error.problem)

    def _next_block(self) -> bytes | None:
        place = self._stream.place
        block = self._stream.take(BLOCK)
        if block == _ZERO:
            self._end(place)
            return None
        if len(block) < BLOCK:
            if block:
                raise damaged("CON-CUT", "the tar ends within a header; it was cut", place)
            self._warn("CON-END", "the two blocks of zeros that end a tar are missing", place)
            return None
        return block if has_checksum(block) else self._resumed(place)

    def _resumed(self, place: int) -> bytes | None:
        """Look for the next header behind a damaged one."""
        self._pending = _Pending()
        block = self._stream.take(BLOCK)
        while len(block) == BLOCK:
            if block[257:262] == b"ustar" and has_checksum(block):
                break
            block = self._stream.take(BLOCK)
        end = self._stream.place - len(block)
        text = (
            f"a header at byte {place} is damaged; {end - place} bytes up to byte {end} "
            "cannot be told apart, and the members in them are lost"
        )
        self._tell(Problem("CON-HEADER", Severity.ERROR, text, None, place))
        return block if len(block) == BLOCK else None

    def _member(self, block: bytes) -> tuple[Member, Data] | None:
        pending = self._pending
        start = self._stream.place - BLOCK
        if pending.start is None:
            pending.start = start
        kind = block[156]
        size = number(block[124:136])
        if size is None or size < 0:
            raise damaged("CON-HEADER", "the size of a member is no number", start)
        if kind in {_EXTENDED, _SUN, _GLOBAL, _LONG_NAME, _LONG_LINK}:
            self._keep(kind, self._content(size, start))
            return None
        self._pending = _Pending()
        try:
            return self._described(block, size, pending)
        except SparseError:
            text = "the map of a sparse file cannot be; the file is left out"
            self._tell(Problem("CON-SPARSE", Severity.ERROR, text, name_in(block), start))
            return None

    def _keep(self, kind: int, content: bytes) -> None:
        pending = self._pending
        if kind == _LONG_NAME:
            pending.name = content.partition(b"\0")[0]
        elif kind == _LONG_LINK:
            pending.link = content.partition(b"\0")[0]
        else:
            self._keep_records(self._globals if kind == _GLOBAL else pending.pax, content)

    def _keep_records(self, into: dict[bytes, bytes], content: bytes) -> None:
        try:
            for keyword, value in records(content):
                if keyword in {b"GNU.sparse.offset", b"GNU.sparse.numbytes"}:
                    self._pending.pairs.append(value)
                into[keyword] = value
        except PaxError:
            text = "an extended header is damaged; name, size or time may be wrong"
            place = self._stream.place
            self._tell(Problem("CON-HEADER", Severity.ERROR, text, None, place))

    def _content(self, size: int, start: int) -> bytes:
        if size > LARGEST:
            text = f"an extended header of {size} bytes is larger than any tool writes"
            raise damaged("CON-HEADER", text, start)
        content = self._stream.take(size)
        if len(content) < size or self._stream.skip(-size % BLOCK) < -size % BLOCK:
            raise damaged("CON-CUT", "the tar ends within a header; it was cut", start)
        return content

    def _described(self, block: bytes, size: int, pending: _Pending) -> tuple[Member, Data]:
        pax = {**self._globals, **pending.pax} if self._globals else pending.pax
        name = pax.get(b"GNU.sparse.name") or pax.get(b"path") or pending.name or name_in(block)
        size = said(pax, b"size", size)
        kind = self._kind(block, name)
        stored = size if kind in _WITH_DATA or block[156] == _LIST else 0
        member = Member(
            path=name.rstrip(b"/") or name,
            kind=kind,
            size=stored if kind is MemberKind.FILE else 0,
            mtime=time_in(pax, block),
            target=target_in(block, pax, pending.link) if kind in _LINKS else b"",
            header=pending.start,
            offset=self._stream.place,
            stored=stored,
        )
        if block[156] == _SPARSE or b"GNU.sparse.major" in pax or b"GNU.sparse.size" in pax:
            member = self._sparse(member, block, pax, pending.pairs)
        return member, Data(self._stream, member.stored)

    def _kind(self, block: bytes, name: bytes) -> MemberKind:
        found = _KINDS.get(block[156])
        if found is None:
            letter = bytes(block[156:157])
            text = f"a member of the unknown type {letter!r} is taken for a file"
            self._warn("CON-TYPE", text, self._stream.place - BLOCK, name)
            return MemberKind.FILE
        is_old_folder = found is MemberKind.FILE and name.endswith(b"/")
        return MemberKind.FOLDER if is_old_folder else found

    def _sparse(
        self, member: Member, block: bytes, pax: dict[bytes, bytes], pairs: list[bytes]
    ) -> Member:
        stored = member.stored
        if block[156] == _SPARSE:
            extents, size = old_map(block, self._stream)
        elif b"GNU.sparse.major" in pax:
            extents, taken = data_map(self._stream)
            size = said(pax, b"GNU.sparse.realsize", -1)
            stored -= taken
        else:
            extents = pax_map(pax, pairs)
            size = said(pax, b"GNU.sparse.size", -1)
        place = self._stream.place
        exact = checked(extents, size, stored)
        return replace(member, size=size, stored=stored, offset=place, extents=exact)

    def _pass(self, data: Data) -> None:
        """Go to the next header, over data that were not read and the rest of their last block."""
        stream = self._stream
        if data.left:
            data.left -= stream.skip(data.left)
            if data.left:
                raise _cut(data.left, stream.place)
        rest = -(stream.place) % BLOCK
        if rest and stream.skip(rest) < rest:
            raise damaged("CON-CUT", "the tar ends within its last member", stream.place)

    def _end(self, place: int) -> None:
        second = self._stream.take(BLOCK)
        if second != _ZERO:
            text = "only one block of zeros ends the tar, not two"
            self._warn("CON-END", text, place)
        rest = second
        while rest:
            if rest.strip(b"\0"):
                text = "something stands behind the end of the tar and was not read"
                self._warn("CON-TRAILING", text, self._stream.place - len(rest))
                self._drain()
                return
            rest = self._stream.take(_TRAILING)
        if self._pending.start is not None:
            text = "a long name or extended header has no member; the tar was cut and mended"
            raise damaged("CON-HEADER", text, place)

    def _drain(self) -> None:
        """Read on, so that checksums behind the data are judged too."""
        while self._stream.skip(_TRAILING):
            pass

    def _warn(self, code: str, text: str, place: int, name: bytes | None = None) -> None:
        self._tell(Problem(code, Severity.WARNING, text, name, place))


_LINKS = frozenset({MemberKind.SYMLINK, MemberKind.HARDLINK})


def _reader(data: Data, member: Member) -> Reader:
    if member.extents is None:
        return data if member.stored else NOTHING
    return SparseReader(data, member.extents, member.size)


def _cut(missing: int, place: int) -> DamagedContainerError:
    text = f"the tar ends {missing} bytes before the end of a member; it was cut"
    return damaged("CON-CUT", text, place)
