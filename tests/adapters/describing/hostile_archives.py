"""Archives made to harm: bombs, overlapping members, claims without limit."""

import gzip
import struct
import zlib
from collections.abc import Callable

Makers = dict[str, Callable[[], bytes]]
MIB = 1024 * 1024
MANY = 100_000
HUGE = 0xFFFFFFFF


def files() -> Makers:
    """Give the maker of each file by its name."""
    return {
        "bomb.zip": lambda: _zip([("zeros", zeros(10 * 1024), 10 * 1024 * MIB)]),
        "nested.zip": _nested,
        "overlapping.zip": _overlapping,
        "directory.zip": _directory,
        "bomb.gz": lambda: _gzip(zeros(10 * 1024)),
        "members.gz": lambda: gzip.compress(b"", mtime=0) * MANY,
        "name.gz": lambda: b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (8 * MIB),
        "pax.tar": lambda: _pax(b"9" * 12 + b" comment=", 64 * MIB),
        "claims.tar": lambda: _tar_header(b"a", b"\x80" + b"\xff" * 11),
        "links.tar": lambda: _tar_header(b"a", b"77777777777\0", b"L") * 4,
        "bomb.warc.gz": lambda: _gzip(b"", head=_warc(10**18)),
        "line.warc": lambda: b"WARC/1.0\r\nWARC-Type: " + b"x" * (12 * MIB),
        "fields.warc": lambda: b"WARC/1.0\r\n" + b"X: y\r\n" * (MANY * 10) + b"\r\n\r\n\r\n",
        "length.warc": lambda: _warc(10**30) + b"x",
        "records.warc": lambda: (_warc(0) + b"\r\n\r\n") * 20_000,
        "bomb.epub": lambda: _zip(
            [("mimetype", None, 0), ("OEBPS/x.xhtml", zeros(10 * 1024), 10 * 1024 * MIB)]
        ),
        "bomb.docx": lambda: _zip(
            [("[Content_Types].xml", zeros(2048), 2048 * MIB), ("word/document.xml", b"\x03\0", 0)]
        ),
    }


def zeros(mebibytes: int) -> bytes:
    """Give the deflated form of so many MiB of zeros."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    engine.compress(bytes(MIB))
    engine.flush(zlib.Z_FULL_FLUSH)
    block = engine.compress(bytes(MIB)) + engine.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + b"\x03\0"


def _gzip(packed: bytes, head: bytes = b"") -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = engine.compress(head) + engine.flush(zlib.Z_FULL_FLUSH) if head else b""
    return b"\x1f\x8b\x08\0" + bytes(6) + start + (packed or zeros(4096)) + bytes(8)


def _zip(members: list[tuple[str, bytes | None, int]]) -> bytes:
    """Make an archive of what is deflated already; sizes are as claimed."""
    body, table = b"", b""
    for name, packed, size in members:
        data, method = (b"application/epub+zip", 0) if packed is None else (packed, 8)
        crc = zlib.crc32(data) if packed is None else 0
        claimed = len(data) if packed is None else size
        wide = claimed > HUGE
        extra = struct.pack("<HHQQ", 1, 16, claimed, len(data)) if wide else b""
        sizes = (HUGE, HUGE) if wide else (len(data), claimed)
        fields = struct.pack("<HHHHHIII", 45, 0, method, 0, 33, crc, *sizes)
        lengths = struct.pack("<HH", len(name), len(extra))
        table += b"PK\1\2" + struct.pack("<H", 45) + fields + lengths
        table += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name.encode() + extra
        body += b"PK\3\4" + fields + lengths + name.encode() + extra + data
    count = len(members)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(table), len(body), 0)
    return body + table + b"PK\5\6" + end


def _nested() -> bytes:
    inner = _zip([("zeros", zeros(1024), 1024 * MIB)])
    for _ in range(5):
        packed = zlib.compress(inner, 9)[2:-4]
        inner = _zip([(f"{n}.zip", packed, len(inner)) for n in range(16)])
    return inner


def _overlapping() -> bytes:
    """Let thousands of entries share one compressed stream."""
    whole = _zip([("a", zeros(1024), 1024 * MIB)])
    start = whole.rfind(b"PK\1\2")
    entry = whole[start : whole.rfind(b"PK\5\6")]
    table = entry * 20_000
    end = struct.pack("<HHHHIIH", 0, 0, 20_000, 20_000, len(table), start, 0)
    return whole[:start] + table + b"PK\5\6" + end


def _directory() -> bytes:
    end = struct.pack("<HHHHIIH", 0, 0, 65535, 65535, HUGE, 0, 0)
    return b"PK\3\4" + bytes(26) + b"PK\1\2" * MIB + b"PK\5\6" + end


def _tar_header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    head = bytearray(name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2)
    head += size + b"00000000000\0" + b" " * 8 + kind + bytes(100) + b"ustar\x0000"
    head = head.ljust(512, b"\0")
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def _pax(start: bytes, length: int) -> bytes:
    head = _tar_header(b"x", b"%011o\0" % length, b"x")
    return head + start + b"x" * (12 * MIB)


def _warc(length: int) -> bytes:
    return (
        b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:0>\r\n"
        b"WARC-Date: 2026-01-02T03:04:05Z\r\nWARC-Target-URI: x:y\r\nContent-Length: %d\r\n\r\n"
        % length
    )
