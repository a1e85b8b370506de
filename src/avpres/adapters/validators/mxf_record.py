"""The record of an MXF file, from its header metadata and its essence."""

import struct
from collections.abc import Mapping

from avpres.adapters.validators import ffv1
from avpres.adapters.validators import video_words as words
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.adapters.validators.isobmff_record import timecode
from avpres.adapters.validators.mxf_essence import Stream
from avpres.adapters.validators.mxf_labels import (
    LOSSLESS,
    colour,
    picture_codec,
    picture_profile,
    sound_codec,
)
from avpres.adapters.validators.mxf_sets import Metadata, MetadataSet
from avpres.domain.technical import Audio, Container, MediaKind, Technical, Video

PICTURE = {"CDCIDescriptor", "RGBADescriptor", "MPEG2Descriptor", "PictureDescriptor"}
SOUND = {"SoundDescriptor", "WaveDescriptor", "AES3Descriptor"}
_FFV1_RECORD = bytes.fromhex("0401060c01")  # in the label of the configuration record
_SCANS = {0: "progressive", 1: "interlaced", 2: "interlaced", 3: "interlaced", 4: "progressive"}


def tracks_of(metadata: Metadata) -> dict[int, tuple[MetadataSet, MetadataSet]]:
    """Give track and descriptor by the number that essence elements carry."""
    found = {}
    for package in metadata.all("SourcePackage"):
        described = _descriptors(package, metadata)
        for uid in package.references(0x4403):
            track = metadata.sets.get(uid)
            if track is None or not track.number(0x4804):
                continue
            descriptor = described.get(track.number(0x4801)) or described.get(0)
            if descriptor is not None:
                found[track.number(0x4804)] = (track, descriptor)
    return found


def codec_of(descriptor: MetadataSet) -> str:
    """Name the codec that a descriptor tells of."""
    values = descriptor.values
    if descriptor.kind in SOUND:
        return sound_codec(values.get(0x3D06, b""))
    return picture_codec(values.get(0x3201, b""), values.get(0x3004, b""))


def config_of(
    descriptor: MetadataSet, metadata: Metadata, exam: Examination
) -> ffv1.Ffv1Config | None:
    """Read the configuration record of FFV1 from the sub-descriptor of a descriptor."""
    for raw in descriptor.values.values():
        for at in range(8, len(raw) - 15, 16):
            below = metadata.sets.get(raw[at : at + 16])
            for tag, value in below.values.items() if below is not None else ():
                if metadata.primer.get(tag, b"")[8:13] == _FFV1_RECORD:
                    return _read_config(value, descriptor, exam)
    return None


def describe(
    technical: Technical,
    metadata: Metadata,
    streams: Mapping[int, Stream],
    configs: Mapping[int, ffv1.Ffv1Config],
) -> None:
    """Fill in a record; also of a file that was cut, as far as it goes."""
    container = technical.container = Container()
    for preface in metadata.all("Identification")[-1:]:
        company, product = preface.text(0x3C01), preface.text(0x3C02)
        version = preface.text(0x3C04)
        container.writing_application = " ".join(filter(None, (company, product, version)))
        container.writing_library = preface.text(0x3C08)
        container.created = moment(preface.values.get(0x3C06, b""))
    for package in metadata.all("MaterialPackage")[:1]:
        container.title = package.text(0x4402)
        container.created = moment(package.values.get(0x4405, b"")) or container.created
    tracks = tracks_of(metadata)
    container.members = len(tracks) or None
    for number, (track, descriptor) in tracks.items():
        seconds = _seconds(track, metadata)
        container.duration = max(container.duration or 0, seconds or 0) or None
        stream = streams.get(number, Stream(number))
        if descriptor.kind in PICTURE:
            technical.video.append(_video(track, descriptor, stream, configs.get(number)))
            technical.video[-1].duration = seconds
        elif descriptor.kind in SOUND:
            technical.audio.append(_audio(descriptor, stream, seconds))
    is_audio = bool(technical.audio) and not technical.video
    technical.kind = MediaKind.AUDIO if is_audio else MediaKind.VIDEO
    if technical.video:
        technical.video[0].timecode = _timecode(metadata)
    if configs:
        technical.properties["ffv1"] = [config.properties() for config in configs.values()]
    technical.properties["tracks"] = len(tracks)


def moment(raw: bytes) -> str:
    """Write a timestamp as ISO 8601; nothing where it is left out."""
    if len(raw) != 8 or not any(raw):
        return ""
    year, month, day, hour, minute, second, _ = struct.unpack(">HBBBBBB", raw)
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"


