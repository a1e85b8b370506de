"""Calls of libopenjp2: memory in place of files, and its messages in place of a terminal."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from avpres.adapters.jp2 import layouts
from avpres.adapters.jp2.library import Found, find
from avpres.domain.errors import ToolMissingError
from avpres.domain.migration import Reason, Unmigratable

STREAM = 1024 * 1024  # bytes that the library gathers before it calls back
_CODESTREAM = 0  # OPJ_CODEC_J2K
_MOST_MESSAGES = 20
_WANTING = ("memory", "allocat", "system limits")  # words in which it says that it has none
_FAILED = ctypes.c_size_t(-1).value


class OpenJpegError(Exception):
    """The library refused; the text is what it said itself."""

    def because(self, reason: Reason) -> Unmigratable:
        """Give the refusal of a file for this reason, or for want of memory where that is it."""
        text = str(self)
        wanting = any(word in text.lower() for word in _WANTING)
        return Unmigratable(Reason.MEMORY if wanting else reason, f"OpenJPEG: {text}")


@dataclass(slots=True)
class Call:
    """One codec at work: the library, its handle, and what it complained of."""

    library: Found
    codec: int
    messages: list[str] = field(default_factory=list)

    def check(self, answer: object, what: str) -> None:
        """Take an answer that must not be zero.

        Raises:
            OpenJpegError: it is zero.
        """
        if not answer:
            raise OpenJpegError(f"{what}: {self.said()}" if self.messages else what)

    def said(self) -> str:
        """Give all its complaints in one line."""
        return "; ".join(self.messages)


@lru_cache(maxsize=1)
def library() -> Found:
    """Give the library, ready to be called.

    Raises:
        ToolMissingError: there is none that is laid out as is known here.
    """
    return ready(find())


def ready(found: Found) -> Found:
    """Tell ctypes what the functions of a copy take, and see that it takes the same.

    Raises:
        ToolMissingError: what it takes is not laid out as is known here.
    """
    try:
        layouts.declare(found.handle)
    except AttributeError as error:
        raise ToolMissingError(f"{found.name} at {found.path} lacks a function: {error}") from error
    if not _same_layouts(found):
        raise ToolMissingError(
            f"{found.name} at {found.path} takes parameters of another layout than is known here; "
            "update avpres, or install another version of Pillow"
        )
    return found


@contextmanager
def encoder() -> Iterator[Call]:
    """Give a codec that encodes."""
    found = library()
    with _codec(found, found.handle.opj_create_compress(_CODESTREAM)) as call:
        yield call


@contextmanager
def decoder() -> Iterator[Call]:
    """Give a codec that decodes."""
    found = library()
    with _codec(found, found.handle.opj_create_decompress(_CODESTREAM)) as call:
        yield call


@contextmanager
def sink(call: Call) -> Iterator[tuple[int, bytearray]]:
    """Give a stream that the library writes to, and the bytes that arrive."""
    written = bytearray()
    place = 0

    def write(source: int, size: int, _data: object) -> int:
        nonlocal place
        try:
            written[place : place + size] = ctypes.string_at(source, size)
        except MemoryError:  # an exception cannot pass through the library
            return _FAILED
        place += size
        return size

    def skip(size: int, _data: object) -> int:
        nonlocal place
        if not 0 <= place + size <= len(written):
            return -1
        place += size
        return size

    def seek(offset: int, _data: object) -> int:
        nonlocal place
        if not 0 <= offset <= len(written):
            return 0
        place = offset
        return 1

    with _stream(call, reading=False, skip=skip, seek=seek) as stream:
        function = layouts.WRITE(write)
        call.library.handle.opj_stream_set_write_function(stream, function)
        yield stream, written


@contextmanager
def source(call: Call, data: memoryview) -> Iterator[int]:
    """Give a stream that the library reads from; nothing is copied but what it asks for."""
    view = np.frombuffer(data, np.uint8)
    address, total = view.ctypes.data, view.size
    place = 0

    def read(target: int, size: int, _data: object) -> int:
        nonlocal place
        size = min(size, total - place)
        if size <= 0:
            return _FAILED
        ctypes.memmove(target, address + place, size)
        place += size
        return size

    def skip(size: int, _data: object) -> int:
        nonlocal place
        size = min(size, total - place)
        if size < 0:
            return -1
        place += size
        return size

    def seek(offset: int, _data: object) -> int:
        nonlocal place
        if not 0 <= offset <= total:
            return 0
        place = offset
        return 1

    with _stream(call, reading=True, skip=skip, seek=seek) as stream:
        function = layouts.READ(read)
        call.library.handle.opj_stream_set_read_function(stream, function)
        call.library.handle.opj_stream_set_user_data_length(stream, total)
        yield stream
    del view


@contextmanager
def _stream(
    call: Call,
    *,
    reading: bool,
    skip: Callable[[int, object], int],
    seek: Callable[[int, object], int],
) -> Iterator[int]:
    handle = call.library.handle
    stream = handle.opj_stream_create(STREAM, int(reading))
    call.check(stream, "it could make no stream")
    functions = layouts.SKIP(skip), layouts.SEEK(seek)  # kept for as long as they may be called
    try:
        handle.opj_stream_set_skip_function(stream, functions[0])
        handle.opj_stream_set_seek_function(stream, functions[1])
        yield stream
    finally:
        handle.opj_stream_destroy(stream)


@contextmanager
def _codec(found: Found, codec: int | None) -> Iterator[Call]:
    if codec is None:
        raise OpenJpegError("it could make no codec")
    call = Call(found, codec)

    def hear(message: bytes, _data: object) -> None:
        if len(call.messages) < _MOST_MESSAGES:
            call.messages.append(message.decode("utf-8", "replace").strip())

    function = layouts.MESSAGE(hear)
    try:
        found.handle.opj_set_warning_handler(codec, function, None)
        found.handle.opj_set_error_handler(codec, function, None)
        yield call
    finally:
        found.handle.opj_destroy_codec(codec)


def _same_layouts(found: Found) -> bool:
    """Have the library fill its parameters in, and see how far it goes and what it sets."""
    size = ctypes.sizeof(layouts.EncoderParameters)
    filled = _filled(found.handle.opj_set_default_encoder_parameters, size)
    told = layouts.EncoderParameters.from_buffer(filled)
    known = (told.numresolution, told.cblockw_init, told.roi_compno, told.cod_format)
    if len(bytes(filled).rstrip(b"\xa5")) != size or known != (6, 64, -1, -1):
        return False
    size = ctypes.sizeof(layouts.DecoderParameters)
    filled = _filled(found.handle.opj_set_default_decoder_parameters, size)
    spare = ctypes.sizeof(ctypes.c_uint32)  # the last field is not in every version
    return size - spare <= len(bytes(filled).rstrip(b"\xa5")) <= size


def _filled(function: Callable[[object], None], size: int) -> bytearray:
    room = bytearray(b"\xa5" * (2 * size))
    function((ctypes.c_char * len(room)).from_buffer(room))
    return room
