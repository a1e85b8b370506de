"""Fields of a tar's header, in the block or in what was said ahead of it."""

from collections.abc import Mapping

from avpres.adapters.containers.member import damaged
from avpres.adapters.containers.planned import SECOND
from avpres.adapters.containers.tar_pax import nanoseconds, whole
from avpres.adapters.validators.tar_header import number


def name_in(block: bytes) -> bytes:
    """Read the name of a member from its header block."""
    name = block[:100].partition(b"\0")[0]
    if block[257:263] == b"ustar\0" and block[345]:
        # star keeps times at the end of the prefix, and its mark at the end of the block
        room = block[345:476] if block[508:512] == b"tar\0" else block[345:500]
        return room.partition(b"\0")[0] + b"/" + name
    return name


def target_in(block: bytes, pax: Mapping[bytes, bytes], long: bytes | None) -> bytes:
    """Read what a link points at: from pax, from GNU's long header, or from the block."""
    found = pax.get(b"linkpath") or long
    return found or block[157:257].partition(b"\0")[0]


def said(pax: Mapping[bytes, bytes], keyword: bytes, otherwise: int) -> int:
    """Take a number from the extended header, where it is said there."""
    if keyword not in pax:
        return otherwise
    found = whole(pax[keyword])
    if found is None:
        raise damaged("CON-HEADER", f"the {keyword.decode()} of a member is no number")
    return found


def time_in(pax: Mapping[bytes, bytes], block: bytes) -> int | None:
    """Read the modification time in nanoseconds; None when it is no number."""
    if b"mtime" in pax and (found := nanoseconds(pax[b"mtime"])) is not None:
        return found
    seconds = number(block[136:148])
    return None if seconds is None else seconds * SECOND
