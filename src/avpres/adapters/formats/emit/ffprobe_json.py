"""JSON in the shape of `ffprobe -of json -show_format -show_streams`, from the description.

Programs that read ffprobe's output find the same keys, with numbers as text where ffprobe writes
text. Codec names are FFmpeg's where they are known; `codec_long_name` is always the description's.
"""

import json
import os
from collections.abc import Mapping
from fractions import Fraction

from avpres.adapters.formats.emit import ffprobe_names
from avpres.adapters.formats.emit.quantities import (
    decimal,
    finite,
    frame_rate,
    positive,
    ratio,
)
from avpres.adapters.formats.emit.videomd import duration_of
from avpres.adapters.formats.report_names import encodable, raw_base64
from avpres.domain.description import Description
from avpres.domain.technical import Audio, Image, Video

_PIXEL = 100  # the largest denominator of a pixel's shape: 16:15, 40:33


def applies_to(description: Description) -> bool:
    """Say whether this is something that ffprobe would open."""
    technical = description.technical
    return bool(technical.video or technical.audio or technical.images)


def write(description: Description) -> bytes:
    """Write the record: `streams`, then `format`."""
    technical = description.technical
    streams = [_video(one) for one in technical.video] or [_image(one) for one in technical.images]
    streams += [_audio(one) for one in technical.audio]
    numbered = [_stated({"index": place, **stream}) for place, stream in enumerate(streams)]
    record = {"streams": numbered, "format": _stated(_format(description, len(numbered)))}
    return json.dumps(record, ensure_ascii=False, indent=4, allow_nan=False).encode() + b"\n"


def _stated(facts: Mapping[str, object]) -> dict[str, object]:
    r"""Leave out what is not known, and write what UTF-8 cannot hold as `\xNN`."""
    return {
        key: encodable(value) if isinstance(value, str) else value
        for key, value in facts.items()
        if value not in (None, "", {})
    }


def _format(description: Description, streams: int) -> dict[str, object]:
    seconds = duration_of(description)
    length = positive(seconds)
    container = description.technical.container
    name = os.path.join(description.root, description.path)
    return {
        "filename": name,
        "filename_base64": raw_base64(name),
        "nb_streams": streams,
        "format_name": ffprobe_names.FORMATS.get(description.format),
        "format_long_name": description.format,
        "duration": _seconds(seconds),
        "size": str(description.size),
        "bit_rate": decimal(description.size * 8 / length, 0) if length else None,
        "tags": _stated(
            {
                "title": container.title if container else "",
                "encoder": container.writing_application if container else "",
                "creation_time": container.created if container else "",
            }
        ),
    }


def _video(video: Video) -> dict[str, object]:
    return {
        "codec_name": ffprobe_names.codec(video.codec),
        "codec_long_name": video.codec,
        "profile": video.profile,
        "codec_type": "video",
        "codec_tag_string": video.codec_id,
        "width": video.width,
        "height": video.height,
        "sample_aspect_ratio": _written(ratio(video.pixel_aspect, _PIXEL), ":"),
        "display_aspect_ratio": video.display_aspect,
        "color_range": {"limited": "tv", "full": "pc"}.get(video.colour_range),
        "color_space": video.matrix,
        "color_transfer": video.transfer,
        "color_primaries": video.primaries,
        "field_order": ffprobe_names.field_order(video.scan, video.field_order),
        "r_frame_rate": _written(frame_rate(video.frame_rate), "/"),
        "avg_frame_rate": _written(frame_rate(video.frame_rate), "/"),
        "duration": _seconds(video.duration),
        "bit_rate": _text(video.bit_rate),
        "bits_per_raw_sample": _text(video.bits_per_sample),
        "nb_frames": _text(video.frames),
        "tags": _stated({"timecode": video.timecode}),
    }


def _image(image: Image) -> dict[str, object]:
    return {
        "codec_long_name": image.compression,
        "codec_type": "video",
        "width": image.width,
        "height": image.height,
        "bits_per_raw_sample": _text(max(image.bits_per_sample, default=None)),
    }


def _audio(audio: Audio) -> dict[str, object]:
    depth, order = audio.bits_per_sample, audio.byte_order
    rate = positive(audio.sample_rate)
    return {
        "codec_name": ffprobe_names.audio_codec(audio.codec, depth, order),
        "codec_long_name": audio.codec,
        "codec_type": "audio",
        "codec_tag_string": audio.codec_id,
        "sample_rate": decimal(rate, 0) if rate else None,
        "channels": audio.channels,
        "channel_layout": audio.channel_layout,
        "bits_per_sample": depth,
        "duration": _seconds(audio.duration),
        "bit_rate": _text(audio.bit_rate),
        "tags": _stated({"language": audio.language}),
    }


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _seconds(value: float | None) -> str | None:
    number = finite(value)
    return None if number is None else f"{number:.6f}"


def _written(fraction: Fraction | None, between: str) -> str | None:
    return f"{fraction.numerator}{between}{fraction.denominator}" if fraction else None
