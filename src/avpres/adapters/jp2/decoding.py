"""Decode a codestream with OpenJPEG's library, tile by tile, in memory that its form bounds."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from avpres.adapters.jp2.calling import Call, OpenJpegError, decoder, source
from avpres.adapters.jp2.layouts import DecoderParameters, Image
from avpres.adapters.jp2.markers import Form, read_form
from avpres.adapters.jp2.tiling import Area, word

Plane = np.ndarray[tuple[int, int], np.dtype[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One decoded tile: where it lies, and its samples by component."""

    area: Area
    planes: tuple[Plane, ...]


def tiles(data: memoryview, *, layers: int = 0, threads: int = 1) -> Iterator[Tile]:
    """Yield the tiles in the order of the codestream, and see that each is there once.

    Args:
        data: the whole codestream.
        layers: how many to decode; 0 is all.
        threads: of the library itself, for one large picture.

    Raises:
        OpenJpegError: it cannot be decoded, tiles are missing, or the library complained.
    """
    form = read_form(data)
    if form is None:
        raise OpenJpegError("it has no main header that can be read")
    with decoder() as call, source(call, data) as stream:
        image = _begin(call, stream, layers, threads)
        try:
            yield from _tiles(call, stream, form)
            done = call.library.handle.opj_end_decompress(call.codec, stream)
            call.check(done, "its end is not found")
        finally:
            call.library.handle.opj_image_destroy(image)
        if call.messages:
            raise OpenJpegError(call.said())


def _begin(call: Call, stream: int, layers: int, threads: int) -> object:
    handle = call.library.handle
    told = DecoderParameters()
    handle.opj_set_default_decoder_parameters(ctypes.byref(told))
    told.cp_layer = layers
    call.check(handle.opj_setup_decoder(call.codec, told), "it took no parameters")
    if threads > 1:
        handle.opj_codec_set_threads(call.codec, threads)
    image = ctypes.POINTER(Image)()
    call.check(handle.opj_read_header(stream, call.codec, image), "its header is not read")
    return image


def _tiles(call: Call, stream: int, form: Form) -> Iterator[Tile]:
    handle = call.library.handle
    index, size, count = ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32()
    left, top, right, bottom = (ctypes.c_int() for _ in range(4))
    more = ctypes.c_int()
    wanted = {area.index: area for area in form.areas()}
    while True:
        answer = handle.opj_read_tile_header(
            call.codec, stream, index, size, left, top, right, bottom, count, more
        )
        call.check(answer, "the header of a tile is not read")
        if not more.value:
            break
        area = Area(index.value, top.value, left.value, bottom.value, right.value)
        if wanted.pop(area.index, None) != area:
            raise OpenJpegError(f"tile {area.index} is not where it belongs, or comes twice")
        yield _decoded(call, stream, area, form, size.value)
    if wanted:
        raise OpenJpegError(f"{len(wanted)} tiles are missing")


def _decoded(call: Call, stream: int, area: Area, form: Form, size: int) -> Tile:
    kinds = [word(bits, signed=signed) for bits, signed in form.components]
    shape = area.bottom - area.top, area.right - area.left
    count = shape[0] * shape[1]
    if size != count * sum(kind.itemsize for kind in kinds):
        raise OpenJpegError(f"tile {area.index} has {size} bytes of samples, not what it should")
    room = np.empty(size, np.uint8)
    done = call.library.handle.opj_decode_tile_data(
        call.codec, area.index, room.ctypes.data, size, stream
    )
    call.check(done, f"tile {area.index} is not decoded")
    planes = []
    start = 0
    for kind in kinds:
        end = start + count * kind.itemsize
        planes.append(room[start:end].view(kind).reshape(shape))
        start = end
    return Tile(area, tuple(planes))
