"""The deep pass: decode everything, and take any complaint for damage.

FFV1 slices and FLAC frames carry CRCs that only decoding compares (RFC 9043 §4.9.3, RFC 9639
§9.3). What has none is still decoded: a decoder that stumbles has met damage, one that does not
has proved nothing beyond that.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from avpres.adapters.tools import process
from avpres.adapters.tools.child import Stream
from avpres.adapters.validators.deep_images import decode_image
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.errors import ToolFailedError
from avpres.domain.formats import Format

COMPLAINTS = 40  # lines after which nothing more is to be learnt of one file
_STRICT = ("-err_detect", "crccheck+bitstream+buffer+explode")
_IMAGES = {Format.GIF, Format.JPEG, Format.JPEG2000, Format.PNG, Format.TIFF}
_FILM = {Format.DPX, Format.OPENEXR, Format.JPEG}
_STREAMS = {
    Format.AIFF,
    Format.AVI,
    Format.DV,
    Format.FLAC,
    Format.MATROSKA,
    Format.MOV,
    Format.MP4,
    Format.MXF,
    Format.WAVE,
}
_MUXER = (b"non monotonically increasing dts", b"Application provided invalid")
"""What ffmpeg's null output says of time stamps; no complaint about what was decoded."""


class _EnoughError(Exception):
    """More lines than anybody reads."""


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
    if format in _FILM or format in _STREAMS:
        _decode_with_ffmpeg(source, format, exam, ffmpeg)
    other = _OTHERS.get(format)
    if other is not None:
        other(source, exam)


def _decode_with_ffmpeg(
    source: Source, format: Format, exam: Examination, ffmpeg: Path | None
) -> None:
    if ffmpeg is None:
        exam.warn("DEEP-NO-FFMPEG", "not decoded: there is no ffmpeg here")
        return
    name = b"file:" + source.path.encode("utf-8", "surrogateescape")
    words: list[process.Word] = [ffmpeg, "-nostdin", "-v", "error", *_STRICT, *_demuxer(format)]
    words += ["-i", name, "-map", "0:v?", "-map", "0:a?", "-f", "null", "-"]
    for line in _complaints(words):
        exam.broken("DEEP-DECODE", f"ffmpeg cannot decode all of it: {line}")
    if format is Format.FLAC and not exam.counts["DEEP-DECODE"]:
        _compare_md5(name, exam, ffmpeg)


def _demuxer(format: Format) -> Sequence[str]:
    """Name the demuxer where ffmpeg would go by the extension."""
    names = {Format.DV: "dv", Format.DPX: "dpx_pipe", Format.OPENEXR: "exr_pipe"}
    if format is Format.JPEG:
        return ("-f", "jpeg_pipe")
    return ("-f", names[format]) if format in names else ()


def _complaints(words: Sequence[process.Word]) -> list[str]:
    """Run ffmpeg and give what it complains of; its own failure is a complaint too."""
    lines: list[str] = []

    def note(stream: Stream, line: bytes) -> None:
        if stream is Stream.STDERR and not any(words in line for words in _MUXER):
            lines.append(process.show(line))
            if len(lines) >= COMPLAINTS:
                raise _EnoughError

    try:
        process.run(words, on_line=note)
    except ToolFailedError as error:
        lines.append(str(error))
    except _EnoughError:
        pass
    return lines


def _compare_md5(name: bytes, exam: Examination, ffmpeg: Path) -> None:
    """Compare what was decoded with the MD5 in STREAMINFO (RFC 9639 §8.2)."""
    wanted = exam.technical.properties.get("md5")
    bits = exam.technical.audio[0].bits_per_sample if exam.technical.audio else None
    if not isinstance(wanted, str) or not wanted.strip("0") or bits not in {8, 16, 24, 32}:
        return
    found: list[bytes] = []
    sample = "pcm_s8" if bits == 8 else f"pcm_s{bits}le"
    words: list[process.Word] = [ffmpeg, "-nostdin", "-v", "error", "-i", name, "-map", "0:a"]
    words += ["-c:a", sample, "-f", "hash", "-hash", "md5", "-"]
    process.run(words, on_line=lambda _stream, line: found.append(line))
    if f"MD5={wanted}".encode() not in found:
        exam.broken("DEEP-MD5", "the sound is not the one that was encoded: its MD5 differs")


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
    Format.PDF: _pdf,
    Format.ZIP: _zip,
}
