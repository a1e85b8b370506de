"""How a DPX file describes its image elements, and what they are called."""

import struct
from dataclasses import dataclass

UNDEFINED = 0xFFFFFFFF  # what is not known is filled with ones
_AT, _SIZE = 780, 72  # where the first element is described, bytes of each
CHANNELS = {
    0: "X",
    1: "R",
    2: "G",
    3: "B",
    4: "A",
    6: "Y",
    7: "C",
    8: "Z",
    9: "X",
    50: "RGB",
    51: "RGBA",
    52: "ABGR",
    53: "BGR",
    54: "BGRA",
    55: "ARGB",
    100: "UYVY",
    101: "UYAVYA",
    102: "UYV",
    103: "UYVA",
    **{150 + more: "X" * (2 + more) for more in range(7)},
}
SPANS = {100: 2, 101: 2}  # pixels of one run
BITS = {1, 8, 10, 12, 16, 32, 64}
FLOATING = {32, 64}
_PACKINGS = {0: "Packed", 1: "FilledA", 2: "FilledB"}


@dataclass(frozen=True, slots=True)
class Element:
    """The description of an element."""

    sign: int
    descriptor: int
    transfer: int
    colorimetric: int
    bits: int
    packing: int
    encoding: int
    data: int  # offset
    line_padding: int

    @property
    def channels(self) -> str:
        """A letter for each sample of a run."""
        return CHANNELS.get(self.descriptor, "X")


def read(raw: bytes, order: str, index: int) -> Element:
    """Read one element's description."""
    at = _AT + index * _SIZE
    (sign,) = struct.unpack_from(order + "I", raw, at)
    fields = struct.unpack_from(order + "BBBBHHII", raw, at + 20)
    return Element(sign, *fields)


def flavour(elements: tuple[Element, ...], big_endian: bool) -> str:
    """Name the flavour as RAWcooked does: `DPX/Raw/RGB/10bit/U/BE/FilledA`."""
    first = elements[0]
    signed = "S" if first.sign == 1 else "U"
    kind = "F" if first.bits in FLOATING else signed
    words = ["DPX/Raw", "+".join(_named(element) for element in elements), f"{first.bits}bit"]
    if first.bits != 8 or kind != "U":
        words += [kind]
    if first.bits > 8:
        words += ["BE" if big_endian else "LE"]
    if first.bits in {1, 10, 12}:
        words += [_PACKINGS.get(first.packing, "Packed")]
    return "/".join(words)


def why_not(elements: tuple[Element, ...], start: int) -> str:
    """Say which field of the elements RAWcooked refuses."""
    first = elements[0]
    if len(elements) != 1:
        return f"it has {len(elements)} image elements"
    if first.sign != 0:
        return "its samples are signed, or not said to be unsigned"
    if first.encoding != 0:
        return "it does not say that its samples are not compressed"
    if first.data not in {0, start}:
        return "its two offsets of the image differ"
    if first.line_padding != 0:
        return "its end-of-line padding is not 0"
    return ""


def _named(element: Element) -> str:
    names = {"UYVY": "CbYCrY", "UYAVYA": "CbYACrYA", "UYV": "CbYCr", "UYVA": "CbYCrA", "C": "CbCr"}
    return names.get(element.channels, element.channels)
