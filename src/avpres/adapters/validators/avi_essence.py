"""What the frames of an AVI stream are made of, and what can be checked of them undecoded."""

from collections.abc import Callable
from fractions import Fraction

from avpres.adapters.validators import dv_packs
from avpres.adapters.validators.avi_model import Avi, Stream
from avpres.adapters.validators.dv import describe_video
from avpres.adapters.validators.dv_system import SEQUENCE
from avpres.adapters.validators.ffv1 import (
    Ffv1Config,
    advice,
    check_frame,
    describe,
    is_record_sound,
    read_config,
    read_frame_header,
)
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.adapters.validators.video_words import display_aspect, ratio
from avpres.domain.technical import Audio, Video

DV_CODES = {b"dvsd", b"DVSD", b"dvsl", b"dv25", b"dv50", b"dvhd", b"dvh1", b"cdvc", b"CDVC"}
CODECS = {  # fourcc: name, lossless
    b"\0\0\0\0": ("Uncompressed", True),
    b"RGB ": ("Uncompressed", True),
    b"DIB ": ("Uncompressed", True),
    b"RAW ": ("Uncompressed", True),
    b"UYVY": ("Uncompressed", True),
    b"YUY2": ("Uncompressed", True),
    b"YUYV": ("Uncompressed", True),
    b"YVYU": ("Uncompressed", True),
    b"2vuy": ("Uncompressed", True),
    b"HDYC": ("Uncompressed", True),
    b"v210": ("Uncompressed", True),
    b"I420": ("Uncompressed", True),
    b"IYUV": ("Uncompressed", True),
    b"YV12": ("Uncompressed", True),
    b"Y800": ("Uncompressed", True),
    b"FFV1": ("FFV1", True),
    b"HFYU": ("HuffYUV", True),
    b"FFVH": ("HuffYUV", True),
    b"LAGS": ("Lagarith", True),
    b"ULRG": ("Ut Video", True),
    b"ULY0": ("Ut Video", True),
    b"ULY2": ("Ut Video", True),
    b"MJPG": ("Motion JPEG", False),
    b"MJ2C": ("JPEG 2000", None),
    b"XVID": ("MPEG-4 Visual", False),
    b"DIVX": ("MPEG-4 Visual", False),
    b"DX50": ("MPEG-4 Visual", False),
    b"FMP4": ("MPEG-4 Visual", False),
    b"MP42": ("MS-MPEG4 v2", False),
    b"MP43": ("MS-MPEG4 v3", False),
    b"DIV3": ("MS-MPEG4 v3", False),
    b"H264": ("H.264", False),
    b"h264": ("H.264", False),
    b"X264": ("H.264", False),
    b"mpg2": ("MPEG-2 Video", False),
    b"MPEG": ("MPEG Video", False),
    b"cvid": ("Cinepak", False),
    b"IV32": ("Indeo 3", False),
    b"IV50": ("Indeo 5", False),
}
DV_WORDS = (
    *("codec", "profile", "width", "height", "frame_rate", "frames", "duration", "lossless"),
    *("bits_per_sample", "colour_space", "chroma_subsampling", "scan", "field_order"),
    *("display_aspect", "pixel_aspect", "timecode"),
)
YUV = {b"I420": "4:2:0", b"IYUV": "4:2:0", b"YV12": "4:2:0", b"Y800": ""}

FrameCheck = Callable[[bytes, int], None]  # content of a chunk, its offset


def frame_check(avi: Avi, number: int, stream: Stream) -> FrameCheck | None:
    """Give what is to be called with every frame of a stream, if frames are to be looked into."""
    bitmap = stream.bitmap
    if bitmap is None:
        return None
    if bitmap.fourcc == b"FFV1":
        return _ffv1_check(avi, number, stream)
    if bitmap.fourcc in DV_CODES:
        return _dv_check(avi, number)
    return None


def _ffv1_check(avi: Avi, number: int, stream: Stream) -> FrameCheck | None:
    config = ffv1_config(stream)
    if config is None:
        if stream.bitmap is not None and stream.bitmap.extra:
            avi.exam.broken("AVI-FFV1-CONFIG", f"the FFV1 configuration of stream {number} is none")
        return None
    if stream.bitmap is not None and not is_record_sound(stream.bitmap.extra, config):
        avi.exam.broken("AVI-FFV1-CONFIG", f"the CRC of the FFV1 configuration {number} is wrong")
    for id, text in advice(config):
        avi.exam.note(id, text)

    def check(frame: bytes, offset: int) -> None:
        if not frame:
            return
        for id, text, place in check_frame(frame, config):
            avi.exam.broken(id, text, offset + place)

    return check


def ffv1_config(stream: Stream) -> Ffv1Config | None:
    """Read the configuration record behind the video format, if there is one."""
    try:
        return read_config(stream.bitmap.extra) if stream.bitmap is not None else None
    except RangeError:
        return None


