"""Identification by PRONOM's signatures, through the Siegfried inside of pygfried.

Siegfried looks for signatures with gaps in all of a file, 60 MB a second; of a film that is hours.
As in DROID, whose default it is, 64 KiB from either end are searched, and less of formats whose
signatures are known to lie at the very ends. It is given excerpts of that size, under names that
are text and keep their extension: other names pygfried does not take.
"""

import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from avpres.adapters.identification.names import extension_of
from avpres.domain.description import Candidate

TOOL = "Siegfried"
DROID = 65536  # bytes from either end that DROID searches by default
NEAR = 4096  # bytes from either end that hold the signatures of the formats below
_WHOLE = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
_AT_THE_ENDS = (b"\xff\xd8\xff", b"GIF8", b"RIFF", b"RF64", b"BW64", b"FORM", b"fLaC")
_EXIF = b"\xff\xe1"
_PRINTED = bytes([*b"\t\n\r\f", *range(0x20, 0x7F), *range(0x80, 0x100)])
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Siegfried:
    """One set of signatures, loaded.

    Args:
        signatures: a signature file of `roy`; without one, PRONOM as pygfried brings it.
        threads: files that are identified at once.
    """

    def __init__(self, signatures: Path | None = None, *, threads: int = 1) -> None:
        import pygfried

        self._many = (
            pygfried.Scanner(signature=str(signatures)).identify_many
            if signatures
            else pygfried.identify_many
        )
        self._threads = threads
        self.version = ""

    def identify(self, paths: Sequence[bytes]) -> list[tuple[Candidate, ...]]:
        """Give the candidates of each file, in order; none where nothing matched."""
        with _Views() as view:
            found = self._many([view(path) for path in paths], workers=self._threads)
        self.version = version_in(found)
        return [tuple(_candidates(each, self.version)) for each in found["files"]]


def version_in(found: Mapping[str, Any]) -> str:
    """Name the program and the signatures, as `sf -version` does."""
    details = ", ".join(each["details"] for each in found["identifiers"])
    return f"{found['siegfried']} ({details})"


def _candidates(found: Mapping[str, Any], version: str) -> list[Candidate]:
    return [
        Candidate(
            tool=TOOL,
            version=version,
            format=match["format"],
            format_version=match["version"],
            puid=match["id"],
            mime=match["mime"],
            basis=match["basis"],
            warning=match["warning"],
        )
        for match in found["matches"]
        if match["id"] != "UNKNOWN"
    ]


class _Views:
    """What Siegfried is shown: the file itself, a link to it, or an excerpt of both its ends."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def __call__(self, path: bytes) -> str:
        excerpt = _excerpt(path)
        if excerpt is not None:
            place = self._place(path)
            place.write_bytes(excerpt)
            return str(place)
        try:
            return path.decode()
        except UnicodeDecodeError:
            place = self._place(path)
            place.symlink_to(os.path.abspath(os.fsdecode(path)))
            return str(place)

    def _place(self, path: bytes) -> Path:
        if self._folder is None:
            memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
            self._folder = tempfile.TemporaryDirectory(prefix="avpres-", dir=memory)
        self._count += 1
        extension = extension_of(path)
        safe = extension if extension.isalnum() else "bin"
        return Path(self._folder.name) / f"{self._count}.{safe}"


def _excerpt(path: bytes) -> bytes | None:
    """Give both ends of a file, or None where Siegfried is to see all of it."""
    try:
        descriptor = os.open(path, _OPEN)
    except OSError:
        return None  # Siegfried says why
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size <= 2 * NEAR:
            return None
        head = os.read(descriptor, NEAR)
        width = _width(head)
        if width is None or found.st_size <= 2 * width:
            return None
        if width > NEAR:
            head += os.read(descriptor, width - NEAR)
        os.lseek(descriptor, -width, os.SEEK_END)
        return head + os.read(descriptor, width)
    finally:
        os.close(descriptor)


def is_plain_text(head: bytes) -> bool:
    """Say whether a beginning is text without mark-up, of which PRONOM knows no signature."""
    return not head.translate(None, _PRINTED) and not head.lstrip().startswith((b"<", b"%", b"#"))


def _width(head: bytes) -> int | None:
    """Say how much of each end is to be searched; None is all, for packages and PDF."""
    if head.startswith(_WHOLE):
        return None
    if head.startswith(_AT_THE_ENDS) and not head.startswith(_EXIF, 2):
        return NEAR
    return NEAR if is_plain_text(head) else DROID
