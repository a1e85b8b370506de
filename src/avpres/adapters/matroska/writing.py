"""Writing a Matroska file in one pass: attachments in front, cues behind, CRC-32 throughout.

The same arguments give the same bytes. Until `finish` has come to its end, the segment has no size
and no cues, and says so: what a killed run leaves is readable and never looks finished.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, BinaryIO, Self

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.attaching import copy_in
from avpres.adapters.matroska.clusters import write_all
from avpres.adapters.matroska.heads import tags as tags_element
from avpres.adapters.matroska.model import Attachment, Info, Tag, TrackHeader
from avpres.adapters.matroska.running import Running
from avpres.adapters.matroska.streaming import ClusterStream


class Placed(StrEnum):
    """Where the reversibility data went: nowhere, before the clusters, behind the segment."""

    NOWHERE = "nowhere"
    V1 = "1"
    V2 = "2"


class MatroskaWriter:
    """A Matroska file that is being written; every failure to write is an OSError.

    Args:
        handle: empty, seekable, opened for writing; for reading too if it may be resumed. The
            caller stages, flushes to the disk, and closes it.
        tracks: their numbers are 1..N in order, as RAWcooked wants them.
        attachments: read and written at once, before anything else.
        info: its duration is given to `finish`.
        tags: known from the beginning, such as TIMECODE.
        reserve: bytes kept free for the reversibility data with the head of its attachment
            (100 bytes and the length of its name suffice for this head).

    Raises:
        OSError: the file cannot be written; it is to be thrown away.
        AttachmentChangedError: an attachment has not the size it was said to have.
        ValueError: tracks or attachments share a uid, or have none.
    """

    def __init__(  # noqa: PLR0913 - each is one part of the file
        self,
        handle: BinaryIO,
        tracks: Sequence[TrackHeader],
        attachments: Sequence[Attachment] = (),
        *,
        info: Info,
        tags: Sequence[Tag] = (),
        reserve: int = 0,
    ) -> None:
        if any(track.encodings for track in tracks):
            raise ValueError("frames are written as they are; a track has no content encodings")
        self.running = Running.begun(
            handle, tracks, attachments, info=info, tags=tags, reserve=reserve
        )

    def add(self, track: int, time_ns: int, data: bytes | memoryview, *, key: bool = True) -> int:
        """Add a frame; say at which offset of the file its bytes will stand.

        Frames come in the order of time over all tracks; a little disorder is borne. The bytes are
        kept, not copied, until their cluster is written by a later frame or by `finish`: they must
        not change meanwhile.

        Raises:
            OSError: a cluster cannot be written; nothing more can be added.
            ValueError: there is no such track, or the frame lies 32 s before the one before it.
        """
        return self._stream().add(track, time_ns, memoryview(data).cast("B"), key=key)

    def statistics(self, durations_ns: Mapping[int, int]) -> list[Tag]:
        """Count frames and bytes of the tracks, as tags that `finish` may be given."""
        return self.running.stream.statistics.tags(dict(durations_ns))

    def fits(self, reversible: Attachment) -> bool:
        """Tell whether the reserve holds these reversibility data; they are not read."""
        return self.running.room.fits(reversible)

    def finish(
        self,
        duration_ns: int,
        privates: Mapping[int, bytes] | None = None,
        reversible: Attachment | None = None,
        tags: Sequence[Tag] = (),
    ) -> Placed:
        """Write the end, then what could not be known at the beginning; the size comes last.

        Args:
            duration_ns: of the whole.
            privates: CodecPrivate by track, as long as the one of the beginning.
            reversible: goes into the reserve; behind the segment where it does not fit.
            tags: known only now, such as statistics.

        Raises:
            OSError: the file cannot be written; it is to be thrown away.
            ValueError: a CodecPrivate has another length.
        """
        stream, running = self._stream(), self.running
        running.beginning.finished((), None, None, privates)  # refuses before anything is written
        stream.close()
        stream.is_sound = False
        seeks = _write_behind(running, tags)
        end = running.handle.tell()
        fits = running.room.finish(running.handle, reversible)
        if reversible is not None and not fits:
            running.handle.seek(end)
            copy_in(running.handle, reversible)
        if running.room.has_files:
            seeks.insert(0, (ids.ATTACHMENTS, running.room.at))
        _close(running, seeks, end, duration_ns, privates)
        if reversible is None:
            return Placed.NOWHERE
        return Placed.V1 if fits else Placed.V2

    def state(self) -> dict[str, Any]:
        """Say in words of JSON where the written clusters end; the handle is flushed.

        `frames` tells how many frames of each track they hold: a resumed writer is given the next
        ones. The state holds once the caller has flushed the file to the disk.

        Raises:
            OSError: what was written cannot be flushed.
        """
        self.running.handle.flush()
        return self.running.state()

    @classmethod
    def resume(cls, handle: BinaryIO, state: Mapping[str, Any]) -> Self:
        """Go on with a file where its `state` was taken; what stands behind is cut off.

        The frames that are there are walked through once, without reading them.

        Raises:
            OSError: the file cannot be read, or not be cut.
            MatroskaError: its clusters are not those that the state tells of.
        """
        writer = cls.__new__(cls)
        writer.running = Running.resumed(handle, state)
        return writer

    def _stream(self) -> ClusterStream:
        if not self.running.stream.is_sound:
            raise ValueError("this file failed to be written, or is finished")
        return self.running.stream


def _write_behind(running: Running, tags: Sequence[Tag]) -> list[tuple[int, int]]:
    seeks = []
    cues = running.stream.cues
    if len(cues):
        seeks.append((ids.CUES, running.handle.tell()))
        write_all(running.handle, cues.written())
    if tags:
        seeks.append((ids.TAGS, running.handle.tell()))
        write_all(running.handle, tags_element(tags))
    return seeks


def _close(
    running: Running,
    seeks: Sequence[tuple[int, int]],
    end: int,
    duration_ns: int,
    privates: Mapping[int, bytes] | None,
) -> None:
    beginning = running.beginning
    head = beginning.finished(
        beginning.seeks(seeks), end, duration_ns / running.stream.scale_ns, privates
    )
    running.handle.flush()  # what the beginning points to is written before it
    running.handle.seek(0)
    write_all(running.handle, head)
    running.handle.flush()
