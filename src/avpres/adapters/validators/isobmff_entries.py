"""Sample descriptions (stsd): what a track is coded in, and how it is to be shown."""

import math
import struct
from dataclasses import dataclass, field

from avpres.adapters.validators import ffv1
from avpres.adapters.validators import video_words as words
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.adapters.validators.isobmff_codecs import (
    AAC_PROFILES,
    AUDIO,
    CHROMA,
    H264_PROFILES,
    LOSSLESS,
    OBJECTS,
    PIXELS,
    PRORES,
    RGB,
    VIDEO,
)
from avpres.domain.technical import Audio, Video

_ENTRY = 16  # bytes of head, reserved and data reference, before what belongs to the media
_VIDEO, _SOUND = 86, (36, 52, 72)  # bytes of an entry before its boxes, by version of sound
_MOST = 4 * 1024 * 1024  # bytes of a sample description
_FIELD_ORDERS = {1: "top first", 6: "bottom first", 9: "top first", 14: "bottom first"}
"""By detail of a fiel box, as QuickTime's headers name them: 9 is "spatial first line early"."""


@dataclass(slots=True)
class Entry:
    """One sample description."""

    format: str
    offset: int
    reference: int = 1  # of dref
    data: bytes = b""
    boxes: dict[str, bytes] = field(default_factory=dict)
    video: Video | None = None
    audio: Audio | None = None
    config: ffv1.Ffv1Config | None = None
    nal_length: int = 0  # bytes before every unit of H.264 and HEVC
    unit: tuple[int, int] = (1, 0)  # samples and bytes of a packet of sound


def read_entries(data: bytes, offset: int, kind: str, exam: Examination) -> list[Entry]:
    """Read the content of an stsd box of a track of a kind (`vide`, `soun` …)."""
    if len(data) < 8 or len(data) > _MOST:
        exam.broken("ISOM-STSD", "box stsd is too short or too long", offset)
        return []
    count, at = int.from_bytes(data[4:8], "big"), 8
    entries = []
    for _ in range(count):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < _ENTRY or at + size > len(data):
            exam.broken("ISOM-STSD", "a sample description does not fit into stsd", offset + at)
            break
        entries.append(_entry(data[at : at + size], offset + at, kind, exam))
        at += size
    if not count:
        exam.invalid("ISOM-STSD", "box stsd describes nothing", offset)
    return entries


def _entry(data: bytes, offset: int, kind: str, exam: Examination) -> Entry:
    entry = Entry(data[4:8].decode("latin-1"), offset, int.from_bytes(data[14:16], "big"), data)
    if kind == "vide" and len(data) >= _VIDEO:
        entry.boxes = _extensions(data, _VIDEO, offset, exam)
        entry.video = _video(entry, exam)
    elif kind == "soun" and len(data) >= _SOUND[0]:
        version = min(int.from_bytes(data[16:18], "big"), 2)
        entry.boxes = _extensions(data, _SOUND[version], offset, exam)
        entry.audio = _sound(entry, version)
    elif kind in {"vide", "soun"}:
        exam.broken("ISOM-STSD", f"the description {entry.format} is too short", offset)
    known = {"vide": VIDEO, "soun": AUDIO}.get(kind)
    if known is not None and entry.format not in known:
        _judge_format(entry, known, exam)
    return entry


def _judge_format(entry: Entry, known: dict[str, str], exam: Examination) -> None:
    code = int.from_bytes(entry.format.encode("latin-1"), "big")
    for name in known:
        if (int.from_bytes(name.encode("latin-1"), "big") ^ code).bit_count() == 1:
            text = f"the codec {entry.format!r} is one bit from {name}: damage"
            exam.broken("ISOM-CODEC-DAMAGED", text, entry.offset)
            return
    if entry.format[:2] != "ms" and not entry.format.isprintable():
        exam.invalid("ISOM-CODEC", "the name of a codec is not readable", entry.offset)
    else:
        text = f"the codec {entry.format!r} is not known"
        exam.warn("ISOM-CODEC-UNKNOWN", text, entry.offset)


