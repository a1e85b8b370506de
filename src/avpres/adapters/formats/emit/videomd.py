"""videoMD 2.0: technical metadata of a file with moving images, every track of it."""

import re

from avpres.adapters.formats.emit.audiomd import quality_of
from avpres.adapters.formats.emit.languages import three_letters
from avpres.adapters.formats.emit.markup import Vocabulary
from avpres.adapters.formats.emit.quantities import (
    decimal,
    finite,
    iso_duration,
    positive,
    within,
)
from avpres.domain.description import Description
from avpres.domain.technical import Audio, Video

NAMESPACE = "http://www.loc.gov/videoMD/"
VIDEOMD = Vocabulary("videomd", NAMESPACE)

_leaf, _group = VIDEOMD.leaf, VIDEOMD.group
_THREE_LETTERS = re.compile("[a-z]{3}")


def applies_to(description: Description) -> bool:
    """Say whether there is a video stream to describe."""
    return bool(description.technical.video)


def write(description: Description) -> bytes:
    """Write the record: the file with its tracks, then what a viewer sees."""
    streams = description.technical.video
    video = streams[0] if streams else Video()
    return VIDEOMD.document(
        "VIDEOMD", _file(description, video), _info(video), ANALOGDIGITALFLAG="FileDigital"
    )


def _file(description: Description, video: Video) -> str:
    technical = description.technical
    tracks = [_video_track(number, one) for number, one in enumerate(technical.video)]
    lead = len(tracks)
    tracks += [_audio_track(lead + number, one) for number, one in enumerate(technical.audio)]
    return _group(
        "fileData",
        _leaf("duration", iso_duration(duration_of(description))),
        _leaf("size", max(description.size, 0)),
        _data_rate(_overall_rate(description)),
        _timecode(video.timecode),
        _leaf("bitsPerSample", within(video.bits_per_sample, 1)),
        *tracks,
        _frame(video),
        _leaf("frameRate", decimal(positive(video.frame_rate))),
        _format(description),
        _leaf("sampling", video.chroma_subsampling),
        _leaf("sound", "Yes" if technical.audio else "No"),
    )


def duration_of(description: Description) -> float | None:
    """Give the duration of the whole: the wrapper's, else the longest stream's."""
    technical = description.technical
    if technical.container is not None:
        whole = finite(technical.container.duration)
        if whole is not None:
            return whole
    lengths = [one.duration for one in technical.video] + [one.duration for one in technical.audio]
    known = [length for length in map(finite, lengths) if length is not None]
    return max(known, default=None)


def _overall_rate(description: Description) -> float | None:
    seconds = positive(duration_of(description))
    return description.size * 8 / seconds if seconds and description.size > 0 else None


def _data_rate(bits: float | None) -> str:
    number = positive(bits)
    return _leaf("dataRate", decimal(number / 1e6) if number else "", unit="Mbps")


def _timecode(written: str) -> str:
    return _group("timecode", _leaf("timecodeInitialValue", written))


def _format(description: Description) -> str:
    name = _leaf("name", description.format)
    if not name:
        return ""
    container = description.technical.container
    return _group(
        "format",
        _leaf("creatorApp", container.writing_application if container else ""),
        _leaf("creatorLib", container.writing_library if container else ""),
        name,
        _leaf("encodingDate", container.created if container else ""),
        _leaf("mimetype", description.mime),
        _leaf("profile", description.profile),
        _leaf("version", description.version),
    )


def _video_track(number: int, video: Video) -> str:
    lossless = {True: "lossless", False: "lossy", None: ""}[video.lossless]
    return _group(
        "track",
        _leaf("duration", iso_duration(video.duration)),
        _data_rate(video.bit_rate),
        _timecode(video.timecode),
        _leaf("bitsPerSample", within(video.bits_per_sample, 1)),
        _codec(
            _leaf("name", video.codec or video.codec_id),
            _leaf("profile", video.profile),
            _leaf("codecID", video.codec_id),
            _leaf("scanType", video.scan),
            _leaf("scanOrder", video.field_order),
        ),
        _leaf("quality", lossless),
        _frame(video),
        _leaf("frameRate", decimal(positive(video.frame_rate))),
        _leaf("sampling", video.chroma_subsampling),
        _leaf("sampleCount", within(video.frames)),
        num=number,
        type="video",
    )


def _audio_track(number: int, audio: Audio) -> str:
    language = three_letters(audio.language)
    return _group(
        "track",
        _leaf("duration", iso_duration(audio.duration)),
        _leaf("language", language if _THREE_LETTERS.fullmatch(language) else ""),
        _data_rate(audio.bit_rate),
        _leaf("bitsPerSample", within(audio.bits_per_sample, 1)),
        _codec(
            _leaf("name", audio.codec or audio.codec_id),
            _leaf("codecID", audio.codec_id),
            _leaf("channelCount", within(audio.channels, 1)),
            _leaf("endianness", audio.byte_order),
        ),
        _leaf("quality", quality_of(audio.codec)),
        _leaf("sampleRate", decimal(positive(audio.sample_rate)), unit="Hz"),
        _leaf("sampleCount", within(audio.samples, 0, 2**63)),
        num=number,
        type="audio",
    )


def _codec(name: str, *content: str) -> str:
    """The schema asks every codec for its name; without one there is no codec element."""
    return _group("codec", name, *content) if name else ""


def _frame(video: Video) -> str:
    return _group(
        "frame",
        _leaf("pixelsHorizontal", within(video.width, 1)),
        _leaf("pixelsVertical", within(video.height, 1)),
        _leaf("frameRate", decimal(positive(video.frame_rate))),
        _leaf("PAR", decimal(positive(video.pixel_aspect))),
        _leaf("DAR", video.display_aspect),
    )


def _info(video: Video) -> str:
    return _group(
        "videoInfo",
        _leaf("aspectRatio", video.display_aspect),
        _leaf("duration", iso_duration(video.duration)),
        _frame(video),
    )
