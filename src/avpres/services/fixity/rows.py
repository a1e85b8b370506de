"""How names and signatures are written in the tables of a comparison."""

import os

from avpres.adapters.storage.reading import Signature
from avpres.domain.manifest import nfc

LISTED = 0
"""The side that says what should be: manifests in `verify`, the first argument of `diff`."""
FOUND = 1
"""The side that is judged: the tree in `verify`, the second argument of `diff`."""


def names_of(cell: str) -> str:
    """Give the names of the algorithms of packed digests, joined by spaces."""
    if " " not in cell:
        return cell.partition(":")[0]
    return " ".join([word.partition(":")[0] for word in cell.split()])


def write_signature(signature: Signature) -> str:
    """Write a signature as text: some file systems have inode numbers beyond SQLite's integers."""
    size, mtime_ns, ctime_ns, inode = signature
    return f"{size},{mtime_ns},{ctime_ns},{inode}"


def folded(path: bytes) -> bytes:
    r"""Give the spelling under which names are the same to people: NFC, and `/` for `\`.

    HFS+ stores NFD and LTFS stores NFC; manifests made on Windows may hold backslashes. Names are
    compared as they stand first, since on Linux all of these can be different files.
    """
    if path.isascii():
        return path.replace(b"\\", b"/")
    return os.fsencode(nfc(os.fsdecode(path))).replace(b"\\", b"/")


def other_spelling(path: bytes) -> bytes | None:
    """Give the folded spelling of a path where it is another one."""
    if path.isascii() and b"\\" not in path:
        return None
    spelling = folded(path)
    return None if spelling == path else spelling


def shown(path: bytes) -> str:
    r"""Write a path for people and for JSON; bytes that are not UTF-8 become `\xNN`."""
    return path.decode("utf-8", "backslashreplace")
