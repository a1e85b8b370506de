"""Elements made by hand, and films that are opened."""

import io

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    element,
    id_field,
    text,
    uinteger,
    unknown_size,
)
from avpres.adapters.matroska.reading import open_matroska

CLUSTER = b"\x1f\x43\xb6\x75"
HEAD = element(ids.EBML, text(ids.DOC_TYPE, "matroska"))
INFO = element(ids.INFO, text(ids.MUXING_APP, "hand"))


def opened(data):
    return open_matroska(io.BytesIO(data))


def payloads(file, track=1):
    return [file.payload(block) for block in file.blocks(track)]


def track(*more, number=1):
    return element(
        ids.TRACK_ENTRY,
        uinteger(ids.TRACK_NUMBER, number)
        + uinteger(ids.TRACK_UID, number)
        + uinteger(ids.TRACK_TYPE, 2)
        + text(ids.CODEC_ID, "A_PCM/INT/LIT")
        + b"".join(more),
    )


def segment(*parts, tracks=()):
    return (
        HEAD
        + id_field(ids.SEGMENT)
        + unknown_size()
        + INFO
        + element(ids.TRACKS, b"".join(tracks or [track()]))
        + b"".join(parts)
    )


def cluster(*children, tick=0):
    return element(ids.CLUSTER, uinteger(ids.TIMESTAMP, tick) + b"".join(children))


def block(data, relative=0, flags=0x80):
    return b"\x81" + relative.to_bytes(2, "big", signed=True) + bytes((flags,)) + data


def simple(data, relative=0, flags=0x80):
    return element(ids.SIMPLE_BLOCK, block(data, relative, flags))
