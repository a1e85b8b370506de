"""What a copying program says of one path, taken out of its lines."""

import os
import re
from dataclasses import dataclass
from errno import errorcode

# The program runs in the C locale, and Python never sets LC_MESSAGES: both speak English.
_ERRNO = {os.strerror(number): number for number in errorcode}

_METADATA = re.compile(
    rb"preserv|permissions|attribute|\btimes\b|ownership|security context|xattr|\bacl\b|\bACLs?\b"
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line about one or more paths.

    `paths` are as the program wrote them, unquoted: of the source or of the destination, relative
    to where it ran or absolute. `metadata` says that times, modes, or attributes are meant, so
    that the bytes may all be there.
    """

    paths: tuple[bytes, ...]
    message: str
    errno: int | None
    metadata: bool


def errno_of(reason: bytes) -> int | None:
    """Find the number of an error text of this system: `No space left on device` is 28."""
    return _ERRNO.get(reason.decode("utf-8", "replace").strip())


def is_about_metadata(words: bytes) -> bool:
    """Say whether an action concerns times, modes, or attributes rather than bytes."""
    return _METADATA.search(words) is not None
