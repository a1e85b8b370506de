"""The first bytes of the formats that avpres validates.

PRONOM signatures ask for the end of a file too, so a file that was cut is unknown to them; the
first bytes say what it was. They decide which validator is asked.
"""

import re
import zlib

from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format

HEAD = 4096  # bytes that are looked at
RUN_IN = 65536  # bytes that may stand before an MXF header (SMPTE ST 377-1 §6.5)
_MXF = bytes.fromhex("060e2b34020501010d0102010102")
_MOV_ATOMS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_MP4_BRANDS = re.compile(
    rb"iso|mp4|M4[ABPV]|avc1|3g|dash|msnv|f4v|MSNV|mmp4|MP4|NDS|XAVC|cmf|dby|piff|kdd|hlsf"
)
_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"II*\x00", Format.TIFF),
    (b"MM\x00*", Format.TIFF),
    (b"II+\x00", Format.TIFF),
    (b"MM\x00+", Format.TIFF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Format.JPEG2000),
    (b"\xff\x4f\xff\x51", Format.JPEG2000),
    (b"SDPX", Format.DPX),
    (b"XPDS", Format.DPX),
    (b"\x76\x2f\x31\x01", Format.OPENEXR),
    (b"fLaC", Format.FLAC),
    (b"\x1a\x45\xdf\xa3", Format.MATROSKA),
    (b"%PDF-", Format.PDF),
    (b"PK\x03\x04", Format.ZIP),
    (b"PK\x05\x06", Format.ZIP),
    (b"WARC/", Format.WARC),
    (_MXF, Format.MXF),
)
_CONTAINERS = {
    (b"RIFF", b"WAVE"): Format.WAVE,
    (b"RF64", b"WAVE"): Format.WAVE,
    (b"BW64", b"WAVE"): Format.WAVE,
    (b"RIFX", b"WAVE"): Format.WAVE,
    (b"RIFF", b"AVI "): Format.AVI,
    (b"FORM", b"AIFF"): Format.AIFF,
    (b"FORM", b"AIFC"): Format.AIFF,
}
_DV = re.compile(rb"\x1f\x07\x00[\x3f\xbf]", re.DOTALL)


def by_magic(source: Source) -> Format | None:
    """Name the format that the first bytes speak of, or None."""
    head = source.peek(0, HEAD)
    for start, format in _STARTS:
        if head.startswith(start):
            return _zip_kind(source) if format is Format.ZIP else format
    found = _CONTAINERS.get((head[:4], head[8:12]))
    if found is not None:
        return found
    return _by_structure(head) or _further_in(source, head)


def begins_like(head: bytes, format: Format) -> bool:
    """Say whether a few bytes are the beginning of a format's first bytes, cut short."""
    starts = [start for start, of in _STARTS if of is format]
    starts += [first for (first, _), of in _CONTAINERS.items() if of is format]
    return bool(head) and any(
        start.startswith(head) or head.startswith(start[:4]) for start in starts
    )


def _by_structure(head: bytes) -> Format | None:
    if head.startswith(b"\x1f\x8b"):
        return _gzip_kind(head)
    kind = head[4:8]
    if kind == b"ftyp":
        return _brand(head)
    if kind in _MOV_ATOMS and int.from_bytes(head[:4], "big") != 0:
        return Format.MOV
    if _DV.match(head):
        return Format.DV
    if head[257:262] == b"ustar" or _is_old_tar(head):
        return Format.TAR
    return None


def _brand(head: bytes) -> Format | None:
    others = head[16 : int.from_bytes(head[:4], "big")]
    brands = [head[8:12], *(others[n : n + 4] for n in range(0, len(others), 4))]
    if b"qt  " in brands:
        return Format.MOV
    return Format.MP4 if any(_MP4_BRANDS.match(brand) for brand in brands) else None


def _further_in(source: Source, head: bytes) -> Format | None:
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(b"ID3") and len(head) > 10:
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 0x7F
        if source.peek(10 + size, 4) == b"fLaC":
            return Format.FLAC
    if head[:1] in {b"\x06", b"\x00", b"\xff"} and _MXF in source.peek(0, RUN_IN):
        return Format.MXF
    return None


def _gzip_kind(head: bytes) -> Format:
    """Tell a compressed web archive from anything else that is compressed."""
    try:
        inside = zlib.decompressobj(31).decompress(head, 64)
    except zlib.error:
        return Format.GZIP
    return Format.WARC if inside.startswith(b"WARC/") else Format.GZIP


def _zip_kind(source: Source) -> Format:
    """An EPUB says so in its first member, stored (EPUB OCF 3.3 §4.2.2)."""
    head = source.peek(0, 128)
    name = int.from_bytes(head[26:28], "little")
    extra = int.from_bytes(head[28:30], "little")
    body = 30 + name + extra
    if head[30:38] == b"mimetype" and head[body : body + 20] == b"application/epub+zip":
        return Format.EPUB
    return Format.ZIP


def _is_old_tar(head: bytes) -> bool:
    """A tar from before POSIX has no magic, but a checksum (POSIX.1-1988 §10.1.1)."""
    if len(head) < 512 or not head[0] or not head[148:156].strip(b" \0").isdigit():
        return False
    try:
        wanted = int(head[148:156].strip(b" \0"), 8)
    except ValueError:
        return False
    return wanted == sum(head[:148]) + 8 * 32 + sum(head[156:512])
