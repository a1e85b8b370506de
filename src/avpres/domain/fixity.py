"""Digests, and how a reading was made to prove what lies on the medium."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Algorithm(StrEnum):
    """Message digest algorithms that avpres takes, all in one read."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    XXH64 = "xxh64"
    XXH3 = "xxh3"
    XXH128 = "xxh128"
    BLAKE3 = "blake3"
    C4 = "c4"


LENGTH: dict[Algorithm, int] = {  # characters of the written value: hex, but C4 is base 58
    Algorithm.MD5: 32,
    Algorithm.SHA1: 40,
    Algorithm.SHA256: 64,
    Algorithm.SHA512: 128,
    Algorithm.XXH64: 16,
    Algorithm.XXH3: 16,
    Algorithm.XXH128: 32,
    Algorithm.BLAKE3: 64,
    Algorithm.C4: 90,
}

READ_BACK = Algorithm.XXH128
"""The digest that avpres compares on read-back: 33 times the speed of MD5, 128 bits."""


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A message digest: lower-case hex, or the `c4…` identifier for C4. xxHash is big-endian."""

    algorithm: Algorithm
    value: str


def pack(digests: Iterable[Digest]) -> str:
    """Write digests as one text, `md5:… xxh128:…`: a column of a table, a message."""
    return " ".join([f"{digest.algorithm.value}:{digest.value}" for digest in digests])


def unpack(text: str) -> tuple[Digest, ...]:
    """Read digests that `pack` wrote."""
    pairs = [pair.split(":") for pair in text.split()]
    return tuple([Digest(_BY_NAME[name], value) for name, value in pairs])


_BY_NAME = {algorithm.value: algorithm for algorithm in Algorithm}


class Evidence(StrEnum):
    """How a read-back was kept from being answered by memory.

    `direct`: the page cache was bypassed (O_DIRECT, F_NOCACHE, FILE_FLAG_NO_BUFFERING).
    `evicted`: the file's pages were dropped and counted as gone before reading.
    `unknown`: only this machine's cache could be dropped; a server or driver may have answered.
    `cached`: memory answered, or may have; on a local medium that proves nothing.
    """

    DIRECT = "direct"
    EVICTED = "evicted"
    UNKNOWN = "unknown"
    CACHED = "cached"

    @property
    def read_from_medium(self) -> str:
        """Say `yes`, `no` or `unknown`, as records do."""
        return {"direct": "yes", "evicted": "yes", "unknown": "unknown"}.get(self, "no")


class VerifyMode(StrEnum):
    """How far a copy is proved: every byte read back, sizes only, or nothing."""

    FULL = "full"
    SIZE = "size"
    NONE = "none"
