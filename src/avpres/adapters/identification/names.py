"""Extensions and MIME types of the formats that avpres validates."""

from avpres.domain.formats import Format

_EXTENSIONS: dict[Format, str] = {
    Format.AIFF: "aif aiff aifc afc",
    Format.AVI: "avi divx",
    Format.DPX: "dpx",
    Format.DV: "dv dif",
    Format.EPUB: "epub",
    Format.FLAC: "flac",
    Format.GIF: "gif",
    Format.GZIP: "gz tgz",
    Format.HTML: "htm html",
    Format.JPEG: "jpg jpeg jpe jfif",
    Format.JPEG2000: "jp2 j2k j2c jpc jpx jpf jph jhc",
    Format.MATROSKA: "mkv mka mks webm",
    Format.MOV: "mov qt",
    Format.MP4: "mp4 m4a m4v m4b 3gp 3g2",
    Format.MXF: "mxf",
    Format.OPENEXR: "exr",
    Format.PDF: "pdf",
    Format.PNG: "png apng",
    Format.TAR: "tar",
    Format.TIFF: "tif tiff btf tf8 bigtiff",
    Format.WARC: "warc",
    Format.WAVE: "wav wave bwf rf64 bw64 w64",
    Format.XHTML: "xhtml xht",
    Format.XML: "xml xsd xsl xslt svg rdf rss atom mets mods dfxml",
    Format.ZIP: "zip docx xlsx pptx odt ods odp jar",
}
BY_EXTENSION: dict[str, Format] = {
    extension: format for format, words in _EXTENSIONS.items() for extension in words.split()
}
TEXTUAL = {Format.HTML, Format.XHTML, Format.XML, Format.ASCII, Format.UTF8, Format.TEXT}
"""Formats that are made of text: anything else cannot be one of them."""

MIME: dict[Format, str] = {
    Format.AIFF: "audio/x-aiff",
    Format.ASCII: "text/plain",
    Format.AVI: "video/x-msvideo",
    Format.DPX: "image/x-dpx",
    Format.DV: "video/x-dv",
    Format.EPUB: "application/epub+zip",
    Format.FLAC: "audio/flac",
    Format.GIF: "image/gif",
    Format.GZIP: "application/gzip",
    Format.HTML: "text/html",
    Format.JPEG: "image/jpeg",
    Format.JPEG2000: "image/jp2",
    Format.MATROSKA: "video/matroska",
    Format.MOV: "video/quicktime",
    Format.MP4: "video/mp4",
    Format.MXF: "application/mxf",
    Format.OPENEXR: "image/x-exr",
    Format.PDF: "application/pdf",
    Format.PNG: "image/png",
    Format.TAR: "application/x-tar",
    Format.TEXT: "text/plain",
    Format.TIFF: "image/tiff",
    Format.UTF8: "text/plain",
    Format.WARC: "application/warc",
    Format.WAVE: "audio/vnd.wave",
    Format.XHTML: "application/xhtml+xml",
    Format.XML: "application/xml",
    Format.ZIP: "application/zip",
}
_OTHER_MIME: dict[str, Format] = {
    "audio/aiff": Format.AIFF,
    "audio/x-flac": Format.FLAC,
    "audio/x-wav": Format.WAVE,
    "audio/wav": Format.WAVE,
    "application/x-gzip": Format.GZIP,
    "application/x-zip-compressed": Format.ZIP,
    "video/x-matroska": Format.MATROSKA,
    "video/webm": Format.MATROSKA,
    "text/xml": Format.XML,
    "image/svg+xml": Format.XML,
    "image/jpx": Format.JPEG2000,
    "application/x-warc": Format.WARC,
}
BY_MIME: dict[str, Format] = {
    **{mime: format for format, mime in MIME.items() if mime != "text/plain"},
    **_OTHER_MIME,
}


def extension_of(name: bytes) -> str:
    """Give the extension of a file name in lower case, without its dot; "" if there is none."""
    stem, dot, extension = name.rpartition(b"/")[2].rpartition(b".")
    return extension.decode("ascii", "replace").lower() if dot and stem else ""


def format_of_mime(mimes: str) -> Format | None:
    """Find the format of the first MIME type that is known; PRONOM lists several."""
    for mime in mimes.split(","):
        found = BY_MIME.get(mime.strip().lower())
        if found is not None:
            return found
    return None
