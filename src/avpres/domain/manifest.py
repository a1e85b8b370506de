"""Manifests: which files there should be, with which digests."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from avpres.domain.fixity import Algorithm, Digest


class ManifestFormat(StrEnum):
    """Manifest formats that archives hold. Each has one module in `adapters/formats`."""

    IFI = "ifi"  # `<md5>  <root>/<path>`, sorted, beside the folder (IFIscripts copyit.py)
    GNU = "gnu"  # md5sum and sha*sum, text or binary mark, escaped names
    BSD = "bsd"  # `MD5 (name) = hex`
    SIDECAR = "sidecar"  # one digest in `<file>.md5` (md5tool)
    HASHDEEP = "hashdeep"
    MHL = "mhl"  # Media Hash List 1.1
    ASCMHL = "ascmhl"  # ASC MHL 2.0: generations and a chain
    BAGIT = "bagit"  # RFC 8493
    DFXML = "dfxml"
    BFI_TAR = "bfi-tar"  # BFI's JSON manifests of tar files
    AVPRES = "avpres"  # JSON lines: every algorithm, size, time, raw name


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file as a manifest lists it.

    `path` is relative to the manifest's base folder, with `/`; bytes that are not UTF-8 are
    surrogate-escaped (PEP 383), so that `os.fsencode` gives the name on disk back. `size` is in
    bytes, `mtime_ns` in nanoseconds since 1970, both None when the format does not say.
    """

    path: str
    digests: tuple[Digest, ...]
    size: int | None = None
    mtime_ns: int | None = None

    def digest(self, algorithm: Algorithm) -> Digest | None:
        """Find the digest of one algorithm."""
        return next((d for d in self.digests if d.algorithm is algorithm), None)


def nfc(path: str) -> str:
    """Bring a path to the form in which paths are compared.

    HFS+ stores NFD and LTFS stores NFC; a manifest made on one would otherwise call every
    accented name on the other missing and extra at once.
    """
    return path if path.isascii() else unicodedata.normalize("NFC", path)
