"""The elements that a segment begins with, as bytes."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from zlib import crc32

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    CRC_SIZE,
    checked,
    double,
    element,
    id_field,
    integer,
    size_field,
    text,
    uinteger,
    void,
)
from avpres.adapters.matroska.model import (
    Attached,
    Attachment,
    Colour,
    Info,
    Kind,
    Tag,
    TrackHeader,
)

SEEK_ROOM = 256  # bytes for the SeekHead and its Void; seven entries take 157
DATA_SIZE_LENGTH = 7  # bytes of FileData's size; one more fills a gap that no Void fits into
UUID_SIZE = 16
DURATION_AT = 4 + 8 + CRC_SIZE + 2 + 1  # the value of Duration in an Info element
_PAYLOAD = 4 + 8 + CRC_SIZE  # what a CRC-32 covers, of an element with a size of eight bytes
_MOVIE = 50  # TargetTypeValue


def ebml_head() -> bytes:
    """Write the EBML header of a file that readers of version 2 understand."""
    children = (
        uinteger(ids.EBML_VERSION, 1),
        uinteger(ids.EBML_READ_VERSION, 1),
        uinteger(ids.EBML_MAX_ID_LENGTH, 4),
        uinteger(ids.EBML_MAX_SIZE_LENGTH, 8),
        text(ids.DOC_TYPE, "matroska"),
        uinteger(ids.DOC_TYPE_VERSION, 4),
        uinteger(ids.DOC_TYPE_READ_VERSION, 2),
    )
    return element(ids.EBML, b"".join(children))


def seek_head(places: Iterable[tuple[int, int]]) -> bytes:
    """Write where the level 1 elements stand, relative to the segment's data; in a fixed room."""
    seeks = (
        element(
            ids.SEEK,
            element(ids.SEEK_ID, id_field(id_)) + uinteger(ids.SEEK_POSITION, position, 8),
        )
        for id_, position in places
    )
    written = element(ids.SEEK_HEAD, checked(seeks))
    return written + void(SEEK_ROOM - len(written))


def info(said: Info) -> bytes:
    """Write what the segment says of itself; the duration is 0 until it is known.

    Raises:
        ValueError: the UUID has not 16 bytes.
    """
    if said.uuid is not None and len(said.uuid) != UUID_SIZE:
        raise ValueError("a SegmentUUID has 16 bytes")
    children = [
        double(ids.DURATION, (said.duration_ns or 0) / said.scale_ns),  # first; see DURATION_AT
        uinteger(ids.TIMESTAMP_SCALE, said.scale_ns),
        text(ids.MUXING_APP, said.app),
        text(ids.WRITING_APP, said.writing_app or said.app),
    ]
    if said.uuid is not None:
        children.append(element(ids.SEGMENT_UUID, said.uuid))
    if said.date_ns is not None:
        children.append(integer(ids.DATE_UTC, said.date_ns))
    if said.title:
        children.append(text(ids.TITLE, said.title))
    return element(ids.INFO, checked(children), size_length=8)


def tracks(headers: Sequence[TrackHeader]) -> bytes:
    """Write all tracks.

    Raises:
        ValueError: a number or uid is 0 or stands twice, or there is no track.
    """
    for of in ([each.number for each in headers], [each.uid for each in headers]):
        if not of or 0 in of or len(set(of)) < len(of):
            raise ValueError("tracks need numbers and uids of their own, none of them 0")
    return element(ids.TRACKS, checked(_track(each) for each in headers), size_length=8)


def private_places(headers: Iterable[TrackHeader]) -> dict[int, tuple[int, int]]:
    """Say where in the Tracks element each track's CodecPrivate stands: offset and size."""
    places = {}
    at = _PAYLOAD
    for said in headers:
        at += len(_track(said))
        places[said.number] = at - len(said.private), len(said.private)
    return places


