"""AVI, with the extensions of OpenDML 1.02 for files beyond 1 GiB."""

import struct

from avpres.adapters.validators.avi_essence import FrameCheck, describe_stream, frame_check
from avpres.adapters.validators.avi_headers import read_headers, read_info
from avpres.adapters.validators.avi_index import check_indexes
from avpres.adapters.validators.avi_model import AVI, Avi, Stream
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.riff import Chunk, Span, Walker
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Container, MediaKind

MOST_FORMS = 10_000  # RIFF forms of 1 GiB and more
MOST_WALKED = 400_000  # chunks of a file
LARGE = 2 * 1024 * 1024 * 1024  # bytes; in larger files only the index is followed
LONGEST_FRAME = 64 * 1024 * 1024  # bytes; longer ones are not looked into
SILENT = {b"JUNK", b"junk", b"PAD ", b"\0\0\0\0"}


def validate(source: Source, exam: Examination) -> None:
    """Walk all forms, lists and chunks of an AVI file, and compare them with its indexes.

    FFV1 frames are held against the checksums of their slices, DV frames against their structure,
    uncompressed frames against their size.
    """
    exam.technical.kind = MediaKind.VIDEO
    head = source.peek(0, 12)
    if head[:4] != b"RIFF" and len(head) >= 4:
        exam.halt("AVI-RIFF", "the file does not begin as RIFF", 0)
    if head[8:12] != b"AVI " and len(head) == 12:
        exam.halt("AVI-FORM", "the RIFF form is not AVI", 8)
    source.read(0, 12)
    avi = Avi(Walker(source, exam, AVI))
    end = _forms(avi)
    _walk_frames(avi)
    _finish(avi)
    avi.walker.trailing(end)


def _forms(avi: Avi) -> int:
    """Walk the RIFF forms: the first is AVI, those of OpenDML that follow are AVIX."""
    offset, source = 0, avi.source
    while avi.forms < MOST_FORMS:
        head = source.peek(offset, 12)
        if head[:4] != b"RIFF" or (avi.forms and head[8:12] != b"AVIX"):
            return offset
        span = avi.walker.form(struct.unpack_from("<I", head, 4)[0], offset)
        for chunk in avi.walker.walk(span):
            _chunk(avi, chunk)
        avi.forms += 1
        offset = span.end + span.end % 2
    return offset


def _chunk(avi: Avi, chunk: Chunk) -> None:
    kind = avi.source.peek(chunk.start, 4) if chunk.id == b"LIST" else b""
    if kind == b"hdrl":
        read_headers(avi, chunk)
    elif kind == b"movi":
        avi.lists.append(Span(chunk.start + 4, chunk.start + chunk.size))
    elif kind == b"INFO":
        read_info(avi, chunk)
    elif chunk.id == b"idx1" and avi.index is None:
        avi.index = chunk
        if chunk.size % 16:
            avi.exam.invalid("AVI-IDX1", "idx1 is no whole number of entries", chunk.offset)


def _walk_frames(avi: Avi) -> None:
    """Go from chunk to chunk through the lists movi."""
    if avi.source.size > LARGE:
        avi.walked = False
        avi.exam.note("AVI-INDEX-ONLY", "the file is large: frames are looked up by the index")
        return
    checks = {number: frame_check(avi, number, stream) for number, stream in enumerate(avi.streams)}
    for span in avi.lists:
        offset: int | None = span.start
        while offset is not None and offset < min(span.end, avi.source.size):
            offset = _frame(avi, span, offset, checks)
        if not avi.walked:
            return


def _frame(avi: Avi, span: Span, offset: int, checks: dict[int, FrameCheck | None]) -> int | None:
    """Look at one chunk and say where the next begins; None if there is no telling."""
    header = avi.source.peek(offset, 12)
    name, size = header[:4], int.from_bytes(header[4:8], "little")
    if len(header) < 8:
        avi.exam.broken("AVI-CUT", "a chunk header is cut short", offset)
        return None
    if name == b"LIST" and header[8:12] == b"rec ":
        return offset + 12
    number = _stream_number(name)
    is_index = name[:2] == b"ix"
    if number is None and not is_index and name not in SILENT:
        avi.exam.broken("AVI-FRAME", f"a frame is expected, {name!r} begins none", offset)
        return None
    if offset + 8 + size > span.end:
        avi.exam.broken(
            "AVI-CHUNK-SIZE", f"chunk {name!r} claims {size} bytes, more than there are", offset
        )
        return None
    if len(avi.found) >= MOST_WALKED:
        avi.walked = False
        avi.exam.note(
            "AVI-INDEX-ONLY", "frames beyond this are looked up by the index only", offset
        )
        return None
    if name not in SILENT:
        avi.found[offset] = (name, size)
    if number is not None:
        _count(avi, number, offset + 8, size, checks.get(number))
    return offset + 8 + size + size % 2


def _stream_number(name: bytes) -> int | None:
    if not name[:2].isdigit() or not name[2:].isalnum():
        return None
    return int(name[:2])


def _count(avi: Avi, number: int, start: int, size: int, check: FrameCheck | None) -> None:
    if number >= len(avi.streams):
        avi.exam.invalid("AVI-STREAM-NUMBER", f"there is no stream {number}", start - 8)
        return
    stream = avi.streams[number]
    stream.chunks += 1
    stream.size += size
    stream.filled += bool(size)
    if stream.first is None and size:
        stream.first = start
    _check_size(avi, number, stream, start, size)
    if check is not None and size <= LONGEST_FRAME and start + size <= avi.source.size:
        check(avi.source.peek(start, size), start)


def _check_size(avi: Avi, number: int, stream: Stream, start: int, size: int) -> None:
    expected = stream.bitmap.frame_size if stream.bitmap is not None else 0
    if expected and size not in {0, expected}:
        avi.exam.invalid(
            "AVI-FRAME-SIZE",
            f"an uncompressed frame of stream {number} has {size} bytes, not {expected}",
            start - 4,
        )


def _finish(avi: Avi) -> None:
    exam = avi.exam
    if not avi.streams:
        exam.broken("AVI-NO-HEADER", "the file describes no streams")
    if not avi.lists:
        exam.broken("AVI-NO-FRAMES", "the file has no list of frames")
    else:
        check_indexes(avi)
    for number, stream in enumerate(avi.streams):
        _check_length(avi, number, stream)
        describe_stream(avi, stream)
    exam.profile = "OpenDML" if avi.forms > 1 or avi.all_frames is not None else ""
    info = avi.properties.get("info")
    exam.technical.container = Container(
        members=len(avi.streams),
        duration=max((video.duration or 0 for video in exam.technical.video), default=0) or None,
        writing_application=str(info.get("software", "")) if isinstance(info, dict) else "",
        title=str(info.get("name", "")) if isinstance(info, dict) else "",
    )


def _check_length(avi: Avi, number: int, stream: Stream) -> None:
    if stream.kind not in {b"vids", b"iavs"} or not avi.walked:
        return
    promised = max(stream.length, avi.all_frames or 0)
    if stream.chunks < promised:
        avi.exam.invalid(
            "AVI-FRAMES-MISSING",
            f"stream {number} has {stream.chunks} frames, its header promises {promised}",
        )
    elif stream.chunks > promised and not avi.all_frames:
        avi.exam.warn(
            "AVI-FRAMES-MORE",
            f"stream {number} has {stream.chunks} frames, its header says {promised}",
        )
