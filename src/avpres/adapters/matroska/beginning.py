"""What a file begins with: from the EBML header to the tags, patched when all is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any, Self

from avpres.adapters.matroska import heads, ids
from avpres.adapters.matroska.ebml import id_field, size_field, unknown_size, void
from avpres.adapters.matroska.model import Info, Tag, TrackHeader

_SEGMENT_SIZE = 8  # bytes of its size field


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first bytes of a file, and where its parts stand in them.

    Attributes:
        data: where the segment's data begin; positions in SeekHead and Cues count from here.
        privates: offset and size of each track's CodecPrivate, within the Tracks element.
    """

    written: bytes
    data: int
    places: Mapping[int, tuple[int, int]]
    privates: Mapping[int, tuple[int, int]]

    @classmethod
    def of(cls, info: Info, tracks: Sequence[TrackHeader], tags: Sequence[Tag]) -> Self:
        """Lay out the parts; the size of the segment is not known yet.

        Raises:
            ValueError: a UUID, a track number or a uid is none.
        """
        written = heads.ebml_head() + id_field(ids.SEGMENT) + unknown_size()
        data = len(written)
        written += void(heads.SEEK_ROOM)
        places = {}
        parts = [(ids.INFO, heads.info(info)), (ids.TRACKS, heads.tracks(tracks))]
        if tags:
            parts.append((ids.TAGS, heads.tags(tags)))
        for id_, part in parts:
            places[id_] = len(written), len(part)
            written += part
        found = cls(written, data, places, heads.private_places(tracks))
        return cls(found.finished(found.seeks(()), None), data, places, found.privates)

    @property
    def end(self) -> int:
        """Where the attachments or clusters may begin."""
        return len(self.written)

    def seeks(self, more: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """List ids and positions for the SeekHead: the parts here, and more, given as offsets."""
        here = [(id_, at) for id_, (at, _) in self.places.items()]
        return [(id_, at - self.data) for id_, at in (*here, *more)]

    def finished(
        self,
        seeks: Iterable[tuple[int, int]],
        end: int | None,
        duration_ticks: float | None = None,
        privates: Mapping[int, bytes] | None = None,
    ) -> bytes:
        """Give the bytes again, with all that is known at the end.

        Raises:
            ValueError: a CodecPrivate has not the size that it had at the beginning.
        """
        written = bytearray(self.written)
        written[self.data : self.data + heads.SEEK_ROOM] = heads.seek_head(seeks)
        size = unknown_size() if end is None else size_field(end - self.data, _SEGMENT_SIZE)
        written[self.data - _SEGMENT_SIZE : self.data] = size
        if duration_ticks is not None:
            at = self.places[ids.INFO][0] + heads.DURATION_AT
            written[at : at + 8] = pack(">d", duration_ticks)
        for track, private in (privates or {}).items():
            self._put_private(written, track, private)
        for at, length in self.places.values():
            written[at : at + length] = heads.with_crc(written[at : at + length])
        return bytes(written)

    def _put_private(self, written: bytearray, track: int, private: bytes) -> None:
        if track not in self.privates or self.privates[track][1] != len(private):
            raise ValueError(f"track {track}: its CodecPrivate was to have another size")
        at = self.places[ids.TRACKS][0] + self.privates[track][0]
        written[at : at + len(private)] = private

    def state(self) -> dict[str, Any]:
        """Say in words of JSON where the parts are; the bytes are in the file."""
        return {
            "end": self.end,
            "data": self.data,
            "places": [[id_, *place] for id_, place in self.places.items()],
            "privates": [[track, *place] for track, place in self.privates.items()],
        }

    @classmethod
    def of_state(cls, state: Mapping[str, Any], written: bytes) -> Self:
        """Take up what `state` gave, with the first bytes of the file."""
        places = {id_: (at, size) for id_, at, size in state["places"]}
        privates = {track: (at, size) for track, at, size in state["privates"]}
        return cls(written, state["data"], places, privates)
