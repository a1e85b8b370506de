"""FFmpeg's own JPEG decoder, held against libjpeg's before colours are converted.

T.81 does not fix the inverse transform to the bit (ITU-T T.83 allows one level), so two families
differ by one level in a few samples of a hundred. Colours are compared as Y, Cb and Cr, sampled up
as libjpeg does; there rounding adds none. What differs by more, or more often, is another picture.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from avpres.adapters.images.jpeg_segments import Component, Header
from avpres.adapters.images.raster import Samples
from avpres.domain.migration import Reason, Unmigratable

MOST_APART = 2  # levels of one sample; 1 is what sound pictures show
MOST_ON_AVERAGE = 0.15  # levels; 0.02 to 0.05 is usual
_ROWS = 256  # that are compared at a time
_FORMATS = {"gray", "gbrp", "yuvj411p", "yuvj420p", "yuvj422p", "yuvj440p", "yuvj444p"}

Plane = np.ndarray[Any, np.dtype[np.uint8]]


def planes(data: bytes, header: Header) -> list[Plane] | None:
    """Give the planes that FFmpeg reads, as they are sampled; None for a kind it does not read."""
    import av
    from av.error import FFmpegError

    context: Any = av.CodecContext.create("mjpeg", "r")
    context.options = {"err_detect": "explode", "flags": "+bitexact"}
    context.thread_count = 1
    try:
        frames: Sequence[Any] = [*context.decode(av.Packet(data)), *context.decode(None)]
    except FFmpegError as error:
        if "PATCHWELCOME" in str(error) or "not yet implemented" in str(error).lower():
            return None
        raise Unmigratable(Reason.DECODERS_DISAGREE, f"FFmpeg: {error}") from error
    if len(frames) != 1 or (frames[0].width, frames[0].height) != (header.width, header.height):
        raise Unmigratable(Reason.DECODERS_DISAGREE, "FFmpeg reads a picture of another size")
    if frames[0].format.name not in _FORMATS:
        return None
    found = [_plane(each) for each in frames[0].planes]
    return [found[2], found[0], found[1]] if frames[0].format.name == "gbrp" else found


def agree(found: Sequence[Plane], header: Header, reference: Samples) -> None:
    """Refuse when FFmpeg's planes are not what libjpeg reads, within what the standard allows."""
    total = 0
    for number, part in enumerate(header.components):
        full = upsampled(found[number], header, part)
        for row in range(0, header.height, _ROWS):
            one = full[row : row + _ROWS].astype(np.int16)
            apart = np.abs(one - reference[row : row + _ROWS, :, number])
            if int(apart.max()) > MOST_APART:
                text = f"FFmpeg, by {int(apart.max())} levels near row {row}"
                raise Unmigratable(Reason.DECODERS_DISAGREE, text)
            total += int(apart.sum())
    if total > MOST_ON_AVERAGE * reference.size + 16:
        raise Unmigratable(Reason.DECODERS_DISAGREE, "FFmpeg, by a little all over")


def upsampled(plane: Plane, header: Header, part: Component) -> Plane:
    """Sample a plane up to the full size as libjpeg's fancy upsampling does (jdsample.c)."""
    across = max(each.across for each in header.components) // part.across
    down = max(each.down for each in header.components) // part.down
    fancy = plane.shape[1] > 2
    if (across, down) == (2, 1) and fancy:
        plane = _across(plane.astype(np.uint16), 4, (1, 2))
    elif (across, down) == (2, 2) and fancy:
        plane = _across(_down(plane), 16, (8, 7))
    elif (across, down) == (1, 2):
        rows = _down(plane)
        rows[0::2] += 1
        rows[1::2] += 2
        plane = (rows >> 2).astype(np.uint8)
    else:
        plane = plane.repeat(down, axis=0).repeat(across, axis=1)
    return plane[: header.height, : header.width]


def _across(values: Any, scale: int, rounding: tuple[int, int]) -> Plane:
    """Put two columns in place of each, three parts of its own and one of its neighbour."""
    edges = np.pad(values, ((0, 0), (1, 1)), "edge")
    wide = np.empty((values.shape[0], 2 * values.shape[1]), np.uint16)
    wide[:, 0::2] = 3 * values + edges[:, :-2] + rounding[0]
    wide[:, 1::2] = 3 * values + edges[:, 2:] + rounding[1]
    return (wide // scale).astype(np.uint8)


def _down(plane: Plane) -> Any:
    """Put two rows in place of each, in quarters of a level."""
    values = plane.astype(np.uint16)
    edges = np.pad(values, ((1, 1), (0, 0)), "edge")
    tall = np.empty((2 * values.shape[0], values.shape[1]), np.uint16)
    tall[0::2] = 3 * values + edges[:-2]
    tall[1::2] = 3 * values + edges[2:]
    return tall


def _plane(plane: Any) -> Plane:
    rows: Plane = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
