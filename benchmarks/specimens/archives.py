"""Archives: GZIP, TAR, WARC, ZIP and EPUB."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

from benchmarks.specimens.images import photo, saved
from benchmarks.specimens.specimen import Specimen
from benchmarks.specimens.texts import ENGLISH, prose

_DATE = "2026-01-02T03:04:05Z"


def archives() -> Iterator[Specimen]:
    """Make one of each kind of packing."""
    text, picture = prose(21, ENGLISH).encode(), saved(photo(22), "JPEG", quality=80)
    yield Specimen("notes.txt.gz", "GZIP", gzip.compress(text, mtime=0))
    yield Specimen("two.gz", "GZIP", gzip.compress(text, mtime=0) + gzip.compress(b"x", mtime=0))
    files = {"notes.txt": text, "still.jpg": picture, "more/notes.txt": text[:3000]}
    for name, format in (("ustar.tar", tarfile.USTAR_FORMAT), ("pax.tar", tarfile.PAX_FORMAT)):
        yield Specimen(name, "TAR", _tar(files, format))
    yield Specimen("plain.zip", "ZIP", _zip(files, zipfile.ZIP_DEFLATED))
    yield Specimen("stored.zip", "ZIP", _zip(files, zipfile.ZIP_STORED))
    yield Specimen("letter.docx", "ZIP", _docx())
    yield Specimen("book.epub", "EPUB", _epub(text.decode(), picture))
    yield Specimen("crawl.warc", "WARC", _warc(text, digests=True))
    yield Specimen("bare.warc", "WARC", _warc(text, digests=False))
    yield Specimen("crawl.warc.gz", "WARC", _warc(text, digests=True, packed=True))


def _tar(files: Mapping[str, bytes], format: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), 1_700_000_000
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _zip(files: Mapping[str, bytes], method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def _docx() -> bytes:
    kinds = "http://schemas.openxmlformats.org/package/2006/"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        f'<Types xmlns="{kinds}content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    links = (
        f'<Relationships xmlns="{kinds}relationships"><Relationship Id="r1" Type="{office}" '
        'Target="word/document.xml"/></Relationships>'
    )
    body = f"<w:document xmlns:w='w'>{prose(23, ENGLISH)}</w:document>"
    parts = {"[Content_Types].xml": types, "_rels/.rels": links, "word/document.xml": body}
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return _zip({name: (head + part).encode() for name, part in parts.items()}, 8)


def _epub(text: str, picture: bytes) -> bytes:
    spaces = 'xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    package = (
        f'<?xml version="1.0"?><package {spaces} version="3.0" unique-identifier="id"><metadata>'
        '<dc:identifier id="id">urn:x:1</dc:identifier><dc:title>Reels</dc:title>'
        '<dc:language>en</dc:language><meta property="dcterms:modified">2026-01-02T03:04:05Z</meta>'
        '</metadata><manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" '
        'properties="nav"/><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="i" href="i.jpg" media-type="image/jpeg"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>'
    )
    container = (
        '<?xml version="1.0"?><container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    page = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
    page += "<head><title>Reels</title></head><body>{}</body></html>"
    toc = '<nav epub:type="toc"><ol><li><a href="c.xhtml">one</a></li></ol></nav>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        first = zipfile.ZipInfo("mimetype")
        archive.writestr(first, b"application/epub+zip", compress_type=zipfile.ZIP_STORED)
        for name, content in (
            ("META-INF/container.xml", container),
            ("p.opf", package),
            ("nav.xhtml", page.format(toc)),
            ("c.xhtml", page.format(f"<p>{text}</p>")),
            ("i.jpg", picture),
        ):
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _warc(text: bytes, *, digests: bool, packed: bool = False) -> bytes:
    records = [_record("warcinfo", b"software: x\r\n", 0, "application/warc-fields", digests)]
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    for number in range(1, 6):
        part = text[number * 1000 : number * 3000]
        block = http % len(part) + part
        kind = "application/http; msgtype=response"
        records.append(_record("response", block, number, kind, digests))
    if packed:
        return b"".join(gzip.compress(record, mtime=0) for record in records)
    return b"".join(records)


def _record(kind: str, block: bytes, number: int, media: str, digests: bool) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Date": _DATE,
        "Content-Type": media,
        "Content-Length": str(len(block)),
    }
    if kind == "response":
        fields["WARC-Target-URI"] = f"http://example.org/{number}"
    if digests:
        digest = base64.b32encode(hashlib.sha1(block).digest()).decode()  # noqa: S324 - WARC's own
        fields["WARC-Block-Digest"] = f"sha1:{digest}"
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"
