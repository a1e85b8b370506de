"""Decoding film, sound and some images with ffmpeg, whose every complaint counts."""

import re
from collections.abc import Sequence
from pathlib import Path

from avpres.adapters.tools import process
from avpres.adapters.tools.child import Stream
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.errors import ToolFailedError
from avpres.domain.formats import Format

COMPLAINTS = 40  # lines after which nothing more is to be learnt of one file
_STRICT = ("-err_detect", "crccheck+buffer+explode")
_DEMUXERS = {
    Format.DPX: "dpx_pipe",
    Format.DV: "dv",
    Format.OPENEXR: "exr_pipe",
}
_REFERENCE = {"VP8": "libvpx", "VP9": "libvpx-vp9"}
"""Decoders that see damage which ffmpeg's own do not: they know where coded data must end."""
_MUXER = ("non monotonically increasing dts", "Application provided invalid")
"""What ffmpeg's null output says of time stamps; no complaint about what was decoded."""
_UNKNOWN = re.compile("no decoder found|patches welcome|not implemented|[Nn]ot yet implemented")
_LEVEL = re.compile(r"\[(?:error|fatal|panic)\] ")
_REPAIRED = re.compile(r"\[warning\] .*corrupt decoded frame")
_LEFT_OVER = re.compile(r"\[warning\] (?:End|Mid) mismatch (\d+)")
_FEW = 4  # bytes that encoders of JPEG 2000 may leave behind a block that they cut short
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+|\[(?:error|fatal|panic|warning)\] ")


_NOT_ITS_FAULT = re.compile("was killed by|Cannot allocate memory|did not end within|could not be")


class _EnoughError(Exception):
    """More lines than anybody reads."""


def decode_streams(source: Source, format: Format, exam: Examination, ffmpeg: Path | None) -> None:
    """Decode all films and sounds in a file, and say what ffmpeg complains of."""
    if ffmpeg is None:
        exam.warn("DEEP-NO-FFMPEG", "not decoded: there is no ffmpeg here")
        return
    name = name_of(source)
    before: list[process.Word] = [*_decoder(exam)]
    if format in _DEMUXERS:
        before += ["-f", _DEMUXERS[format]]
    lines = complaints(ffmpeg, before, name)
    if any("Unknown decoder" in line for line in lines):
        lines = complaints(ffmpeg, before[2:], name)
    if ended_early(lines, exam):
        return
    _tell(lines, exam)
    if format is Format.FLAC and not exam.counts["DEEP-DECODE"]:
        _compare_md5(name, exam, ffmpeg)


def ended_early(lines: Sequence[str], exam: Examination) -> bool:
    """Say of a decoder that was killed, or had no memory, that it proved nothing."""
    reason = next((line for line in lines if _NOT_ITS_FAULT.search(line)), "")
    if reason:
        exam.stop("DEEP-STOPPED", f"not decoded to its end: {shown(reason)}")
    return bool(reason)


def name_of(source: Source) -> bytes:
    """Give the name of a file as ffmpeg takes it, whatever characters are in it."""
    return b"file:" + source.path.encode("utf-8", "surrogateescape")


def shown(line: str) -> str:
    """Give a line of ffmpeg without what changes from run to run."""
    return _ADDRESS.sub("", line)


def _tell(lines: Sequence[str], exam: Examination) -> None:
    """Say what ffmpeg complains of, or that it does not know what it was given."""
    unknown = [line for line in lines if _UNKNOWN.search(line)]
    if unknown:
        text = shown(unknown[0])
        exam.warn("DEEP-NO-DECODER", f"not decoded wholly, as ffmpeg does not know how: {text}")
        return
    for line in lines:
        exam.broken("DEEP-DECODE", f"ffmpeg cannot decode all of it: {shown(line)}")


def _decoder(exam: Examination) -> Sequence[str]:
    """Name the decoder, if all films in the file ask for one of those that see more."""
    codecs = {video.codec for video in exam.technical.video}
    name = _REFERENCE.get(codecs.pop()) if len(codecs) == 1 else None
    return ("-c:v", name) if name else ()


def complaints(ffmpeg: Path, before: Sequence[process.Word], name: bytes) -> list[str]:
    """Run ffmpeg and give what it complains of; its own failure is a complaint too."""
    lines: list[str] = []

    def note(stream: Stream, line: bytes) -> None:
        if stream is Stream.STDERR and _is_complaint(text := process.show(line)):
            lines.append(text)
            if len(lines) >= COMPLAINTS:
                raise _EnoughError

    words: list[process.Word] = [ffmpeg, "-nostdin", "-nostats", "-v", "level+warning", *_STRICT]
    words += ["-threads", "1"]  # with more of them, the same damage is told or not by chance
    films = "0:V?" if "-c:v" in before else "0:v?"  # a cover is no VP9
    words += [*before, "-i", name, "-map", films, "-map", "0:a?", "-f", "null", "-"]
    try:
        process.run(words, on_line=note)
    except ToolFailedError as error:
        lines.append(str(error))
    except _EnoughError:
        pass
    return lines


def _is_complaint(line: str) -> bool:
    if _LEVEL.search(line):
        return not any(words in line for words in _MUXER)
    left = _LEFT_OVER.search(line)
    return _REPAIRED.search(line) is not None or (left is not None and int(left[1]) > _FEW)


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
