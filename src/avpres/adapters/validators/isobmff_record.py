"""The record of an MP4 or QuickTime file, from what was read of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from avpres.adapters.validators import video_words as words
from avpres.adapters.validators.isobmff_tracks import Track
from avpres.adapters.validators.piece import Piece
from avpres.domain.technical import Container, MediaKind, Technical, Video

_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_DROP = 1  # flag of a timecode: numbers are dropped so that it keeps up with the clock


def created(seconds: int) -> str:
    """Write a time of a movie header as ISO 8601; nothing where it was left out."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return moment.isoformat().replace("+00:00", "Z") if seconds else ""


def describe(
    technical: Technical, tracks: Sequence[Track], piece: Piece, tags: dict[str, str]
) -> None:
    """Fill in a record; also of a file that was cut, as far as it goes."""
    container = technical.container = technical.container or Container()
    container.members = len(tracks) or None
    for track in tracks:
        _track(technical, track)
    for track in tracks:
        if track.kind == "tmcd" and technical.video and track.entries:
            technical.video[0].timecode = _timecode(track, piece)
    container.title = tags.get("title", "")
    container.writing_application = tags.get("tool", "") or tags.get("software", "")
    container.created = container.created or tags.get("date", "")
    if not technical.images:
        is_audio = bool(technical.audio) and not technical.video
        technical.kind = MediaKind.AUDIO if is_audio else MediaKind.VIDEO
    technical.properties["tracks"] = len(tracks)
    if tags:
        technical.properties["tags"] = tags
    configs = [entry.config.properties() for track in tracks for entry in track.entries
               if entry.config is not None]  # fmt: skip
    if configs:
        technical.properties["ffv1"] = configs


def _track(technical: Technical, track: Track) -> None:
    entry = track.entries[0] if track.entries else None
    if entry is None:
        return
    ticks = track.fragment_ticks or track.samples.duration or track.duration
    seconds = round(ticks / track.scale, 6) if track.scale and ticks else None
    rate = round(track.size * 8 / seconds) if seconds and track.size else None
    if entry.video is not None:
        video = entry.video
        video.frames, video.duration, video.bit_rate = track.frames or None, seconds, rate
        video.frame_rate = _frame_rate(track, seconds)
        _shown(video, track)
        technical.video.append(video)
    elif entry.audio is not None:
        audio = entry.audio
        audio.duration, audio.bit_rate = seconds, rate
        audio.language = audio.language or track.language
        audio.samples = ticks if audio.sample_rate == track.scale else None
        if track.samples.chunks:
            audio.first_sample = track.samples.chunks[0]
        technical.audio.append(audio)


def _frame_rate(track: Track, seconds: float | None) -> float | None:
    if track.samples.delta and track.scale and not track.fragment_ticks:
        return words.frame_rate(track.scale / track.samples.delta)
    return words.frame_rate(track.frames / seconds) if seconds and track.frames else None


def _shown(video: Video, track: Track) -> None:
    """Take the shape from the track where the description says nothing of it."""
    width, height = track.shown
    if track.rotated or not (video.width and video.height and width and height):
        return
    if video.pixel_aspect == 1.0 and abs(width / height * video.height / video.width - 1) > 0.02:
        video.display_aspect = words.display_aspect(round(width), round(height))
        video.pixel_aspect = round(width / height * video.height / video.width, 4)


def _timecode(track: Track, piece: Piece) -> str:
    """Read the first timecode of a track."""
    data = track.entries[0].data
    place = next(track.samples.places(), None)
    if len(data) < 33 or place is None or place[1] != 4 or not data[32]:
        return ""
    raw = piece.peek(place[0], 4)
    flags, rate = int.from_bytes(data[20:24], "big"), data[32]
    return timecode(int.from_bytes(raw, "big"), rate, drop=bool(flags & _DROP))


def timecode(frame: int, rate: int, *, drop: bool) -> str:
    """Write the number of a frame as SMPTE ST 12-1 does, with `;` where numbers are dropped."""
    if drop and rate % 30 == 0:
        dropped = rate // 15
        minutes = rate * 60 - dropped
        tens, rest = divmod(frame, rate * 600 - 9 * dropped)
        frame += 9 * dropped * tens
        if rest >= dropped:
            frame += dropped * ((rest - dropped) // minutes)
    seconds, frames = divmod(frame, rate)
    hours, minutes, seconds = seconds // 3600 % 24, seconds // 60 % 60, seconds % 60
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if drop else ':'}{frames:02}"
