"""audioMD 2.0: technical metadata of audio.

One record holds one stream. Files with several have their first one here and a note for each of
the others; `write(description, stream=1)` gives them records of their own. Digests are left out:
the schema wants the moment of each, which no description holds.
"""

import re

from avpres.adapters.formats.emit.markup import Vocabulary
from avpres.adapters.formats.emit.quantities import decimal, iso_duration, positive, within
from avpres.domain.description import Description
from avpres.domain.technical import Audio

NAMESPACE = "http://www.loc.gov/audioMD/"
AUDIOMD = Vocabulary("audiomd", NAMESPACE)

_BYTE_ORDERS = {"little": 0, "big": 1}
_SOUND_FIELDS = {1: "mono", 2: "stereo"}
_LOSSLESS = re.compile(
    r"flac|alac|wavpack|tta|monkey's audio|mlp|truehd|dst|mpeg-4 als|windows media audio lossless"
)
_LOSSY = re.compile(
    r"(x?he-)?aac\b.*|mpeg audio.*|mp[123]|e?-?ac-[34]|vorbis|opus|speex|atrac.*|musepack"
    r"|windows media audio( \d| pro)?|qdesign.*|.*adpcm|gsm"
)


def applies_to(description: Description) -> bool:
    """Say whether there is an audio stream to describe."""
    return bool(description.technical.audio)


def write(description: Description, stream: int = 0) -> bytes:
    """Write the record of one stream."""
    streams = description.technical.audio
    audio = streams[stream] if streams else Audio()
    others = [] if stream else list(enumerate(streams))[1:]
    return AUDIOMD.document(
        "AUDIOMD",
        _file(description, audio, [_note(number, one) for number, one in others]),
        _info(audio),
        ANALOGDIGITALFLAG="FileDigital",
    )


def _file(description: Description, audio: Audio, notes: list[str]) -> str:
    order = _BYTE_ORDERS.get(audio.byte_order.strip().lower().partition(" ")[0])
    rate = positive(audio.bit_rate)
    leaf = AUDIOMD.leaf
    return AUDIOMD.group(
        "fileData",
        leaf("audioBlockSize", within(audio.block_size, 1)),
        leaf("audioDataEncoding", audio.codec),
        leaf("bitsPerSample", within(audio.bits_per_sample, 1)),
        leaf("byteOrder", order),
        _compression(audio.codec),
        leaf("dataRate", within(round(rate / 1000), 1) if rate else None),
        leaf("firstSampleOffset", within(audio.first_sample)),
        leaf("formatName", description.format),
        *(leaf("formatNote", note) for note in notes),
        leaf("formatVersion", description.version),
        leaf("numSampleFrames", within(audio.samples)),
        leaf("samplingFrequency", _kilohertz(audio.sample_rate)),
        leaf("wordSize", _word_size(audio)),
    )


def quality_of(codec: str) -> str:
    """Say `lossless` or `lossy` of a codec; nothing of PCM, or when it is not known."""
    name = codec.strip().lower()
    if _LOSSLESS.fullmatch(name):
        return "lossless"
    return "lossy" if _LOSSY.fullmatch(name) else ""


def _compression(codec: str) -> str:
    quality = quality_of(codec)
    if not quality:
        return ""
    name = AUDIOMD.leaf("codecName", codec)
    return AUDIOMD.group("compression", name, AUDIOMD.leaf("codecQuality", quality))


def _word_size(audio: Audio) -> int | None:
    if audio.block_size is None or not audio.channels or audio.block_size % audio.channels:
        return None
    return within(audio.block_size // audio.channels, 1)


def _kilohertz(rate: float | None) -> str:
    number = positive(rate)
    return decimal(number / 1000) if number else ""


def _info(audio: Audio) -> str:
    return AUDIOMD.group(
        "audioInfo",
        AUDIOMD.leaf("duration", iso_duration(audio.duration)),
        AUDIOMD.leaf("numChannels", within(audio.channels, 1)),
        AUDIOMD.leaf("soundField", audio.channel_layout or _SOUND_FIELDS.get(audio.channels or 0)),
    )


def _note(number: int, audio: Audio) -> str:
    facts = [
        audio.codec,
        f"{audio.bits_per_sample} bits" if audio.bits_per_sample else "",
        f"{decimal(audio.sample_rate)} Hz" if positive(audio.sample_rate) else "",
        f"{audio.channels} channels" if audio.channels else "",
        audio.language,
    ]
    return f"stream {number + 1}: " + (", ".join(filter(None, facts)) or "nothing is known")
