"""What avpres calls the manifests that it writes."""

from datetime import datetime

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
        end = ".md5" if algorithm is Algorithm.MD5 else f"-{algorithm}.txt"
        return f"{subject}_manifest{end}"
    if format is ManifestFormat.MHL:
        return f"{subject}_{created:%Y-%m-%d_%H%M%S}.mhl"
    if format is ManifestFormat.BAGIT:
        return f"manifest-{algorithm}.txt"
    return subject + _FIXED.get(format, f".{algorithm}")