def _extensions(data: bytes, at: int, offset: int, exam: Examination) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 0 and not any(data[at:]):
            break
        if size < 8 or at + size > len(data):
            text = "a box in a sample description does not fit into it"
            exam.broken("ISOM-STSD", text, offset + at)
            break
        name = data[at + 4 : at + 8].decode("latin-1")
        if name == "wave":
            found.update(_extensions(data[at + 8 : at + size], 0, offset + at + 8, exam))
        found.setdefault(name, data[at + 8 : at + size])
        at += size
    return found


def _video(entry: Entry, exam: Examination) -> Video:
    width, height = struct.unpack_from(">HH", entry.data, 32)
    video = Video(codec=VIDEO.get(entry.format, ""), codec_id=entry.format)
    video.width, video.height = width, height
    video.profile = PRORES.get(entry.format, "")
    video.chroma_subsampling, bits = PIXELS.get(entry.format, ("", 0))
    video.bits_per_sample = bits or None
    video.colour_space = "RGB" if entry.format in RGB else "YUV" if video.chroma_subsampling else ""
    video.lossless = True if video.codec in LOSSLESS else None
    if not width or not height:
        exam.invalid("ISOM-PICTURE-SIZE", "a video track has no width or no height", entry.offset)
    _shape(video, entry.boxes)
    _avc(video, entry)
    _hevc(video, entry)
    _ffv1(video, entry, exam)
    if "esds" in entry.boxes:
        video.codec = OBJECTS.get(_object_type(entry.boxes["esds"])[0], video.codec)
    return video


def _shape(video: Video, boxes: dict[str, bytes]) -> None:
    colour, pixel, fields = (boxes.get(name, b"") for name in ("colr", "pasp", "fiel"))
    if colour[:4] in {b"nclc", b"nclx"} and len(colour) >= 10:
        primaries, transfer, matrix = struct.unpack_from(">HHH", colour, 4)
        video.primaries = words.PRIMARIES.get(primaries, "")
        video.transfer = words.TRANSFERS.get(transfer, "")
        video.matrix = words.MATRICES.get(matrix, "")
        if colour[:4] == b"nclx" and len(colour) > 10:
            video.colour_range = "full" if colour[10] & 0x80 else "limited"
    aspect = 1.0
    if len(pixel) == 8 and all(struct.unpack(">II", pixel)):
        across, down = struct.unpack(">II", pixel)
        aspect = across / down
    video.pixel_aspect = round(aspect, 4)
    video.display_aspect = words.display_aspect(video.width or 0, video.height or 0, aspect)
    if len(fields) == 2:
        video.scan = {1: "progressive", 2: "interlaced"}.get(fields[0], "")
        video.field_order = _FIELD_ORDERS.get(fields[1], "") if fields[0] == 2 else ""


def _avc(video: Video, entry: Entry) -> None:
    record = entry.boxes.get("avcC", b"")
    if len(record) < 7:
        return
    video.profile = f"{H264_PROFILES.get(record[1], record[1])} {record[3] / 10:g}"
    video.colour_space, video.chroma_subsampling, video.bits_per_sample = "YUV", "4:2:0", 8
    entry.nal_length = (record[4] & 3) + 1
    at = 6
    for count in (record[5] & 31, -1):
        count = record[at - 1] if count < 0 and at <= len(record) else count  # noqa: PLW2901
        for _ in range(max(count, 0)):
            at += 2 + int.from_bytes(record[at : at + 2], "big")
        at += 1
    extra = record[at - 1 : at + 2]
    if record[1] in {100, 110, 122, 144, 244, 44} and len(extra) == 3:
        video.chroma_subsampling = CHROMA[extra[0] & 3]
        video.bits_per_sample = 8 + (extra[1] & 7)


def _hevc(video: Video, entry: Entry) -> None:
    record = entry.boxes.get("hvcC", b"")
    if len(record) < 23:
        return
    names = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Range Extensions"}
    video.profile = f"{names.get(record[1] & 31, record[1] & 31)} {record[12] / 30:g}"
    video.colour_space = "YUV"
    video.chroma_subsampling = CHROMA[record[16] & 3]
    video.bits_per_sample = 8 + (record[17] & 7)
    entry.nal_length = (record[21] & 3) + 1


