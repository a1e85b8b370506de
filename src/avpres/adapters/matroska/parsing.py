"""Elements that are small enough to be read whole: info, tracks, tags, seek heads, cues."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    LONGEST_NUMBER,
    UNKNOWN,
    MatroskaError,
    header,
    to_float,
    to_text,
)
from avpres.adapters.matroska.model import (
    MILLISECOND,
    Colour,
    Encoding,
    Info,
    Kind,
    Tag,
    TrackHeader,
)

_ENCRYPTION = -1
_MOST_CHILDREN = 200_000
_MOST = 1 << 62  # of a duration in nanoseconds


@dataclass(slots=True)
class Master:
    """The children of an element that was read whole, by id."""

    values: dict[int, list[bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Take the children apart.

        Raises:
            MatroskaError: they are damaged.
        """
        found = cls()
        for count, (id_, payload) in enumerate(children(data)):
            if count >= _MOST_CHILDREN:
                raise MatroskaError(f"an element with more than {_MOST_CHILDREN} children")
            found.values.setdefault(id_, []).append(payload)
        return found

    def all(self, id_: int) -> Iterator["Master"]:
        """Take apart each master of an id."""
        return (Master.of(payload) for payload in self.values.get(id_, ()))

    def one(self, id_: int) -> "Master | None":
        """Take apart the first master of an id."""
        return next(self.all(id_), None)

    def uint(self, id_: int, default: int = 0) -> int:
        """Read an unsigned integer."""
        found = self.optional_uint(id_)
        return default if found is None else found

    def optional_uint(self, id_: int) -> int | None:
        """Read an unsigned integer that may not be there."""
        payload = self.binary(id_)
        if payload is None:
            return None
        if len(payload) > LONGEST_NUMBER:
            raise MatroskaError(f"an integer of {len(payload)} bytes")
        return int.from_bytes(payload, "big")

    def float(self, id_: int, default: float = 0.0) -> float:
        """Read a float; what is no number counts as not said."""
        payload = self.binary(id_)
        found = default if payload is None else to_float(payload)
        return found if abs(found) < _MOST else default

    def text(self, id_: int, default: str = "") -> str:
        """Read a string."""
        payload = self.binary(id_)
        return default if payload is None else to_text(payload)

    def binary(self, id_: int) -> bytes | None:
        """Give the bytes of the first element of an id."""
        found = self.values.get(id_)
        return found[0] if found else None


