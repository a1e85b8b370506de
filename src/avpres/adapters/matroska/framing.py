"""Blocks as frames: when they are shown, and where their bytes stand."""

from collections.abc import Mapping, Sequence

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import LONGEST_HEADER, UNKNOWN, MatroskaError, header, vint
from avpres.adapters.matroska.lacing import LONGEST_HEAD, frame_sizes
from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.adapters.matroska.source import Window

_LAST_TIME = 1 << 62  # nanoseconds; 146 years
_LONGEST_STEP = 1 << 52  # nanoseconds; 256 of them stay within 63 bits
_LACED = 0x06
_KEY = 0x80
_SHORT = 0x80  # the marker of a track number in one byte
_LONGEST_UINT = 8
_BLOCK_HEAD = 16  # bytes; more than a track number, a time and flags take


class Framing:
    """Understands what stands in one cluster after the other; `begin` opens one."""

    def __init__(
        self, window: Window, scale_ns: int, tracks: Mapping[int, TrackHeader], longest_id: int
    ) -> None:
        self._window = window
        self._scale = scale_ns
        self._tracks = tracks
        self._longest_id = longest_id
        self._tick: int | None = None

    def begin(self) -> None:
        """Forget the time of the cluster before."""
        self._tick = None

    def read(self, id_: int, data: int, size: int) -> Sequence[Block]:
        """Give the frames that an element of a cluster holds; most hold none.

        Raises:
            MatroskaError: it is damaged, or encrypted.
        """
        if id_ == ids.SIMPLE_BLOCK:
            return self._block(data, size, None, 0)
        if id_ == ids.BLOCK_GROUP:
            return self._group(data, size)
        if id_ == ids.TIMESTAMP:
            self._tick = self._within(self._uint(data, size))
        if id_ == ids.ENCRYPTED_BLOCK:
            raise MatroskaError("an encrypted block")
        return ()

    def _group(self, data: int, size: int) -> Sequence[Block]:
        at, end = data, data + size
        block: tuple[int, int] | None = None
        is_key, duration = True, 0
        while at < end:
            buffer, within = self._window.at(at, LONGEST_HEADER)
            child = header(buffer, within, self._longest_id)
            if child is None or not 0 <= child.size <= end - at - child.length:
                raise MatroskaError("a block group that is damaged")
            inner = at + child.length
            if child.id == ids.BLOCK:
                block = inner, child.size
            elif child.id == ids.REFERENCE_BLOCK:
                is_key = False
            elif child.id == ids.BLOCK_DURATION:
                duration = self._within(self._uint(inner, child.size))
            at = inner + child.size
        if block is None:
            raise MatroskaError("a block group without a block")
        return self._block(*block, is_key, duration)

    def _block(self, data: int, size: int, is_key: bool | None, duration: int) -> Sequence[Block]:
        buffer, at = self._window.at(data, _BLOCK_HEAD)
        track, length = self._track(buffer, at)
        length += 3
        if length > size or at + length > len(buffer) or self._tick is None:
            raise MatroskaError("a block without a whole head, or before its cluster's time")
        relative = int.from_bytes(buffer[at + length - 3 : at + length - 1], "big", signed=True)
        flags = buffer[at + length - 1]
        key = bool(flags & _KEY) if is_key is None else is_key
        time = self._time(track, relative)
        if flags & _LACED:
            where = (data + length, size - length)
            return self._laced(Block(track, time, *where, key, duration * self._scale), flags)
        return (Block(track, time, data + length, size - length, key, duration * self._scale),)

    def _track(self, buffer: bytes, at: int) -> tuple[int, int]:
        if at < len(buffer) and buffer[at] & _SHORT:
            return buffer[at] & ~_SHORT, 1
        found = vint(buffer, at)
        if found is None or found[0] == UNKNOWN:
            raise MatroskaError("a block without a track number")
        return found

    def _time(self, track: int, relative: int) -> int:
        header_ = self._tracks.get(track)
        tick = self._tick or 0
        if header_ is None or header_.timestamp_scale == 1:
            return (tick + relative) * self._scale
        time = (tick + relative * header_.timestamp_scale) * self._scale
        if not abs(time) <= _LAST_TIME:
            raise MatroskaError(f"a time of {time} ns")
        return round(time)

    def _laced(self, whole: Block, flags: int) -> Sequence[Block]:
        buffer, at = self._window.at(whole.offset, min(whole.size, LONGEST_HEAD))
        head = buffer[at : at + min(whole.size, LONGEST_HEAD)]
        length, sizes = frame_sizes((flags & _LACED) >> 1, head, whole.size)
        step = self._step(whole, len(sizes))
        offset = whole.offset + length
        frames = []
        for number, size in enumerate(sizes):
            time = whole.time_ns + number * step
            frames.append(Block(whole.track, time, offset, size, whole.key, step))
            offset += size
        return frames

    def _step(self, whole: Block, count: int) -> int:
        """Say how long one frame of a laced block lasts; 0 where the file does not say it."""
        header_ = self._tracks.get(whole.track)
        if header_ is not None and 0 < header_.default_duration_ns <= _LONGEST_STEP:
            return header_.default_duration_ns
        return whole.duration_ns // count

    def _within(self, tick: int) -> int:
        if tick * self._scale > _LAST_TIME:
            raise MatroskaError(f"a time of {tick} ticks")
        return tick

    def _uint(self, data: int, size: int) -> int:
        if size > _LONGEST_UINT:
            raise MatroskaError(f"an integer of {size} bytes")
        buffer, at = self._window.at(data, size)
        if at + size > len(buffer):
            raise MatroskaError("an integer behind the end of the file")
        return int.from_bytes(buffer[at : at + size], "big")