def _descriptors(package: MetadataSet, metadata: Metadata) -> dict[int, MetadataSet]:
    described: dict[int, MetadataSet] = {}
    for uid in package.references(0x4701):
        top = metadata.sets.get(uid)
        if top is None:
            continue
        described[top.number(0x3006)] = top
        for inner in top.references(0x3F01):
            part = metadata.sets.get(inner)
            if part is not None:
                described[part.number(0x3006)] = part
        if top.kind != "MultipleDescriptor":
            described[0] = top
    return described


def _read_config(
    record: bytes, descriptor: MetadataSet, exam: Examination
) -> ffv1.Ffv1Config | None:
    try:
        config = ffv1.read_config(record)
    except RangeError as error:
        text = f"the configuration record of FFV1 makes no sense: {error}"
        exam.broken("FFV1-CONFIG", text, descriptor.offset)
        return None
    if not ffv1.is_record_sound(record, config):
        text = "the CRC of the configuration record of FFV1 does not match"
        exam.broken("FFV1-CONFIG-CRC", text, descriptor.offset)
    for id, text in ffv1.advice(config):
        exam.warn(id, text, descriptor.offset)
    return config


def duration_of(track: MetadataSet, metadata: Metadata) -> int:
    """Give the duration of a track in edit units; 0 where it is not known."""
    for uid in track.references(0x4803):
        sequence = metadata.sets.get(uid)
        if sequence is not None:
            found = sequence.number(0x0202)
            return 0 if found >> 63 else found
    return 0


def _seconds(track: MetadataSet, metadata: Metadata) -> float | None:
    over, under = track.ratio(0x4B01)
    units = duration_of(track, metadata)
    return round(units * under / over, 6) if over > 0 and units else None


def _video(
    track: MetadataSet, descriptor: MetadataSet, stream: Stream, config: ffv1.Ffv1Config | None
) -> Video:
    values, coding = descriptor.values, descriptor.values.get(0x3201, b"")
    video = Video(codec=codec_of(descriptor), codec_id=coding.hex())
    video.profile = picture_profile(video.codec, coding)
    video.scan = _SCANS.get(descriptor.number(0x320C, 255), "")
    doubled = 2 if descriptor.number(0x320C) in {1, 2} else 1
    video.width = descriptor.number(0x3209) or descriptor.number(0x3203) or None
    video.height = (descriptor.number(0x3208) or descriptor.number(0x3202)) * doubled or None
    _shape(video, descriptor)
    over, under = track.ratio(0x4B01)
    video.frame_rate = words.frame_rate(over / under) if over > 0 else None
    video.frames = stream.elements if stream.elements > 1 else None
    video.bits_per_sample = descriptor.number(0x3301) or None
    if 0x3302 in values:
        video.colour_space = "YUV"
        down = max(descriptor.number(0x3308, 1), 1)
        video.chroma_subsampling = words.subsampling(max(descriptor.number(0x3302), 1), down)
        full = descriptor.number(0x3304) == 0
        video.colour_range = ("full" if full else "limited") if 0x3304 in values else ""
    elif descriptor.kind == "RGBADescriptor":
        video.colour_space = "RGB"
    video.primaries = colour(values.get(0x3219, b""), "primaries")
    video.transfer = colour(values.get(0x3210, b""), "transfer")
    video.matrix = colour(values.get(0x321A, b""), "matrix")
    video.lossless = True if video.codec in LOSSLESS else None
    if config is not None:
        ffv1.describe(video, config)
    return video


def _shape(video: Video, descriptor: MetadataSet) -> None:
    across, down = descriptor.ratio(0x320E)
    if across <= 0 or down <= 0 or not video.width or not video.height:
        return
    video.display_aspect = words.display_aspect(across, down)
    video.pixel_aspect = round(across / down * video.height / video.width, 4)


def _audio(descriptor: MetadataSet, stream: Stream, seconds: float | None) -> Audio:
    values = descriptor.values
    audio = Audio(codec=codec_of(descriptor), codec_id=values.get(0x3D06, b"").hex())
    over, under = descriptor.ratio(0x3D03)
    audio.sample_rate = over / under if over > 0 else None
    audio.channels = descriptor.number(0x3D07) or None
    audio.bits_per_sample = descriptor.number(0x3D01) or None
    audio.duration, audio.first_sample = seconds, stream.first or None
    if audio.codec == "PCM":
        audio.byte_order = "little endian"
        audio.block_size = descriptor.number(0x3D0A) or None
        audio.samples = stream.size // audio.block_size if audio.block_size else None
    audio.bit_rate = round(stream.size * 8 / seconds) if seconds and stream.size else None
    return audio


def _timecode(metadata: Metadata) -> str:
    for component in metadata.all("TimecodeComponent")[:1]:
        rate = component.number(0x1502)
        if rate:
            drop = bool(component.number(0x1503))
            return timecode(component.number(0x1501) & 0xFFFFFFFF, rate, drop=drop)
    return ""
