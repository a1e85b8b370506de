"""One header block of a TAR archive: v7, ustar (POSIX.1-1988), GNU and pax (POSIX.1-2001)."""

from dataclasses import dataclass

BLOCK = 512

_USTAR, _GNU = b"ustar\x0000", b"ustar  \x00"
_NUMBERS = {  # name: where it stands
    "mode": slice(100, 108),
    "owner": slice(108, 116),
    "group": slice(116, 124),
    "size": slice(124, 136),
    "time": slice(136, 148),
}
_CHECKSUM = slice(148, 156)
_POSITIVE, _NEGATIVE = 0x80, 0xFF  # first byte of numbers to the base 256
_BLANK = 8 * 0x20  # the sum of the checksum's own field, taken as spaces
_HIGH = bytes(range(128))


@dataclass(slots=True)
class Header:
    """What the block says; numbers that cannot be read are named in `odd`."""

    offset: int
    name: bytes
    type: bytes
    link: bytes
    dialect: str  # "v7", "ustar", "GNU", or "unknown"
    size: int = 0
    time: int = 0
    odd: tuple[str, ...] = ()
    is_continued: bool = False  # GNU sparse maps go on in the next block


def has_checksum(block: bytes) -> bool:
    """Compare the checksum; old writers summed the bytes as signed numbers."""
    said = number(block[_CHECKSUM])
    found = sum(block) - sum(block[_CHECKSUM]) + _BLANK
    if said == found:
        return True
    rest = block[: _CHECKSUM.start] + block[_CHECKSUM.stop :]
    return said == found - 256 * len(rest.translate(None, _HIGH))


def parsed(block: bytes, offset: int) -> Header:
    """Read a block whose checksum is right."""
    dialect = _dialect(block[257:265])
    name = block[:100].partition(b"\0")[0]
    if dialect == "ustar" and block[345]:
        name = block[345:500].partition(b"\0")[0] + b"/" + name
    link = block[157:257].partition(b"\0")[0]
    header = Header(offset, name, block[156:157], link, dialect)
    values = {what: number(block[where]) for what, where in _NUMBERS.items()}
    header.odd = tuple(what for what, value in values.items() if value is None)
    header.size, header.time = values["size"] or 0, values["time"] or 0
    header.is_continued = header.type == b"S" and bool(block[482])
    return header


def number(field: bytes) -> int | None:
    """Read a number: octal digits, or to the base 256; None if it is neither."""
    if field[0] in {_POSITIVE, _NEGATIVE}:
        value = int.from_bytes(field[1:], "big")
        return value if field[0] == _POSITIVE else value - (1 << 8 * (len(field) - 1))
    digits = field.partition(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    if digits.translate(None, b"01234567"):
        return None
    return int(digits, 8)


def _dialect(magic: bytes) -> str:
    if magic == _USTAR:
        return "ustar"
    if magic == _GNU:
        return "GNU"
    return "ustar" if magic[:6] == _USTAR[:6] else _old(magic)


def _old(magic: bytes) -> str:
    return "unknown" if magic.strip(b"\0 ") else "v7"
