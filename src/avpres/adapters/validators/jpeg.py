"""JPEG (ITU-T T.81) as JFIF, Exif, SPIFF or JPEG-LS: segments, tables, frames, scans, end.

JHOVE's JPEG-hul looks at the segments alone. Here frames, scans and tables must also fit each
other, restart markers must be as many as the image needs, and no marker may stand in the data.
Small images are decoded as well.
"""

from dataclasses import dataclass, field

from avpres.adapters.validators import (
    jpeg_apps,
    jpeg_description,
    jpeg_frame,
    jpeg_scan,
    jpeg_tables,
)
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Image, MediaKind

SOI, EOI, SOS, DQT, DHT, DAC, DNL, DRI, DHP, EXP, COM = (
    *(0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xCC, 0xDC, 0xDD, 0xDE, 0xDF, 0xFE),
)
MOST_SEGMENTS = 20_000  # of a file
_DECODED = 64 * 1024  # bytes of a file that is decoded; about 2 ms
_PIXELS = 16 * 1024 * 1024  # bytes that may come of it
_MOST_FILL = 65536  # bytes between two segments
_KEPT_COMMENTS = 10
_OTHERS = {DNL, DHP, EXP, COM, *range(0xF0, 0xF3), 0xF4, *range(0xF8, 0xFE)}
_SEGMENTS = {SOS, DQT, DHT, DAC, DRI, *range(0xE0, 0xF0), *_OTHERS, *jpeg_frame.FRAMES}
_AFTER_DATA = {*_SEGMENTS, EOI}


@dataclass(slots=True)
class Walk:
    """Where the walk is and what it has met."""

    source: Source
    exam: Examination
    apps: jpeg_apps.Apps
    tables: jpeg_tables.Tables = field(default_factory=jpeg_tables.Tables)
    frame: jpeg_frame.Frame | None = None
    segments: int = 0  # as JHOVE counts them: without comments
    scans: int = 0
    hierarchical: bool = False
    tiles: bool = False
    comments: list[str] = field(default_factory=list)


def validate(source: Source, exam: Examination) -> None:
    """Walk all segments and scans of a JPEG up to its end and look at what follows."""
    exam.technical.kind = MediaKind.IMAGE
    if source.peek(0, 2) != b"\xff\xd8":
        exam.halt("JPEG-SIGNATURE", "the file does not begin as a JPEG", 0, jhove="JPEG-HUL-4")
    walk = Walk(source, exam, jpeg_apps.Apps(exam, Image()))
    try:
        _segments(walk)
    finally:
        _describe(walk)
    if source.size <= _DECODED and not exam.rules.deep and exam.status.is_sound:
        _decode(source, exam)


def _decode(source: Source, exam: Examination) -> None:
    """Decode a small image; the deep pass decodes all of them, and more strictly."""
    from avpres.adapters.validators.deep_jpeg import MINDED, by_libjpeg

    if MINDED & exam.counts.keys():
        return
    text = by_libjpeg(source.peek(0, source.size), _PIXELS)
    if text:
        exam.broken("JPEG-DATA-DAMAGED", f"the image data are damaged: {text}")


def _segments(walk: Walk) -> None:
    place = 2
    for _ in range(MOST_SEGMENTS):
        marker, place = _marker(walk, place)
        walk.segments += 1
        _check_opening(walk, place)
        if marker == EOI:
            _end(walk, place)
            return
        if not marker:
            walk.exam.warn("JPEG-STUFFING", "a stuffed byte outside of image data", place - 2)
        elif _has_length(walk, marker, place):
            place = _segment(walk, marker, place)
    walk.exam.stop("JPEG-TOO-MANY-SEGMENTS", "the file was not walked to its end", place)


def _has_length(walk: Walk, marker: int, place: int) -> bool:
    """Say whether a marker begins a segment; find fault with one that has no place here."""
    if marker in _SEGMENTS:
        return True
    text = f"the marker {marker:#04x} has no place here"
    walk.exam.invalid("JPEG-MARKER", text, place - 2, jhove="JPEG-HUL-6")
    return not (marker in {1, SOI} or 0xD0 <= marker <= 0xD7)


