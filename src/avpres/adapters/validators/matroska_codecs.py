"""Codec ids of Matroska in the words of records."""

CODECS = {
    "V_FFV1": "FFV1",
    "V_MPEG4/ISO/AVC": "H.264",
    "V_MPEGH/ISO/HEVC": "HEVC",
    "V_MPEGI/ISO/VVC": "VVC",
    "V_MPEG4/ISO/SP": "MPEG-4 Visual",
    "V_MPEG4/ISO/ASP": "MPEG-4 Visual",
    "V_MPEG4/ISO/AP": "MPEG-4 Visual",
    "V_MPEG4/MS/V3": "MS MPEG-4 v3",
    "V_MPEG1": "MPEG-1 Video",
    "V_MPEG2": "MPEG-2 Video",
    "V_VP8": "VP8",
    "V_VP9": "VP9",
    "V_AV1": "AV1",
    "V_AVS2": "AVS2",
    "V_AVS3": "AVS3",
    "V_THEORA": "Theora",
    "V_PRORES": "ProRes",
    "V_DIRAC": "Dirac",
    "V_SNOW": "Snow",
    "V_MJPEG": "Motion JPEG",
    "V_JPEG2000": "JPEG 2000",
    "V_UNCOMPRESSED": "Uncompressed",
    "V_REAL/RV10": "RealVideo 1",
    "V_REAL/RV20": "RealVideo 2",
    "V_REAL/RV30": "RealVideo 3",
    "V_REAL/RV40": "RealVideo 4",
    "A_FLAC": "FLAC",
    "A_PCM/INT/LIT": "PCM",
    "A_PCM/INT/BIG": "PCM",
    "A_PCM/FLOAT/IEEE": "IEEE float",
    "A_AC3": "AC-3",
    "A_EAC3": "E-AC-3",
    "A_TRUEHD": "TrueHD",
    "A_MLP": "MLP",
    "A_DTS": "DTS",
    "A_ALAC": "ALAC",
    "A_AAC": "AAC",
    "A_MPEG/L1": "MPEG Audio Layer I",
    "A_MPEG/L2": "MPEG Audio Layer II",
    "A_MPEG/L3": "MP3",
    "A_OPUS": "Opus",
    "A_VORBIS": "Vorbis",
    "A_WAVPACK4": "WavPack",
    "A_TTA1": "TTA",
    "A_MPC": "Musepack",
    "A_ATRAC/AT1": "ATRAC1",
    "A_MS/ACM": "Wave format",
    "S_TEXT/UTF8": "SubRip",
    "S_TEXT/WEBVTT": "WebVTT",
    "S_TEXT/ASS": "ASS",
    "S_TEXT/SSA": "SSA",
    "S_VOBSUB": "VobSub",
    "S_HDMV/PGS": "PGS",
    "S_DVBSUB": "DVB subtitles",
}
FOURCCS = {
    "FFV1": "FFV1",
    "v210": "Uncompressed",
    "UYVY": "Uncompressed",
    "YUY2": "Uncompressed",
    "HFYU": "HuffYUV",
    "FFVH": "HuffYUV",
    "MJPG": "Motion JPEG",
    "mjp2": "JPEG 2000",
    "XVID": "MPEG-4 Visual",
    "DIVX": "MPEG-4 Visual",
    "DX50": "MPEG-4 Visual",
    "dvsd": "DV",
    "dvcp": "DV",
    "H264": "H.264",
    "VP80": "VP8",
}
LOSSLESS = {"FFV1", "FLAC", "Uncompressed", "PCM", "HuffYUV", "ALAC", "TTA", "MLP", "TrueHD"}
WEBM = {"V_VP8", "V_VP9", "V_AV1", "A_VORBIS", "A_OPUS"}


def codec_name(id: str) -> str:
    """Name a codec; ids may go on after what is known of them (`A_AAC/MPEG4/LC`)."""
    while id:
        if id in CODECS:
            return CODECS[id]
        id = id.rpartition("/")[0]
    return ""
