"""The records of pax extended headers, with those of sparse files that come more than once."""

from collections.abc import Iterator

from avpres.adapters.containers.planned import SECOND

LARGEST = 1024 * 1024  # bytes of one extended header or long name; tools write some hundred
_LENGTH_DIGITS = 10
_MOST_DIGITS = 18


class PaxError(ValueError):
    """A record is not as POSIX.1-2001 has it."""


def records(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield keywords and values in the order in which they stand.

    Raises:
        PaxError: a record is malformed; what came before it counts.
    """
    place, end = 0, len(content)
    while place < end:
        digits = content[place : place + _LENGTH_DIGITS].partition(b" ")[0]
        if not digits.isdigit():
            if content[place:].strip(b"\0"):
                raise PaxError
            return
        stop = place + int(digits)
        keyword, equals, value = content[place + len(digits) + 1 : stop].partition(b"=")
        if not equals or not keyword or stop > end or value[-1:] != b"\n":
            raise PaxError
        yield keyword, value[:-1]
        place = stop


def whole(value: bytes) -> int | None:
    """Read a whole number that is not negative."""
    return int(value) if value.isdigit() and len(value) <= _MOST_DIGITS else None


def nanoseconds(value: bytes) -> int | None:
    """Read a time in seconds, with a fraction or without, as a number of nanoseconds."""
    sign, digits = (-1, value[1:]) if value[:1] == b"-" else (1, value)
    seconds, _, fraction = digits.partition(b".")
    number = whole(seconds)
    if number is None or (fraction and not fraction.isdigit()):
        return None
    return sign * (number * SECOND + int(fraction[:9].ljust(9, b"0")))
