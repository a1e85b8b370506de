"""Walk over the chunks of a sound file, by their headers alone and never more than a sane number.

Sizes are what the file claims. Chunks of odd size are followed by a byte of padding that some
writers forget: it is taken as missing when a name begins in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from avpres.domain.sounding import UncodableSound

MOST_CHUNKS = 10_000  # before the samples; more are an attack, or no chunks at all
HEADER = 8  # bytes: name and size
MOST_CONTENT = 4096  # bytes of a chunk that are ever looked at


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its name, where its content begins, and the size that it claims.

    `strange` says that a byte of padding before it, somewhere, is not zero.
    """

    name: bytes
    start: int
    size: int
    strange: bool = False


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A sound file that is being read; `size` is where it ends."""

    handle: BinaryIO
    size: int

    def read(self, at: int, size: int) -> bytes:
        """Read some bytes; fewer where the file ends."""
        self.handle.seek(at)
        return self.handle.read(max(0, min(size, self.size - at)))

    def content(self, chunk: Chunk) -> bytes:
        """Read the beginning of a chunk's content."""
        return self.read(chunk.start, min(chunk.size, MOST_CONTENT))

    def chunks(self, at: int, order: str) -> Iterator[Chunk]:
        """Yield chunks whose sizes have 32 bits, `order` being "little" or "big".

        Raises:
            UncodableSound: there are too many to be those of a sound file.
        """
        strange = False
        for _ in range(MOST_CHUNKS):
            head = self.read(at, HEADER)
            if len(head) < HEADER:
                return
            size = int.from_bytes(head[4:], "little" if order == "little" else "big")
            yield Chunk(head[:4], at + HEADER, size, strange)
            at += HEADER + size
            padding = self._padding(at) if size % 2 else b""
            strange |= any(padding)
            at += len(padding)
        raise UncodableSound("HEADER", f"it has more than {MOST_CHUNKS} chunks; keep it whole")

    def _padding(self, at: int) -> bytes:
        """Give the byte of padding that stands here, if one does."""
        following = self.read(at, 5)
        missing = is_name(following[:4]) and not is_name(following[1:])
        return b"" if missing else following[:1]


def is_name(name: bytes) -> bool:
    """Tell whether this looks like the name of a chunk: four characters that can be printed."""
    return len(name) == 4 and all(0x20 <= byte < 0x7F for byte in name) and name[0] != 0x20  # noqa: PLR2004
