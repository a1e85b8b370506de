"""How much of an image may be decoded at all: claims are held against it before any memory is."""

from dataclasses import dataclass

from avpres.domain.migration import Reason, Unmigratable


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may ask for."""

    pixels: int = 2**28  # of one picture
    frames: int = 60  # and pages

    def picture(self, width: int, height: int) -> None:
        """Refuse a picture that holds nothing, or more than the limit."""
        if width <= 0 or height <= 0:
            raise Unmigratable(Reason.DAMAGED, f"a picture of {width} x {height} pixels")
        if width * height > self.pixels:
            text = f"{width} x {height} pixels, {self.pixels:,} at most"
            raise Unmigratable(Reason.TOO_LARGE, text)

    def count(self, frames: int) -> None:
        """Refuse more frames or pages than the limit."""
        if frames > self.frames:
            raise Unmigratable(Reason.FRAMES, f"{frames:,}, {self.frames:,} at most")
