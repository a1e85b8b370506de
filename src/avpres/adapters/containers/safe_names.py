"""Which names and links of a container may become files, and which would lead astray."""

import re
import sys
from enum import StrEnum

from avpres.adapters.containers.member import Member, MemberKind

DEEPEST = 500  # folders in each other; deeper ones cannot be removed again by common tools
_LONGEST = 32 * 1024  # bytes of a path
_DRIVE = re.compile(rb"[A-Za-z]:(?:[\\/]|$)")
_WINDOWS = sys.platform == "win32"


class Reason(StrEnum):
    """Why a member was not unpacked."""

    ABSOLUTE = "UNP-ABSOLUTE"
    OUTSIDE = "UNP-OUTSIDE"
    NAME = "UNP-NAME"
    THROUGH = "UNP-THROUGH"
    LINK = "UNP-LINK"
    DEVICE = "UNP-DEVICE"
    DUPLICATE = "UNP-DUPLICATE"


class RefusedError(Exception):
    """One member cannot be unpacked; the others can."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check_kind(member: Member) -> None:
    """Refuse what has no content to keep.

    Raises:
        RefusedError: it is a device, a pipe, or nothing that becomes a file.
    """
    if member.kind in _WORDS:
        text = f"it is a {_WORDS[member.kind]}, which has no content to keep"
        raise RefusedError(Reason.DEVICE, text)


_WORDS = {
    MemberKind.DEVICE: "device",
    MemberKind.FIFO: "named pipe",
    MemberKind.OTHER: "record of the packing program",
}


def checked(path: bytes) -> bytes:
    """Give a path beneath the folder that is unpacked into; empty for that folder itself.

    `./` and doubled slashes say nothing and go. A leading slash is not taken off: a container that
    names absolute paths was made by mistake or with intent, and somebody should look.

    Raises:
        RefusedError: it leads outside, or could on another system.
    """
    if b"\0" in path or not path:
        raise RefusedError(Reason.NAME, "its name is empty or has a NUL character in it")
    if path[:1] == b"/":
        raise RefusedError(Reason.ABSOLUTE, "its path is absolute")
    if _DRIVE.match(path) or path[:2] == b"\\\\" or (_WINDOWS and b":" in path):
        raise RefusedError(Reason.ABSOLUTE, "its path begins with a drive or a server of Windows")
    if b"\\" in path and (_WINDOWS or b".." in re.split(rb"[\\/]", path)):
        text = "its backslashes would lead to another place on Windows"
        raise RefusedError(Reason.OUTSIDE, text)
    parts = [part for part in path.split(b"/") if part not in {b"", b"."}]
    if b".." in parts:
        raise RefusedError(Reason.OUTSIDE, "its path has `..` in it and would lead outside")
    if len(parts) > DEEPEST or len(path) > _LONGEST:
        text = f"its path has {len(parts)} parts and {len(path)} bytes, more than can be held"
        raise RefusedError(Reason.NAME, text)
    return b"/".join(parts)


def check_link(path: bytes, target: bytes) -> None:
    """Make sure that a symbolic link stays inside whatever other links there are.

    `..` may only come first, and not more often than there are folders above the link: behind a
    name it could go up from wherever that name, as a link, had led.

    Raises:
        RefusedError: it would lead outside, or could.
    """
    if not target or b"\0" in target:
        raise RefusedError(Reason.LINK, "it is a link to nothing")
    if target[:1] == b"/" or _DRIVE.match(target) or target[:1] == b"\\":
        raise RefusedError(Reason.LINK, f"it is a link to {shown(target)}, an absolute path")
    parts = [part for part in target.split(b"/") if part not in {b"", b"."}]
    up = 0
    while up < len(parts) and parts[up] == b"..":
        up += 1
    if up > path.count(b"/") or b".." in parts[up:] or (b"\\" in target and b".." in target):
        raise RefusedError(Reason.LINK, f"it is a link to {shown(target)}, which leads outside")


def shown(name: bytes) -> str:
    """Give a name fit to be read, cut where it is long."""
    return name[:200].decode("utf-8", "backslashreplace").encode("unicode_escape").decode()
