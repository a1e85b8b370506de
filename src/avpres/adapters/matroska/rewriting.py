"""A new film made of an old one, with other frames where those of the old one are damaged.

All that is no frame is copied byte by byte. Frames go into clusters as `MatroskaWriter` puts them,
so that a film which it wrote comes back to the byte once its frames are whole again.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.clusters import write_all
from avpres.adapters.matroska.ebml import MatroskaError, id_field, size_field, unknown_size
from avpres.adapters.matroska.heads import SEEK_ROOM, seek_head
from avpres.adapters.matroska.reading import MatroskaFile
from avpres.adapters.matroska.running import sought
from avpres.adapters.matroska.statistics import Statistics
from avpres.adapters.matroska.streaming import ClusterStream
from avpres.adapters.matroska.walking import Element

_NOT_COPIED = frozenset((ids.SEEK_HEAD, ids.CUES))
_UNSEEN = frozenset((ids.VOID, ids.CRC_32))


class Frame(NamedTuple):
    """A frame on its way from one film into another."""

    track: int
    time_ns: int
    data: bytes
    key: bool = True


def rewrite(film: MatroskaFile, frames: Iterable[Frame], target: BinaryIO) -> None:
    """Write a film with the parts of an old one and these frames, which come in order.

    The caller stages, flushes and names the target, and checks what came of it.

    Raises:
        OSError: the old film cannot be read, or the new one not be written.
        MatroskaError: the parts of the old film are damaged; give it those of another copy.
        ValueError: the frames of a track are compressed in the container.
    """
    if any(track.encodings for track in film.tracks):
        raise ValueError("frames that are encoded in the container cannot be put in")
    parts = film.elements()
    _require_sound(film, parts)
    front = [each for each in parts if each.at < film.first_cluster]
    behind = [each for each in parts if each.at >= film.first_cluster]
    segment = film.segment
    write_all(target, film.source.read(0, segment.at) + id_field(ids.SEGMENT) + unknown_size())
    data = target.tell()
    write_all(target, bytes(SEEK_ROOM))
    seeks = list(_copied(film, front, target, data))
    stream = ClusterStream(
        target,
        film.info.scale_ns,
        Statistics(((track.number, track.uid) for track in film.tracks), ""),
        data=data,
        first=target.tell(),
        sought=sought(film.tracks),
    )
    for frame in frames:
        stream.add(frame.track, frame.time_ns, memoryview(frame.data), key=frame.key)
    stream.close()
    if len(stream.cues):
        seeks.append((ids.CUES, target.tell() - data))
        write_all(target, stream.cues.written())
    seeks += _copied(film, behind, target, data)
    end = target.tell()
    _copy(film, film.tail, film.source.size, target)
    target.flush()
    target.seek(data - 8)
    write_all(target, size_field(end - data, 8) + seek_head(seeks))
    target.flush()


def _require_sound(film: MatroskaFile, parts: Iterable[Element]) -> None:
    for part in parts:
        for check in film.check_element(part):
            if check.is_wrong:
                raise MatroskaError(
                    f"{check.name} at {check.offset} is damaged; take it from another copy"
                )


def _copied(
    film: MatroskaFile, parts: Iterable[Element], target: BinaryIO, data: int
) -> Iterator[tuple[int, int]]:
    """Copy elements; the room of the SeekHead, which is written anew, is left out."""
    room = -1
    for part in parts:
        if part.id in _NOT_COPIED or (part.id == ids.VOID and part.at == room):
            room = part.end
            continue
        if part.id not in _UNSEEN:
            yield part.id, target.tell() - data
        _copy(film, part.at, part.end, target)


def _copy(film: MatroskaFile, at: int, end: int, target: BinaryIO) -> None:
    for chunk in film.source.chunks(at, end - at):
        write_all(target, chunk)
