"""Where the samples of a DPX file stand: its elements as one array."""

from dataclasses import dataclass, replace

from avpres.adapters.scans.arrays import check, joined, row_size
from avpres.adapters.scans.dpx_elements import (
    BITS,
    CHANNELS,
    FLOATING,
    SPANS,
    UNDEFINED,
    Element,
)
from avpres.domain.scan import Packing, SampleArray, UncodableScan

_HEADER = 768  # bytes before which no image can stand
_TRAILER = 65536  # bytes behind the image, or a row, that are still likely


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


def _check(element: Element) -> None:
    if element.encoding not in {0, 0xFFFF}:
        raise UncodableScan("COMPRESSED", "its samples are run-length encoded")
    if element.bits not in BITS:
        raise UncodableScan("FLAVOUR", f"a depth of {element.bits} bits is not known in DPX")
    if element.descriptor not in CHANNELS:
        raise UncodableScan("FLAVOUR", f"the descriptor {element.descriptor} is not known in DPX")


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
    span = SPANS.get(element.descriptor, 1)
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
        mask=1 << element.bits - 1 if element.sign == 1 and element.bits not in FLOATING else 0,
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
