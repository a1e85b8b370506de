"""The deep pass: decode everything, and take any complaint for damage.

FFV1 slices and FLAC frames carry CRCs that only decoding compares (RFC 9043 §4.9.3, RFC 9639
§9.3). What has none is still decoded: a decoder that stumbles has met damage, one that does not
has proved nothing beyond that.
"""

from collections.abc import Callable
from pathlib import Path

from avpres.adapters.validators.deep_images import decode_image
from avpres.adapters.validators.deep_streams import decode_streams
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format

_LARGEST = 2**28  # bytes of a JPEG that is held to be decoded
_IMAGES = {Format.GIF, Format.JPEG, Format.PNG, Format.TIFF}
_STREAMS = {
    Format.AIFF,
    Format.AVI,
    Format.DPX,
    Format.DV,
    Format.FLAC,
    Format.MATROSKA,
    Format.MOV,
    Format.MP4,
    Format.MXF,
    Format.OPENEXR,
    Format.WAVE,
}


def decode(source: Source, format: Format, exam: Examination, ffmpeg: Path | None) -> None:
    """Decode a file wholly; complaints make it not well-formed, and have ids of their own.

    Args:
        source: the file.
        format: what it was identified as.
        exam: takes the messages.
        ffmpeg: the program that decodes films and sound; without it they are not decoded, and
            the examination says so.
    """
    if format in _IMAGES:
        decode_image(source, exam)
    if format in _STREAMS:
        decode_streams(source, format, exam, ffmpeg)
    if format is Format.JPEG2000:
        from avpres.adapters.validators import deep_jpeg2000

        deep_jpeg2000.decode(source, exam, ffmpeg)
    other = _OTHERS.get(format)
    if other is not None:
        other(source, exam)


def _jpeg(source: Source, exam: Examination) -> None:
    from avpres.adapters.validators.deep_jpeg import MINDED, fault

    if MINDED & exam.counts.keys():
        return
    text = fault(source.peek(0, source.size)) if source.size <= _LARGEST else ""
    if text:
        exam.broken("DEEP-DECODE", text)


def _pdf(source: Source, exam: Examination) -> None:
    from avpres.adapters.validators.pdf_deep import decode_all

    for message in decode_all(_readable(source)):
        exam.take(message)


def _readable(source: Source) -> Path:
    """Give a name that is text: that of the file, or that of the open descriptor."""
    try:
        source.path.encode()
    except UnicodeEncodeError:
        return Path(f"/proc/self/fd/{source.file.fileno()}")
    return Path(source.path)


def _zip(source: Source, exam: Examination) -> None:
    from avpres.adapters.validators.zip import decode_all

    decode_all(source, exam)


_OTHERS: dict[Format, Callable[[Source, Examination], None]] = {
    Format.EPUB: _zip,
    Format.JPEG: _jpeg,
    Format.PDF: _pdf,
    Format.ZIP: _zip,
}
