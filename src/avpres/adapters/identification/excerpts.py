"""What Siegfried is shown of a file: all of it, or an excerpt of both its ends.

Siegfried looks for signatures with gaps in all of a file, 60 MB a second; of a film that is hours.
As in DROID, whose default it is, 64 KiB from either end are searched, and less of formats whose
signatures are known to lie at the very ends. Excerpts have names that are text and keep their
extension: other names pygfried does not take.
"""

import contextlib
import os
import re
import shutil
import stat
import struct
import tempfile
from collections.abc import Iterator, Sequence

from avpres.adapters.identification.bombs import is_bomb
from avpres.adapters.identification.names import extension_of
from avpres.adapters.storage.folders import open_unseen

DROID = 65536  # bytes from either end that DROID searches by default
NEAR = 4096  # bytes from either end that hold the signatures of the formats below
SHORT = 1536  # bytes at the end of a text; marks of its end lie within 1,031 bytes
_WHOLE = (b"PK", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
_AT_THE_ENDS = (b"GIF8", b"RIFF", b"RF64", b"BW64", b"FORM", b"fLaC")
_JPEG = (b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb", b"\xff\xd8\xff\xee")  # without Exif
_TIFF = {b"II*\x00": "<", b"MM\x00*": ">"}
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_PRINTED = bytes([*b"\t\n\r\f", *range(0x20, 0x7F), *range(0x80, 0x100)])
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

_COMMON_TAGS = frozenset(
    {
        *range(254, 270),
        *range(273, 298),
        *(301, 305, 306, 315, 316, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 338, 339),
        *(347, 529, 530, 531, 532, 700, 33432, 33723, 34377, 34675),
    }
)
"""Tags of TIFF 6.0 and of image editors. Signatures of TIFF's kin, from cameras, maps, fax and
microscopes, ask for others, such as the make of the camera."""


@contextlib.contextmanager
def folder_in_memory() -> Iterator[str]:
    """Make a folder for excerpts, in memory where there is such a place; gone at the end."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
    folder = tempfile.mkdtemp(prefix="avpres-", dir=memory)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def shown(paths: Sequence[bytes], folder: str) -> Iterator[list[str]]:
    """Give the names under which Siegfried is to look at files; excerpts are gone afterwards."""
    names: list[str] = []
    made: list[str] = []
    try:
        for number, path in enumerate(paths):
            excerpt = _excerpt(path)
            if excerpt is None and (name := _text(path)):
                names.append(name)
                continue
            names.append(_place(path, folder, number))
            made.append(names[-1])
            if excerpt is None:
                os.symlink(os.path.abspath(path), os.fsencode(names[-1]))
            else:
                _write(names[-1], excerpt)
        yield names
    finally:
        for name in made:
            with contextlib.suppress(OSError):
                os.unlink(name)


def is_plain_text(head: bytes) -> bool:
    """Say whether a beginning is text without mark-up, of which PRONOM knows no signature."""
    return not head.translate(None, _PRINTED) and not head.lstrip().startswith((b"<", b"%", b"#"))


def _text(path: bytes) -> str:
    """Give a name that Siegfried can take: text, without anything that breaks its answer."""
    try:
        name = path.decode()
    except UnicodeDecodeError:
        return ""
    return name if name.isprintable() else ""


def _place(path: bytes, folder: str, number: int) -> str:
    extension = extension_of(path)
    return f"{folder}{os.sep}{number}.{extension if extension.isalnum() else 'bin'}"


def _write(name: str, excerpt: bytes) -> None:
    descriptor = os.open(name, _NEW, 0o600)
    try:
        while excerpt:
            excerpt = excerpt[os.write(descriptor, excerpt) :]
    finally:
        os.close(descriptor)


def _excerpt(path: bytes) -> bytes | None:
    """Give both ends of a file, or None where Siegfried is to see all of it."""
    try:
        return _ends(path)
    except OSError:
        return None  # Siegfried says why


def _ends(path: bytes) -> bytes | None:
    descriptor = open_unseen(path, _OPEN)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return b""  # a pipe would hold Siegfried up for ever
        if found.st_size <= 2 * NEAR:
            return None
        head = os.read(descriptor, NEAR)
        widths = _widths(head, descriptor)
        if head.startswith(b"PK") and is_bomb(descriptor, found.st_size):
            widths = NEAR, NEAR
        os.lseek(descriptor, len(head), os.SEEK_SET)
        if widths is None or found.st_size <= sum(widths):
            return None
        if widths[0] > NEAR:
            head += os.read(descriptor, widths[0] - NEAR)
        os.lseek(descriptor, -widths[1], os.SEEK_END)
        return head[: widths[0]] + os.read(descriptor, widths[1])
    finally:
        os.close(descriptor)


def _widths(head: bytes, descriptor: int) -> tuple[int, int] | None:
    """Say how much of each end is to be searched; None is all, for packages and PDF."""
    if head.startswith(_WHOLE):
        return None
    if head.startswith(_JPEG):
        return _of_jpeg(descriptor)
    if head.startswith(_AT_THE_ENDS):
        return NEAR, NEAR
    if head[:4] in _TIFF:
        return (NEAR, NEAR) if _is_common_tiff(head, descriptor) else (DROID, DROID)
    return (NEAR, SHORT) if is_plain_text(head) or _HTML.match(head) else (DROID, DROID)


def _of_jpeg(descriptor: int) -> tuple[int, int]:
    """A JPEG is known by its first segment and by its end mark, wherever that may be."""
    os.lseek(descriptor, -2, os.SEEK_END)
    is_whole = os.read(descriptor, 2) == b"\xff\xd9"
    os.lseek(descriptor, NEAR, os.SEEK_SET)
    return (NEAR // 2, 2) if is_whole else (NEAR, NEAR)


def _is_common_tiff(head: bytes, descriptor: int) -> bool:
    """Say whether a TIFF has one image, described by nothing but tags of TIFF itself."""
    order = _TIFF[head[:4]]
    try:
        (place,) = struct.unpack_from(order + "I", head, 4)
        os.lseek(descriptor, place, os.SEEK_SET)
        part = os.read(descriptor, NEAR)
        (count,) = struct.unpack_from(order + "H", part)
        tags = {struct.unpack_from(order + "H", part, 2 + 12 * n)[0] for n in range(count)}
        (further,) = struct.unpack_from(order + "I", part, 2 + 12 * count)
    except struct.error:
        return False
    finally:
        os.lseek(descriptor, len(head), os.SEEK_SET)
    return not further and tags <= _COMMON_TAGS
