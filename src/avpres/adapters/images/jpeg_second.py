"""FFmpeg's own JPEG decoder, held against libjpeg's before colours are converted.

T.81 does not fix the inverse transform to the bit (T.83 lets a decoder be one level off), so two
families differ by one level: in a few samples of a hundred, or, where a picture is flat and its
value lies between two, in all of them. Colours are compared as Y, Cb and Cr, sampled up as libjpeg
does; there rounding adds none. Two levels are let pass in one sample of a thousand, three never.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from avpres.adapters.images.jpeg_segments import Component, Header
from avpres.adapters.images.raster import Samples
from avpres.domain.migration import Reason, Unmigratable

_MOST_APART = 2  # levels of one sample
_MOST_BY_TWO = 1000  # one in so many samples
_ROWS = 256  # that are compared at a time
_FORMATS = {"gray", "gbrp", "yuvj411p", "yuvj420p", "yuvj422p", "yuvj440p", "yuvj444p"}

Plane = np.ndarray[Any, np.dtype[Any]]


def planes(data: bytes, header: Header, *, is_rgb: bool) -> list[Plane] | None:
    """Give the planes that FFmpeg reads, as they are sampled; None for a kind it does not read."""
    from av.error import FFmpegError

    try:
        frames = _decoded(data)
    except FFmpegError as error:
        if "PATCHWELCOME" in str(error) or "not yet implemented" in str(error).lower():
            return None
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"FFmpeg: {error}") from error
    if len(frames) != 1 or (frames[0].width, frames[0].height) != (header.width, header.height):
        raise Unmigratable(Reason.DECODERS_DISAGREE, "FFmpeg reads a picture of another size")
    format = frames[0].format.name
    if format not in _FORMATS or (is_rgb != (format == "gbrp")):
        return None
    found = [_plane(each) for each in frames[0].planes]
    if is_rgb:
        found = [found[2], found[0], found[1]]
    is_whole = [each.shape for each in found] == [_shape(header, p) for p in header.components]
    return found if is_whole else None


def agree(found: Sequence[Plane], header: Header, reference: Samples) -> None:
    """Refuse when FFmpeg's planes are not what libjpeg reads, within what the standard allows."""
    by_two = count = 0
    for number, part in enumerate(header.components):
        wide, tall = steps(header, part)
        full = upsampled(found[number], wide, tall)
        theirs = reference[::tall, ::wide, number]
        for row in range(0, len(theirs), _ROWS):
            apart = np.abs(full[row : row + _ROWS] - theirs[row : row + _ROWS].astype(np.int16))
            if int(apart.max()) > _MOST_APART:
                text = f"FFmpeg, by {int(apart.max())} levels near row {row * tall}"
                raise Unmigratable(Reason.DECODERS_DISAGREE, text)
            by_two += int(np.count_nonzero(apart > 1))
        count += theirs.size
    if by_two * _MOST_BY_TWO > count:
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"FFmpeg, by two levels in {by_two} samples")


def steps(header: Header, part: Component) -> tuple[int, int]:
    """Give how many pixels across and down one sample of a colour stands for."""
    wide = max(each.across for each in header.components) // part.across
    return wide, max(each.down for each in header.components) // part.down


def upsampled(plane: Plane, wide: int, tall: int) -> Plane:
    """Give what libjpeg's fancy upsampling makes of a plane, at every sample's first pixel.

    That pixel takes three parts of its own sample and one of those before it (jdsample.c); so all
    samples count, and a quarter of the pixels is enough. Other shapes are repeated, as are planes
    of two columns.
    """
    values: Plane = plane.astype(np.uint16)
    if (wide, tall) == (2, 1) and plane.shape[1] > 2:
        values = (_joined(values, axis=1) + 1) >> 2
    elif (wide, tall) == (2, 2) and plane.shape[1] > 2:
        values = (_joined(_joined(values, axis=0), axis=1) + 8) >> 4
    elif (wide, tall) == (1, 2):
        values = (_joined(values, axis=0) + 1) >> 2
    return values


def _joined(values: Plane, *, axis: int) -> Plane:
    """Add one part of the sample before to three of each; the first stands beside itself."""
    before = np.empty_like(values)
    if axis:
        before[:, 0], before[:, 1:] = values[:, 0], values[:, :-1]
    else:
        before[0], before[1:] = values[0], values[:-1]
    return 3 * values + before


def _shape(header: Header, part: Component) -> tuple[int, int]:
    """Give rows and columns of a colour as it was sampled (T.81, A.1.1)."""
    most_across = max(each.across for each in header.components)
    most_down = max(each.down for each in header.components)
    rows = -(-header.height * part.down // most_down)
    return rows, -(-header.width * part.across // most_across)


def _decoded(data: bytes, **options: str) -> Sequence[Any]:
    import av

    context: Any = av.CodecContext.create("mjpeg", "r")
    context.options = {"err_detect": "explode", "flags": "+bitexact", **options}
    context.thread_count = 1
    return [*context.decode(av.Packet(data)), *context.decode(None)]


def _plane(plane: Any) -> Plane:
    rows: Plane = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
