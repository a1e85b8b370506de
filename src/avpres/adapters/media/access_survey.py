"""What is measured of a source before a copy is made: fields, channels, loudness."""

import re
import sys
import tempfile
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from avpres.adapters.media.access_graph import Plan, sounds
from avpres.adapters.media.access_ltc import RATE, is_ltc
from avpres.adapters.media.access_source import READING
from avpres.adapters.media.filters import seek
from avpres.adapters.media.idet import Fields, FieldsReader, judging
from avpres.adapters.media.loudness import Measured, MeterReader, metering
from avpres.adapters.tools.ffmpeg import Ended, Ffmpeg, Watch, Word, transcode, url
from avpres.domain.errors import ToolFailedError
from avpres.domain.film import Source
from avpres.domain.sound import Channel
from avpres.domain.trimming import Cut

WINDOWS = 5
WINDOW_S = Fraction(1)
SILENCE_DB = -60.0

_SILENCE = round(32768 * 10 ** (SILENCE_DB / 20))
_FIRST = re.compile(rb"\[showinfo@first @ .* pts_time: *(-?[\d.]+)")
_PEAK = re.compile(rb"\[volumedetect@t(\d+) @.*max_volume: (-?[\d.]+|-inf) dB")


@dataclass(frozen=True, slots=True)
class Survey:
    """What samples of a source show. `channels` are all of them, `fields` counts of frames."""

    fields: Fields
    channels: tuple[Channel, ...]


def windows_of(seconds: Fraction | None, cut: Cut) -> list[tuple[Fraction, Fraction]]:
    """Spread short windows over what is shown, (begin, length); a short source is one window."""
    whole = (cut.beyond or seconds or WINDOW_S * WINDOWS) - cut.first
    if whole <= WINDOW_S * WINDOWS * 2:
        return [(cut.first, whole)]
    step = (whole - WINDOW_S) / (WINDOWS - 1)
    return [(cut.first + step * number, WINDOW_S) for number in range(WINDOWS)]


def survey(ffmpeg: Ffmpeg, source: Source, cut: Cut, watch: Watch, *, fields: bool) -> Survey:
    """Look at samples of a source, in one reading of each.

    Raises:
        ToolFailedError: ffmpeg cannot decode it.
    """
    windows = windows_of(source.seconds, cut)
    reader = FieldsReader()
    with tempfile.TemporaryDirectory(prefix="avpres-") as folder:
        files = [Path(folder, f"{number}.pcm") for number in range(len(source.sounds))]
        words = _sampling(source, windows, files, fields=fields and source.film is not None)
        if words:
            run(ffmpeg, words, replace(watch, on_line=reader.take))
        channels = [
            each
            for number, file in enumerate(files)
            for each in _channels(number, source.sounds[number].channels, file)
        ]
    return Survey(reader.found, tuple(channels))


def first_frame(ffmpeg: Ffmpeg, source: Source, watch: Watch) -> Fraction:
    """Tell when the first frame comes, in seconds from the beginning of the file.

    B-frames in AVI, and tracks that begin after others, make it late.
    """
    found: list[Fraction] = []

    def take(line: bytes) -> None:
        if match := _FIRST.search(line):
            found.append(Fraction(match[1].decode("ascii")))

    stream = source.film.stream if source.film else 0
    words: list[Word] = [*READING, "-i", url(source.path), "-map", f"0:{stream}", "-frames:v", "1"]
    run(ffmpeg, [*words, "-vf", "showinfo@first", "-f", "null", "-"], replace(watch, on_line=take))
    return max(Fraction(0), found[0]) if found else Fraction(0)


