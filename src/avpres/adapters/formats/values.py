"""Which algorithm a written digest is of: told by label, by file name, by length."""

import re
from collections.abc import Sequence
from functools import lru_cache

from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import LENGTH, Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

_LABELS = {
    "md5": Algorithm.MD5,
    "sha1": Algorithm.SHA1,
    "sha256": Algorithm.SHA256,
    "sha512": Algorithm.SHA512,
    "sha2256": Algorithm.SHA256,  # OpenSSL 3 writes `SHA2-256(name)= …`
    "sha2512": Algorithm.SHA512,
    "xxh64": Algorithm.XXH64,
    "xxh64be": Algorithm.XXH64,
    "xxhash64": Algorithm.XXH64,
    "xxhash64be": Algorithm.XXH64,
    "xxh3": Algorithm.XXH3,
    "xxh364": Algorithm.XXH3,
    "xxh128": Algorithm.XXH128,
    "xxh3128": Algorithm.XXH128,
    "blake3": Algorithm.BLAKE3,
    "b3": Algorithm.BLAKE3,
    "c4": Algorithm.C4,
}
_BY_LENGTH = {
    32: Algorithm.MD5,
    40: Algorithm.SHA1,
    64: Algorithm.SHA256,
    128: Algorithm.SHA512,
    16: Algorithm.XXH64,
}
_FOREIGN = re.compile(  # of the same length as one that avpres takes
    r"(?:^|[._-])(b2|blake2\w*|sha-?3[-_]?\d*|sm3|whirlpool|ripemd160|rmd160|md[24])"
    r"(?:sums?)?(?:\.txt)?$"
)
_WORD = re.compile(r"[a-z]+[0-9]*(?:[-_][0-9]+)?")
_HEX = re.compile("[0-9a-f]+")


@lru_cache(maxsize=64)
def labelled(label: str) -> Algorithm | None:
    """Find the algorithm that a label names in any of its spellings; None when avpres has none."""
    return _LABELS.get(re.sub("[^a-z0-9]", "", label.lower()))


def named(file_name: str) -> Algorithm | None:
    """Find the algorithm that a manifest's file name speaks of: `x-sha512.txt`, `MD5SUMS`.

    Raises:
        NotConformantError: it speaks of one that avpres does not take, which the length of its
            values could pass off as another (`B2SUMS` look like SHA-512).
    """
    if foreign := _FOREIGN.search(file_name.lower()):
        raise NotConformantError(
            f"{file_name}: avpres takes no {foreign[1]} digests; verify it with the tool it is of"
        )
    found = None
    for word in _WORD.findall(file_name.lower()):
        known = re.sub("sums?$", "", re.sub("[-_]", "", word))
        found = _LABELS.get(known, found)
    return found


def digest(value: str, hint: Algorithm | None = None) -> Digest | None:
    """Read a written digest, upper-case too; None when it is none.

    XXH3 and XXH64, XXH128 and MD5 have the same length: there the hint decides.
    """
    if value.startswith("c4") and len(value) == LENGTH[Algorithm.C4]:
        return Digest(Algorithm.C4, value) if value.isalnum() and value.isascii() else None
    value = value.lower()
    if value.startswith("xxh3_"):  # xxhsum 0.8.2 marks 64-bit XXH3 so
        value, hint = value[5:], Algorithm.XXH3
    if not _HEX.fullmatch(value):
        return None
    if hint is not None and len(value) == LENGTH[hint]:
        return Digest(hint, value)
    algorithm = _BY_LENGTH.get(len(value))
    return Digest(algorithm, value) if algorithm else None


def of(entry: ManifestEntry, algorithm: Algorithm) -> str:
    """Give the written digest of an entry.

    Raises:
        UsageError: the entry has none of that algorithm.
    """
    found = entry.digest(algorithm)
    if found is None:
        raise UsageError(f"{entry.path} has no {algorithm} digest; take one before writing it")
    return found.value


def only(algorithms: Sequence[Algorithm]) -> Algorithm:
    """Give the one algorithm of a format that holds one.

    Raises:
        UsageError: none or several are asked for.
    """
    if len(algorithms) != 1:
        raise UsageError("this manifest format holds one algorithm; write one manifest for each")
    return algorithms[0]