def _marker(walk: Walk, place: int) -> tuple[int, int]:
    """Give the marker at an offset and the offset behind it; fill bytes are skipped."""
    source, exam = walk.source, walk.exam
    head = source.peek(place, 2)
    if head == b"\xff\xff":
        fill = source.peek(place, _MOST_FILL)
        place += len(fill) - len(fill.lstrip(b"\xff")) - 1
        head = source.peek(place, 2)
    if len(head) < 2:
        text = "the file ends where a segment must follow"
        exam.halt("JPEG-CUT", text, source.size, jhove="JPEG-HUL-2")
    if head[0] != 0xFF or head[1] == 0xFF:
        text = f"{head[0]:#04x} stands where a segment must begin"
        exam.halt("JPEG-GARBAGE", text, place, jhove="JPEG-HUL-7")
    return head[1], place + 2


def _check_opening(walk: Walk, place: int) -> None:
    """Say once if the file is in none of the formats that JPEG data come in."""
    known = walk.apps.known or (walk.frame is not None and walk.frame.marker == 0xF7)
    if walk.segments == 2 and not known and not walk.exam.counts["JPEG-NO-FORMAT"]:
        text = "the file begins with no JFIF, Exif or SPIFF segment: bare JPEG data"
        walk.exam.invalid("JPEG-NO-FORMAT", text, place, jhove="JPEG-HUL-9")


def _segment(walk: Walk, marker: int, place: int) -> int:
    """Read a segment, and the scan after it; give the offset behind."""
    source, exam = walk.source, walk.exam
    raw = source.peek(place, 2)
    length = int.from_bytes(raw, "big")
    if len(raw) == 2 and length < 2:
        exam.halt("JPEG-SEGMENT-LENGTH", f"a segment says it has {length} bytes", place)
    if len(raw) < 2 or place + length > source.size:
        text = f"the file ends inside of the segment {marker:#04x}"
        exam.halt("JPEG-CUT", text, source.size, jhove="JPEG-HUL-2")
    data = source.read(place + 2, length - 2)
    _content(walk, marker, data, place + 2)
    if marker == SOS:
        return _scan(walk, data, place + 2)
    return place + length


def _content(walk: Walk, marker: int, data: bytes, place: int) -> None:
    exam = walk.exam
    if 0xE0 <= marker <= 0xEF:
        jpeg_apps.read(walk.apps, marker - 0xE0, data, place, first=walk.segments == 1)
    elif marker in jpeg_frame.FRAMES:
        _frame(walk, marker, data, place)
    elif marker == DQT:
        jpeg_tables.quantisation(exam, walk.tables, data, place)
    elif marker == DHT:
        jpeg_tables.huffman(exam, walk.tables, data, place)
    elif marker == DAC:
        jpeg_tables.conditioning(exam, data, place)
    elif marker in {DRI, DNL}:
        _number(walk, marker, data, place)
    elif marker == COM:
        walk.segments -= 1
        if len(walk.comments) < _KEPT_COMMENTS:
            walk.comments.append(data[:1000].split(b"\0")[0].decode("utf-8", "replace"))
    else:
        _rare(walk, marker, place)


def _rare(walk: Walk, marker: int, place: int) -> None:
    if marker == DHP:
        walk.hierarchical = True
    elif marker == 0xF1:
        walk.tiles = True
    elif marker == 0xF2 and not walk.tiles:
        text = "a tile without a description of the tiling"
        walk.exam.invalid("JPEG-TILE", text, place, jhove="JPEG-HUL-1")


def _number(walk: Walk, marker: int, data: bytes, place: int) -> None:
    """Read DRI, the restart interval, or DNL, the height that the frame left open."""
    value = int.from_bytes(data[:2], "big")
    if len(data) != 2:
        walk.exam.broken("JPEG-NUMBER-SIZE", f"{len(data)} bytes where 2 must be", place)
    elif marker == DRI:
        walk.tables.restart_interval = value
    elif walk.frame is not None and not walk.frame.height:
        walk.frame.height = value


def _frame(walk: Walk, marker: int, data: bytes, place: int) -> None:
    exam = walk.exam
    if walk.frame is not None:
        if not walk.hierarchical:
            exam.invalid("JPEG-FRAME-TWICE", "there is more than one frame", place)
        return
    walk.frame = jpeg_frame.read_frame(exam, marker, data, place)
    size = walk.apps.spiff_size
    if walk.frame is not None and size not in {None, (walk.frame.width, walk.frame.height)}:
        exam.warn("JPEG-SPIFF-DIMENSIONS", "SPIFF gives other dimensions than the frame", place)


