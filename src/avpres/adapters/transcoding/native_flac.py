"""The blocks of a FLAC file (RFC 9639, 8): written in one pass, read back in bounded steps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from avpres.domain.migration import Reason, Unmigratable

MARK = b"fLaC"
STREAMINFO, APPLICATION, SEEKTABLE, COMMENT = 0, 2, 3, 4
INFO = 34  # bytes of STREAMINFO
POINT = 18  # bytes of a seek point
LAST = 0x80  # of a block's header: no other follows
INFO_AT = len(MARK) + 4
NO_POINT = b"\xff" * 8 + bytes(10)  # a placeholder
MOST_BLOCKS = 100_000
VENDOR = b"avpres"


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its kind, and where its content lies."""

    kind: int
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class Info:
    """What STREAMINFO says."""

    rate: int
    channels: int
    bits: int
    samples: int
    md5: bytes


def info_of(content: bytes) -> Info:
    """Read a STREAMINFO of 34 bytes."""
    form = int.from_bytes(content[10:18], "big")
    bits = (form >> 36 & 0x1F) + 1
    return Info(form >> 44, (form >> 41 & 7) + 1, bits, form & (1 << 36) - 1, bytes(content[18:34]))


def write_block(into: BinaryIO, kind: int, size: int, *, last: bool = False) -> None:
    """Write the header of a block; its content follows."""
    into.write(bytes([kind | (LAST if last else 0)]) + size.to_bytes(3, "big"))


def comment(mask: int | None) -> bytes:
    """Write the content of a VORBIS_COMMENT: who made it, and the loudspeakers if not usual."""
    texts = [] if mask is None else [f"WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x{mask:04X}".encode()]
    fields = b"".join(len(each).to_bytes(4, "little") + each for each in texts)
    head = len(VENDOR).to_bytes(4, "little") + VENDOR
    return head + len(texts).to_bytes(4, "little") + fields


def blocks(handle: BinaryIO, size: int) -> Iterator[Block]:
    """Yield every block of a FLAC, STREAMINFO first.

    Raises:
        Unmigratable: it is no FLAC, or is damaged.
    """
    handle.seek(0)
    if handle.read(4) != MARK:
        raise Unmigratable(Reason.UNKNOWN_FORMAT, "it is no FLAC")
    at = len(MARK)
    for number in range(MOST_BLOCKS):
        handle.seek(at)
        head = handle.read(4)
        long = int.from_bytes(head[1:], "big")
        at += 4
        if len(head) < 4 or at + long > size or (not number and (head[0] & 0x7F or long != INFO)):  # noqa: PLR2004
            raise Unmigratable(Reason.DAMAGED, "its metadata blocks make no sense")
        yield Block(head[0] & 0x7F, at, long)
        at += long
        if head[0] & LAST:
            return
    raise Unmigratable(Reason.DAMAGED, f"it has more than {MOST_BLOCKS} metadata blocks")
