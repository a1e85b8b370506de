"""Message digests, several from the same bytes."""

import hashlib
import os
from collections.abc import Callable, Iterable
from typing import BinaryIO, Protocol

import xxhash

from avpres.domain.fixity import Algorithm, Digest

Buffer = bytes | bytearray | memoryview

_PIECE = 4 * 1024 * 1024  # bytes
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_C4_DIGITS = 88  # base-58 digits of 512 bits; C4 ID, SMPTE ST 2114


class Hasher(Protocol):
    """A running digest, as hashlib, xxhash and blake3 offer it."""

    def update(self, data: Buffer, /) -> object:
        """Take in more bytes; releases the GIL on large buffers."""

    def hexdigest(self) -> str:
        """Write the digest of what was taken in, in lower-case hex."""


class C4Hasher:
    """SHA-512 written as a C4 identifier (SMPTE ST 2114): `c4` and 88 base-58 digits."""

    __slots__ = ("_sha512",)

    def __init__(self) -> None:
        self._sha512 = hashlib.sha512(usedforsecurity=False)

    def update(self, data: Buffer, /) -> None:
        """Take in more bytes."""
        self._sha512.update(data)

    def hexdigest(self) -> str:
        """Write the identifier; the name is hashlib's, the text is base 58."""
        number = int.from_bytes(self._sha512.digest(), "big")
        digits = []
        for _ in range(_C4_DIGITS):
            number, digit = divmod(number, 58)
            digits.append(_BASE58[digit])
        return "c4" + "".join(reversed(digits))


def _md5() -> Hasher:
    return hashlib.md5(usedforsecurity=False)


def _sha1() -> Hasher:
    return hashlib.sha1(usedforsecurity=False)


def _blake3() -> Hasher:
    from blake3 import blake3

    return blake3()


NEW: dict[Algorithm, Callable[[], Hasher]] = {
    Algorithm.MD5: _md5,
    Algorithm.SHA1: _sha1,
    Algorithm.SHA256: hashlib.sha256,
    Algorithm.SHA512: hashlib.sha512,
    Algorithm.XXH64: xxhash.xxh64,
    Algorithm.XXH3: xxhash.xxh3_64,
    Algorithm.XXH128: xxhash.xxh3_128,
    Algorithm.BLAKE3: _blake3,
    Algorithm.C4: C4Hasher,
}
"""How to begin a digest of each algorithm."""


class MultiHasher:
    """Several digests of one stream of bytes."""

    __slots__ = ("_hashers",)

    def __init__(self, algorithms: Iterable[Algorithm]) -> None:
        self._hashers = [(algorithm, NEW[algorithm]()) for algorithm in algorithms]

    def update(self, data: Buffer) -> None:
        """Take in more bytes for every algorithm."""
        for _, hasher in self._hashers:
            hasher.update(data)

    def digests(self) -> tuple[Digest, ...]:
        """Give the digests of what was taken in, in the order asked."""
        return tuple(Digest(algorithm, hasher.hexdigest()) for algorithm, hasher in self._hashers)

    def packed(self) -> str:
        """Give the digests as one text, `md5:… xxh128:…`: cheaper where there are millions."""
        return " ".join(
            [f"{algorithm.value}:{hasher.hexdigest()}" for algorithm, hasher in self._hashers]
        )


def digests_of(
    path: bytes | str | os.PathLike[str], algorithms: Iterable[Algorithm]
) -> tuple[Digest, ...]:
    """Read a whole file, once for all digests.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as handle:
        return measure(handle, algorithms)[1]


def measure(handle: BinaryIO, algorithms: Iterable[Algorithm]) -> tuple[int, tuple[Digest, ...]]:
    """Read a file from where it stands to its end, for its size and its digests."""
    hasher, size = MultiHasher(algorithms), 0
    while piece := handle.read(_PIECE):
        hasher.update(piece)
        size += len(piece)
    return size, hasher.digests()
