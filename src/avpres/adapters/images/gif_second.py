"""Other people's decoders of GIF, which must read what ours reads."""

import io
from collections.abc import Iterator
from typing import Any

import imagecodecs
import numpy as np

from avpres.adapters.images.gif_canvas import Picture
from avpres.adapters.images.gif_lzw import Indices
from avpres.domain.migration import Reason, Unmigratable


def agree_on_indices(data: bytes, indices: Indices) -> str:
    """Have giflib read the one frame that fills the screen; give its name."""
    try:
        found: Any = imagecodecs.gif_decode(data, index=0, asrgb=False)
    except (imagecodecs.GifError, ValueError, RuntimeError) as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"giflib: {error}") from error
    if not np.array_equal(found, indices):
        raise Unmigratable(Reason.DECODERS_DISAGREE, "giflib")
    return str(imagecodecs.gif_version())


class Composed:
    """FFmpeg, which composites frame after frame as ours does.

    Where the screen is seen, FFmpeg shows its background colour until a frame has a transparent
    index; both stand for nothing there, and either is taken.
    """

    def __init__(self, data: bytes, background: Picture | None) -> None:
        import av

        codec = ".".join(map(str, av.library_versions["libavcodec"]))
        self.name = f"FFmpeg gif (libavcodec {codec})"
        self._background = background
        self._frames = _decoded(data)

    def agree(self, number: int, seen: Picture) -> None:
        """Compare what is seen after the next frame."""
        other = next(self._frames, None)
        if other is None or other.shape != seen.shape:
            raise Unmigratable(Reason.DECODERS_DISAGREE, f"FFmpeg has no frame {number}")
        opaque = seen[:, :, 3] != 0
        nothing = other[:, :, 3] == 0
        if self._background is not None:
            nothing |= (other[:, :, :3] == self._background).all(axis=2)
        if not np.array_equal(other[opaque], seen[opaque]) or not nothing[~opaque].all():
            raise Unmigratable(Reason.DECODERS_DISAGREE, f"FFmpeg, frame {number}")

    def end(self) -> None:
        """Refuse when FFmpeg has yet another frame."""
        if next(self._frames, None) is not None:
            raise Unmigratable(Reason.DECODERS_DISAGREE, "FFmpeg has more frames")


def _decoded(data: bytes) -> Iterator[Picture]:
    import av
    from av.error import FFmpegError

    try:
        opened: Any = av.open(io.BytesIO(data), format="gif")
        with opened as container:
            for frame in container.decode(video=0):
                yield _rgba(frame)
    except (FFmpegError, ValueError) as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"FFmpeg: {error}") from error


def _rgba(frame: Any) -> Picture:
    plane = frame.planes[0]
    rows: Picture = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : 4 * plane.width].reshape(plane.height, plane.width, 4)[:, :, [2, 1, 0, 3]]
