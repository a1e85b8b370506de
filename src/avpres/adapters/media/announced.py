"""What a file says of its streams before anything is decoded: how much there is, and what checks.

Told by MediaInfo and by the tags that Matroska keeps of each track. A decoder that stops early is
found out by it, and so is a file that was cut where nothing else shows it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avpres.adapters.tools.mediainfo_saying import extra, is_cut, tracks
from avpres.domain.media import Kind, MediaFile, MediaStream

_TIME = re.compile(r"^(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)")
_SHARED = ("Matroska", "WebM")  # MediaInfo takes the whole file's length for each track's


@dataclass(frozen=True, slots=True)
class Announced:
    """What is announced of one stream; None where nothing is. `crc`: FFV1 slices carry CRCs."""

    frames: int | None = None
    seconds: float | None = None
    crc: bool | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced of a file: by stream, whether it is cut, and the seconds of its longest."""

    streams: Mapping[int, Announced]
    is_cut: bool
    seconds: float | None

    def of(self, stream: MediaStream) -> Announced:
        """Give what is announced of a stream."""
        return self.streams.get(stream.index, Announced())


def announcement(told: Mapping[str, object], file: MediaFile) -> Announcement:
    """Put together what MediaInfo's JSON and ffmpeg's heading tell of a file."""
    listed = tracks(told)
    general = next((one for one in listed if one.get("@type") == "General"), {})
    shared = str(general.get("Format", "")) in _SHARED
    found: dict[int, Announced] = {}
    for kind, name in ((Kind.VIDEO, "Video"), (Kind.AUDIO, "Audio")):
        streams = [stream for stream in file.of(kind) if not stream.is_picture]
        mine = [one for one in listed if one.get("@type") == name]
        for place, stream in enumerate(streams):
            track = mine[place] if len(mine) == len(streams) else {}
            found[stream.index] = _announced(stream, track, shared=shared)
    return Announcement(found, is_cut(told), file.seconds)


def _announced(stream: MediaStream, track: Mapping[str, object], *, shared: bool) -> Announced:
    seconds = _tagged(stream)
    frames = None
    if seconds is None and not shared:
        seconds = _number(track.get("Duration"))
    if not shared or _tagged(stream) is not None:
        counted = _number(track.get("FrameCount"))
        frames = None if counted is None or stream.kind is Kind.AUDIO else int(counted)
    crc = None
    if stream.codec == "ffv1" and track:
        crc = "ErrorDetectionType" in {**track, **extra(track)}
    return Announced(frames, seconds, crc)


def _tagged(stream: MediaStream) -> float | None:
    """Read the length that Matroska's tags tell of a track."""
    words: Sequence[str] = [
        value for key, value in stream.metadata.items() if key.partition("-")[0] == "duration"
    ]
    match = _TIME.match(words[0]) if words else None
    return None if match is None else int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
