"""Digests as WARC records write them: `sha1:` and base 16, 32 or 64."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

_NAMES = {
    "md5": "md5", "sha1": "sha1", "sha-1": "sha1", "sha224": "sha224", "sha-224": "sha224",
    "sha256": "sha256", "sha-256": "sha256", "sha384": "sha384", "sha-384": "sha384",
    "sha512": "sha512", "sha-512": "sha512",
}  # fmt: skip


class Wanted(Enum):
    """Why there is nothing to compare with."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown"  # an algorithm that is not known here


@dataclass(slots=True)
class Check:
    """A digest to compare with, and what was read so far."""

    algorithm: str
    value: bytes
    state: "hashlib._Hash"

    def agrees(self) -> bool:
        """Say whether what was read has the digest that it should have."""
        return self.state.digest() == self.value


def read_digest(value: str) -> Check | Wanted:
    """Read the value of a digest field."""
    name, colon, text = value.partition(":")
    if not colon or not text or not text.isascii():
        return Wanted.MALFORMED
    algorithm = _NAMES.get(name.strip().lower())
    if algorithm is None:
        return Wanted.UNKNOWN
    state = hashlib.new(algorithm, usedforsecurity=False)
    found = _decoded(text.strip(), state.digest_size)
    return Wanted.MALFORMED if found is None else Check(algorithm, found, state)


@lru_cache(maxsize=64)
def _decoded(text: str, size: int) -> bytes | None:
    for decode in (bytes.fromhex, _base32, _base64):
        try:
            found = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(found) == size:
            return found
    return None


def _base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


def _base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
