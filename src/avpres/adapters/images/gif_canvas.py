"""The screen of a GIF, on which frames are painted one over the other (GIF 89a, 23)."""

from typing import Any

import numpy as np

from avpres.adapters.images.gif_blocks import Frame

Picture = np.ndarray[Any, np.dtype[np.uint8]]
BACKGROUND, PREVIOUS = 2, 3


class Canvas:
    """What is seen after each frame: R, G, B and opacity, which is all or nothing.

    The screen is transparent where nothing was painted, and becomes so again where a frame is taken
    away: browsers do so, whatever the background colour says.
    """

    def __init__(self, width: int, height: int) -> None:
        self._seen = np.zeros((height, width, 4), np.uint8)
        self._before: Picture | None = None  # the box that is put back after a frame

    def paint(self, frame: Frame, colours: Picture) -> None:
        """Lay a frame, given as R, G, B and opacity, over what is there."""
        box = self._box(frame)
        self._before = box.copy() if frame.control.disposal == PREVIOUS else None
        opaque = colours[:, :, 3] != 0
        box[opaque] = colours[opaque]

    def seen(self) -> Picture:
        """Give the whole screen, as an array of its own."""
        return self._seen.copy()

    def dispose(self, frame: Frame) -> None:
        """Do what the frame asks for before the next is painted."""
        if frame.control.disposal == BACKGROUND:
            self._box(frame)[:] = 0
        elif self._before is not None:
            self._box(frame)[:] = self._before
            self._before = None

    def _box(self, frame: Frame) -> Picture:
        right, bottom = frame.left + frame.width, frame.top + frame.height
        return self._seen[frame.top : bottom, frame.left : right]
