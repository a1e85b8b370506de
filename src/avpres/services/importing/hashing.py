"""Digests of files that are there already."""

from collections.abc import Iterable

from avpres.adapters.storage.hashing import MultiHasher
from avpres.domain.fixity import Algorithm, Digest

_CHUNK = 1024 * 1024  # bytes


def digests_of(path: bytes, algorithms: Iterable[Algorithm]) -> tuple[Digest, ...]:
    """Read a file once for several digests.

    Raises:
        OSError: it cannot be read.
    """
    hasher = MultiHasher(algorithms)
    with open(path, "rb") as handle:
        while chunk := handle.read(_CHUNK):
            hasher.update(chunk)
    return hasher.digests()
