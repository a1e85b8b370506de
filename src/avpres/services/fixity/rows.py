"""How digests, names and signatures are written in the tables of a comparison."""

import os
from collections.abc import Iterable

from avpres.adapters.storage.reading import Signature
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import nfc

LISTED = 0
"""The side that says what should be: manifests in `verify`, the first argument of `diff`."""
FOUND = 1
"""The side that is judged: the tree in `verify`, the second argument of `diff`."""
_ALGORITHM = {algorithm.value: algorithm for algorithm in Algorithm}


def write_digests(digests: Iterable[Digest]) -> str:
    """Write digests as one cell."""
    return " ".join(f"{d.algorithm}:{d.value}" for d in digests)


def read_digests(cell: str | None) -> tuple[Digest, ...]:
    """Read digests back from a cell; several cells joined by spaces are read too."""
    if not cell:
        return ()
    pairs = [word.split(":", 1) for word in cell.split()]
    return tuple([Digest(_ALGORITHM[name], value) for name, value in pairs])


def write_signature(signature: Signature) -> str:
    """Write a signature as text: some file systems have inode numbers beyond SQLite's integers."""
    return ",".join(map(str, signature))


def folded(path: bytes) -> bytes:
    r"""Give the spelling under which names are the same to people: NFC, and `/` for `\`.

    HFS+ stores NFD and LTFS stores NFC; manifests made on Windows may hold backslashes. Names are
    compared as they stand first, since on Linux all of these can be different files.
    """
    if path.isascii():
        return path.replace(b"\\", b"/")
    return os.fsencode(nfc(os.fsdecode(path))).replace(b"\\", b"/")


def shown(path: bytes) -> str:
    r"""Write a path for people and for JSON; bytes that are not UTF-8 become `\xNN`."""
    return path.decode("utf-8", "backslashreplace")