def silent(
    ffmpeg: Ffmpeg, source: Source, cut: Cut, candidates: Sequence[Channel], watch: Watch
) -> tuple[Channel, ...]:
    """Give those of some channels that are silent from beginning to end."""
    peaks: dict[int, float] = {}

    def take(line: bytes) -> None:
        if match := _PEAK.search(line):
            peaks[int(match[1])] = float(match[2])

    chains = [
        f"[0:{source.sounds[each.track].stream}]pan=mono|c0=c{each.place},"
        f"volumedetect@t{number}[s{number}]"
        for number, each in enumerate(candidates)
    ]
    words = [*_reading(source, cut), "-filter_complex", ";".join(chains)]
    run(ffmpeg, [*words, *_nowhere("s", len(chains))], replace(watch, on_line=take))
    return tuple(
        each for number, each in enumerate(candidates) if peaks.get(number, 0.0) < SILENCE_DB
    )


def loudness(ffmpeg: Ffmpeg, plan: Plan, watch: Watch) -> dict[int, Measured]:
    """Measure the tracks of a copy before it is made, mixed and levelled as they will be.

    Raises:
        ToolFailedError: ffmpeg cannot decode them, or does not answer for each.
    """
    reader = MeterReader()
    chains = sounds(plan, metering)
    words = [*_reading(plan.source, plan.cut), "-filter_complex", ";".join(chains)]
    run(ffmpeg, [*words, *_nowhere("a", len(plan.tracks))], replace(watch, on_line=reader.take))
    if len(reader.found) != len(plan.tracks):
        raise ToolFailedError("ffmpeg did not tell the loudness of every track")
    return reader.found


def run(ffmpeg: Ffmpeg, words: Sequence[Word], watch: Watch) -> Ended:
    """Run ffmpeg for what it says.

    Raises:
        ToolFailedError: it failed.
    """
    ended = transcode(ffmpeg, words, watch)
    if not ended.is_regular:
        raise ToolFailedError(f"ffmpeg {ended.outcome}: {ended.said}")
    return ended


def _reading(source: Source, cut: Cut) -> list[Word]:
    begin = seek(cut)
    return [*READING, *(("-ss", str(begin)) if begin else ()), "-i", url(source.path)]


def _sampling(
    source: Source,
    windows: Sequence[tuple[Fraction, Fraction]],
    files: Sequence[Path],
    *,
    fields: bool,
) -> list[Word]:
    words: list[Word] = []
    for begin, length in windows:
        words += [*READING, *(("-ss", f"{float(begin):.3f}") if begin else ())]
        words += ["-t", f"{float(length):.3f}", "-i", url(source.path)]
    chains: list[str] = []
    outputs: list[Word] = []
    if fields and source.film is not None:
        stream = source.film.stream
        chains += [f"[{n}:{stream}]{judging(n)}[v{n}]" for n in range(len(windows))]
        outputs += _nowhere("v", len(windows))
    for number, (each, file) in enumerate(zip(source.sounds, files, strict=True)):
        parts = "".join(f"[{place}:{each.stream}]" for place in range(len(windows)))
        joined = f"{parts}concat=n={len(windows)}:v=0:a=1"
        there = f"aresample={RATE},apad=whole_len={RATE // 10}"  # also where a cut has no sound
        chains.append(f"{joined},{there},aformat=sample_fmts=s16[s{number}]")
        outputs += ["-map", f"[s{number}]", "-f", "s16le", url(file)]
    return [*words, "-filter_complex", ";".join(chains), *outputs] if chains else []


def _nowhere(label: str, count: int) -> list[Word]:
    return [
        word
        for number in range(count)
        for word in ("-map", f"[{label}{number}]", "-f", "null", "-")
    ]


def _channels(track: int, count: int, file: Path) -> list[Channel]:
    samples = array("h")
    raw = file.read_bytes()
    samples.frombytes(raw[: len(raw) // (2 * count) * (2 * count)])
    if sys.byteorder == "big":
        samples.byteswap()
    found = []
    for place in range(count):
        own = samples[place::count]
        peak = max(max(own, default=0), -min(own, default=0))
        found.append(Channel(track, place, silent=peak < _SILENCE, ltc=is_ltc(own)))
    return found
