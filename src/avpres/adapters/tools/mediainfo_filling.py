"""MediaInfo's words put where a description has none; what a validator has found stays."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from avpres.adapters.tools.mediainfo_saying import tracks
from avpres.adapters.tools.mediainfo_values import (
    aspect,
    frame_rate,
    layer,
    number,
    size,
    text,
    when,
    word,
)
from avpres.domain.technical import Audio, Container, Image, MediaKind, Technical, Video

Track = Mapping[str, object]
Model = TypeVar("Model", Video, Audio, Image, Container)

_MOVING = {MediaKind.VIDEO, MediaKind.AUDIO}
_SCANS = {"Progressive": "progressive", "Interlaced": "interlaced", "MBAFF": "interlaced"}
_ORDERS = {"TFF": "top first", "BFF": "bottom first"}
_ENDS = {"Big": "big endian", "Little": "little endian"}
_RANGES = {"Limited": "limited", "Full": "full"}
_MIX_SPACES = {"RGB": ("RGB", 3), "Y": ("BlackIsZero", 1), "YUV": ("YCbCr", 3)}
_TIME_CODE = re.compile(r"\d\d:\d\d:\d\d[:;.]\d\d")


def fill(technical: Technical, data: Mapping[str, object]) -> None:
    """Fill what is absent in streams, wrapper and kind; nothing that is there is changed.

    Streams go by their order. Where the number of streams is another than MediaInfo's, only
    those that name the same codec, or none, are filled.
    """
    found = tracks(data)
    video = [_video(one) for one in found if one.get("@type") == "Video"]
    audio = [_audio(one) for one in found if one.get("@type") == "Audio"]
    _pair(technical.video, video, lambda one: one.codec)
    _pair(technical.audio, audio, lambda one: one.codec)
    if not video and not audio:
        pictures = [_image(one) for one in found if one.get("@type") == "Image"]
        _pair(technical.images, pictures, lambda one: one.compression)
    _set_kind(technical)
    if technical.kind in _MOVING:
        _time_code(technical, found)
        _wrapper(technical, next((one for one in found if one.get("@type") == "General"), {}))


def _pair(known: list[Model], found: Sequence[Model], codec: Callable[[Model], str]) -> None:
    if not known:
        known.extend(found)
        return
    for one, other in zip(known, found, strict=False):
        if len(known) == len(found) or codec(one) in {"", codec(other)}:
            _take(one, other)


def _take(known: Model, found: Model) -> None:
    for name in known.__slots__:
        if getattr(known, name) in (None, "", ()):
            setattr(known, name, getattr(found, name))


def _set_kind(technical: Technical) -> None:
    if technical.kind is not MediaKind.OTHER:
        return
    if technical.video:
        technical.kind = MediaKind.VIDEO
    elif technical.audio:
        technical.kind = MediaKind.AUDIO
    elif technical.images:
        technical.kind = MediaKind.IMAGE


def _video(track: Track) -> Video:
    return Video(
        codec=_video_codec(track),
        codec_id=text(track, "CodecID"),
        profile=text(track, "Format_Profile"),
        width=size(track, "Width"),
        height=size(track, "Height"),
        frame_rate=frame_rate(track),
        frames=size(track, "FrameCount"),
        duration=number(track, "Duration"),
        bit_rate=size(track, "BitRate"),
        bits_per_sample=size(track, "BitDepth"),
        colour_space=text(track, "ColorSpace"),
        chroma_subsampling=text(track, "ChromaSubsampling"),
        scan=word(track, "ScanType", _SCANS),
        field_order=word(track, "ScanOrder", _ORDERS),
        display_aspect=aspect(track),
        pixel_aspect=number(track, "PixelAspectRatio"),
        primaries=text(track, "colour_primaries"),
        transfer=text(track, "transfer_characteristics"),
        matrix=text(track, "matrix_coefficients"),
        colour_range=word(track, "colour_range", _RANGES),
        lossless={"Lossless": True, "Lossy": False}.get(text(track, "Compression_Mode")),
        timecode=_time_code_of(track),
    )


def _video_codec(track: Track) -> str:
    name, version = text(track, "Format"), text(track, "Format_Version")
    if name == "MPEG Video" and version in {"1", "2"}:
        return f"MPEG-{version} Video"
    return name


def _audio(track: Track) -> Audio:
    name = text(track, "Format")
    if name == "PCM" and text(track, "Format_Profile") == "Float":
        name = "IEEE float"
    return Audio(
        codec=layer(track) if name == "MPEG Audio" else name,
        codec_id=text(track, "CodecID"),
        channels=size(track, "Channels"),
        sample_rate=number(track, "SamplingRate"),
        bits_per_sample=size(track, "BitDepth"),
        samples=size(track, "SamplingCount"),
        duration=number(track, "Duration"),
        bit_rate=size(track, "BitRate"),
        byte_order=word(track, "Format_Settings_Endianness", _ENDS),
        channel_layout=text(track, "ChannelLayout"),
        language=text(track, "Language"),
    )


def _image(track: Track) -> Image:
    space, samples = _MIX_SPACES.get(text(track, "ColorSpace"), ("", 0))
    depth = size(track, "BitDepth")
    return Image(
        width=size(track, "Width"),
        height=size(track, "Height"),
        colour_space=space,
        samples_per_pixel=samples or None,
        bits_per_sample=(depth,) * samples if depth else (),
        byte_order=word(track, "Format_Settings_Endianness", _ENDS),
    )


def _time_code(technical: Technical, found: Sequence[Track]) -> None:
    """Give the wrapper's time code track to pictures that have none of their own."""
    tracks = (one for one in found if one.get("@type") == "Other")
    code = next(filter(None, map(_time_code_of, tracks)), "")
    for video in technical.video:
        video.timecode = video.timecode or code


def _time_code_of(track: Track) -> str:
    match = _TIME_CODE.match(text(track, "TimeCode_FirstFrame"))
    return match[0] if match else ""


def _wrapper(technical: Technical, general: Track) -> None:
    found = Container(
        duration=number(general, "Duration"),
        writing_application=text(general, "Encoded_Application"),
        writing_library=text(general, "Encoded_Library"),
        created=when(text(general, "Encoded_Date")),
        title=text(general, "Title"),
    )
    if found == Container():
        return
    if technical.container is None:
        technical.container = Container()
    _take(technical.container, found)
