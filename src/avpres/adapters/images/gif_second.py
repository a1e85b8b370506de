"""Other people's decoders of GIF, which must read what ours reads."""

import io
from typing import Any

import imagecodecs
import numpy as np

from avpres.adapters.images.gif_blocks import Frame
from avpres.adapters.images.gif_canvas import Picture
from avpres.adapters.images.gif_lzw import Indices
from avpres.domain.migration import Reason, Unmigratable

_FAULTS = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError)


class Second:
    """giflib for the indices of each frame, and Pillow for what is seen."""

    def __init__(self, data: bytes) -> None:
        from PIL import Image

        self._data = data
        try:
            self._image = Image.open(io.BytesIO(data), formats=["GIF"])
        except _FAULTS as error:
            raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"Pillow: {error}") from error
        self.names = ("avpres", str(imagecodecs.gif_version()), f"Pillow {_pillow()}")

    def agree_on_indices(self, number: int, frame: Frame, indices: Indices) -> None:
        """Compare the indices of one frame."""
        try:
            found: Any = imagecodecs.gif_decode(self._data, index=number, asrgb=False)
        except (imagecodecs.GifError, ValueError, RuntimeError) as error:
            raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"giflib: {error}") from error
        right, bottom = frame.left + frame.width, frame.top + frame.height
        if not np.array_equal(found[frame.top : bottom, frame.left : right], indices):
            raise Unmigratable(Reason.DECODERS_DISAGREE, f"giflib, frame {number + 1}")

    def agree_on_picture(self, number: int, seen: Picture) -> None:
        """Compare what is seen after a frame; the colour of what is transparent does not count."""
        try:
            self._image.seek(number)
            other = np.asarray(self._image.convert("RGBA"))
        except _FAULTS as error:
            raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"Pillow: {error}") from error
        opaque = seen[:, :, 3] != 0
        same = other.shape == seen.shape and np.array_equal(other[:, :, 3] != 0, opaque)
        if not same or not np.array_equal(other[opaque], seen[opaque]):
            raise Unmigratable(Reason.DECODERS_DISAGREE, f"Pillow, frame {number + 1}")


def _pillow() -> str:
    import PIL

    return PIL.__version__
