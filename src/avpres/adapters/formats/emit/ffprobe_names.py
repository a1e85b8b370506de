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
    "aac": "aac",
    "ac-3": "ac3",
    "alac": "alac",
    "av1": "av1",
    "avc": "h264",
    "dnxhd": "dnxhd",
    "vc-3": "dnxhd",
    "dv": "dvvideo",
    "e-ac-3": "eac3",
    "ffv1": "ffv1",
    "flac": "flac",
    "h.264": "h264",
    "h264": "h264",
    "hevc": "hevc",
    "huffyuv": "huffyuv",
    "jpeg": "mjpeg",
    "jpeg 2000": "jpeg2000",
    "mp3": "mp3",
    "opus": "opus",
    "prores": "prores",
    "theora": "theora",
    "truehd": "truehd",
    "utvideo": "utvideo",
    "v210": "v210",
    "vorbis": "vorbis",
    "vp8": "vp8",
    "vp9": "vp9",
    "wavpack": "wavpack",
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
