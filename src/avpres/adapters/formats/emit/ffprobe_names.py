"""FFmpeg's names for formats and codecs, by the names that descriptions use."""

from avpres.domain.formats import Format

FORMATS: dict[str, str] = {
    Format.AIFF: "aiff",
    Format.AVI: "avi",
    Format.DPX: "dpx_pipe",
    Format.DV: "dv",
    Format.FLAC: "flac",
    Format.GIF: "gif",
    Format.JPEG: "jpeg_pipe",
    Format.JPEG2000: "j2k_pipe",
    Format.MATROSKA: "matroska,webm",
    Format.MP4: "mov,mp4,m4a,3gp,3g2,mj2",
    Format.MOV: "mov,mp4,m4a,3gp,3g2,mj2",
    Format.MXF: "mxf",
    Format.OPENEXR: "exr_pipe",
    Format.PNG: "png_pipe",
    Format.TIFF: "tiff_pipe",
    Format.WAVE: "wav",
}

_CODECS = {
    "a-law": "pcm_alaw",
    "aac": "aac",
    "aac lc": "aac",
    "ac-3": "ac3",
    "ac-4": "ac4",
    "alac": "alac",
    "animation": "qtrle",
    "av1": "av1",
    "avc": "h264",
    "dirac": "dirac",
    "dnxhd": "dnxhd",
    "dnxhr": "dnxhd",
    "dts": "dts",
    "dv": "dvvideo",
    "e-ac-3": "eac3",
    "ffv1": "ffv1",
    "flac": "flac",
    "h.263": "h263",
    "h.264": "h264",
    "he-aac": "aac",
    "hevc": "hevc",
    "huffyuv": "huffyuv",
    "jpeg": "mjpeg",
    "jpeg 2000": "jpeg2000",
    "mlp": "mlp",
    "motion jpeg": "mjpeg",
    "mp1": "mp1",
    "mp2": "mp2",
    "mp3": "mp3",
    "mpeg audio layer 3": "mp3",
    "mpeg audio layer i": "mp1",
    "mpeg audio layer ii": "mp2",
    "mpeg-1 video": "mpeg1video",
    "mpeg-2 video": "mpeg2video",
    "mpeg-4 visual": "mpeg4",
    "mu-law": "pcm_mulaw",
    "opus": "opus",
    "prores": "prores",
    "prores raw": "prores_raw",
    "theora": "theora",
    "truehd": "truehd",
    "tta": "tta",
    "utvideo": "utvideo",
    "v210": "v210",
    "vc-3": "dnxhd",
    "vorbis": "vorbis",
    "vp8": "vp8",
    "vp9": "vp9",
    "vvc": "vvc",
    "wavpack": "wavpack",
    "windows media audio 1": "wmav1",
    "windows media audio 2": "wmav2",
    "µ-law": "pcm_mulaw",
}
_FLOATS = {32: "f32", 64: "f64"}
_FIELD_ORDERS = {"top first": "tt", "bottom first": "bb"}


def codec(name: str) -> str | None:
    """Give FFmpeg's name of a codec, if there is one without doubt."""
    return _CODECS.get(name.strip().lower())


def audio_codec(name: str, depth: int | None, order: str) -> str | None:
    """Give FFmpeg's name of an audio codec; PCM's tells kind, depth and byte order."""
    end = {"big endian": "be", "little endian": "le"}.get(order)
    if name == "PCM" and depth in {16, 24, 32, 64} and end:
        return f"pcm_s{depth}{end}"
    if name == "IEEE float" and depth in _FLOATS and end:
        return f"pcm_{_FLOATS[depth]}{end}"
    return codec(name)


def field_order(scan: str, order: str) -> str | None:
    """Say how fields follow each other in FFmpeg's words."""
    return "progressive" if scan == "progressive" else _FIELD_ORDERS.get(order)
