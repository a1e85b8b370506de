"""Tracks of Matroska: what the file says of them, and what their blocks add."""

from datetime import UTC, datetime, timedelta

from avpres.adapters.validators import ffv1
from avpres.adapters.validators import video_words as words
from avpres.adapters.validators.coded_frames import (
    Check,
    check_flac,
    check_vp8,
    check_vp9,
    units_of,
)
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.adapters.validators.matroska_blocks import Track
from avpres.adapters.validators.matroska_codecs import FOURCCS, LOSSLESS, codec_name
from avpres.adapters.validators.matroska_tree import Node
from avpres.domain.technical import Audio, Video

VIDEO, AUDIO, SUBTITLE = 1, 2, 17
_VFW = "V_MS/VFW/FOURCC"
_DIB = 40  # bytes of the header before what belongs to the codec
_HEADER_STRIPPING = 3
_FLAC_HEAD = 26  # bytes of a STREAMINFO that are needed, with `fLaC` and the head of the block
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


def track_of(entry: Node, exam: Examination) -> Track:
    """Take from a TrackEntry what the reading of blocks needs."""
    track = Track(entry.number("TrackNumber"), entry.number("TrackType"), entry.text("CodecID"))
    track.laced = entry.number("FlagLacing", 1) == 1
    _undo_encodings(entry, track)
    record = _record(entry)
    if track.codec == _VFW and _fourcc(entry) == "FFV1":
        track.codec = f"{_VFW}/FFV1"
    track.check = _check_of(track.codec, record)
    if record and track.codec in {"V_FFV1", f"{_VFW}/FFV1"}:
        track.config = _config(record, entry, exam)
        track.opaque |= track.config is None
    return track


def video_of(entry: Node, track: Track, seconds: float | None) -> Video:
    """Describe a video track."""
    video = Video(codec=_codec(entry), codec_id=_codec_id(entry), frames=track.frames or None)
    picture = entry.child("Video")
    if picture is not None:
        _picture(video, picture)
    if track.config is not None:
        ffv1.describe(video, track.config)
    elif video.codec in LOSSLESS:
        video.lossless = True
    video.duration = seconds
    video.bit_rate = _bit_rate(track, seconds)
    each = entry.number("DefaultDuration")
    if each:
        video.frame_rate = words.frame_rate(1e9 / each)
    elif seconds and track.frames > 1:
        video.frame_rate = round(track.frames / seconds, 3)
    return video


def audio_of(entry: Node, track: Track, seconds: float | None) -> Audio:
    """Describe an audio track."""
    audio = Audio(codec=_codec(entry), codec_id=entry.text("CodecID"), channels=1)
    sound = entry.child("Audio")
    if sound is not None:
        rate = sound.get("OutputSamplingFrequency") or sound.get("SamplingFrequency") or 8000.0
        audio.sample_rate = float(rate) if isinstance(rate, float) else None
        audio.channels = sound.number("Channels", 1)
        audio.bits_per_sample = sound.number("BitDepth") or None
    audio.language = entry.text("LanguageBCP47") or entry.text("Language")
    if audio.codec_id.startswith("A_PCM"):
        audio.byte_order = "big endian" if audio.codec_id.endswith("BIG") else "little endian"
        audio.block_size = (audio.bits_per_sample or 0) // 8 * (audio.channels or 0) or None
        audio.samples = track.size // audio.block_size if audio.block_size else None
    audio.duration = seconds
    audio.bit_rate = _bit_rate(track, seconds)
    if audio.codec == "FLAC":
        _flac(audio, entry.get("CodecPrivate"))
    return audio


