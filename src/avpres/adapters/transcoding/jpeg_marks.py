"""What the markers of a JPEG say, as far as they decide whether it can be transcoded.

ITU-T T.81, Annex B. The walk reads headers alone and never more than a sane number of them.
"""

import re
from dataclasses import dataclass

from avpres.domain.migration import Reason, Unmigratable

SOI, EOI, SOS, APP14 = 0xD8, 0xD9, 0xDA, 0xEE
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
LOSSLESS, HIERARCHICAL = {0xC3, 0xC7, 0xCB, 0xCF}, {0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF}
ARITHMETIC = 0xC9  # the first of the frames that are coded so
BARE = {0x01, SOI, *range(0xD0, 0xD8)}  # markers without a length
YCCK = 2  # of Adobe's marker: the transform
MOST = 20_000  # segments
IN_DATA = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # a marker that ends entropy-coded data
BITS, COLOURS = 8, 3  # that JPEG XL transcodes


@dataclass(slots=True)
class Marks:
    """The frame, and where the picture ends; `end` is 0 where it has no end."""

    frame: int = 0
    bits: int = 0
    width: int = 0
    height: int = 0
    components: int = 0
    transform: int | None = None
    end: int = 0


def marks_of(jpeg: memoryview) -> Marks:
    """Walk over the segments of the first picture; stop without a word where they make no sense."""
    found, at = Marks(), 2
    for _ in range(MOST):
        marker, start = _marker(jpeg, at)
        if marker in {0, EOI}:
            found.end = start if marker == EOI else 0
            break
        size = 0 if marker in BARE else int.from_bytes(jpeg[start : start + 2], "big")
        _take(found, marker, bytes(jpeg[start + 2 : min(start + size, start + 20)]))
        at = start + size
        if marker == SOS:
            following = IN_DATA.search(jpeg, at)
            at = following.start() if following else len(jpeg)
    return found


def why_not(jpeg: memoryview, found: Marks) -> Unmigratable:
    """Tell why a JPEG that was refused could not be transcoded, as far as its markers tell."""
    if bytes(jpeg[:2]) != b"\xff\xd8":
        return Unmigratable(Reason.DAMAGED, "it does not begin with the marker SOI")
    coding = _of_coding(found)
    if coding is not None:
        return coding
    if not found.end:
        return Unmigratable(Reason.DAMAGED, "it has no marker EOI")
    rest = len(jpeg) - found.end
    beyond = f"; {rest} bytes follow its end" if rest else ""
    return Unmigratable(Reason.NOT_REVERSIBLE, f"libjxl does not take it{beyond}")


def _of_coding(found: Marks) -> Unmigratable | None:
    if found.frame in LOSSLESS:
        return Unmigratable(Reason.LOSSLESS_JPEG)
    if found.frame >= ARITHMETIC:
        return Unmigratable(Reason.ARITHMETIC)
    if found.frame in HIERARCHICAL:
        return Unmigratable(Reason.NOT_REVERSIBLE, "JPEG XL does not take hierarchical JPEG")
    if found.bits > BITS:
        return Unmigratable(Reason.BITS, f"JPEG XL takes JPEG of 8 bits, it has {found.bits}")
    if found.components > COLOURS:
        reason = Reason.YCCK if found.transform == YCCK else Reason.CMYK
        return Unmigratable(reason, "JPEG XL does not take JPEG of four components")
    return None


def _marker(jpeg: memoryview, at: int) -> tuple[int, int]:
    """Give the marker that stands here, behind fill bytes, and the place after it; 0: none."""
    if bytes(jpeg[at : at + 1]) != b"\xff":
        return 0, at
    while at < len(jpeg) and jpeg[at] == 0xFF:  # noqa: PLR2004 - fill bytes, B.1.1.2
        at += 1
    return (jpeg[at], at + 1) if at < len(jpeg) else (0, at)


def _take(found: Marks, marker: int, content: bytes) -> None:
    if marker in FRAMES and not found.frame and len(content) >= 6:  # noqa: PLR2004 - B.2.2
        found.frame, found.bits, found.components = marker, content[0], content[5]
        found.height = int.from_bytes(content[1:3], "big")
        found.width = int.from_bytes(content[3:5], "big")
    elif marker == APP14 and content[:5] == b"Adobe" and len(content) >= 12:  # noqa: PLR2004
        found.transform = content[11]
