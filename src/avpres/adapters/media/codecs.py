"""Codecs by what normalising does with them, and what Matroska can hold as it is."""

LOSSLESS_VIDEO = frozenset(
    {
        *("rawvideo", "bitpacked", "v210", "v210x", "v410", "v308", "v408", "yuv4", "ayuv", "y41p"),
        *("r210", "r10k", "avrp", "avui", "012v", "huffyuv", "ffvhuff", "utvideo", "magicyuv"),
        *("lagarith", "sheervideo", "cllc", "qtrle", "png", "apng", "zlib", "8bps", "ffv1"),
        *("ljpeg", "msrle", "wrapped_avframe", "targa", "targa_y216", "tiff", "dpx", "bmp"),
        *("zmbv", "flashsv", "tscc", "camstudio", "mszh", "loco", "vble"),
    }
)
"""Their decoders give back what was encoded, always."""

EITHER_WAY = frozenset({"jpeg2000", "mjpeg", "dirac", "h264", "hevc", "vp9", "av1", "jpegls"})
"""Lossless or not, as MediaInfo or the profile tells of each stream."""

PCM_COPIED = frozenset(
    {
        *("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_s64le", "pcm_f32le", "pcm_f64le"),
        *("pcm_s16be", "pcm_s24be", "pcm_s32be"),
    }
)
"""Sounds that Matroska holds without any change."""

PCM_TURNED = {
    "pcm_s8": "pcm_u8",
    "pcm_u16le": "pcm_s16le",
    "pcm_u16be": "pcm_s16le",
    "pcm_u24le": "pcm_s24le",
    "pcm_u24be": "pcm_s24le",
    "pcm_u32le": "pcm_s32le",
    "pcm_u32be": "pcm_s32le",
    "pcm_f32be": "pcm_f32le",
    "pcm_f64be": "pcm_f64le",
    "pcm_s32le_planar": "pcm_s32le",
}
"""Sounds whose bytes or sign must be turned for Matroska: the same samples."""

AUDIO_COPIED = frozenset(
    {
        *("aac", "ac3", "eac3", "mp2", "mp3", "mp1", "dts", "opus", "vorbis", "truehd", "mlp"),
        *("flac", "alac", "tta", "wavpack", "atrac3"),
        *("pcm_alaw", "pcm_mulaw", "adpcm_ms", "adpcm_ima_wav"),  # as in WAV, A_MS/ACM
    }
)
"""Coded sounds that Matroska holds as they are."""

SUBTITLES_COPIED = frozenset(
    {
        *("subrip", "ass", "ssa", "webvtt", "hdmv_pgs_subtitle", "hdmv_text_subtitle"),
        *("dvb_subtitle", "dvd_subtitle", "text", "arib_caption"),
    }
)

VIDEO_COPIED = frozenset(
    {
        *("dvvideo", "prores", "mpeg2video", "mpeg1video", "mpeg4", "h264", "hevc", "mjpeg", "vc1"),
        *("vp8", "vp9", "av1", "theora", "dnxhd", "msmpeg4v3", "wmv3", "wmv2", "svq3", "cinepak"),
        *("jpeg2000", "ffv1", "png", "rpza", "svq1", "h263", "cfhd", "dirac", "rv40", "indeo5"),
        *("msmpeg4v2", "flv1", "wmv1", "huffyuv", "ffvhuff"),
    }
)
"""Coded films that Matroska holds as they are."""

_SHORT, _LONG = 16, 24  # bits of a sample
_SAMPLES = {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "s64": "pcm_s64le"}
_SAMPLES |= {"flt": "pcm_f32le", "dbl": "pcm_f64le"}


def pcm_for(sample_format: str, bits: int) -> str:
    """Name the PCM that holds a decoder's samples whole: `s32` with 24 bits is `pcm_s24le`."""
    plain = sample_format.removesuffix("p")
    if plain == "s32" and _SHORT < bits <= _LONG:
        return "pcm_s24le"
    return _SAMPLES.get(plain, "")
