"""Numbers and elements of EBML as RAWcooked writes and reads them (RFC 8794, 4 to 7)."""

LONGEST = 12  # bytes of an element's header: a 4-byte id and an 8-byte size


def vint(value: int, length: int = 0) -> bytes:
    """Write a number with its length marker, in as few bytes as hold it.

    All bits set means "unknown", so that value takes a byte more (RFC 8794, 6.2; RAWcooked,
    `Size_EB`).
    """
    if not length:
        length = 1
        while value >= (1 << 7 * length) - 1:
            length += 1
    return (value | 1 << 7 * length).to_bytes(length, "big")


def unsigned(value: int) -> bytes:
    """Write an unsigned integer, big-endian, at least one byte."""
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def signed(value: int) -> bytes:
    """Write a signed integer, big-endian two's complement, at least one byte."""
    return value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True)


def element(id_: int, content: bytes) -> bytes:
    """Write an element whole."""
    return header(id_, len(content)) + content


def header(id_: int, size: int, length: int = 0) -> bytes:
    """Write the id and the size of an element; `length` makes the size that many bytes long."""
    return id_.to_bytes((id_.bit_length() + 7) // 8, "big") + vint(size, length)


def read_vint(data: bytes | memoryview, at: int = 0) -> tuple[int, int] | None:
    """Read a number and its length; None where none can begin or it is cut.

    RAWcooked takes "unknown" as the number that it looks like, so it does here (`Get_EB`).
    """
    if at >= len(data) or not data[at]:
        return None
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        return None
    return int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1), length


def read_header(data: bytes | memoryview, at: int = 0) -> tuple[int, int, int] | None:
    """Read the id, the size and the length of an element's header; None where none can begin."""
    if at >= len(data) or data[at] < 0x10:  # noqa: PLR2004 - ids have at most 4 bytes
        return None
    length = 9 - data[at].bit_length()
    size = read_vint(data, at + length)
    if size is None:
        return None
    return int.from_bytes(data[at : at + length], "big"), size[0], length + size[1]