def _ffv1(video: Video, entry: Entry, exam: Examination) -> None:
    record = entry.boxes.get("glbl") or entry.boxes.get("dvcC", b"")
    if entry.format != "FFV1" or not record:
        return
    try:
        entry.config = ffv1.read_config(record)
    except RangeError as error:
        text = f"the configuration record of FFV1 makes no sense: {error}"
        exam.broken("FFV1-CONFIG", text, entry.offset)
        return
    if not ffv1.is_record_sound(record, entry.config):
        text = "the CRC of the configuration record of FFV1 does not match"
        exam.broken("FFV1-CONFIG-CRC", text, entry.offset)
    for id, text in ffv1.advice(entry.config):
        exam.warn(id, text, entry.offset)
    ffv1.describe(video, entry.config)


def _sound(entry: Entry, version: int) -> Audio:
    data = entry.data
    audio = Audio(codec=AUDIO.get(entry.format, ""), codec_id=entry.format)
    channels, bits, rate = struct.unpack_from(">HH4xI", data, 24)
    audio.channels, audio.bits_per_sample, audio.sample_rate = channels, bits, rate / 65536
    flags = None
    if version == 2 and len(data) >= _SOUND[2]:
        seconds, count, _, depth, flags, size, _ = struct.unpack_from(">dIIIIII", data, 40)
        sane = math.isfinite(seconds)
        audio.sample_rate = seconds if sane else None
        audio.channels, audio.bits_per_sample = count, depth or None
        entry.unit = (1, size)
    elif version == 1 and len(data) >= _SOUND[1]:
        samples, _, size, _ = struct.unpack_from(">IIII", data, 36)
        entry.unit = (max(samples, 1), size)
    elif audio.codec in {"PCM", "IEEE float"}:
        entry.unit = (1, channels * bits // 8)
    _pcm(audio, entry, flags)
    _coded_sound(audio, entry)
    return audio


def _pcm(audio: Audio, entry: Entry, flags: int | None) -> None:
    name = entry.format
    if audio.codec not in {"PCM", "IEEE float"}:
        return
    audio.bits_per_sample = {"in24": 24, "in32": 32, "fl32": 32, "fl64": 64}.get(
        name, audio.bits_per_sample
    )
    little = name == "sowt" or entry.boxes.get("enda", b"\0\0")[1:2] == b"\1"
    if name in {"ipcm", "fpcm"} and len(entry.boxes.get("pcmC", b"")) >= 6:
        little, audio.bits_per_sample = bool(entry.boxes["pcmC"][4] & 1), entry.boxes["pcmC"][5]
    elif flags is not None:
        little = not flags & 2
        audio.codec = "IEEE float" if flags & 1 else "PCM"
    audio.byte_order = "little endian" if little else "big endian"
    audio.block_size = (audio.channels or 0) * (audio.bits_per_sample or 0) // 8 or None


def _coded_sound(audio: Audio, entry: Entry) -> None:
    if "esds" in entry.boxes:
        kind, specific = _object_type(entry.boxes["esds"])
        audio.codec = OBJECTS.get(kind, audio.codec)
        if audio.codec == "AAC":
            audio.bits_per_sample = None
            profile = specific[0] >> 3 if specific else 0
            audio.codec = f"AAC {AAC_PROFILES.get(profile, '')}".strip()
    elif audio.codec and audio.codec not in LOSSLESS:
        audio.bits_per_sample = None
    cookie = entry.boxes.get("alac", b"")
    if len(cookie) >= 28:
        audio.bits_per_sample = cookie[9]


def _object_type(esds: bytes) -> tuple[int, bytes]:
    """Find object type and specific configuration in an elementary stream descriptor."""
    kind, at, specific = 0, 4, b""
    while at + 2 < len(esds):
        tag, (size, at) = esds[at], _descriptor_size(esds, at + 1)
        if tag == 3 and at + 2 < len(esds):
            at += 3 + _es_extras(esds[at + 2])
        elif tag == 4:
            kind, at = esds[at] if at < len(esds) else 0, at + 13
        elif tag == 5:
            specific = esds[at : at + size]
            break
        else:
            at += size
    return kind, specific


def _descriptor_size(data: bytes, at: int) -> tuple[int, int]:
    size = 0
    for _ in range(4):
        if at >= len(data):
            break
        byte, at = data[at], at + 1
        size = size << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return size, at


def _es_extras(flags: int) -> int:
    return (2 if flags & 0x80 else 0) + (2 if flags & 0x20 else 0)
