"""The metadata blocks of FLAC, RFC 9639 section 8."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

STREAMINFO, PADDING, APPLICATION, SEEKTABLE, VORBIS_COMMENT, CUESHEET, PICTURE = range(7)
FORBIDDEN = 127
NAMES = {
    STREAMINFO: "STREAMINFO",
    PADDING: "PADDING",
    APPLICATION: "APPLICATION",
    SEEKTABLE: "SEEKTABLE",
    VORBIS_COMMENT: "VORBIS_COMMENT",
    CUESHEET: "CUESHEET",
    PICTURE: "PICTURE",
}
SINGLE = {STREAMINFO, SEEKTABLE, VORBIS_COMMENT}
MOST_BLOCKS = 128
MOST_TEXT = 65536  # bytes of one comment that are kept
MOST_COMMENTS = 10_000
PLACEHOLDER = 0xFFFFFFFFFFFFFFFF
SEEK_POINT = 18  # bytes
CUE_HEAD, CUE_TRACK, CUE_INDEX = 396, 36, 12  # bytes
NAME_CHARACTERS = frozenset(range(0x20, 0x7E)) - {ord("=")}


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """The STREAMINFO block."""

    shortest_block: int  # samples
    longest_block: int
    shortest_frame: int  # bytes; 0: not known
    longest_frame: int
    rate: int  # Hz
    channels: int
    bits: int
    samples: int  # of each channel; 0: not known
    md5: bytes


@dataclass(slots=True)
class Flac:
    """A FLAC file under examination."""

    source: Source
    exam: Examination
    info: StreamInfo | None = None
    seek_points: list[tuple[int, int]] = field(default_factory=list)  # sample, offset

    @property
    def properties(self) -> dict[str, object]:
        """Where what belongs to FLAC alone is kept."""
        return self.exam.technical.properties


def read_blocks(flac: Flac, offset: int) -> int:
    """Read all metadata blocks and say where the audio begins."""
    counts: dict[int, int] = {}
    is_last = False
    while not is_last:
        if sum(counts.values()) >= MOST_BLOCKS:
            flac.exam.halt("FLAC-BLOCKS", "there are more blocks than can be meant", offset)
        header = flac.source.read(offset, 4)
        is_last, kind = header[0] > FORBIDDEN, header[0] & FORBIDDEN
        _check_place(flac, kind, counts, offset)
        size = int.from_bytes(header[1:], "big")
        _read_block(flac, kind, offset + 4, size)
        counts[kind] = counts.get(kind, 0) + 1
        offset += 4 + size
    flac.properties["blocks"] = {NAMES.get(kind, str(kind)): n for kind, n in counts.items()}
    return offset


def _check_place(flac: Flac, kind: int, counts: dict[int, int], offset: int) -> None:
    if kind == FORBIDDEN:
        flac.exam.halt("FLAC-BLOCK", "a metadata block is expected, this is none", offset)
    if not counts and kind != STREAMINFO:
        flac.exam.halt("FLAC-NO-STREAMINFO", "STREAMINFO must come first", offset)
    if kind in SINGLE and kind in counts:
        flac.exam.invalid("FLAC-BLOCK-TWICE", f"there is more than one {NAMES[kind]}", offset)


def _read_block(flac: Flac, kind: int, start: int, size: int) -> None:
    reader = _READERS.get(kind)
    content = flac.source.read(start, size)
    if reader is not None:
        try:
            reader(flac, content, start)
        except (struct.error, IndexError):
            flac.exam.invalid("FLAC-BLOCK-SHORT", "a metadata block is too short", start)
    elif kind > PICTURE:
        flac.exam.note("FLAC-BLOCK-UNKNOWN", f"metadata blocks of kind {kind} are not known", start)


def _stream_info(flac: Flac, content: bytes, start: int) -> None:
    if len(content) != 34:
        flac.exam.halt("FLAC-STREAMINFO", f"STREAMINFO has {len(content)} bytes, not 34", start)
    shortest, longest = struct.unpack_from(">HH", content)
    packed = int.from_bytes(content[10:18], "big")
    info = flac.info = StreamInfo(
        shortest,
        longest,
        int.from_bytes(content[4:7], "big"),
        int.from_bytes(content[7:10], "big"),
        packed >> 44,
        (packed >> 41 & 7) + 1,
        (packed >> 36 & 31) + 1,
        packed & (1 << 36) - 1,
        content[18:],
    )
    if info.longest_block < 16 or info.shortest_block > info.longest_block:
        flac.exam.invalid(
            "FLAC-BLOCK-SIZE", f"blocks have from {shortest} to {longest} samples", start
        )
    if 0 < info.longest_frame < info.shortest_frame:
        flac.exam.invalid("FLAC-FRAME-SIZE", "the smallest frame is the largest", start + 4)
    if info.bits < 4:
        flac.exam.invalid("FLAC-BITS", f"samples have {info.bits} bits", start + 12)
    if not info.rate:
        flac.exam.invalid("FLAC-RATE", "the sample rate is 0", start + 10)
    if not info.md5.strip(b"\0"):
        flac.exam.warn("FLAC-NO-MD5", "the file holds no MD5 of its sound", start + 18)


def _padding(flac: Flac, content: bytes, start: int) -> None:
    if content.count(0) != len(content):
        flac.exam.invalid("FLAC-PADDING", "the padding is not all zero", start)


def _application(flac: Flac, content: bytes, start: int) -> None:
    if len(content) < 4:
        flac.exam.invalid("FLAC-BLOCK-SHORT", "an application block has no id", start)


def _seek_table(flac: Flac, content: bytes, start: int) -> None:
    exam, before, ended = flac.exam, -1, False
    if len(content) % SEEK_POINT:
        exam.invalid("FLAC-SEEKTABLE", "the seek table is no whole number of points", start)
        return
    for place, (sample, offset, _) in enumerate(struct.iter_unpack(">QQH", content)):
        if sample == PLACEHOLDER:
            ended = True
            continue
        if sample <= before or ended:
            exam.invalid(
                "FLAC-SEEKTABLE", "the seek table is not in order", start + place * SEEK_POINT
            )
            return
        before = sample
        flac.seek_points.append((sample, offset))


def _comments(flac: Flac, content: bytes, start: int) -> None:
    vendor_size = struct.unpack_from("<I", content)[0]
    count = struct.unpack_from("<I", content, 4 + vendor_size)[0]
    tags: dict[str, object] = {"vendor": _utf8(flac, content[4 : 4 + vendor_size], start + 4)}
    place = 8 + vendor_size
    for _ in range(min(count, MOST_COMMENTS)):
        size = struct.unpack_from("<I", content, place)[0]
        if place + 4 + size > len(content):
            flac.exam.invalid("FLAC-COMMENTS", "a comment reaches beyond its block", start + place)
            break
        _comment(flac, content[place + 4 : place + 4 + size], start + place + 4, tags)
        place += 4 + size
    else:
        if count <= MOST_COMMENTS and place < len(content):
            flac.exam.warn("FLAC-COMMENTS-REST", "something follows the comments", start + place)
    flac.properties["comments"] = tags


def _comment(flac: Flac, field: bytes, offset: int, tags: dict[str, object]) -> None:
    name, equals, _ = field.partition(b"=")
    if not equals or not NAME_CHARACTERS.issuperset(name) or not name:
        flac.exam.invalid("FLAC-COMMENT", "a comment is not of the form NAME=text", offset)
        return
    text = _utf8(flac, field[len(name) + 1 :][:MOST_TEXT], offset)
    key = name.decode("ascii").upper()
    before = tags.get(key)
    tags[key] = text if before is None else f"{before}; {text}"[:MOST_TEXT]


def _utf8(flac: Flac, field: bytes, offset: int) -> str:
    try:
        return field.decode("utf-8")
    except UnicodeDecodeError:
        flac.exam.invalid("FLAC-COMMENT-UTF8", "a comment is not UTF-8", offset)
        return field.decode("utf-8", "replace")


def _cue_sheet(flac: Flac, content: bytes, start: int) -> None:
    tracks, place = content[CUE_HEAD - 1], CUE_HEAD
    for _ in range(tracks):
        place += CUE_TRACK + CUE_INDEX * content[place + CUE_TRACK - 1]
    if place != len(content) or not tracks:
        flac.exam.invalid("FLAC-CUESHEET", f"the cue sheet has no room for {tracks} tracks", start)
    flac.properties["cue_tracks"] = tracks


def _picture(flac: Flac, content: bytes, start: int) -> None:
    kind, length = struct.unpack_from(">II", content)
    mime = content[8 : 8 + length]
    place = 8 + length
    place += 4 + int(struct.unpack_from(">I", content, place)[0])
    width, height, _, _, size = struct.unpack_from(">5I", content, place)
    if place + 20 + size != len(content):
        flac.exam.invalid("FLAC-PICTURE", f"the picture has no room for {size} bytes", start)
    found = {"type": kind, "mime": mime.decode("ascii", "replace"), "width": width}
    pictures = flac.properties.setdefault("pictures", [])
    if isinstance(pictures, list):
        pictures.append({**found, "height": height, "size": size})


_READERS: dict[int, Callable[[Flac, bytes, int], None]] = {
    STREAMINFO: _stream_info,
    PADDING: _padding,
    APPLICATION: _application,
    SEEKTABLE: _seek_table,
    VORBIS_COMMENT: _comments,
    CUESHEET: _cue_sheet,
    PICTURE: _picture,
}
