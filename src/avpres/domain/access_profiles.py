"""The kinds of access copies that avpres brings."""

from fractions import Fraction

from avpres.domain.access import (
    AccessProfile,
    AudioCoding,
    AudioMap,
    Deinterlace,
    Loudness,
    Product,
    VideoCoding,
)
from avpres.domain.picture import Size

_BROADCAST_RATES = (
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)),
    *(Fraction(50), Fraction(60000, 1001), Fraction(60)),
)
_FAST = ("-movflags", "+faststart")
_AAC = AudioCoding(codec="aac", options=("-b:a", "192k"))
_PCM = AudioCoding(codec="pcm_s24le")


def _h264(crf: int, preset: str = "medium") -> tuple[str, ...]:
    return ("-crf", str(crf), "-preset", preset, "-profile:v", "high")


_X264 = VideoCoding(codec="libx264", options=_h264(21))

H264 = AccessProfile(
    name="h264", purpose="to look at anywhere", muxing=_FAST, video=_X264, audio=_AAC
)
H264_50P = AccessProfile(
    name="h264-50p",
    purpose="as h264, a picture for each field: motion as on the tape",
    muxing=_FAST,
    video=_X264,
    audio=_AAC,
    deinterlace=Deinterlace.FIELD,
)
LOW = AccessProfile(
    name="low",
    purpose="small, at most 576 lines",
    muxing=_FAST,
    video=VideoCoding(codec="libx264", options=_h264(28)),
    audio=AudioCoding(codec="aac", options=("-b:a", "128k")),
    most_lines=576,
)
WEB_CAPPED = AccessProfile(
    name="web-capped",
    purpose="good, with a limited rate that falls with the length, at -24 LUFS",
    muxing=_FAST,
    video=VideoCoding(
        codec="libx264", options=_h264(18), caps=((60, 8760), (120, 4380), (None, 2190))
    ),
    audio=AudioCoding(codec="aac", options=("-b:a", "320k")),
    loudness=Loudness.ATSC,
)
WATERMARK = AccessProfile(
    name="watermark",
    purpose="as h264, with a watermark",
    muxing=_FAST,
    video=_X264,
    audio=_AAC,
    needs_mark=True,
)
BITC = AccessProfile(
    name="bitc",
    purpose="as h264, with the timecode in the picture",
    muxing=_FAST,
    video=_X264,
    audio=_AAC,
    timecode=True,
)
WINDOW = AccessProfile(
    name="window",
    purpose="a timecode window dub, quickly made: at most 720 lines",
    muxing=_FAST,
    video=VideoCoding(codec="libx264", options=_h264(25, preset="veryfast")),
    audio=AudioCoding(codec="aac", options=("-b:a", "128k")),
    most_lines=720,
    timecode=True,
)
FILM_SCAN = AccessProfile(
    name="film-scan",
    purpose="as h264, never deinterlaced: film has no fields",
    muxing=_FAST,
    video=_X264,
    audio=_AAC,
    deinterlace=Deinterlace.OFF,
)
PRORES_HQ = AccessProfile(
    name="prores-hq",
    purpose="to edit: ProRes 422 HQ, frame and fields as they are",
    suffix=".mov",
    muxer="mov",
    video=VideoCoding(
        codec="prores_ks",
        options=("-profile:v", "3", "-vendor", "apl0"),
        pixel_format="yuv422p10le",
    ),
    audio=_PCM,
    keeps_raster=True,
    keeps_fields=True,
)
PRORES_4444 = AccessProfile(
    name="prores-4444",
    purpose="to edit: ProRes 4444, frame and fields as they are",
    suffix=".mov",
    muxer="mov",
    video=VideoCoding(
        codec="prores_ks",
        options=("-profile:v", "4", "-vendor", "apl0"),
        pixel_format="yuv444p10le",
    ),
    audio=_PCM,
    keeps_raster=True,
    keeps_fields=True,
)
XDCAM_HD422 = AccessProfile(
    name="xdcam-hd422",
    purpose="to broadcast: MPEG-2 4:2:2 at 50 Mbit/s, 1920x1080, a track for each channel",
    suffix=".mxf",
    muxer="mxf",
    video=VideoCoding(
        codec="mpeg2video",
        options=(
            *("-profile:v", "0", "-level:v", "2", "-g", "12", "-bf", "2"),
            *("-b:v", "50M", "-minrate", "50M", "-maxrate", "50M", "-bufsize", "17825792"),
            *("-intra_vlc", "1", "-non_linear_quant", "1", "-dc", "10", "-qmin", "1"),
            *("-qmax", "12", "-rc_init_occupancy", "17825792", "-sc_threshold", "1000000000"),
        ),
        pixel_format="yuv422p",
        rates=_BROADCAST_RATES,
    ),
    audio=AudioCoding(codec="pcm_s24le", is_split=True),
    frame=Size(1920, 1080),
    keeps_fields=True,
)
MP3 = AccessProfile(
    name="mp3",
    purpose="to listen to: MP3",
    product=Product.SOUND,
    suffix=".mp3",
    muxer="mp3",
    audio=AudioCoding(codec="libmp3lame", options=("-b:a", "192k")),
    audio_map=AudioMap.STEREO,
)
AAC = AccessProfile(
    name="aac",
    purpose="to listen to: AAC",
    product=Product.SOUND,
    suffix=".m4a",
    muxer="ipod",
    muxing=_FAST,
    audio=_AAC,
    audio_map=AudioMap.STEREO,
)
POSTER = AccessProfile(
    name="poster",
    purpose="a JPEG of the frame at a fifth of the length",
    product=Product.POSTER,
    suffix=".jpg",
    muxer="image2",
    video=VideoCoding(codec="mjpeg", options=("-q:v", "2"), pixel_format="yuvj420p"),
)
CONTACT_SHEET = AccessProfile(
    name="contact-sheet",
    purpose="a JPEG of twenty frames",
    product=Product.CONTACT_SHEET,
    suffix=".jpg",
    muxer="image2",
    video=VideoCoding(codec="mjpeg", options=("-q:v", "3"), pixel_format="yuvj420p"),
)
WAVEFORM = AccessProfile(
    name="waveform",
    purpose="a PNG of the sound's wave, a strip for each channel",
    product=Product.WAVEFORM,
    suffix=".png",
    muxer="image2",
    video=VideoCoding(codec="png", pixel_format="rgb24"),
)

BUILT_IN = {
    each.name: each
    for each in (
        *(H264, H264_50P, LOW, WEB_CAPPED, WATERMARK, BITC, WINDOW),
        *(
            PRORES_HQ,
            PRORES_4444,
            XDCAM_HD422,
            MP3,
            AAC,
            FILM_SCAN,
            POSTER,
            CONTACT_SHEET,
            WAVEFORM,
        ),
    )
}
"""The profiles that avpres brings, in the order in which people are shown them."""
