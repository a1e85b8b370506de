"""Samples of a file to planes of a picture, and back: exact in both ways.

Frames are worked on in blocks of rows that stay in the processor's cache; numpy releases the
interpreter's lock, so that several threads work at once.

The planes are numpy arrays of the forms that `pictures.shapes` gives, of uint8 when the picture's
depth is 8 and of uint16 otherwise, in FFmpeg's order (gbrp: green, blue, red; bgr0: one plane of
blue, green, red and a byte that means nothing). Rows may have any stride, so that views of a
frame's own buffers do.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avpres.adapters.scans import samples
from avpres.adapters.scans.arrays import Section, others, sections
from avpres.adapters.scans.pictures import Layout, Place, layout, shapes
from avpres.domain.scan import Packing, Picture, SampleArray

__all__ = [
    "Octets",
    "Room",
    "allocate",
    "gather",
    "is_same",
    "others",
    "picture",
    "repack",
    "unpack",
]

Octets = NDArray[np.uint8]
Plane = NDArray[Any]
Data = bytes | bytearray | memoryview | Octets

_BLOCK = 128 * 1024  # bytes of rows worked on at once: they stay in the cache


class Room(threading.local):
    """Memory for the samples of a file; each thread keeps its own for the next file.

    Fresh memory is cleared by the system page by page, which takes as long as packing does.
    """

    _kept: Octets = np.empty(0, np.uint8)

    def of(self, size: int) -> Octets:
        """Give so many bytes, whatever they hold; they are this thread's until it asks again."""
        if len(self._kept) < size:
            self._kept = np.empty(size, np.uint8)
        return self._kept[:size]


def is_same(one: Data, other: Data) -> bool:
    """Compare bytes, in pieces that stay in the processor's cache."""
    left, right = np.frombuffer(one, np.uint8), np.frombuffer(other, np.uint8)
    return len(left) == len(right) and all(
        np.array_equal(left[at : at + _BLOCK], right[at : at + _BLOCK])
        for at in range(0, len(left), _BLOCK)
    )


def picture(array: SampleArray) -> Picture:
    """Say which picture FFV1 is given for an array."""
    return layout(array).picture


def allocate(shape: Picture) -> list[Plane]:
    """Make planes of zeros for a picture."""
    kind = np.uint8 if shape.depth == 8 else np.uint16
    return [np.zeros(form, kind) for form in shapes(shape)]


def gather(array: SampleArray, data: Data) -> Octets:
    """Give the bytes of all segments of a file as one array; a copy only if there are several."""
    whole = np.frombuffer(data, np.uint8)
    if len(array.segments) == 1:
        offset, size = array.segments[0]
        return whole[offset : offset + size]
    return np.concatenate([whole[offset : offset + size] for offset, size in array.segments])


def unpack(array: SampleArray, data: Data, planes: Sequence[Plane]) -> None:
    """Write the samples of a whole file into planes.

    Parts of planes that hold no channel are not written: give planes of zeros.
    """
    form = layout(array)
    flat = gather(array, data)
    for index, section in enumerate(sections(array)):
        places = [place for place in form.places if place.group == index]
        rows = flat[section.offset : section.offset + section.rows * section.stride]
        for first, block in _blocks(array, section, rows):
            channels = samples.load(array, block[:, array.lead :], section)
            for place, run in zip(places, _runs(array, channels, places), strict=True):
                _spread(array, form, place, (first, run), planes)


def repack(array: SampleArray, planes: Sequence[Plane], out: Octets | None = None) -> Octets:
    """Make the bytes of all segments from planes; what is no sample is zero.

    Args:
        array: what to make.
        planes: the samples.
        out: as many bytes to write into, whatever they hold; else they are allocated, which
            takes longer than packing when pictures are large.
    """
    form = layout(array)
    flat = np.empty(array.size, np.uint8) if out is None else out
    if not _is_filled(array):
        flat.fill(0)
    for index, section in enumerate(sections(array)):
        places = [place for place in form.places if place.group == index]
        rows = flat[section.offset : section.offset + section.rows * section.stride]
        for first, block in _blocks(array, section, rows):
            height = _height(array, block)
            runs = [_collect(array, form, place, (first, height), planes) for place in places]
            samples.store(array, _laid(array, section, runs, places), block[:, array.lead :])
            if array.lead:
                _number(array, first, block)
    return flat


def _is_filled(array: SampleArray) -> bool:
    """Say whether every byte of the array is a sample's, so that no zeros are needed before."""
    each = 3 if array.packing in {Packing.FILLED_A, Packing.FILLED_B} else 1
    return all(
        section.samples % each == 0
        and section.stride * 8 == array.lead * 8 + section.samples // each * array.word
        for section in sections(array)
    ) and (each == 3 or array.packing is Packing.WORDS)


