"""The headers of AVI: avih, and of every stream strh, strf and what OpenDML added."""

import struct

from avpres.adapters.validators.avi_model import Avi, Bitmap, Stream
from avpres.adapters.validators.riff import Chunk, Span
from avpres.adapters.validators.wave_chunks import INFO
from avpres.adapters.validators.wave_format import read_format

MOST_STREAMS = 100  # two digits
MOST_FORMAT = 1024 * 1024  # bytes of strf
MOST_INDEXES = 65536  # entries of a super index
MOST_TEXT = 4096  # bytes
INDEX_OF_INDEXES = 0


def read_headers(avi: Avi, chunk: Chunk) -> None:
    """Read the list hdrl: how many streams there are and what is in them."""
    declared = 0
    for part in avi.walker.walk(_inside(chunk)):
        kind = avi.source.peek(part.start, 4) if part.id == b"LIST" else b""
        if part.id == b"avih":
            declared = _main_header(avi, part)
        elif kind == b"strl":
            _stream(avi, part)
        elif kind == b"odml":
            _open_dml(avi, part)
    if declared != len(avi.streams):
        avi.exam.invalid(
            "AVI-STREAMS",
            f"the header counts {declared} streams, {len(avi.streams)} are described",
            chunk.start + 4,
        )


def read_info(avi: Avi, chunk: Chunk) -> None:
    """Read the list INFO: title, software and so on."""
    found: dict[str, object] = {}
    for part in avi.walker.walk(_inside(chunk)):
        text = avi.walker.content(part, MOST_TEXT).split(b"\0")[0]
        found[INFO.get(part.name, part.name)] = text.decode("utf-8", "replace").strip()
    avi.properties["info"] = found


def _inside(chunk: Chunk) -> Span:
    return Span(chunk.start + 4, chunk.start + chunk.size)


def _main_header(avi: Avi, chunk: Chunk) -> int:
    content = avi.walker.content(chunk, 56)
    if len(content) < 40:
        avi.exam.broken("AVI-AVIH", f"the main header has only {len(content)} bytes", chunk.offset)
        return 0
    avi.flags, avi.frames, streams = struct.unpack_from("<12xII4xI", content)
    return int(streams)


def _stream(avi: Avi, chunk: Chunk) -> None:
    if len(avi.streams) >= MOST_STREAMS:
        avi.exam.halt("AVI-STREAMS", "there are more streams than can be meant", chunk.offset)
    stream = Stream()
    avi.streams.append(stream)
    seen = set()
    for part in avi.walker.walk(_inside(chunk)):
        seen.add(part.id)
        if part.id == b"strh":
            _stream_header(avi, stream, part)
        elif part.id == b"strf":
            _format(avi, stream, part)
        elif part.id == b"indx":
            _super_index(avi, stream, part)
        elif part.id == b"vprp":
            stream.properties = avi.walker.content(part, 36)
    for name in (b"strh", b"strf"):
        if name not in seen:
            avi.exam.broken("AVI-STREAM", f"a stream has no chunk '{name.decode()}'", chunk.offset)


def _stream_header(avi: Avi, stream: Stream, chunk: Chunk) -> None:
    content = avi.walker.content(chunk, 56)
    if len(content) < 48:
        avi.exam.broken("AVI-STRH", f"a stream header has {len(content)} bytes", chunk.offset)
        return
    stream.kind, stream.handler = content[:4], content[4:8]
    stream.scale, stream.rate, stream.length = struct.unpack_from("<20xII4xI", content)
    if stream.kind == b"iavs":
        stream.bitmap = Bitmap(0, 0, 24, stream.handler)
    elif stream.kind not in {b"vids", b"auds", b"txts", b"mids"}:
        avi.exam.warn("AVI-STREAM-KIND", f"{stream.kind!r} is no kind of stream", chunk.start)
    if not (stream.scale and stream.rate):
        avi.exam.invalid("AVI-RATE", "a stream has no rate", chunk.start + 20)


def _format(avi: Avi, stream: Stream, chunk: Chunk) -> None:
    content = avi.walker.content(chunk, MOST_FORMAT)
    if stream.kind == b"auds":
        stream.sound = read_format(content, avi.exam, chunk.start, "AVI")
    elif stream.kind == b"vids":
        stream.bitmap = _bitmap(avi, content, chunk)


def _bitmap(avi: Avi, content: bytes, chunk: Chunk) -> Bitmap | None:
    if len(content) < 40:
        avi.exam.broken("AVI-BITMAP", f"a video format has only {len(content)} bytes", chunk.offset)
        return None
    size, width, height, planes, bits = struct.unpack_from("<IiiHH", content)
    if not 40 <= size <= len(content) + 1:
        avi.exam.invalid("AVI-BITMAP-SIZE", f"a video format claims {size} bytes", chunk.start)
    if width <= 0 or not height:
        avi.exam.invalid(
            "AVI-PICTURE-SIZE", f"a picture of {width} by {height} is none", chunk.start + 4
        )
    if planes != 1:
        avi.exam.warn("AVI-PLANES", f"a picture has {planes} planes, not 1", chunk.start + 12)
    return Bitmap(width, height, bits, content[16:20], content[40:])


def _super_index(avi: Avi, stream: Stream, chunk: Chunk) -> None:
    content = avi.walker.content(chunk, 24 + 16 * MOST_INDEXES)
    if len(content) < 24:
        avi.exam.invalid("AVI-INDX", "an index is too short", chunk.offset)
        return
    longs, _, kind, count = struct.unpack_from("<HBBI", content)
    if kind != INDEX_OF_INDEXES:
        return
    if longs != 4 or 24 + 16 * count > chunk.size:
        avi.exam.invalid("AVI-INDX", f"an index has no room for {count} entries", chunk.start)
        return
    entries = content[24 : 24 + 16 * count]
    stream.indexes.extend(struct.iter_unpack("<QII", entries[: len(entries) // 16 * 16]))


def _open_dml(avi: Avi, chunk: Chunk) -> None:
    for part in avi.walker.walk(_inside(chunk)):
        content = avi.walker.content(part, 4)
        if part.id == b"dmlh" and len(content) == 4:
            avi.all_frames = int.from_bytes(content, "little")
