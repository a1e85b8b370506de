"""PBCore 2.1: a file as an instantiation document.

Written from the description itself, without reading the file again.
"""

import os
import re

from avpres.adapters.formats.emit.languages import three_letters
from avpres.adapters.formats.emit.markup import Vocabulary
from avpres.adapters.formats.emit.quantities import clock, decimal, digest_name, positive, within
from avpres.adapters.formats.emit.videomd import duration_of
from avpres.domain.description import Description
from avpres.domain.technical import Audio, Image, MediaKind, Video

NAMESPACE = "http://www.pbcore.org/PBCore/PBCoreNamespace.html"
PBCORE = Vocabulary("pbcore", NAMESPACE)

_leaf, _group = PBCORE.leaf, PBCORE.group
_MEDIA_TYPES = {
    MediaKind.VIDEO: "Moving Image",
    MediaKind.AUDIO: "Sound",
    MediaKind.IMAGE: "Static Image",
    MediaKind.TEXT: "Text",
    MediaKind.DOCUMENT: "Text",
}
_THREE_LETTERS = re.compile("[a-z]{3}")


def applies_to(description: Description) -> bool:
    """Say whether this is something to see or hear."""
    technical = description.technical
    return bool(technical.video or technical.audio or technical.images)


def write(description: Description) -> bytes:
    """Write the instantiation document."""
    technical = description.technical
    container = technical.container
    name = os.path.basename(description.path) or description.path or "-"
    tracks = [_video(one) for one in technical.video] + [_audio(one) for one in technical.audio]
    seconds = positive(duration_of(description))
    rate = description.size * 8 / seconds if seconds else None
    return PBCORE.document(
        "pbcoreInstantiationDocument",
        _leaf("instantiationIdentifier", name, source="File Name"),
        _leaf("instantiationDate", container.created if container else "", dateType="encoded"),
        _leaf("instantiationDigital", description.mime),
        _leaf("instantiationStandard", description.format, profile=description.profile),
        _leaf("instantiationLocation", os.path.join(description.root, description.path) or "-"),
        _leaf("instantiationMediaType", _MEDIA_TYPES.get(technical.kind)),
        _leaf("instantiationFileSize", max(description.size, 0), unitsOfMeasure="bytes"),
        _leaf("instantiationDuration", clock(duration_of(description))),
        _leaf("instantiationDataRate", decimal(rate, 0), unitsOfMeasure="bits/second"),
        _leaf("instantiationTracks", _count(description)),
        _leaf("instantiationChannelConfiguration", _channels(technical.audio)),
        *_languages(description),
        *(tracks or [_image(one) for one in technical.images]),
        *_annotations(description),
    )


def _count(description: Description) -> str:
    technical = description.technical
    counts = {"video": len(technical.video), "audio": len(technical.audio)}
    return ", ".join(
        f"{count} {kind} track{'s' if count > 1 else ''}" for kind, count in counts.items() if count
    )


def _channels(streams: list[Audio]) -> str:
    numbers = [within(one.channels, 1) for one in streams]
    return ", ".join(
        f"audio track {place}: {count} channel{'s' if count > 1 else ''}"
        for place, count in enumerate(numbers, 1)
        if count
    )


def _languages(description: Description) -> list[str]:
    codes = dict.fromkeys(_language(one) for one in description.technical.audio)
    return [_leaf("instantiationLanguage", code) for code in codes]


def _language(audio: Audio) -> str:
    code = three_letters(audio.language)
    return code if _THREE_LETTERS.fullmatch(code) else ""


def _annotations(description: Description) -> list[str]:
    said = {
        "format version": description.version,
        "PRONOM": description.puid,
        "validation": description.status.value if description.validator else "",
        **{digest_name(one.algorithm): one.value for one in description.digests},
    }
    container = description.technical.container
    if container is not None:
        said["writing application"] = container.writing_application
        said["writing library"] = container.writing_library
    return [
        _leaf("instantiationAnnotation", value, annotationType=name)
        for name, value in said.items()
        if name
    ]


def _video(video: Video) -> str:
    return _group(
        "instantiationEssenceTrack",
        _leaf("essenceTrackType", "Video"),
        _leaf("essenceTrackEncoding", video.codec or video.codec_id, ref=video.codec_id),
        _bits_a_second(video.bit_rate),
        _leaf("essenceTrackFrameRate", decimal(positive(video.frame_rate)), unitsOfMeasure="fps"),
        _leaf("essenceTrackBitDepth", within(video.bits_per_sample, 1)),
        _leaf("essenceTrackFrameSize", _size(video)),
        _leaf("essenceTrackAspectRatio", video.display_aspect),
        _leaf("essenceTrackTimeStart", video.timecode),
        _leaf("essenceTrackDuration", clock(video.duration)),
        *(
            _leaf("essenceTrackAnnotation", value, annotationType=name)
            for name, value in {
                "profile": video.profile,
                "colour space": video.colour_space,
                "chroma subsampling": video.chroma_subsampling,
                "scan": video.scan,
                "field order": video.field_order,
                "frames": within(video.frames),
            }.items()
        ),
    )


def _audio(audio: Audio) -> str:
    rate = decimal(positive(audio.sample_rate))
    return _group(
        "instantiationEssenceTrack",
        _leaf("essenceTrackType", "Audio"),
        _leaf("essenceTrackEncoding", audio.codec or audio.codec_id, ref=audio.codec_id),
        _bits_a_second(audio.bit_rate),
        _leaf("essenceTrackSamplingRate", rate, unitsOfMeasure="Hz"),
        _leaf("essenceTrackBitDepth", within(audio.bits_per_sample, 1)),
        _leaf("essenceTrackDuration", clock(audio.duration)),
        _leaf("essenceTrackLanguage", _language(audio)),
        _leaf(
            "essenceTrackAnnotation", within(audio.channels, 1), annotationType="number of channels"
        ),
    )


def _image(image: Image) -> str:
    depth = max((bits for bits in image.bits_per_sample if bits > 0), default=None)
    return _group(
        "instantiationEssenceTrack",
        _leaf("essenceTrackType", "Image"),
        _leaf("essenceTrackEncoding", image.compression),
        _leaf("essenceTrackBitDepth", depth),
        _leaf("essenceTrackFrameSize", _size(image)),
    )


def _bits_a_second(rate: int | None) -> str:
    return _leaf("essenceTrackDataRate", within(rate, 1, 2**63), unitsOfMeasure="bits/second")


def _size(picture: Video | Image) -> str:
    width, height = within(picture.width, 1), within(picture.height, 1)
    return f"{width}x{height}" if width and height else ""