def children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield id and payload of each child.

    Raises:
        MatroskaError: one is longer than its parent, or is none.
    """
    at = 0
    while at < len(data):
        head = header(data, at, LONGEST_NUMBER)
        if head is None or head.size == UNKNOWN or at + head.length + head.size > len(data):
            raise MatroskaError(f"a damaged element at byte {at} of its parent")
        begin = at + head.length
        at = begin + head.size
        yield head.id, data[begin:at]


def info(data: bytes) -> Info:
    """Read what a segment says of itself.

    Raises:
        MatroskaError: it is damaged, or its timestamp scale is 0.
    """
    said = Master.of(data)
    scale = said.uint(ids.TIMESTAMP_SCALE, MILLISECOND)
    if not 0 < scale <= 1 << 40:
        raise MatroskaError(f"a timestamp scale of {scale}")
    duration = said.float(ids.DURATION) * scale
    date = said.binary(ids.DATE_UTC)
    return Info(
        app=said.text(ids.MUXING_APP),
        title=said.text(ids.TITLE),
        writing_app=said.text(ids.WRITING_APP),
        scale_ns=scale,
        uuid=said.binary(ids.SEGMENT_UUID),
        date_ns=None if date is None else int.from_bytes(date[:8], "big", signed=True),
        duration_ns=round(duration) if 0 < duration < _MOST else None,
    )


def tracks(data: bytes) -> Iterator[TrackHeader]:
    """Read all tracks; `private` is as it was before any content encoding.

    Raises:
        MatroskaError: they are damaged.
    """
    for entry in Master.of(data).all(ids.TRACK_ENTRY):
        yield _track(entry)


def _track(said: Master) -> TrackHeader:
    video, audio = said.one(ids.VIDEO) or Master(), said.one(ids.AUDIO) or Master()
    kind = said.uint(ids.TRACK_TYPE)
    width, height = video.uint(ids.PIXEL_WIDTH), video.uint(ids.PIXEL_HEIGHT)
    rate = audio.float(ids.SAMPLING_FREQUENCY, 8000.0) if audio.values else 0.0
    return TrackHeader(
        number=said.uint(ids.TRACK_NUMBER),
        uid=said.uint(ids.TRACK_UID),
        kind=Kind(kind) if kind in set(Kind) else kind,
        codec_id=said.text(ids.CODEC_ID),
        private=said.binary(ids.CODEC_PRIVATE) or b"",
        default_duration_ns=said.uint(ids.DEFAULT_DURATION),
        width=width,
        height=height,
        display_width=video.uint(ids.DISPLAY_WIDTH),
        display_height=video.uint(ids.DISPLAY_HEIGHT),
        display_unit=video.uint(ids.DISPLAY_UNIT),
        interlaced=video.uint(ids.FLAG_INTERLACED),
        field_order=video.optional_uint(ids.FIELD_ORDER),
        colour=_colour(video.one(ids.COLOUR)),
        sampling_rate=rate,
        channels=audio.uint(ids.CHANNELS, 1) if audio.values else 0,
        bits=audio.uint(ids.BIT_DEPTH),
        name=said.text(ids.TRACK_NAME),
        language=said.text(ids.LANGUAGE_BCP47) or said.text(ids.LANGUAGE, "eng"),
        is_default=bool(said.uint(ids.FLAG_DEFAULT, 1)),
        codec_delay_ns=said.uint(ids.CODEC_DELAY),
        timestamp_scale=said.float(ids.TRACK_TIMESTAMP_SCALE, 1.0) or 1.0,
        encodings=tuple(_encodings(said.one(ids.CONTENT_ENCODINGS))),
    )


def _colour(said: Master | None) -> Colour | None:
    if said is None:
        return None
    return Colour(
        matrix=said.optional_uint(ids.MATRIX_COEFFICIENTS),
        range=said.optional_uint(ids.RANGE),
        transfer=said.optional_uint(ids.TRANSFER_CHARACTERISTICS),
        primaries=said.optional_uint(ids.PRIMARIES),
        bits=said.optional_uint(ids.BITS_PER_CHANNEL),
    )


def _encodings(said: Master | None) -> Iterator[Encoding]:
    for each in () if said is None else said.all(ids.CONTENT_ENCODING):
        compression = each.one(ids.CONTENT_COMPRESSION) or Master()
        is_encrypted = each.uint(ids.CONTENT_ENCODING_TYPE) != 0
        algorithm = _ENCRYPTION if is_encrypted else compression.uint(ids.CONTENT_COMP_ALGO)
        yield Encoding(
            order=each.uint(ids.CONTENT_ENCODING_ORDER),
            scope=each.uint(ids.CONTENT_ENCODING_SCOPE, 1),
            algorithm=algorithm,
            settings=compression.binary(ids.CONTENT_COMP_SETTINGS) or b"",
        )


def tags(data: bytes) -> Iterator[Tag]:
    """Read tags; of nested ones the outermost only.

    Raises:
        MatroskaError: they are damaged.
    """
    for tag in Master.of(data).all(ids.TAG):
        targets = tag.one(ids.TARGETS) or Master()
        track = targets.uint(ids.TAG_TRACK_UID)
        for simple in tag.all(ids.SIMPLE_TAG):
            language = simple.text(ids.TAG_LANGUAGE, "und")
            yield Tag(simple.text(ids.TAG_NAME), simple.text(ids.TAG_STRING), track, language)


def seeks(data: bytes) -> Iterator[tuple[int, int]]:
    """Read ids and positions from a SeekHead.

    Raises:
        MatroskaError: it is damaged.
    """
    for seek in Master.of(data).all(ids.SEEK):
        yield (
            int.from_bytes((seek.binary(ids.SEEK_ID) or b"")[:8], "big"),
            seek.uint(ids.SEEK_POSITION),
        )


def cues(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Read cue points: tick, track, and the position of the cluster.

    Raises:
        MatroskaError: they are damaged.
    """
    for id_, payload in children(data):
        if id_ == ids.CUE_POINT:
            point = Master.of(payload)
            tick = point.uint(ids.CUE_TIME)
            for where in point.all(ids.CUE_TRACK_POSITIONS):
                yield tick, where.uint(ids.CUE_TRACK), where.uint(ids.CUE_CLUSTER_POSITION)