def _track(said: TrackHeader) -> bytes:
    children = [
        uinteger(ids.TRACK_NUMBER, said.number),
        uinteger(ids.TRACK_UID, said.uid),
        uinteger(ids.TRACK_TYPE, int(said.kind)),
        uinteger(ids.FLAG_DEFAULT, int(said.is_default)),
        uinteger(ids.FLAG_LACING, 0),
        text(ids.LANGUAGE, said.language),
        text(ids.CODEC_ID, said.codec_id),
    ]
    if said.name:
        children.append(text(ids.TRACK_NAME, said.name))
    if said.codec_delay_ns:
        children.append(uinteger(ids.CODEC_DELAY, said.codec_delay_ns))
    if said.default_duration_ns:
        children.append(uinteger(ids.DEFAULT_DURATION, said.default_duration_ns))
    if said.kind == Kind.VIDEO:
        children.append(_video(said))
    if said.kind == Kind.AUDIO:
        children.append(_audio(said))
    if said.private:  # last, so that its place follows from the lengths
        children.append(element(ids.CODEC_PRIVATE, said.private))
    return element(ids.TRACK_ENTRY, b"".join(children))


def _video(said: TrackHeader) -> bytes:
    children = [
        uinteger(ids.FLAG_INTERLACED, said.interlaced),
        uinteger(ids.PIXEL_WIDTH, said.width),
        uinteger(ids.PIXEL_HEIGHT, said.height),
    ]
    if said.field_order is not None:
        children.append(uinteger(ids.FIELD_ORDER, said.field_order))
    if said.display_width and said.display_height:
        children.append(uinteger(ids.DISPLAY_WIDTH, said.display_width))
        children.append(uinteger(ids.DISPLAY_HEIGHT, said.display_height))
    if said.display_unit:
        children.append(uinteger(ids.DISPLAY_UNIT, said.display_unit))
    if said.colour is not None:
        children.append(_colour(said.colour))
    return element(ids.VIDEO, b"".join(children))


def _colour(said: Colour) -> bytes:
    values = (
        (ids.MATRIX_COEFFICIENTS, said.matrix),
        (ids.BITS_PER_CHANNEL, said.bits),
        (ids.RANGE, said.range),
        (ids.TRANSFER_CHARACTERISTICS, said.transfer),
        (ids.PRIMARIES, said.primaries),
    )
    return element(
        ids.COLOUR, b"".join(uinteger(id_, value) for id_, value in values if value is not None)
    )


def _audio(said: TrackHeader) -> bytes:
    children = [
        double(ids.SAMPLING_FREQUENCY, said.sampling_rate),
        uinteger(ids.CHANNELS, said.channels),
    ]
    if said.bits:
        children.append(uinteger(ids.BIT_DEPTH, said.bits))
    return element(ids.AUDIO, b"".join(children))


def tags(said: Iterable[Tag]) -> bytes:
    """Write tags, those of one track and language together in the order given."""
    ordered = sorted(said, key=lambda tag: tag.track_uid)
    written = [_tag(uid, of) for uid, of in groupby(ordered, key=lambda tag: tag.track_uid)]
    return element(ids.TAGS, checked(written), size_length=8)


def _tag(track_uid: int, said: Iterable[Tag]) -> bytes:
    targets = uinteger(ids.TARGET_TYPE_VALUE, _MOVIE)
    if track_uid:
        targets += uinteger(ids.TAG_TRACK_UID, track_uid)
    simple = (
        element(
            ids.SIMPLE_TAG,
            text(ids.TAG_NAME, tag.name)
            + text(ids.TAG_LANGUAGE, tag.language)
            + uinteger(ids.TAG_DEFAULT, 1)
            + text(ids.TAG_STRING, tag.value),
        )
        for tag in said
    )
    return element(ids.TAG, element(ids.TARGETS, targets) + b"".join(simple))


def attached_head(said: Attachment | Attached, *, size_length: int = DATA_SIZE_LENGTH) -> bytes:
    """Write an AttachedFile up to its data, which follow at once.

    Raises:
        ValueError: its uid is 0.
    """
    if not said.uid:
        raise ValueError(f"{said.name}: the uid of an attachment is never 0")
    children = [
        text(ids.FILE_NAME, said.name),
        text(ids.FILE_MEDIA_TYPE, said.mime),
        uinteger(ids.FILE_UID, said.uid, 8),
        id_field(ids.FILE_DATA) + size_field(said.size, size_length),
    ]
    if said.description:
        children.insert(0, text(ids.FILE_DESCRIPTION, said.description))
    inner = b"".join(children)
    return id_field(ids.ATTACHED_FILE) + size_field(len(inner) + said.size, 8) + inner


def with_crc(written: bytes | bytearray) -> bytes:
    """Compute the CRC-32 of an element anew, whose size takes eight bytes."""
    payload = written[_PAYLOAD:]
    return bytes(written[: _PAYLOAD - 4] + crc32(payload).to_bytes(4, "little") + payload)
