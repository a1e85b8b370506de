"""Digests of whole folders, as ASC MHL 2.0 composes them from the digests of their files.

Content: the digests of all children, sorted, hashed in a row. Structure: the same over the hash
of each child's name and digest, so that renaming a file changes it too.
"""

from collections.abc import Sequence

from avpres.adapters.formats import names
from avpres.adapters.formats.ascmhl import FolderDigests
from avpres.adapters.storage.hashing import NEW
from avpres.domain.fixity import Algorithm, Digest

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class FolderHasher:
    """Takes in the children of one folder; 130 bytes of memory for each."""

    def __init__(self, algorithms: Sequence[Algorithm]) -> None:
        self._content: dict[Algorithm, list[bytes]] = {a: [] for a in algorithms}
        self._structure: dict[Algorithm, list[bytes]] = {a: [] for a in algorithms}

    def add_file(self, name: str, digests: Sequence[Digest]) -> None:
        """Take in a file."""
        self.add_folder(name, FolderDigests(tuple(digests), tuple(digests)))

    def add_folder(self, name: str, digests: FolderDigests) -> None:
        """Take in a subfolder."""
        for digest in digests.content:
            self._content[digest.algorithm].append(raw(digest))
        for digest in digests.structure:
            named = names.to_bytes(name) + raw(digest)
            self._structure[digest.algorithm].append(_hash(digest.algorithm, [named]))

    def digests(self) -> FolderDigests:
        """Give the folder's own digests."""
        return FolderDigests(_all(self._content), _all(self._structure))


def _all(parts: dict[Algorithm, list[bytes]]) -> tuple[Digest, ...]:
    return tuple(Digest(a, _written(a, sorted(some))) for a, some in parts.items())


def _hash(algorithm: Algorithm, parts: Sequence[bytes]) -> bytes:
    return raw(Digest(algorithm, _written(algorithm, parts)))


def _written(algorithm: Algorithm, parts: Sequence[bytes]) -> str:
    hasher = NEW[algorithm]()
    for part in parts:
        hasher.update(part)
    return hasher.hexdigest()


def raw(digest: Digest) -> bytes:
    """Give a digest's bytes; C4 is 512 bits in base 58 (SMPTE ST 2114)."""
    if digest.algorithm is not Algorithm.C4:
        return bytes.fromhex(digest.value)
    number = 0
    for character in digest.value[2:]:
        number = number * 58 + _BASE58.index(character)
    return number.to_bytes(65, "big")[1:]
