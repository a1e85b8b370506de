"""A file in the making: what its writer has to remember, and can be told again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

from avpres.adapters.matroska.attaching import AttachmentRoom
from avpres.adapters.matroska.beginning import Beginning
from avpres.adapters.matroska.clusters import write_all
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Attachment, Info, Kind, Tag, TrackHeader
from avpres.adapters.matroska.resuming import clusters_of
from avpres.adapters.matroska.statistics import Statistics
from avpres.adapters.matroska.streaming import ClusterStream

STATE_VERSION = 1


@dataclass(slots=True)
class Running:
    """The parts of a file that is being written."""

    handle: BinaryIO
    beginning: Beginning
    room: AttachmentRoom
    stream: ClusterStream

    @classmethod
    def begun(  # noqa: PLR0913 - each is one part of the file
        cls,
        handle: BinaryIO,
        tracks: Sequence[TrackHeader],
        attachments: Sequence[Attachment],
        *,
        info: Info,
        tags: Sequence[Tag],
        reserve: int,
    ) -> Self:
        """Write all that stands before the clusters."""
        beginning = Beginning.of(info, tracks, tags)
        room = AttachmentRoom(beginning.end, reserve)
        write_all(handle, beginning.written)
        room.write(handle, attachments)
        stream = ClusterStream(
            handle,
            info.scale_ns,
            Statistics(
                ((track.number, track.uid) for track in tracks), info.writing_app or info.app
            ),
            data=beginning.data,
            first=room.end,
            sought=sought(tracks),
        )
        return cls(handle, beginning, room, stream)

    def state(self) -> dict[str, Any]:
        """Say in words of JSON where the written clusters end."""
        return {
            "version": STATE_VERSION,
            "first": self.stream.first,
            "end": self.stream.end,
            "last_tick": self.stream.last_tick,
            "frames": [list(each) for each in self.stream.frames.items()],
            "scale_ns": self.stream.scale_ns,
            "tracks": [list(each) for each in self.stream.statistics.uids()],
            "app": self.stream.statistics.app,
            "sought": sorted(self.stream.cues.tracks),
            "beginning": self.beginning.state(),
            "room": self.room.state(),
        }

    @classmethod
    def resumed(cls, handle: BinaryIO, state: Mapping[str, Any]) -> Self:
        """Take up a file at its state, and cut off what stands behind.

        Raises:
            MatroskaError: the file is not the one that the state tells of.
        """
        if state.get("version") != STATE_VERSION:
            raise MatroskaError("the state is another version's; begin the file anew")
        handle.seek(0)
        beginning = Beginning.of_state(
            state["beginning"], handle.read(int(state["beginning"]["end"]))
        )
        stream = ClusterStream(
            handle,
            state["scale_ns"],
            Statistics(((number, uid) for number, uid in state["tracks"]), state["app"]),
            data=beginning.data,
            first=state["first"],
            sought=state["sought"],
        )
        for cue, size in clusters_of(handle, state, beginning.data):
            stream.note(cue, size)
        stream.go_on(state["end"], state["last_tick"])
        handle.seek(0)
        write_all(handle, beginning.finished(beginning.seeks(()), None, 0.0))
        handle.truncate(stream.end)
        handle.seek(stream.end)
        return cls(handle, beginning, AttachmentRoom.of_state(state["room"]), stream)


def sought(tracks: Iterable[TrackHeader]) -> list[int]:
    """Choose the tracks that cues point to: the pictures, else the first track."""
    pictures = [track.number for track in tracks if track.kind == Kind.VIDEO]
    return pictures or [track.number for track in tracks][:1]