def _dv_check(avi: Avi, number: int) -> FrameCheck:
    def check(frame: bytes, offset: int) -> None:
        if not frame:
            return
        system = dv_packs.system_of(frame) if len(frame) >= SEQUENCE else None
        if system is None or len(frame) != system.size:
            avi.exam.invalid(
                "AVI-DV-SIZE", f"a DV frame of stream {number} has {len(frame)} bytes", offset
            )
            return
        place = system.misplaced(frame)
        if place is not None:
            avi.exam.broken(
                "AVI-DV-BLOCK", f"block {place} of a DV frame is not what must stand there", offset
            )

    return check


def describe_stream(avi: Avi, stream: Stream) -> None:
    """Add a stream to the technical metadata."""
    if stream.bitmap is not None:
        avi.exam.technical.video.append(_video(avi, stream))
    elif stream.sound is not None:
        avi.exam.technical.audio.append(_audio(stream))


def _video(avi: Avi, stream: Stream) -> Video:
    bitmap = stream.bitmap
    if bitmap is None:
        return Video()
    name, lossless = CODECS.get(bitmap.fourcc, (bitmap.fourcc.decode("latin-1").strip(), None))
    rate = Fraction(stream.rate, stream.scale) if stream.scale and stream.rate else None
    frames = stream.chunks if avi.walked else stream.length
    video = Video(
        codec=name,
        codec_id=bitmap.fourcc.decode("latin-1") if any(bitmap.fourcc) else "0x00000000",
        width=bitmap.width,
        height=abs(bitmap.height),
        frame_rate=float(rate) if rate else None,
        frames=frames,
        duration=float(frames / rate) if rate else None,
        lossless=lossless,
    )
    if video.duration and avi.walked:
        video.bit_rate = round(stream.size * 8 / video.duration)
    _picture(avi, stream, video)
    _shape(stream, video)
    return video


def _picture(avi: Avi, stream: Stream, video: Video) -> None:
    bitmap = stream.bitmap
    if bitmap is None:
        return
    if bitmap.fourcc == b"FFV1":
        config = ffv1_config(stream) or _first_header(avi, stream)
        if config is not None:
            describe(video, config)
            avi.properties["ffv1"] = config.properties()
    elif bitmap.fourcc in DV_CODES:
        _dv_picture(avi, stream, video)
    elif video.codec == "Uncompressed":
        is_rgb = bitmap.fourcc in {b"\0\0\0\0", b"RGB ", b"DIB ", b"RAW "}
        video.colour_space = "RGB" if is_rgb else "Y" if bitmap.fourcc == b"Y800" else "YUV"
        video.chroma_subsampling = "" if is_rgb else YUV.get(bitmap.fourcc, "4:2:2")
        video.bits_per_sample = 10 if bitmap.fourcc == b"v210" else 8


def _first_header(avi: Avi, stream: Stream) -> Ffv1Config | None:
    if stream.first is None:
        return None
    try:
        return read_frame_header(avi.source.peek(stream.first, 4096))
    except RangeError:
        return None


def _dv_picture(avi: Avi, stream: Stream, video: Video) -> None:
    frame = avi.source.peek(stream.first, SEQUENCE) if stream.first is not None else b""
    if len(frame) < SEQUENCE:
        return
    system = dv_packs.system_of(frame)
    found = describe_video(dv_packs.packs(frame), frame, system, stream.filled or stream.length)
    for name in DV_WORDS:
        setattr(video, name, getattr(found, name))


def _shape(stream: Stream, video: Video) -> None:
    """Read the shape of the picture and its fields from the vprp chunk."""
    if len(stream.properties) < 36 or not video.width or not video.height:
        return
    vertical = int.from_bytes(stream.properties[20:22], "little")
    horizontal = int.from_bytes(stream.properties[22:24], "little")
    fields = int.from_bytes(stream.properties[32:36], "little")
    if horizontal and vertical:
        shape = Fraction(horizontal * video.height, vertical * video.width)
        video.display_aspect = display_aspect(video.width, video.height, shape) or ratio(
            horizontal, vertical
        )
        video.pixel_aspect = round(float(shape), 4)
    if fields in {1, 2} and not video.scan:
        video.scan = "progressive" if fields == 1 else "interlaced"


def _audio(stream: Stream) -> Audio:
    sound = stream.sound
    if sound is None:
        return Audio()
    samples = stream.size // sound.align if sound.is_linear and sound.align else None
    if samples is None and stream.scale and stream.rate:
        duration = stream.length * stream.scale / stream.rate
    else:
        duration = samples / sound.rate if samples is not None and sound.rate else 0.0
    return Audio(
        codec=sound.name,
        codec_id=f"0x{sound.tag:04X}",
        channels=sound.channels,
        sample_rate=float(sound.rate),
        bits_per_sample=sound.bits or None,
        samples=samples,
        duration=duration or None,
        bit_rate=sound.byte_rate * 8 or None,
        byte_order="little endian",
        block_size=sound.align or None,
        first_sample=stream.first,
        channel_layout=sound.layout,
    )
