"""APNG: each frame as it is seen, composited by FFmpeg and by Pillow alike.

Where a frame that is half transparent is laid over another, the two round differently, and the file
is refused.
"""

import io
import struct
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import numpy as np

from avpres.adapters.images import pillow
from avpres.adapters.images.png_parts import Parts
from avpres.adapters.images.raster import Raster
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason, Unmigratable

Seen = np.ndarray[Any, np.dtype[np.uint8]]
Told = tuple[tuple[str, object], ...]


def frames(data: bytes, parts: Parts) -> Iterator[tuple[Raster, Told]]:
    """Give R, G, B and opacity of each frame, with what its control tells.

    Raises:
        Unmigratable: it has 16 bits, a still image outside of the animation, or the decoders see
            different frames.
    """
    if parts.depth == 16:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, "an animation of 16 bits")
    if parts.has_still or len(parts.controls) != parts.frames:
        raise Unmigratable(Reason.DECODERS_DISAGREE, "a still image beside the animation")
    pairs = zip_longest(_by_ffmpeg(data), _by_pillow(data), parts.controls)
    for number, (one, other, control) in enumerate(pairs, 1):
        if one is None or other is None or control is None or not _same(one, other):
            raise Unmigratable(Reason.DECODERS_DISAGREE, f"FFmpeg and Pillow, frame {number}")
        raster = Raster(one, (8, 8, 8, 8), Colour.RGB, Alpha.UNASSOCIATED).noted("composited")
        yield raster, _told(control, parts.loops if number == 1 else None)


def _same(one: Seen, other: Seen) -> bool:
    """Compare what is seen; the colour of what is transparent does not count."""
    if one.shape != other.shape or not np.array_equal(one[:, :, 3], other[:, :, 3]):
        return False
    shown = one[:, :, 3] != 0
    return np.array_equal(one[shown], other[shown])


def _told(control: bytes, loops: int | None) -> Told:
    fields = struct.unpack(">IIIIIHHBB", control)
    width, height, left, top, delay, scale, disposal, blend = fields[1:]
    told: list[tuple[str, object]] = [
        ("offset", (left, top)),
        ("size", (width, height)),
        ("delay", (delay, scale or 100)),
        ("disposal", disposal),
        ("blend", blend),
    ]
    return (*told, ("loop", loops)) if loops is not None else tuple(told)


def _by_ffmpeg(data: bytes) -> Iterator[Seen]:
    import av
    from av.error import FFmpegError

    try:
        opened: Any = av.open(io.BytesIO(data), format="apng")
        with opened as container:
            for frame in container.decode(video=0):
                yield np.ascontiguousarray(frame.to_ndarray(format="rgba"))
    except (FFmpegError, ValueError) as error:
        raise Unmigratable(Reason.DECODER_ERROR, f"FFmpeg: {error}") from error


def _by_pillow(data: bytes) -> Iterator[Seen]:
    try:
        with pillow.opened(data, "PNG") as image:
            for number in range(int(getattr(image, "n_frames", 1))):
                image.seek(number)
                yield np.asarray(image.convert("RGBA"))
    except pillow.FAULTS as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"Pillow: {error}") from error
