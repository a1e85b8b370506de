"""The animation of an APNG: its frames and the order of its chunks (PNG, third edition, 11.3.6).

Whatever is wrong here is a warning: decoders then show the still image, which is sound.
"""

import struct
from typing import TYPE_CHECKING

from avpres.adapters.validators.png_data import Inflater

if TYPE_CHECKING:
    from avpres.adapters.validators.png import Walk


def control(walk: "Walk", data: bytes, place: int) -> None:
    """Read acTL: how many frames, how often."""
    if len(data) != 8:
        walk.exam.warn("PNG-ANIMATION", f"acTL has {len(data)} bytes, not 8", place)
        return
    if walk.seen[b"IDAT"] or walk.seen[b"acTL"]:
        walk.exam.warn("PNG-ANIMATION", "acTL stands in the wrong place", place)
    walk.frames, loops = struct.unpack(">II", data)
    walk.exam.technical.properties["loops"] = loops
    if not walk.frames:
        walk.exam.warn("PNG-ANIMATION", "an animation without frames", place)


def frame(walk: "Walk", data: bytes, place: int) -> None:
    """Read fcTL: where a frame lies in the image, and whether the one before is whole."""
    exam, header = walk.exam, walk.header
    if len(data) != 26:
        exam.warn("PNG-ANIMATION", f"fcTL has {len(data)} bytes, not 26", place)
        return
    number, width, height, left, top, *_, dispose, blend = struct.unpack(">IIIIIHHBB", data)
    _sequence(walk, number, place)
    end_frame(walk, place)
    if header is None:
        return
    inside = 0 < width <= header.width - left and 0 < height <= header.height - top
    if not inside or dispose > 2 or blend > 1:
        exam.warn("PNG-ANIMATION", "a frame of the animation has impossible values", place)
    elif walk.seen[b"IDAT"]:
        walk.frame = Inflater(header.rows(width, height), walk.inflatable)


def frame_data(walk: "Walk", data: bytes, place: int) -> None:
    """Inflate fdAT."""
    if len(data) < 4:
        walk.exam.warn("PNG-ANIMATION", f"fdAT has {len(data)} bytes", place)
        return
    _sequence(walk, int.from_bytes(data[:4], "big"), place)
    if walk.frame is not None:
        walk.frame.feed(data[4:])


def end_frame(walk: "Walk", place: int) -> None:
    """Say what is wrong with the data of the frame that ends here."""
    if walk.frame is None:
        return
    walk.frame.end()
    walk.inflatable = max(walk.inflatable - walk.frame.given, 0)
    if walk.frame.fault:
        text = f"in a frame of the animation {walk.frame.fault}"
        walk.exam.warn("PNG-FRAME-DATA", text, place)
    walk.frame = None


def _sequence(walk: "Walk", number: int, place: int) -> None:
    if number != walk.sequence:
        text = f"the animation's chunk {walk.sequence} is missing, {number} stands in its place"
        walk.exam.warn("PNG-SEQUENCE", text, place)
    walk.sequence = number + 1
