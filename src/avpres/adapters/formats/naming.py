"""What avpres calls the manifests that it writes."""

import hashlib
import os
from datetime import datetime

from avpres.adapters.storage.durable import NAME_LIMIT
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat

_FIXED = {
    ManifestFormat.BSD: "_checksums.txt",
    ManifestFormat.HASHDEEP: "_hashdeep.txt",
    ManifestFormat.DFXML: "_dfxml.xml",
    ManifestFormat.BFI_TAR: "_manifest.json",
    ManifestFormat.AVPRES: "_manifest.jsonl",
}


def default_name(
    subject: str, format: ManifestFormat, *, algorithm: Algorithm, created: datetime
) -> str:
    """Name a manifest after the file or folder beside which it will lie.

    IFIscripts' names for the form that they write (`-sha512.txt` for all but MD5), the dated name
    of offload tools for MHL.
    """
    if format is ManifestFormat.IFI:
        return manifest_name(subject, algorithm)
    if format is ManifestFormat.MHL:
        return fitted(subject, f"_{created:%Y-%m-%d_%H%M%S}.mhl")
    if format is ManifestFormat.BAGIT:
        return f"manifest-{algorithm}.txt"
    return fitted(subject, _FIXED.get(format, f".{algorithm}"))


def manifest_name(subject: str, algorithm: Algorithm) -> str:
    """Name a manifest as IFIscripts does: `_manifest.md5`, `_manifest-sha512.txt`."""
    end = ".md5" if algorithm is Algorithm.MD5 else f"-{algorithm}.txt"
    return fitted(subject, f"_manifest{end}")


def fitted(subject: str, ending: str) -> str:
    """Join name and ending; a name that would grow past 255 bytes is cut and marked."""
    whole = os.fsencode(subject)
    if len(whole) + len(ending) <= NAME_LIMIT:
        return subject + ending
    mark = "~" + hashlib.sha256(whole).hexdigest()[:8] + ending
    while len(os.fsencode(subject)) + len(mark) > NAME_LIMIT:
        subject = subject[:-1]
    return subject + mark
