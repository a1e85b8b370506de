"""The formats that avpres validates, who validates them, and the records made of them."""

from enum import StrEnum


class Format(StrEnum):
    """A format with a validator. The value is what records and tables say."""

    AIFF = "AIFF"
    ASCII = "ASCII"
    AVI = "AVI"
    DPX = "DPX"
    DV = "DV"
    EPUB = "EPUB"
    FLAC = "FLAC"
    GIF = "GIF"
    GZIP = "GZIP"
    HTML = "HTML"
    JPEG = "JPEG"
    JPEG2000 = "JPEG 2000"
    MATROSKA = "Matroska"
    MP4 = "MP4"
    MOV = "QuickTime"
    MXF = "MXF"
    OPENEXR = "OpenEXR"
    PDF = "PDF"
    PNG = "PNG"
    TAR = "TAR"
    TEXT = "Text"  # in an encoding other than ASCII and UTF-8
    TIFF = "TIFF"
    UTF8 = "UTF-8"
    WARC = "WARC"
    WAVE = "WAVE"
    XHTML = "XHTML"
    XML = "XML"
    ZIP = "ZIP"


class Engine(StrEnum):
    """Who validates."""

    AVPRES = "avpres"
    JHOVE = "jhove"
    BOTH = "both"


class Emit(StrEnum):
    """Kinds of metadata records; see docs/metadata.md."""

    MIX = "mix"
    AUDIOMD = "audiomd"
    AES57 = "aes57"
    TEXTMD = "textmd"
    VIDEOMD = "videomd"
    PBCORE = "pbcore"
    EBUCORE = "ebucore"
    MEDIAINFO = "mediainfo"
    MEDIATRACE = "mediatrace"
    FFPROBE = "ffprobe"
