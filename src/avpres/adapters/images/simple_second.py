"""BMP, PCX and TGA as FFmpeg or Pillow read them, held against what ours reads."""

from typing import Any

import numpy as np

from avpres.adapters.images import pillow
from avpres.adapters.images.raster import Raster
from avpres.domain.migration import Reason, Unmigratable

_WORDS = {  # of FFmpeg's formats: the bits of red, green and blue from above
    "rgb444le": (4, 4, 4),
    "rgb555le": (5, 5, 5),
    "rgb565le": (5, 6, 5),
}
_BYTES = {  # where red, green, blue and opacity stand
    "bgr24": (2, 1, 0),
    "rgb24": (0, 1, 2),
    "bgr0": (2, 1, 0),
    "bgra": (2, 1, 0, 3),
    "rgb0": (0, 1, 2),
    "rgba": (0, 1, 2, 3),
    "0rgb": (1, 2, 3),
    "argb": (1, 2, 3, 0),
    "0bgr": (3, 2, 1),
    "abgr": (3, 2, 1, 0),
}

Found = np.ndarray[Any, np.dtype[Any]]


def agree(data: bytes, raster: Raster, codec: str) -> str:
    """Compare with FFmpeg, else with Pillow; give the name of the one that was asked.

    Raises:
        Unmigratable: it reads other samples, or neither reads the file.
    """
    found, name = _by_ffmpeg(data, raster, codec)
    if found is not None:
        _compare(found, raster, name)
        return name
    found, name = _by_pillow(data, codec)
    _compare(found, _as_shown(raster, found.shape[2]), name)
    return name


def _compare(found: Found, raster: Raster | Found, name: str) -> None:
    samples = raster.samples if isinstance(raster, Raster) else raster
    if found.shape != samples.shape or not np.array_equal(found, samples):
        raise Unmigratable(Reason.DECODERS_DISAGREE, name)


def _by_ffmpeg(data: bytes, raster: Raster, codec: str) -> tuple[Found | None, str]:
    """Give samples as ours are; None where FFmpeg reads none, or in another form."""
    import av
    from av.error import FFmpegError

    name = f"FFmpeg {codec} ({'.'.join(map(str, av.library_versions['libavcodec']))})"
    try:
        context: Any = av.CodecContext.create(codec, "r")
        context.options = {"err_detect": "explode"}
        context.thread_count = 1
        frames: list[Any] = [*context.decode(av.Packet(data)), *context.decode(None)]
    except (FFmpegError, ValueError):
        return None, name
    if len(frames) != 1 or (frames[0].width, frames[0].height) != (raster.width, raster.height):
        return None, name
    return _samples(frames[0], raster), name


def _samples(frame: Any, raster: Raster) -> Found | None:
    plane, format = frame.planes[0], frame.format.name
    rows: Found = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    if format == "pal8" and raster.palette is not None:
        found = rows[:, : raster.width, np.newaxis]
        return found if _same_palette(frame.planes[1], raster) else None
    if format in _WORDS and _WORDS[format] == raster.bits:
        words = np.ascontiguousarray(rows[:, : 2 * raster.width]).view("<u2")
        _, green, blue = _WORDS[format]
        parts = [words >> (green + blue), words >> blue & ((1 << green) - 1)]
        parts.append(words & ((1 << blue) - 1))
        return np.stack(parts, axis=2)
    places = _BYTES.get(format)
    if places is None or set(raster.bits) != {8} or len(places) < raster.channels:
        return None
    step = 3 if format.endswith("24") else 4
    pixels = rows[:, : step * raster.width].reshape(raster.height, raster.width, step)
    return pixels[:, :, list(places[: raster.channels])]


def _same_palette(plane: Any, raster: Raster) -> bool:
    """Say whether the colours that are used are the same; FFmpeg's words are B, G, R, opacity."""
    if raster.palette is None:
        return False
    words: Found = np.frombuffer(plane, np.uint8)[:1024].reshape(256, 4)
    used = np.unique(raster.samples)
    order = [2, 1, 0, 3][: raster.palette.entries.shape[1]]
    return np.array_equal(words[used][:, order], raster.palette.entries[used])


def _by_pillow(data: bytes, codec: str) -> tuple[Found, str]:
    try:
        with pillow.opened(data, _FORMATS[codec]) as image:
            wanted = "RGBA" if image.mode in {"RGBA", "LA", "PA"} else "RGB"
            return np.asarray(image.convert(wanted)), pillow.name()
    except pillow.FAULTS as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"Pillow: {error}") from error


_FORMATS = {"bmp": "BMP", "pcx": "PCX", "targa": "TGA"}


def _as_shown(raster: Raster, channels: int) -> Found:
    """Give colours of 8 bits, as Pillow stretches them: v * 255 // most."""
    if raster.palette is not None:
        return raster.palette.entries[raster.samples[:, :, 0]][:, :, :channels]
    most = np.array([(1 << bits) - 1 for bits in raster.bits])
    shown: Found = (raster.samples.astype(np.uint32) * 255 // most).astype(np.uint8)
    if shown.shape[2] <= 2:
        shown = shown[:, :, [0, 0, 0, *range(1, shown.shape[2])]]
    return shown[:, :, :channels]