def _blocks(array: SampleArray, section: Section, rows: Octets) -> Iterator[tuple[int, Octets]]:
    """Give rows that are worked on at once, and the row of the picture that they begin at."""
    table = rows.reshape(section.rows, section.stride)
    if array.continuous:
        yield 0, table
        return
    if array.tile:
        wide, high = array.tile
        step = -(-array.width // wide) * high
        for at in range(0, section.rows, step):
            yield at // step * high, table[at : at + step]
        return
    step = max(1, _BLOCK // section.stride)
    for at in range(0, section.rows, step):
        yield at, table[at : at + step]


def _height(array: SampleArray, block: Octets) -> int:
    """Count the rows of the picture that a block holds."""
    if array.continuous:
        return array.height
    return array.tile[1] if array.tile else len(block)


def _runs(
    array: SampleArray, channels: Sequence[Plane], places: Sequence[Place]
) -> Iterator[Plane]:
    """Put the samples of each channel where its pixels are."""
    height = array.tile[1] if array.tile else array.height
    for place in places:
        parts = [_shaped(array, channels[at], height) for at in place.positions]
        if len(parts) == 1:
            yield parts[0]
            continue
        woven = np.empty((len(parts[0]), parts[0].shape[1] * len(parts)), parts[0].dtype)
        for at, part in enumerate(parts):
            woven[:, at :: len(parts)] = part
        yield woven


def _shaped(array: SampleArray, channel: Plane, height: int) -> Plane:
    if array.continuous:
        return channel.reshape(height, -1)
    if array.tile is None:
        return channel
    wide = array.tile[0]
    return channel.reshape(-1, height, wide).swapaxes(0, 1).reshape(height, -1)


def _laid(
    array: SampleArray, section: Section, runs: Sequence[Plane], places: Sequence[Place]
) -> list[Plane]:
    """Undo `_runs`: give the samples of each position of a run, in rows of the file."""
    found: list[Plane] = [runs[0]] * len(section.group)
    for place, run in zip(places, runs, strict=True):
        for at, position in enumerate(place.positions):
            part = run[:, at :: len(place.positions)] if len(place.positions) > 1 else run
            found[position] = _filed(array, part)
    return found


def _filed(array: SampleArray, part: Plane) -> Plane:
    if array.continuous:
        return part.reshape(1, -1)
    if array.tile is None:
        return part
    wide, height = array.tile
    return part.reshape(height, -1, wide).swapaxes(0, 1).reshape(-1, wide)


def _spread(
    array: SampleArray,
    form: Layout,
    place: Place,
    run: tuple[int, Plane],
    planes: Sequence[Plane],
) -> None:
    """Write a channel's samples where they stand in the picture."""
    first, found = run
    if array.mask:
        found = found ^ found.dtype.type(array.mask)
    for layer in range(form.layers):
        target = _target(array, form, place, (layer, first, len(found)), planes)
        part = found
        if form.layers > 1:
            part = found >> found.dtype.type(16 * (form.layers - 1 - layer))
        elif form.shift:
            part = found << found.dtype.type(form.shift)
        np.copyto(target, part, casting="unsafe")


def _collect(
    array: SampleArray,
    form: Layout,
    place: Place,
    rows: tuple[int, int],
    planes: Sequence[Plane],
) -> Plane:
    """Undo `_spread`."""
    kind = samples.kind(array)
    first, count = rows
    found: Plane = _target(array, form, place, (0, first, count), planes)
    if form.layers > 1:
        parts = [
            _target(array, form, place, (layer, first, count), planes)
            for layer in range(form.layers)
        ]
        found = parts[0].astype(kind)
        for part in parts[1:]:
            found <<= kind(16)
            found |= part
    elif form.shift:
        found = found >> found.dtype.type(form.shift)
    return found ^ found.dtype.type(array.mask) if array.mask else found


def _target(
    array: SampleArray,
    form: Layout,
    place: Place,
    part: tuple[int, int, int],
    planes: Sequence[Plane],
) -> Plane:
    """Give the view of the rows of one channel and layer in a plane."""
    layer, first, count = part
    height = form.band_height
    top = (layer * form.channels + place.band) * height
    plane = planes[place.plane]
    if place.byte is not None:
        plane = plane[..., place.byte]
    band = plane[top : top + height]
    if array.bottom_up:
        band = band[::-1]
    return band[first : first + count]


def _number(array: SampleArray, first: int, block: Octets) -> None:
    """Write OpenEXR's line number and size before each row."""
    heads = np.empty((len(block), 2), "<i4")
    lines = np.arange(first, first + len(block))
    heads[:, 0] = array.first_line + (array.height - 1 - lines if array.bottom_up else lines)
    heads[:, 1] = array.stride - array.lead
    block[:, : array.lead] = heads.view(np.uint8)
