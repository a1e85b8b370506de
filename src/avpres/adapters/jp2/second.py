"""FFmpeg's own decoder of JPEG 2000, which shares no code with OpenJPEG, as second opinion.

It is given the bare codestream: of a JP2 with a palette it would look the colours up. Samples of
few bits come at the high end of their word and are compared there, so that nothing is cut off.
"""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import av
import av.error
import av.logging
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from avpres.adapters.images.raster import Raster, Samples
from avpres.domain.migration import Reason, Unmigratable

MOST_CHANNELS = 4
MOST_BITS = 16
_BYTE = 8  # bits
_MARGIN, _MOST = 128, 2**31 - 1  # of its av_image_check_size


def name() -> str:
    """Name the decoder, for records."""
    numbers = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"FFmpeg jpeg2000 (libavcodec {numbers})"


def untold(raster: Raster) -> str:
    """Say why this decoder cannot be asked about a picture; empty where it can."""
    if raster.channels > MOST_CHANNELS:
        return f"FFmpeg decodes {MOST_CHANNELS} channels at most"
    if max(raster.bits) > MOST_BITS:
        return f"FFmpeg decodes {MOST_BITS} bits at most"
    if 8 * (raster.width + _MARGIN) * (raster.height + _MARGIN) >= _MOST:
        return "FFmpeg decodes some 268 million pixels at most"
    if raster.samples.dtype.kind == "i":
        return "FFmpeg does not tell signed samples from others"
    return ""


def check(coded: memoryview, raster: Raster) -> None:
    """Decode, and compare every sample.

    Raises:
        Unmigratable: it cannot decode, or a sample differs.
    """
    frame = _decoded(coded)
    samples = _samples(frame)
    depths = [component.bits for component in frame.format.components]
    wanted = raster.samples
    if samples is None or samples.shape != wanted.shape:
        raise Unmigratable(
            Reason.QA_DIFFERENCE,
            f"FFmpeg decodes {frame.width} x {frame.height} pixels of {frame.format.name}",
        )
    for channel, depth in enumerate(depths):
        bits = raster.bits[channel]
        # grey with opacity beyond 8 bits is brought to the depth of its deepest channel alone
        shifts = {depth - bits, max(raster.bits) - bits}
        if not _is_same(samples[..., channel], wanted[..., channel], shifts):
            raise Unmigratable(
                Reason.QA_DIFFERENCE, f"FFmpeg decodes channel {channel + 1} otherwise"
            )


def _decoded(coded: memoryview) -> VideoFrame:
    try:
        with _listening() as said:
            context = VideoCodecContext.create("jpeg2000", "r")
            context.thread_count = 1
            frames = [*context.decode(av.Packet(bytes(coded))), *context.decode(None)]
    except av.error.FFmpegError as error:
        detail = f"FFmpeg: {_words(said) or error.strerror}"
        wanting = error.errno == errno.ENOMEM
        reason = Reason.MEMORY if wanting else Reason.SECOND_DECODER_ERROR
        raise Unmigratable(reason, detail) from error
    if said or len(frames) != 1:
        detail = _words(said) or f"{len(frames)} pictures"
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"FFmpeg: {detail}")
    return frames[0]


def _samples(frame: VideoFrame) -> Samples | None:
    """Give the samples as they lie in the only plane of a frame, without a copy."""
    components = frame.format.components
    if len(frame.planes) != 1 or len({component.bits for component in components}) != 1:
        return None
    kind = np.dtype("u1") if components[0].bits <= _BYTE else np.dtype("<u2")
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), kind).reshape(
        frame.height, plane.line_size // kind.itemsize
    )
    width = frame.width * len(components)
    return rows[:, :width].reshape(frame.height, frame.width, len(components))


def _is_same(found: np.ndarray, wanted: np.ndarray, shifts: set[int]) -> bool:
    """Compare at the depth of the frame, or at that to which FFmpeg brought the samples."""
    return any(
        np.array_equal(found, wanted.astype(found.dtype) << shift if shift else wanted)
        for shift in shifts
    )


@contextmanager
def _listening() -> Iterator[list[tuple[int, str, str]]]:
    """Collect what FFmpeg complains of in this thread."""
    if av.logging.get_level() != av.logging.ERROR:
        av.logging.set_level(av.logging.ERROR)
    with av.logging.Capture() as said:
        yield said


def _words(said: Sequence[tuple[int, str, str]]) -> str:
    """Join what was said; libavcodec gives a line in pieces."""
    text = "".join(words for _, _, words in said)
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())
