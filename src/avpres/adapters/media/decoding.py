"""Command lines that decode a file and take digests, and what ffmpeg complains of meanwhile."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.media.forms import Form
from avpres.adapters.media.probe import READING, whole_picture
from avpres.adapters.tools.ffmpeg import Ffmpeg, Word, numbers, url

STRICT = ("-err_detect", "crccheck+bitstream+buffer+explode")
"""Every mistake in FFV1 slices and FLAC frames is told, and none is repaired."""

_NAMED_BASES = (6, 1)  # the first version that calls the source's time base `demux`
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_STREAM = re.compile(r"(?:[Ss]tream #0:|\[[av]ist#0:)(\d+)")
_DECODER = re.compile(r"^\[(\w+)\]")
_TIME = re.compile(r"\bat (\d+(?:\.\d+)?) seconds")
_LONGEST = 200  # characters of a complaint that are told


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stream in one form, and the file for its digests."""

    stream: int
    form: Form
    hash: str
    place: Path


@dataclass(frozen=True, slots=True)
class WholeDigest:
    """A digest of all samples of a sound, right-aligned in bytes as FLAC takes its own."""

    stream: int
    bits: int
    place: Path


def head_words(path: bytes, wanted: Sequence[Wanted], frames: int, ffmpeg: Ffmpeg) -> list[Word]:
    """Decode no more than the first frames."""
    words: list[Word] = ["-v", "error", *READING, *whole_picture(ffmpeg), "-i", url(path)]
    for each in wanted:
        words += ["-map", f"0:{each.stream}", "-fps_mode", "passthrough", *each.form.words()]
        words += ["-frames:0", str(frames), "-f", "framehash", "-hash", each.hash]
        words += [url(each.place)]
    return words


def flac_head_words(path: bytes, stream: int, place: Path) -> list[Word]:
    """Copy the STREAMINFO of a FLAC stream out of any wrapper, with one frame."""
    words: list[Word] = ["-v", "error", *READING, "-i", url(path), "-map", f"0:{stream}"]
    return [*words, "-c", "copy", "-frames:a", "1", "-f", "flac", url(place)]


def decode_words(
    path: bytes,
    wanted: Sequence[Wanted],
    whole: Sequence[WholeDigest],
    *,
    ffmpeg: Ffmpeg,
    threads: int,
) -> list[Word]:
    """Decode a file once, from beginning to end, with every check that its decoders have.

    Each stream and form has an output of its own, so that none has to wait for another.
    """
    words: list[Word] = ["-v", "error", *STRICT, *READING, *whole_picture(ffmpeg)]
    words += ["-threads", str(threads)] if threads else []
    words += ["-i", url(path)]
    for each in wanted:
        words += ["-map", f"0:{each.stream}", "-map_metadata", "-1", "-map_chapters", "-1"]
        words += ["-fps_mode", "passthrough", *each.form.words()]
        words += ["-enc_time_base", _time_base(ffmpeg)] if each.form.pixels else []
        words += ["-f", "framehash", "-hash", each.hash, url(each.place)]
    for sound in whole:
        words += ["-map", f"0:{sound.stream}", *_samples(sound.bits), "-f", "md5"]
        words += [url(sound.place)]
    return words


def _samples(bits: int) -> list[Word]:
    """Say how samples of so many bits are written as FLAC's MD5 wants them (RFC 9639 §8.2).

    ffmpeg's decoder aligns them to the left. A gain that is a power of two moves them back, and
    loses nothing in fixed-point arithmetic, since those bits are zero.
    """
    size = (bits + 7) // 8
    words: list[Word] = ["-c", {1: "pcm_s8", 2: "pcm_s16le", 3: "pcm_s24le"}.get(size, "pcm_s32le")]
    spare = 8 * size - bits
    if spare:
        words += ["-filter:a", f"volume=volume={2.0**-spare}:precision=fixed"]
    return words


def _time_base(ffmpeg: Ffmpeg) -> str:
    """Say that times shall be as exact as the source's."""
    number = numbers(ffmpeg.version)
    return "demux" if number is None or number >= _NAMED_BASES else "-1"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line that ffmpeg said on stderr. `stream` and `seconds` are None where it tells none."""

    text: str
    decoder: str = ""
    stream: int | None = None
    seconds: float | None = None


def complaint(line: bytes) -> Complaint:
    """Read a line of ffmpeg's log, without what changes from run to run."""
    text = _ADDRESS.sub("", os.fsdecode(line))
    decoder, stream, time = _DECODER.match(text), _STREAM.search(text), _TIME.search(text)
    plain = _TIME.sub("", text) if time else text
    shown = "".join(each if each.isprintable() else "?" for each in plain)
    return Complaint(
        shown.strip()[:_LONGEST],
        decoder[1] if decoder else "",
        int(stream[1]) if stream else None,
        float(time[1]) if time else None,
    )
