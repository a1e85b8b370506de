"""The image elements of a DPX file: planes, or all channels together, and where each stands."""

import struct
from dataclasses import dataclass, replace

from avpres.adapters.scans.arrays import check, joined, row_size
from avpres.domain.scan import Packing, SampleArray, UncodableScan

UNDEFINED = 0xFFFFFFFF  # what is not known is filled with ones
_AT, _SIZE = 780, 72  # where the first element is described, bytes of each
_HEADER = 768  # bytes before which no image can stand
_CHANNELS = {
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
_SPANS = {100: 2, 101: 2}
_BITS = {1, 8, 10, 12, 16, 32, 64}
_FLOATING = {32, 64}
_TRAILER = 65536  # bytes behind the image, or a row, that are still likely
_PACKINGS = {0: "Packed", 1: "FilledA", 2: "FilledB"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the file says of all elements."""

    width: int
    height: int
    start: int  # offset of the image
    size: int  # bytes of the file
    claimed: int  # bytes of the file, as its header says
    big_endian: bool
    unpadded: bool  # by scanners that do not end rows at words


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
        return _CHANNELS.get(self.descriptor, "X")


def read(raw: bytes, order: str, index: int) -> Element:
    """Read one element's description."""
    at = _AT + index * _SIZE
    (sign,) = struct.unpack_from(order + "I", raw, at)
    fields = struct.unpack_from(order + "BBBBHHII", raw, at + 20)
    return Element(sign, *fields)


def array_of(elements: tuple[Element, ...], frame: Frame) -> SampleArray:
    """Describe the samples of all elements.

    Elements of one form are groups of one array; others are taken for words of 16 bits.

    Raises:
        UncodableScan: they are compressed, of no known depth, or not all there.
    """
    for element in elements:
        _check(element)
    places = _offsets(elements, frame)
    arrays = [_one(*pair, frame) for pair in zip(elements, places, strict=True)]
    if len(arrays) == 1:
        return check(arrays[0], frame.size)
    if any(len(found.channels) > 1 for found in arrays):
        arrays = [replace(found, low_first=False) for found in arrays]
    alike = {replace(found, groups=(), strides=(), segments=()) for found in arrays}
    together = _stacked(arrays) if len(alike) == 1 else _as_words(arrays)
    return check(together, frame.size)


def flavour(elements: tuple[Element, ...], big_endian: bool) -> str:
    """Name the flavour as RAWcooked does: `DPX/Raw/RGB/10bit/U/BE/FilledA`."""
    first = elements[0]
    signed = "S" if first.sign == 1 else "U"
    kind = "F" if first.bits in _FLOATING else signed
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


def _check(element: Element) -> None:
    if element.encoding not in {0, 0xFFFF}:
        raise UncodableScan("COMPRESSED", "its samples are run-length encoded")
    if element.bits not in _BITS:
        raise UncodableScan("FLAVOUR", f"a depth of {element.bits} bits is not known in DPX")
    if element.descriptor not in _CHANNELS:
        raise UncodableScan("FLAVOUR", f"the descriptor {element.descriptor} is not known in DPX")


def _named(element: Element) -> str:
    names = {"UYVY": "CbYCrY", "UYAVYA": "CbYACrYA", "UYV": "CbYCr", "UYVA": "CbYCrA", "C": "CbCr"}
    return names.get(element.channels, element.channels)


def _offsets(elements: tuple[Element, ...], frame: Frame) -> list[tuple[int, int]]:
    """Give where each element begins, and the byte that it cannot reach beyond."""
    if len(elements) == 1:
        return [(_begin(elements[0], frame), frame.size)]
    said = [element.data for element in elements]
    if any(place in {0, UNDEFINED} for place in said[1:]):
        raise UncodableScan("HEADER", "the header does not say where every image element begins")
    if said[0] in {0, UNDEFINED}:
        said[0] = frame.start
    ends = sorted(said)[1:]
    return [
        (place, min((end for end in ends if end > place), default=frame.size)) for place in said
    ]


def _begin(element: Element, frame: Frame) -> int:
    """Choose between the two offsets that a header has: the file's, as FFmpeg does."""
    for place in (frame.start, element.data):
        if _HEADER < place < frame.size:
            return place
    raise UncodableScan(
        "TRUNCATED", f"the image should begin at byte {frame.start}, the file ends at {frame.size}"
    )


def _one(element: Element, place: tuple[int, int], frame: Frame) -> SampleArray:
    width, height = frame.width, frame.height
    offset, end = place
    span = _SPANS.get(element.descriptor, 1)
    if width % span:
        raise UncodableScan("GEOMETRY", f"rows of {width} pixels do not fit {element.channels}")
    group = element.channels
    samples = width // span * len(group)
    element = _as_it_stands(element, samples, height, end - offset)
    packing, word = _packing(element)
    claimed = frame.claimed - offset if frame.claimed != UNDEFINED else 0
    stride, rows = _rows(element, samples, height, (end - offset, claimed), frame.unpadded)
    return SampleArray(
        width=width,
        height=height,
        groups=(group,),
        bits=element.bits,
        word=word,
        packing=packing,
        strides=(stride,),
        segments=((offset, stride * rows),),
        big_endian=frame.big_endian and element.bits != 8,
        high=element.bits == 12 and element.packing == 1,
        low_first=element.bits == 10 and len(group) == 1,
        span=span,
        continuous=rows != height,
        mask=1 << element.bits - 1 if element.sign == 1 and element.bits not in _FLOATING else 0,
    )


def _as_it_stands(element: Element, samples: int, height: int, room: int) -> Element:
    """Take samples that are said to be packed for filled ones if the file has just their size."""
    if element.packing == 0 and element.bits in {10, 12}:
        packed = -(-samples * element.bits // 32) * 4
        filled = -(-samples // (3 if element.bits == 10 else 2)) * 4
        if packed < filled and room == filled * height:
            return replace(element, packing=1)
    return element


def _packing(element: Element) -> tuple[Packing, int]:
    if element.bits == 10 and element.packing:
        return (Packing.FILLED_A if element.packing == 1 else Packing.FILLED_B), 32
    if element.bits == 12 and element.packing:
        return Packing.WORDS, 16
    return (Packing.PACKED, 32) if element.bits in {1, 10, 12} else (Packing.WORDS, element.bits)


def _rows(
    element: Element, samples: int, height: int, rooms: tuple[int, int], unpadded: bool
) -> tuple[int, int]:
    """Give the bytes of a row and the count of rows; one row for samples without any padding.

    Rows end at words of 32 bits unless the file is too short for that, and was no longer when its
    size was written into it.
    """
    room, claimed = rooms
    packing, word = _packing(element)
    least = row_size(packing, element.bits, word, samples)
    whole = -(-least // 4) * 4
    streams = packing is not Packing.WORDS
    flat = row_size(packing, element.bits, word, samples * height)
    if streams and height > 1 and element.bits == 10 and unpadded and flat != whole * height:
        return flat, 1
    padding = element.line_padding
    if 0 < padding <= _TRAILER and (whole + padding) * height <= room:
        return whole + padding, height
    if whole * height <= room or whole * height <= claimed <= whole * height + _TRAILER:
        return whole, height
    if streams and height > 1 and flat <= room:
        return flat, 1
    return (least if least * height <= room else whole), height


def _stacked(arrays: list[SampleArray]) -> SampleArray:
    return replace(
        arrays[0],
        groups=tuple(found.groups[0] for found in arrays),
        strides=tuple(found.strides[0] for found in arrays),
        segments=tuple(found.segments[0] for found in arrays),
    )


def _as_words(arrays: list[SampleArray]) -> SampleArray:
    """Take elements that differ for words of 16 bits, side by side as they stand."""
    stride = arrays[0].stride
    start = min(found.segments[0][0] for found in arrays)
    end = max(sum(found.segments[0]) for found in arrays)
    rows = (end - start) // stride
    return SampleArray(
        width=stride // 2,
        height=rows,
        groups=("X",),
        bits=16,
        word=16,
        packing=Packing.WORDS,
        strides=(stride,),
        segments=joined(((start, rows * stride),)),
        big_endian=arrays[0].big_endian,
    )
