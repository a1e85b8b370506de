"""Telling manifest formats apart: by content first, then by name."""

import json
import re
import stat
from pathlib import Path

from avpres.adapters.formats import checksum_file, sidecar, values
from avpres.adapters.formats.manifest_file import Origin
from avpres.domain.errors import AvpresError, NotConformantError, SourceUnreadableError
from avpres.domain.manifest import ManifestFormat

HEAD = 64 * 1024  # bytes; more than any manifest's comments and XML prologue
_TEXT_NAME = re.compile(
    r"(?i)\.(md5|sha1|sha256|sha512|xxh64|xxh3|xxh128|b3|blake3|c4)$|(md5|sha\d+|b3|xxh)sums?(\.txt)?$"
)
_ROOT = re.compile(
    rb"(?s)(?:(?:(?><\?.*?\?>)|(?><!--.*?-->)|<!DOCTYPE[^>]*>)\s*+)*+"  # atomic, hence linear
    rb"<(?:[A-Za-z_][\w.-]*:)?(hashlist|ascmhldirectory|dfxml)\b[^>]*"
)
_BSD_LINE = re.compile(rb"\\?[A-Za-z][A-Za-z0-9/_-]* ?\(")
BAG_MANIFEST = re.compile(r"(tag)?manifest-[a-z0-9-]+\.txt", re.IGNORECASE)
IFI_MANIFEST = re.compile(
    r"(?P<root>.+)_manifest(?:\.(?:md5|sha1|sha256|sha512|xxh\w+|blake3|c4)"
    r"|-(?:md5|sha1|sha256|sha512|xxh\w+|blake3|c4)\.txt)"
)


def sniff(path: Path) -> ManifestFormat | None:
    """Say which format a file is in; None when it is no manifest.

    Raises:
        SourceUnreadableError: it cannot be read.
    """
    head = read_head(path)
    return _by_content(path, head) or _by_name(path, head)


def goes_by_name(path: Path) -> bool:
    """Say whether a file holds something, and only its name says that it is a manifest.

    Raises:
        SourceUnreadableError: it cannot be read.
    """
    head = read_head(path)
    return bool(head.strip()) and _by_content(path, head) is None


def read_head(path: Path) -> bytes:
    """Read the beginning of a file.

    Raises:
        SourceUnreadableError: it cannot be read, or is a pipe that would never end.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SourceUnreadableError(f"{path} cannot be read as a manifest: it is no file")
        with path.open("rb") as handle:
            return handle.read(HEAD)
    except OSError as error:
        raise SourceUnreadableError(f"{path} cannot be read: {error.strerror}") from error


def _by_content(path: Path, head: bytes) -> ManifestFormat | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"%%%% HASHDEEP"):
        return ManifestFormat.HASHDEEP
    if text.startswith(b"<"):
        return _xml(text)
    if text.startswith(b"{"):
        return _json(text)
    return _lines(path, text)


def _xml(text: bytes) -> ManifestFormat | None:
    root = _ROOT.match(text)
    if root is None:
        return None
    if root.group(1) == b"dfxml":
        return ManifestFormat.DFXML
    if root.group(1) == b"ascmhldirectory" or b"urn:ASC:MHL" in root.group():
        return ManifestFormat.ASCMHL
    return ManifestFormat.MHL


def _json(text: bytes) -> ManifestFormat | None:
    first, _, _ = text.partition(b"\n")
    try:
        header = json.loads(first)
    except (ValueError, RecursionError):
        header = None
    if isinstance(header, dict) and header.get("format") == "avpres-manifest":
        return ManifestFormat.AVPRES
    pair = re.match(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:\s*"([0-9a-fA-F]{32})"', text)
    return ManifestFormat.BFI_TAR if pair else None


def _lines(path: Path, text: bytes) -> ManifestFormat | None:
    records = (line.rstrip(b"\r") for line in text.splitlines(keepends=False))
    line = next((r for r in records if r.strip() and not r.startswith((b"#", b";"))), b"")
    if BAG_MANIFEST.fullmatch(path.name) and (path.parent / "bagit.txt").is_file():
        return ManifestFormat.BAGIT
    if sidecar.is_sidecar(path.name) and values.digest(line.strip().decode("ascii", "replace")):
        return ManifestFormat.SIDECAR
    try:
        entry = checksum_file.parse(line, Origin(path))
    except NotConformantError:
        return None
    return _of_checksum_lines(path, line, entry.path, alone=text.count(b"\n") <= 1)


def _of_checksum_lines(path: Path, line: bytes, listed: str, *, alone: bool) -> ManifestFormat:
    if _BSD_LINE.match(line):
        return ManifestFormat.BSD
    if alone and _is_of_one_file(path, listed):
        return ManifestFormat.SIDECAR
    ifi = IFI_MANIFEST.fullmatch(path.name)
    if ifi and listed.split("/", 1)[0] == ifi["root"]:
        return ManifestFormat.IFI
    return ManifestFormat.GNU


def _is_of_one_file(path: Path, listed: str) -> bool:
    """Say whether `film.mkv.md5` holds just the digest of `film.mkv`, under whichever name."""
    if sidecar.is_sidecar(path.name) is None:
        return False
    subject = sidecar.subject(path.name)
    return listed.rpartition("/")[2] == subject or (path.parent / subject).is_file()


def _by_name(path: Path, head: bytes) -> ManifestFormat | None:
    """Trust the name of a file that is empty or does not look as its name says."""
    if head.startswith(b"<"):
        return None
    if path.name.endswith(".mhl"):
        return ManifestFormat.ASCMHL if path.parent.name == "ascmhl" else ManifestFormat.MHL
    if BAG_MANIFEST.fullmatch(path.name) and (path.parent / "bagit.txt").is_file():
        return ManifestFormat.BAGIT
    if IFI_MANIFEST.fullmatch(path.name):
        return ManifestFormat.IFI
    return ManifestFormat.GNU if _TEXT_NAME.search(path.name) else None


def hint(path: Path) -> Origin:
    """Tell a reader what the file's name says of its algorithm, and nothing if it says too much."""
    try:
        return Origin(path, values.named(path.name))
    except AvpresError as error:
        raise NotConformantError(f"{path.parent / str(error)}") from None
