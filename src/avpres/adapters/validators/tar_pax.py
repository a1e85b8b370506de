"""The records of a pax extended header: `length keyword=value`, each with a line feed."""

_LARGEST = 1024 * 1024  # bytes; extended headers are of a few hundred


class PaxError(Exception):
    """The records cannot be read; `place` is the offset of the first bad one."""

    def __init__(self, place: int) -> None:
        super().__init__("a record of the extended header cannot be read")
        self.place = place


def is_too_large(size: int) -> bool:
    """Say whether an extended header of this size is beyond anything that tools write."""
    return size > _LARGEST


def records(content: bytes) -> dict[bytes, bytes]:
    """Read the records; later ones replace earlier ones with the same keyword.

    Raises:
        PaxError: a record is not as POSIX.1-2001 has it.
    """
    found: dict[bytes, bytes] = {}
    place = 0
    while place < len(content):
        digits = content[place : place + 20].partition(b" ")[0]
        if not digits.isdigit():
            raise PaxError(place)
        end = place + int(digits)
        keyword, equals, value = content[place + len(digits) + 1 : end].partition(b"=")
        if not equals or not value.endswith(b"\n") or end > len(content) or not keyword:
            raise PaxError(place)
        found[keyword] = value[:-1]
        place = end
    return found