def _scan(walk: Walk, data: bytes, place: int) -> int:
    """Check a scan with its data; give the offset of the marker that ends it."""
    exam, frame = walk.exam, walk.frame
    walk.scans += 1
    start = place + len(data)
    end = _scan_end(walk, start)
    if frame is None:
        if walk.scans == 1:
            exam.broken("JPEG-NO-FRAME", "image data without a frame header", place)
        return end
    if walk.hierarchical or frame.marker == 0xF7:
        return end
    scan = jpeg_frame.read_scan(exam, frame, walk.tables, data, place)
    if scan is not None and frame.height:
        _check_amount(walk, scan, start, end)
    return end


def _scan_end(walk: Walk, start: int) -> int:
    source, exam = walk.source, walk.exam
    is_ls = walk.frame is not None and walk.frame.marker == 0xF7
    end = jpeg_scan.end(source, start, lossless_ls=is_ls)
    if end >= 0 and source.peek(end + 1, 1)[0] not in _AFTER_DATA:
        code = source.peek(end + 1, 1)[0]
        text = f"the marker {code:#04x} stands in the image data, which are damaged"
        exam.broken("JPEG-DATA-MARKER", text, end, jhove="JPEG-HUL-6" if code >= 0x80 else None)
        end = jpeg_scan.end(source, end + 2, likely=True)
    if end < 0:
        text = "the file ends inside of the image data"
        exam.halt("JPEG-CUT", text, source.size, jhove="JPEG-HUL-2")
    return end


def _check_amount(walk: Walk, scan: jpeg_frame.Scan, start: int, end: int) -> None:
    """Hold the amount of data and of restart markers against the size of the image."""
    exam, interval = walk.exam, walk.tables.restart_interval
    if (end - start) * 8 < scan.units * scan.least_bits:
        text = f"{end - start} bytes of image data are too few for {scan.units} units"
        exam.broken("JPEG-DATA-SHORT", text, start)
    count, in_order = jpeg_scan.restarts(walk.source, start, end)
    wanted = -(-scan.units // interval) - 1 if interval else 0
    if count != wanted:
        text = f"the image data have {count} restart markers, not {wanted}"
        last = interval and count == wanted + 1 and jpeg_scan.closes(walk.source, end)
        (exam.warn if last else exam.invalid)("JPEG-RESTART-COUNT", text, start)
    elif not in_order:
        exam.invalid("JPEG-RESTART-ORDER", "restart markers do not follow each other", start)


def _end(walk: Walk, place: int) -> None:
    source, exam, frame = walk.source, walk.exam, walk.frame
    if frame is None and not exam.counts["JPEG-NO-FRAME"]:
        exam.broken("JPEG-NO-FRAME", "there is no frame header", place)
    if not walk.scans:
        exam.broken("JPEG-NO-SCAN", "there are no image data", place)
    elif frame is not None and not walk.hierarchical and frame.marker != 0xF7:
        if not all(part.coded for part in frame.components.values()):
            exam.broken("JPEG-SCAN-MISSING", "a colour of the image is missing", place)
        if not frame.height:
            exam.broken("JPEG-DIMENSIONS", "the height of the image is nowhere given", place)
    extra = source.size - place
    if extra and walk.apps.several and source.find(b"\xff\xd8\xff", place) >= 0:
        exam.note("JPEG-MORE-IMAGES", f"{extra} bytes with further images follow", place)
    elif extra == 1 and source.peek(place, 1) != b"\0":
        text = "one byte follows the end of the JPEG: it may belong into the image"
        exam.invalid("JPEG-BYTE-TOO-MANY", text, place)
    elif extra:
        exam.warn("JPEG-TRAILING", f"{extra} bytes follow the end of the JPEG", place)


def _describe(walk: Walk) -> None:
    exam, frame, apps = walk.exam, walk.frame, walk.apps
    jpeg_apps.finish(apps)
    exam.profile = jpeg_description.profile(walk)
    if frame is None:
        return
    image, count = apps.image, len(frame.components)
    image.width, image.height = frame.width, frame.height
    image.samples_per_pixel = count
    image.bits_per_sample = (frame.precision,) * count
    image.colour_space = jpeg_description.colour_space(walk)
    image.compression = "JPEG-LS" if frame.marker == 0xF7 else "JPEG"
    image.byte_order = "big endian"
    image.orientation = image.orientation or 1
    image.has_alpha = False
    exam.technical.images.append(image)
    exam.technical.properties.update(jpeg_description.properties(walk, frame))
