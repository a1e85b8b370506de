"""What the markers of a JPEG say, as far as they decide whether it can be transcoded.

ITU-T T.81, Annex B. The walk reads headers alone and never more than a sane number of them.
"""

import re
from dataclasses import dataclass, field

from avpres.domain.migration import Reason, Unmigratable

SOI, EOI, SOS, DRI, APP0, APP14 = 0xD8, 0xD9, 0xDA, 0xDD, 0xE0, 0xEE
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
    samplings: tuple[tuple[int, int], ...] = ()  # of the components, across and down
    names: bytes = b""
    is_jfif: bool = False
    intervals: list[int] = field(default_factory=list)  # of restarts, as they are told


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
    if words := _of_form(found):
        return Unmigratable(Reason.NOT_REVERSIBLE, words)
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


def _of_form(found: Marks) -> str:
    """Say what in its form has no place in JPEG XL: its frames double at most, and only YCbCr."""
    told = ", ".join(f"{across}x{down}" for across, down in found.samplings)
    if len(set(found.samplings)) > 1:
        if any(each > 2 for pair in found.samplings for each in pair):  # noqa: PLR2004 - 1 and 2
            return f"JPEG XL has no form for colours sampled as {told}"
        if found.transform == 0 or (found.names == b"RGB" and not found.is_jfif):
            return f"JPEG XL holds RGB only where all colours have one sampling, not {told}"
    intervals = list(dict.fromkeys(found.intervals))
    if len(intervals) > 1:
        return f"its scans restart every {intervals[0]} and {intervals[1]} units; JPEG XL holds one"
    return ""


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
        parts = [content[at : at + 3] for at in range(6, 6 + 3 * found.components, 3)]
        found.samplings = tuple((each[1] >> 4, each[1] & 15) for each in parts if len(each) > 1)
        found.names = bytes(each[0] for each in parts if each)
    elif marker == DRI and len(content) >= 2:  # noqa: PLR2004 - B.2.4.4
        found.intervals.append(int.from_bytes(content[:2], "big"))
    elif marker == APP0 and content[:5] == b"JFIF\0":
        found.is_jfif = True
    elif marker == APP14 and content[:5] == b"Adobe" and len(content) >= 12:  # noqa: PLR2004
        found.transform = content[11]
