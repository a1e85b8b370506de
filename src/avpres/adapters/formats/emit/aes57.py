"""AES57 audioObject, in the shape that JHOVE 1.33 writes for WAVE and AIFF.

The schema is the AES's own and is not at hand, so the record follows JHOVE's element by element;
what JHOVE fills with a placeholder (a time code of 30 frames) is left out.
"""

from avpres.adapters.formats.emit.audiomd import quality_of
from avpres.adapters.formats.emit.markup import TYPE, Vocabulary
from avpres.adapters.formats.emit.quantities import decimal, positive, within
from avpres.domain.description import Description
from avpres.domain.technical import Audio, MediaKind

NAMESPACE = "http://www.aes.org/audioObject"
AES = Vocabulary("aes", NAMESPACE)

LISTED_CHANNELS = 256  # channels that get an element of their own; numChannels holds any number

_BYTE_ORDERS = {"big": "BIG_ENDIAN", "little": "LITTLE_ENDIAN"}
_ENCODINGS = {
    "PCM": "PCM audio in integer format",
    "IEEE float": "PCM audio in IEEE floating point",
}
_OBJECT, _FACE, _REGION, _FORMAT = "AUDIO_OBJECT_1", "FACE_1", "REGION_1", "FORMAT_REGION_1"


def applies_to(description: Description) -> bool:
    """Say whether this is an audio file."""
    technical = description.technical
    return technical.kind is MediaKind.AUDIO and bool(technical.audio)


def write(description: Description) -> bytes:
    """Write the record of the file's one audio object."""
    audio = description.technical.audio[0] if description.technical.audio else Audio()
    version = description.version or description.profile
    order = audio.byte_order.strip().lower().partition(" ")[0]
    return AES.document(
        "audioObject",
        AES.leaf("format", description.format, specificationVersion=version),
        AES.leaf("audioDataEncoding", _ENCODINGS.get(audio.codec, audio.codec)),
        AES.leaf("byteOrder", _BYTE_ORDERS.get(order)),
        AES.leaf("firstSampleOffset", within(audio.first_sample, 0, 2**63)),
        AES.leaf("audioDataBlockSize", within(audio.block_size, 1)),
        AES.node("use", useType="OTHER", otherType="preservation"),
        AES.leaf("primaryIdentifier", description.path or "-", identifierType="FILE_NAME"),
        _face(audio),
        _format_list(audio),
        ID=_OBJECT,
        analogDigitalFlag="FILE_DIGITAL",
        disposition=description.validator and f"Validated by {description.validator}",
        schemaVersion="1.0.0",
    )


def _face(audio: Audio) -> str:
    times = _times(audio)
    region = AES.node(
        "region",
        AES.group("timeRange", times),
        AES.leaf("numChannels", within(audio.channels, 1)),
        *_streams(audio),
        ID=_REGION,
        formatRef=_FORMAT,
        faceRef=_FACE,
        label="Region",
    )
    return AES.node(
        "face",
        AES.group("timeline", times),
        region,
        direction="NONE",
        ID=_FACE,
        audioObjectRef=_OBJECT,
        label="Face",
    )


def _times(audio: Audio) -> str:
    """Give start and duration in samples, as the edit rate counts them."""
    rate = positive(audio.sample_rate)
    if rate is None or audio.samples is None or audio.samples < 0:
        return ""
    return _time("startTime", 0, rate) + _time("duration", audio.samples, rate)


def _time(name: str, samples: int, rate: float) -> str:
    edit = decimal(rate)
    return AES.leaf(name, samples, editRate=edit, factorNumerator=1, factorDenominator=1)


def _streams(audio: Audio) -> list[str]:
    count = within(audio.channels, 1) or 0
    places = audio.channel_layout.split()
    listed = range(min(count, LISTED_CHANNELS))
    named = places if len(places) == count else [""] * len(listed)
    return [
        AES.node(
            "stream",
            AES.node("channelAssignment", channelNum=number, mapLocation=named[number]),
            ID=f"STREAM_{number + 1}",
            label=f"Channel {number + 1}",
            faceRegionRef=_REGION,
        )
        for number in listed
    ]


def _format_list(audio: Audio) -> str:
    region = AES.node(
        "formatRegion",
        AES.leaf("bitDepth", within(audio.bits_per_sample, 1)),
        AES.leaf("sampleRate", decimal(positive(audio.sample_rate))),
        _reduction(audio),
        **{"ID": _FORMAT, TYPE: "aes:formatRegionType", "ownerRef": _REGION, "label": "Format"},
    )
    return AES.group("formatList", region)


def _reduction(audio: Audio) -> str:
    quality = quality_of(audio.codec)
    if not quality:
        return ""
    return AES.group(
        "bitrateReduction",
        AES.leaf("codecName", audio.codec),
        AES.leaf("codecQuality", quality.upper()),
        AES.leaf("dataRate", within(audio.bit_rate, 1, 2**63)),
    )
