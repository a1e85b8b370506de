"""Sources of access copies as ffmpeg sees them: far more formats than are kept as masters."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.media.foreign import foreign
from avpres.adapters.media.probe import probe
from avpres.adapters.tools.ffmpeg import Ffmpeg
from avpres.adapters.tools.mediainfo import describe
from avpres.adapters.tools.mediainfo_saying import is_cut, tracks
from avpres.adapters.tools.mediainfo_values import number
from avpres.domain.access import FieldOrder
from avpres.domain.errors import ToolFailedError, ToolMissingError
from avpres.domain.film import Colour, Film, Sound, Source, Subtitle
from avpres.domain.media import Kind, MediaFile, MediaStream
from avpres.domain.picture import Raster, Size
from avpres.domain.timecode import Timecode, can_drop, parse_clock, parse_timecode

FORMATS = (
    *("mov,mp4,m4a,3gp,3g2,mj2", "avi", "mxf", "mxf_opatom", "matroska,webm", "mpeg", "mpegts"),
    *("mpegvideo", "dv", "gxf", "lxf", "nut", "asf", "flv", "rm", "swf", "ivf", "obu", "h264"),
    *("hevc", "m4v", "yuv4mpegpipe", "wav", "w64", "aiff", "flac", "mp3", "aac", "ogg", "caf"),
    *("au", "ape", "wv", "tta", "ac3", "eac3", "dts", "amr", "dsf", "iff", "mpc", "mpc8"),
)
READING = ("-format_whitelist", ",".join(FORMATS), "-protocol_whitelist", "file,pipe")
"""No playlist is among them: it could name any file, and none that is a single picture."""

_ORDERS = {
    "progressive": FieldOrder.PROGRESSIVE,
    "top first": FieldOrder.TOP_FIRST,
    "bottom first": FieldOrder.BOTTOM_FIRST,
    "top coded first (swapped)": FieldOrder.TOP_FIRST,
    "bottom coded first (swapped)": FieldOrder.BOTTOM_FIRST,
}
"""ffmpeg calls swapped what wrappers call interleaved: the first line is of the earlier field in
9 (QuickTime's SpatialFirstLineEarly; RFC 9559, FieldOrder), of the later one in 14.
"""
_LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "binaural": 2, "quad": 4, "octagonal": 8}
_WIDE = {"hexagonal": 6, "hexadecagonal": 16, "cube": 8}
_COUNT = re.compile(r"(\d+) channels")
_POINTS = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_HALF_TURN = 180  # degrees
_LONG_FRAME = Fraction(1, 2)  # seconds; no frame of film that moves lasts longer
_BEGINNING = frozenset({"matroska,webm", "mpegts"})
"""Wrappers whose tracks' delay is when they begin; that of others is their timecode."""
_MOST_RATE = 1000  # frames a second; more is the clock of a file that has no rate


def look(ffmpeg: Ffmpeg, path: bytes) -> MediaFile:
    """Tell the streams of a file.

    Raises:
        NotConformantError: ffmpeg finds neither film nor sound in it.
        FfmpegStalledError: it does not come to an end.
    """
    return probe(ffmpeg, path, READING, (Kind.VIDEO, Kind.AUDIO))


def source_of(file: MediaFile, path: bytes) -> Source:
    """Take out of a file's streams what a copy needs: its first film and all its sounds."""
    films = [each for each in file.of(Kind.VIDEO) if not each.is_picture and each.width]
    said = claimed(path, file.wrapper)
    film = _film(films[0], said) if films else None
    return Source(
        path=path,
        size=os.stat(path).st_size,
        wrapper=file.wrapper,
        seconds=(said.shown if films else said.heard) or _seconds(file, films),
        heard=said.heard or _seconds(file, []),
        film=film,
        sounds=tuple(_sound(each) for each in file.of(Kind.AUDIO) if each.sample_rate),
        subtitles=tuple(
            Subtitle(stream=each.index, codec=each.codec, language=_language(each))
            for each in file.of(Kind.SUBTITLE)
        ),
        timecode=_timecode(file, film),
        films=len(films),
        breaks_off=said.breaks_off,
    )


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a wrapper says: when its film and its sound end, in seconds from its first moment.

    `turned` is a film that lies on its side, and is set upright when it is decoded; `breaks_off`
    is a file that announces more bytes than it has.
    """

    shown: Fraction | None = None
    heard: Fraction | None = None
    slack: Fraction | None = None
    turned: bool = False
    breaks_off: bool = False


def claimed(path: bytes, wrapper: str) -> Claimed:
    """Ask MediaInfo for the length of the film itself: the file is as long as its longest track."""
    if wrapper == "mpeg":  # tells no lengths, and MediaInfo's guesses leave out the last pictures
        return Claimed(slack=_LONG_FRAME)
    try:
        said = describe(path)
    except (ToolFailedError, ToolMissingError):  # ffmpeg's word, of the whole file, must do
        return Claimed()
    told = tracks(said)
    played = [track for track in told if track.get("@type") in {"Video", "Audio"}]
    late = {id(track): number(track, "Delay") or 0 for track in played if wrapper in _BEGINNING}
    first = min(late.values(), default=0)
    ends: dict[object, list[Fraction]] = {"Video": [], "Audio": []}
    for track in played:
        if seconds := number(track, "Duration"):
            begin = late.get(id(track), first) - first
            ends[track["@type"]].append(Fraction(str(seconds)) + Fraction(str(begin)))
    film = next((track for track in told if track.get("@type") == "Video"), {})
    return Claimed(
        ends["Video"][0] if ends["Video"] else None,
        max(ends["Audio"], default=None),
        _slack(film),
        (number(film, "Rotation") or 0) % _HALF_TURN != 0,
        _breaks_off(path, said),
    )


def _breaks_off(path: bytes, said: Mapping[str, object]) -> bool:
    """Ask MediaInfo; of sounds look at the samples alone, for more may have been put behind."""
    chunks = foreign(path)
    return is_cut(said) if chunks is None else chunks.missing > 0


def _slack(film: Mapping[str, object]) -> Fraction | None:
    if film.get("FrameRate_Mode") != "VFR":
        return None
    least = number(film, "FrameRate_Minimum")
    return min(_LONG_FRAME, 1 / Fraction(str(least))) if least else _LONG_FRAME


def channels_of(layout: str) -> int:
    """Count the channels of a layout, by ffmpeg's name of it."""
    if match := _COUNT.match(layout):
        return int(match[1])
    name = layout.partition("(")[0]
    if match := _POINTS.fullmatch(name):
        return sum(int(part) for part in match.groups() if part)
    return _LAYOUTS.get(name) or _WIDE.get(name) or layout.count("+") + 1


def _film(stream: MediaStream, said: Claimed) -> Film:
    words = [word.strip() for word in stream.colour.split(",")]
    order = next((_ORDERS[word] for word in words if word in _ORDERS), None)
    rate = stream.rate or Fraction(25)
    raster = Raster(Size(stream.width, stream.height), stream.sar)
    if said.turned:
        raster = Raster(Size(stream.height, stream.width), stream.sar and 1 / stream.sar)
    return Film(
        stream=stream.index,
        codec=stream.codec,
        raster=raster,
        rate=rate if 0 < rate <= _MOST_RATE else Fraction(25),
        pixel_format=stream.pixel_format,
        colour=_colour(words),
        order=order,
        slack=said.slack,
        is_full_range="pc" in words or stream.pixel_format.startswith("yuvj"),
    )


def _colour(words: list[str]) -> Colour:
    for word in words:
        if word not in _ORDERS and word not in {"tv", "pc", ""} and "bpc" not in word:
            parts = word.split("/")
            three = parts * 3 if len(parts) == 1 else [*parts, "unknown", "unknown"]
            known = [None if part in {"unknown", "reserved"} else part for part in three[:3]]
            return Colour(*known)
    return Colour()


def _sound(stream: MediaStream) -> Sound:
    return Sound(
        stream=stream.index,
        codec=stream.codec,
        channels=channels_of(stream.layout),
        rate=stream.sample_rate,
        language=_language(stream),
    )


def _language(stream: MediaStream) -> str:
    return "" if stream.language == "und" else stream.language


def _seconds(file: MediaFile, films: list[MediaStream]) -> Fraction | None:
    """Give the film's own length where it is told, finer than that of the whole file."""
    for stream in films[:1] or file.of(Kind.AUDIO)[:1]:
        own = parse_clock(stream.metadata.get("duration", ""))
        if own:
            return own
    return None if file.seconds is None else Fraction(str(file.seconds))


def _timecode(file: MediaFile, film: Film | None) -> Timecode | None:
    if film is None:
        return None
    for text in _timecodes(file):
        found = parse_timecode(text)
        if found is None or (found.drops and not can_drop(film.rate)):
            continue
        try:
            found.number(film.rate)
        except ValueError:
            continue
        return found
    return None


def _timecodes(file: MediaFile) -> Iterator[str]:
    yield file.metadata.get("timecode", "")
    for stream in file.of(Kind.VIDEO, Kind.DATA):
        yield stream.metadata.get("timecode", "")
