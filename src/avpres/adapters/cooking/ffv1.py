"""FFV1 version 3 by FFmpeg's libraries, one frame at a time: every frame stands for itself.

Damage makes libavcodec complain in its log and go on, whatever `err_detect` says, so the log of
every call is read, and a complaint is a failure. Slices that several threads work on complain
there unheard; check sums of slices are compared before, and heard. So let several threads work
only on frames that are compared whole.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import cast

import av
import av.error
import av.logging
import numpy as np
import numpy.typing as npt
from av.video.codeccontext import VideoCodecContext

from avpres.adapters.validators.ffv1 import read_config
from avpres.domain.reel import Coding

Plane = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

_DEEP = 8  # bits of a sample; more take two bytes
_PACKED = {"bgr0", "bgra"}  # formats of one plane with four bytes a pixel

logging.getLogger("libav").addHandler(logging.NullHandler())  # else Python prints what is unheard


class CodingError(Exception):
    """FFmpeg's libraries refused a picture or a packet, or complained of it."""


def version() -> str:
    """Name the library that codes, for records."""
    return "libavcodec " + ".".join(map(str, av.library_versions["libavcodec"]))


def grid(pix_fmt: str, width: int, height: int, coding: Coding) -> tuple[int, int]:
    """Say how many slices the encoder puts beside each other, and below each other.

    Raises:
        CodingError: FFV1 cannot have this form, or this number of slices.
    """
    context = _opened(pix_fmt, width, height, coding, 1)
    config = read_config(bytes(context.extradata or b""))
    return config.horizontal_slices, config.vertical_slices


class FrameEncoder:
    """Encodes frames of one form. `planes` are where the samples of the next frame are put."""

    def __init__(
        self, pix_fmt: str, width: int, height: int, coding: Coding, threads: int = 1
    ) -> None:
        """Open the encoder; `threads` work on the slices of one frame, which come out the same.

        Raises:
            CodingError: it cannot have this form, or this number of slices.
        """
        self._context = _opened(pix_fmt, width, height, coding, threads)
        with listening():
            self._frame = av.VideoFrame(width, height, pix_fmt)
        self.planes = _planes(self._frame)
        for plane in self.planes:
            plane.fill(0)  # what no channel writes to must be the same in every run
        self._count = 0

    @property
    def private(self) -> bytes:
        """The configuration record, RFC 9043 §4.3."""
        return bytes(self._context.extradata or b"")

    def encode(self) -> bytes:
        """Encode what stands in `planes`.

        Raises:
            CodingError: the encoder refuses or complains, or gives not one key frame.
        """
        with listening():
            self._frame.pts = self._count
            packets = self._context.encode(self._frame)
        self._count += 1
        if len(packets) != 1 or not packets[0].is_keyframe:
            raise CodingError("the encoder did not give one key frame for one picture")
        return bytes(packets[0])


class FrameDecoder:
    """Decodes frames of one track."""

    def __init__(
        self, private: bytes, width: int, height: int, codec: str = "ffv1", *, threads: int = 1
    ) -> None:
        """Open the decoder; `threads` work on the slices of one frame.

        Raises:
            CodingError: the configuration makes no sense.
        """
        with listening():
            self._context = cast("VideoCodecContext", av.CodecContext.create(codec, "r"))
            self._context.extradata = private
            self._context.width, self._context.height = width, height
            self._context.thread_type = "SLICE"
            self._context.thread_count = threads
            self._context.options = {"err_detect": "explode+crccheck"}
            self._context.open()

    def decode(self, packet: bytes) -> tuple[str, list[Plane]]:
        """Decode one packet: the pixel format, and its planes, good until they are let go.

        Raises:
            CodingError: it is damaged, or is not one frame.
        """
        with listening():
            frames = self._context.decode(av.Packet(packet))
        if len(frames) != 1:
            raise CodingError("the packet is not one frame")
        frame = frames[0]
        return frame.format.name, _planes(frame)


def equal(pix_fmt: str, one: Sequence[Plane], other: Sequence[Plane]) -> bool:
    """Say whether two pictures have the same samples; the fourth byte of bgr0 is none."""
    if len(one) != len(other):
        return False
    if pix_fmt == "bgr0":
        return np.array_equal(one[0][..., :3], other[0][..., :3])
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def raw(planes: Sequence[Plane]) -> Iterator[memoryview]:
    """Yield the bytes of a picture as ffmpeg's rawvideo and framemd5 have them."""
    for plane in planes:
        yield np.ascontiguousarray(plane).data.cast("B")


def _opened(
    pix_fmt: str, width: int, height: int, coding: Coding, threads: int
) -> "VideoCodecContext":
    with listening():
        context = av.CodecContext.create("ffv1", "w")
        context.width, context.height = width, height
        context.pix_fmt = pix_fmt
        context.time_base = Fraction(1, 24)
        context.thread_type = "SLICE"
        context.thread_count = threads
        context.gop_size = 1
        context.options = _options(coding)
        context.open()
    return context


def _options(coding: Coding) -> dict[str, str]:
    return {
        "level": "3",
        "coder": "1",
        "context": str(coding.context),
        "slices": str(coding.slices),
        "slicecrc": "1",
    }


def _planes(frame: "av.VideoFrame") -> list[Plane]:
    """View the planes of a frame without the filling at the end of its lines."""
    deep = max(each.bits for each in frame.format.components) > _DEEP
    packed = frame.format.name in _PACKED
    views: list[Plane] = []
    for plane in frame.planes:
        memory = memoryview(plane)
        lines: Plane = np.frombuffer(memory, "<u2") if deep else np.frombuffer(memory, np.uint8)
        form = (plane.height, -1, 4) if packed else (plane.height, -1)
        views.append(lines.reshape(form)[:, : plane.width])
    return views


@contextmanager
def listening() -> Iterator[None]:
    """Turn whatever FFmpeg complains of in this thread into an error."""
    if av.logging.get_level() != av.logging.ERROR:
        av.logging.set_level(av.logging.ERROR)
    with av.logging.Capture() as said:
        try:
            yield
        except av.error.FFmpegError as error:
            raise CodingError(_words(said) or str(error.strerror)) from error
    if said:
        raise CodingError(_words(said))


def _words(said: Sequence[tuple[int, str, str]]) -> str:
    """Join what was said; libavcodec gives a line in pieces."""
    text = "".join(words for _, _, words in said)
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())
