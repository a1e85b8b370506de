"""Technical metadata, one model per kind of media; validators fill it as they read.

Every property may be absent (`None`, empty): absent means that the file does not say it or that
it could not be found out. Words are those of the standards that the records are written in: MIX 2.0
(ANSI/NISO Z39.87), AES57, textMD 3, videoMD.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is about, as far as its description goes."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TEXT = "text"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    OTHER = "other"


@dataclass(slots=True)
class Image:
    """One still image (a TIFF page, a GIF frame's canvas, a DPX frame)."""

    width: int | None = None  # pixels
    height: int | None = None  # pixels
    bits_per_sample: tuple[int, ...] = ()  # one number a sample: (8, 8, 8)
    samples_per_pixel: int | None = None
    colour_space: str = ""  # MIX 2.0 colorSpace: RGB, PaletteColor, YCbCr, BlackIsZero …
    compression: str = ""  # MIX 2.0 compressionScheme: Uncompressed, LZW, JPEG, Deflate …
    byte_order: str = ""  # "big endian" or "little endian"
    orientation: int | None = None  # 1 to 8, as in TIFF 6.0 and Exif
    x_resolution: float | None = None  # pixels per `resolution_unit`
    y_resolution: float | None = None
    resolution_unit: str = ""  # "in.", "cm" or "no absolute unit of measurement"
    icc_profile: str = ""  # the profile's description, or "embedded"
    extra_samples: tuple[int, ...] = ()  # as in TIFF 6.0 ExtraSamples
    has_alpha: bool | None = None
    created: str = ""  # ISO 8601
    make: str = ""
    model: str = ""
    software: str = ""
    artist: str = ""


@dataclass(slots=True)
class Audio:
    """One audio stream."""

    codec: str = ""  # "PCM", "IEEE float", "FLAC", "AAC" …: the AES57 audioDataEncoding
    codec_id: str = ""  # as the file has it: "0x0001", "sowt", "A_FLAC"
    channels: int | None = None
    sample_rate: float | None = None  # Hz
    bits_per_sample: int | None = None
    samples: int | None = None  # per channel
    duration: float | None = None  # seconds
    bit_rate: int | None = None  # bits per second
    byte_order: str = ""  # "big endian" or "little endian"
    block_size: int | None = None  # bytes of one sample of all channels
    first_sample: int | None = None  # offset in bytes
    channel_layout: str = ""
    language: str = ""


@dataclass(slots=True)
class Video:
    """One video stream."""

    codec: str = ""
    codec_id: str = ""
    profile: str = ""
    width: int | None = None  # pixels
    height: int | None = None  # pixels
    frame_rate: float | None = None  # frames per second
    frames: int | None = None
    duration: float | None = None  # seconds
    bit_rate: int | None = None  # bits per second
    bits_per_sample: int | None = None
    colour_space: str = ""  # RGB, YUV, Y
    chroma_subsampling: str = ""  # 4:2:0, 4:2:2, 4:4:4 …
    scan: str = ""  # "progressive", "interlaced"
    field_order: str = ""  # "top first", "bottom first"
    display_aspect: str = ""  # 4:3, 16:9, 1.85
    pixel_aspect: float | None = None
    primaries: str = ""
    transfer: str = ""
    matrix: str = ""
    colour_range: str = ""  # "limited", "full"
    lossless: bool | None = None
    timecode: str = ""


@dataclass(slots=True)
class Text:
    """A text, marked up or not."""

    charset: str = ""  # IANA name: US-ASCII, UTF-8, UTF-16LE, windows-1252 …
    byte_order: str = ""  # of multi-byte encodings
    has_bom: bool | None = None
    line_break: str = ""  # textMD: CR, LF, CR/LF, or "mixed"
    characters: int | None = None
    lines: int | None = None
    language: str = ""  # ISO 639-2 or BCP 47, as the file says it
    markup: str = ""  # XML, HTML, XHTML
    markup_version: str = ""
    doctype: str = ""  # public or system identifier
    root: str = ""  # name of the root element
    namespace: str = ""
    schemas: tuple[str, ...] = ()  # schema locations that the file names


@dataclass(slots=True)
class Document:
    """A paged document."""

    version: str = ""
    pages: int | None = None
    title: str = ""
    author: str = ""
    creator: str = ""  # the program it was written with
    producer: str = ""
    created: str = ""  # ISO 8601
    modified: str = ""
    conformance: str = ""  # what it claims: PDF/A-2b, PDF/X-4
    encrypted: bool | None = None
    tagged: bool | None = None
    language: str = ""
    fonts: int | None = None
    images: int | None = None


@dataclass(slots=True)
class Container:
    """What holds other things: an archive's members, a wrapper's tracks."""

    members: int | None = None
    folders: int | None = None
    size: int | None = None  # bytes of all members, unpacked
    compression: tuple[str, ...] = ()
    encrypted: bool | None = None
    duration: float | None = None  # seconds, of wrappers
    writing_application: str = ""
    writing_library: str = ""
    created: str = ""
    title: str = ""


@dataclass(slots=True)
class Technical:
    """Everything that is known of a file's make; several images or streams stand in file order."""

    kind: MediaKind = MediaKind.OTHER
    images: list[Image] = field(default_factory=list)
    audio: list[Audio] = field(default_factory=list)
    video: list[Video] = field(default_factory=list)
    text: Text | None = None
    document: Document | None = None
    container: Container | None = None
    properties: dict[str, object] = field(default_factory=dict)
    """What belongs to one format alone: `bext`, `palette_size`, `ffv1_version` …; JSON values."""
