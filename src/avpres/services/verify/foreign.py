"""Digests of bags that avpres takes nowhere else: SHA-224, SHA-384, SHA-3, BLAKE2.

A file with such a digest is read twice: once to hold it against that digest and to take SHA-256
of the same bytes, then from the medium, by SHA-256, like every other file.
"""

import hashlib
import re

from avpres.domain.fixity import Algorithm, Digest
from avpres.services.verify.holding import Holding

_CHUNK = 1 << 20  # bytes
_KNOWN = {
    re.sub("[^a-z0-9]", "", name): name
    for name in hashlib.algorithms_guaranteed
    if not name.startswith("shake")
}
_ALSO = {"blake2b512": "blake2b", "blake2s256": "blake2s"}


def name_of(label: str) -> str | None:
    """Find the digest that a manifest's name speaks of; None when Python has none of that name."""
    plain = re.sub("[^a-z0-9]", "", label.lower())
    return _KNOWN.get(_ALSO.get(plain, plain))


def length(name: str) -> int:
    """Give how many characters its written digests have."""
    return hashlib.new(name, usedforsecurity=False).digest_size * 2


def compare(holding: Holding, path: bytes, name: str) -> tuple[str, Digest]:
    """Read a file once and give the digest of that name, and SHA-256 of the same bytes.

    Raises:
        OSError: it is not there or cannot be read.
    """
    asked, own = hashlib.new(name, usedforsecurity=False), hashlib.sha256()
    with holding.open(path) as handle:
        while chunk := handle.read(_CHUNK):
            asked.update(chunk)
            own.update(chunk)
    return asked.hexdigest(), Digest(Algorithm.SHA256, own.hexdigest())
