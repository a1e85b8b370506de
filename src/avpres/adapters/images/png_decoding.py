"""The samples of a PNG as they are stored, read by FFmpeg and by Pillow or libpng."""

import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np

from avpres.adapters.images import pillow
from avpres.adapters.images.png_parts import SIGNATURE, Parts, chunk
from avpres.adapters.images.raster import Samples
from avpres.domain.migration import Reason, Unmigratable

_ADAM7 = (  # top, left, step down, step across
    *((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4)),
    *((2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)),
)


def by_ffmpeg(bare: bytes, parts: Parts) -> tuple[Samples, str]:
    """Give the samples, low depths scaled back, and FFmpeg's name."""
    import av
    from av.error import FFmpegError

    context: Any = av.CodecContext.create("png", "r")
    context.options = {"err_detect": "explode+crccheck"}
    context.thread_count = 1
    try:
        frames: list[Any] = [*context.decode(av.Packet(bare)), *context.decode(None)]
    except (FFmpegError, ValueError) as error:
        raise Unmigratable(Reason.DECODER_ERROR, f"FFmpeg: {error}") from error
    if len(frames) != 1:
        raise Unmigratable(Reason.DECODER_ERROR, "FFmpeg gives no picture")
    return _plane(frames[0].planes[0], frames[0].format.name, parts), names()[0]


def names() -> tuple[str, str]:
    """Name FFmpeg and Pillow, with their versions."""
    import av

    codec = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"FFmpeg png (libavcodec {codec})", pillow.name()


def by_another(bare: bytes, parts: Parts) -> tuple[Samples, str]:
    """Give the samples as Pillow reads them, or libpng where Pillow has no place for 16 bits."""
    if parts.depth < 16:
        return _by_pillow(bare, parts)
    try:
        found = _by_libpng(bare, parts)
    except (imagecodecs.PngError, ValueError, RuntimeError, zlib.error) as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"libpng: {error}") from error
    return found, str(imagecodecs.png_version())


def _plane(plane: Any, format: str, parts: Parts) -> Samples:
    rows: Any = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    shape = (parts.height, parts.width, parts.channels)
    if plane.height != parts.height or plane.width != parts.width:
        raise Unmigratable(Reason.DECODER_ERROR, "FFmpeg gives another size")
    if format == "monob":
        return np.unpackbits(rows, axis=1)[:, : parts.width].reshape(shape)
    if parts.depth == 16:
        length = 2 * parts.width * parts.channels
        words = np.ascontiguousarray(rows[:, :length]).view(">u2").astype(np.uint16)
        return words.reshape(shape)
    samples = np.ascontiguousarray(rows[:, : parts.width * parts.channels]).reshape(shape)
    return samples if parts.kind == 3 else _scaled_back(samples, parts)


def _scaled_back(samples: Samples, parts: Parts) -> Samples:
    """Undo the stretching of 1, 2 and 4 bits over the range of 8."""
    if parts.depth == 8:
        return samples
    step = 255 // ((1 << parts.depth) - 1)
    if (samples % step).any():
        raise Unmigratable(Reason.DECODERS_DISAGREE, "values between those of its depth")
    return samples // step


def _by_pillow(bare: bytes, parts: Parts) -> tuple[Samples, str]:
    try:
        with pillow.opened(bare, "PNG") as image:
            found = np.asarray(image)
    except pillow.FAULTS as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"Pillow: {error}") from error
    if found.size != parts.width * parts.height * parts.channels:
        raise Unmigratable(Reason.DECODERS_DISAGREE, "Pillow reads another kind of picture")
    samples = found.astype(np.uint8).reshape(parts.height, parts.width, parts.channels)
    if parts.kind or parts.depth == 1:
        return samples, names()[1]
    return _scaled_back(samples, parts), names()[1]


def _by_libpng(bare: bytes, parts: Parts) -> Samples:
    shape = (parts.height, parts.width, parts.channels)
    if not parts.interlaced:
        return np.asarray(imagecodecs.png_decode(bare)).reshape(shape)
    samples = np.zeros(shape, np.uint16)
    for place, (raw, width, height) in _passes(bare, parts).items():
        top, left, down, across = place
        head = struct.pack(">IIBBBBB", width, height, parts.depth, parts.kind, 0, 0, 0)
        data = chunk(b"IDAT", zlib.compress(raw, 1))
        one = SIGNATURE + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")
        found = np.asarray(imagecodecs.png_decode(one)).reshape(height, width, parts.channels)
        samples[top::down, left::across] = found
    return samples


def _passes(bare: bytes, parts: Parts) -> dict[tuple[int, int, int, int], tuple[bytes, int, int]]:
    """Take the passes of an interlaced picture apart, each of which is a picture of its own.

    imagecodecs does not ask libpng to put them together.
    """
    whole = zlib.decompress(_coded(bare))
    found = {}
    start = 0
    for top, left, down, across in _ADAM7:
        width = -(-(parts.width - left) // across) if parts.width > left else 0
        height = -(-(parts.height - top) // down) if parts.height > top else 0
        if width and height:
            length = height * (1 + 2 * parts.channels * width)
            found[top, left, down, across] = (whole[start : start + length], width, height)
            start += length
    return found


def _coded(bare: bytes) -> bytes:
    """Join the image data of a PNG that holds nothing else."""
    place, found = len(SIGNATURE), []
    while place < len(bare):
        length, name = struct.unpack_from(">I4s", bare, place)
        if name == b"IDAT":
            found.append(bare[place + 8 : place + 8 + length])
        place += length + 12
    return b"".join(found)
