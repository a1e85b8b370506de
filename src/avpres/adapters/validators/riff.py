"""Walking the chunks of RIFF (WAVE, AVI) and of its elder sister IFF (AIFF)."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

UNKNOWN_SIZE = 0xFFFFFFFF  # a size that stands elsewhere (ds64), or that was never written
MOST_CHUNKS = 20_000  # in a file; no sound file has more than some dozens
HEADER = 8  # bytes: id and size
NO_SIZES: Mapping[bytes, int] = {}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a format of the family differs from the others.

    `prefix` opens the ids of its messages; `oversize` and `end` are JHOVE's ids for a chunk larger
    than what holds it and for a file that ends too early.
    """

    prefix: str
    order: str = "<"
    oversize: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk; offsets and sizes in bytes.

    `size` is what its header claims, `stop` where its content ends in this file, so that
    `stop - start < size` in what was cut.
    """

    id: bytes
    offset: int  # of its header
    size: int
    stop: int

    @property
    def start(self) -> int:
        """Where its content begins."""
        return self.offset + HEADER

    @property
    def name(self) -> str:
        """Its id, for people."""
        return self.id.decode("ascii", "replace")

    @property
    def is_whole(self) -> bool:
        """Say whether all of its content is in the file."""
        return self.stop - self.start == self.size


@dataclass(frozen=True, slots=True)
class Span:
    """The inside of a form or list: where it begins and where it claims to end."""

    start: int
    end: int


@dataclass(slots=True)
class Walker:
    """A file whose chunks are walked; what is wrong with them is said on the way.

    `budget` is how many chunks are still looked at: hostile files have millions of empty ones.
    """

    source: Source
    exam: Examination
    dialect: Dialect
    budget: int = MOST_CHUNKS

    def form(self, claimed: int, offset: int = 0) -> Span:
        """Compare the size in the header of a form with the file, and say what differs."""
        prefix, end = self.dialect.prefix, offset + HEADER + claimed
        if claimed in {0, UNKNOWN_SIZE}:
            self.exam.broken(
                f"{prefix}-UNFINISHED",
                "the header holds no size: the recording or transfer was not brought to its end",
                offset + 4,
                jhove=self.dialect.end,
            )
            return Span(offset + 12, self.source.size)
        if end > self.source.size:
            self.exam.broken(
                f"{prefix}-CUT",
                f"the file ends {end - self.source.size} bytes before the end in its header",
                self.source.size,
                jhove=self.dialect.end,
            )
        return Span(offset + 12, end)

    def trailing(self, end: int) -> None:
        """Say what follows after the end of the last form of a file."""
        prefix, extra = self.dialect.prefix, self.source.size - end
        if extra <= 0:
            return
        is_zero = extra == 1 and self.source.peek(end, 1) == b"\0"
        if is_zero and end % 2:
            text = "the padding byte at the end is left out of the size"
            self.exam.note(f"{prefix}-PADDING", text, end)
        elif extra == 1 and not is_zero:
            text = "there is one byte more than the header counts: it may be one of the samples"
            self.exam.invalid(f"{prefix}-BYTE-TOO-MANY", text, end)
        else:
            text = f"{extra} bytes follow after the end in the header"
            self.exam.warn(f"{prefix}-TRAILING", text, end)

    def walk(self, span: Span, sizes: Mapping[bytes, int] = NO_SIZES) -> Iterator[Chunk]:
        """Yield the chunks inside of a form or list.

        The walk ends where it cannot go on: at an id that is none, or at a chunk that reaches
        beyond the end (which is yielded before). `sizes` (of RF64) stand in for sizes that do not
        fit in 32 bits; it may grow while the walk is under way.
        """
        offset, limit = span.start, min(span.end, self.source.size)
        while offset < limit:
            chunk = self._chunk(offset, sizes)
            if chunk is None:
                return
            end = chunk.start + chunk.size
            if end > span.end:
                self._say_oversize(chunk, end - span.end)
            yield chunk
            if end > span.end:
                return
            if chunk.size % 2 and end < limit and self.source.peek(end, 1) != b"\0":
                self.exam.note(f"{self.dialect.prefix}-PADDING", "a padding byte is not zero", end)
            offset = end + chunk.size % 2

    def content(self, chunk: Chunk, most: int) -> bytes:
        """Give the content of a chunk, at most so much of it."""
        return self.source.peek(chunk.start, min(chunk.stop - chunk.start, most))

    def _chunk(self, offset: int, sizes: Mapping[bytes, int]) -> Chunk | None:
        prefix = self.dialect.prefix
        self.budget -= 1
        if self.budget < 0:
            self.exam.flood(f"{prefix}-CHUNKS", "there are more chunks than can be meant", offset)
        header = self.source.peek(offset, HEADER)
        if not self._is_id(header[:4], offset):
            return None
        if len(header) < HEADER:
            self.exam.broken(
                f"{prefix}-CUT", "a chunk header is cut short", offset, jhove=self.dialect.end
            )
            return None
        size = struct.unpack_from(self.dialect.order + "I", header, 4)[0]
        if size == UNKNOWN_SIZE:
            size = sizes.get(header[:4], size)
        start = offset + HEADER
        return Chunk(header[:4], offset, size, min(start + size, self.source.size))

    def _is_id(self, name: bytes, offset: int) -> bool:
        if not _PRINTABLE.issuperset(name):
            self.exam.broken(
                f"{self.dialect.prefix}-CHUNK-ID",
                f"a chunk is expected, but {name.hex(' ')} is no chunk id",
                offset,
                jhove="IFF-HUL-1",
            )
            return False
        if name[:1] == b" " and name.strip():
            self.exam.invalid(
                f"{self.dialect.prefix}-CHUNK-ID-SPACE",
                f"the chunk id '{name.decode('ascii')}' begins with a space",
                offset,
                jhove="IFF-HUL-2",
            )
        return True

    def _say_oversize(self, chunk: Chunk, beyond: int) -> None:
        self.exam.broken(
            f"{self.dialect.prefix}-CHUNK-SIZE",
            f"chunk '{chunk.name}' claims {chunk.size} bytes, {beyond} more than there is room for",
            chunk.offset,
            jhove=self.dialect.oversize,
        )


_PRINTABLE = frozenset(range(32, 127))


@dataclass(slots=True)
class Walked:
    """A file under examination whose chunks a walker reads."""

    walker: Walker

    @property
    def source(self) -> Source:
        """The file."""
        return self.walker.source

    @property
    def exam(self) -> Examination:
        """Where is said what is found."""
        return self.walker.exam

    @property
    def properties(self) -> dict[str, object]:
        """Where what belongs to its format alone is kept."""
        return self.exam.technical.properties

    def content(self, chunk: Chunk, most: int) -> bytes:
        """Give the content of a chunk, at most so much of it."""
        return self.walker.content(chunk, most)