def created(nanoseconds: int) -> str:
    """Write a DateUTC as ISO 8601; nothing where it is beyond all calendars."""
    try:
        moment = _EPOCH + timedelta(microseconds=nanoseconds // 1000)
    except OverflowError:
        return ""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _picture(video: Video, picture: Node) -> None:
    video.width, video.height = picture.number("PixelWidth"), picture.number("PixelHeight")
    shown = _shown(picture, video.width, video.height)
    video.display_aspect = words.display_aspect(*shown)
    if picture.number("DisplayUnit") != 4:
        video.pixel_aspect = words.pixel_aspect(video.width, video.height, *shown)
    video.scan = {1: "interlaced", 2: "progressive"}.get(picture.number("FlagInterlaced"), "")
    order = picture.number("FieldOrder", 2)
    video.field_order = {1: "top first", 9: "top first", 6: "bottom first", 14: "bottom first"}.get(
        order, ""
    )
    colour = picture.child("Colour")
    if colour is None:
        return
    video.primaries = words.PRIMARIES.get(colour.number("Primaries", 2), "")
    video.transfer = words.TRANSFERS.get(colour.number("TransferCharacteristics", 2), "")
    video.matrix = words.MATRICES.get(colour.number("MatrixCoefficients", 2), "")
    video.colour_range = {1: "limited", 2: "full"}.get(colour.number("Range"), "")
    video.bits_per_sample = colour.number("BitsPerChannel") or None
    across, down = (colour.get(f"ChromaSubsampling{way}") for way in ("Horz", "Vert"))
    if isinstance(across, int) and isinstance(down, int) and max(across, down) < 3:
        video.chroma_subsampling = words.subsampling(1 << across, 1 << down)


def _shown(picture: Node, width: int, height: int) -> tuple[int, int]:
    width -= picture.number("PixelCropLeft") + picture.number("PixelCropRight")
    height -= picture.number("PixelCropTop") + picture.number("PixelCropBottom")
    return picture.number("DisplayWidth", width), picture.number("DisplayHeight", height)


def _codec_id(entry: Node) -> str:
    fourcc = _fourcc(entry)
    return f"{_VFW} / {fourcc}" if fourcc else entry.text("CodecID")


def _codec(entry: Node) -> str:
    fourcc = _fourcc(entry)
    return FOURCCS.get(fourcc, fourcc) if fourcc else codec_name(entry.text("CodecID"))


def _fourcc(entry: Node) -> str:
    private = entry.get("CodecPrivate")
    if entry.text("CodecID") != _VFW or not isinstance(private, bytes):
        return ""
    return private[16:20].decode("latin-1").strip("\0 ")


def _record(entry: Node) -> bytes:
    private = entry.get("CodecPrivate")
    if not isinstance(private, bytes):
        return b""
    return private[_DIB:] if entry.text("CodecID") == _VFW else private


def _config(record: bytes, entry: Node, exam: Examination) -> ffv1.Ffv1Config | None:
    try:
        config = ffv1.read_config(record)
    except RangeError as error:
        text = f"the configuration record of FFV1 makes no sense: {error}"
        exam.broken("FFV1-CONFIG", text, entry.offset)
        return None
    if not ffv1.is_record_sound(record, config):
        text = "the CRC of the configuration record of FFV1 does not match"
        exam.broken("FFV1-CONFIG-CRC", text, entry.offset)
    for id, text in ffv1.advice(config):
        exam.warn(id, text, entry.offset)
    return config


def _check_of(codec: str, record: bytes) -> Check | None:
    """Choose how frames are looked into; FFV1 is known only when its first frame is."""
    lengths = {"V_MPEG4/ISO/AVC": 4, "V_MPEGH/ISO/HEVC": 21}.get(codec)
    if lengths is not None and len(record) > lengths:
        return units_of((record[lengths] & 3) + 1)
    return _CHECKS.get(codec)


_CHECKS: dict[str, Check] = {
    "A_FLAC": check_flac,
    "V_VP8": check_vp8,
    "V_VP9": check_vp9,
}


def _undo_encodings(entry: Node, track: Track) -> None:
    encodings = entry.child("ContentEncodings")
    if encodings is None:
        return
    for encoding in encodings.all("ContentEncoding"):
        how = encoding.child("ContentCompression")
        stripped = how.get("ContentCompSettings") if how is not None else None
        if how is None or how.number("ContentCompAlgo") != _HEADER_STRIPPING:
            track.opaque = True
        elif isinstance(stripped, bytes):
            track.prefix = stripped[:1024] + track.prefix


def _flac(audio: Audio, private: object) -> None:
    if not isinstance(private, bytes) or len(private) < _FLAC_HEAD or private[:4] != b"fLaC":
        return
    packed = int.from_bytes(private[18:26], "big")
    audio.sample_rate = float(packed >> 44)
    audio.channels = (packed >> 41 & 7) + 1
    audio.bits_per_sample = (packed >> 36 & 31) + 1
    audio.samples = packed & 0xFFFFFFFFF or None


def _bit_rate(track: Track, seconds: float | None) -> int | None:
    return round(track.size * 8 / seconds) if seconds and track.size else None
