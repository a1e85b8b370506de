"""What is counted of each track while it is written, for tags as mkvmerge writes them."""

from collections.abc import Iterable

from avpres.adapters.matroska.model import Tag
from avpres.adapters.matroska.timing import SECOND


class Statistics:
    """Frames and bytes of each track, given as number and uid.

    `app` is the WritingApp: MediaInfo believes the tags only of the one that wrote the file.
    """

    def __init__(self, tracks: Iterable[tuple[int, int]], app: str) -> None:
        self._uids = dict(tracks)
        self.app = app
        self.frames = dict.fromkeys(self._uids, 0)
        self._bytes = dict.fromkeys(self._uids, 0)

    def note(self, track: int, size: int) -> None:
        """Count a frame.

        Raises:
            ValueError: there is no such track.
        """
        if track not in self.frames:
            raise ValueError(f"there is no track {track}")
        self.frames[track] += 1
        self._bytes[track] += size

    def tags(self, durations_ns: dict[int, int]) -> list[Tag]:
        """Say them as tags; tracks whose duration is not given are left out."""
        said = []
        for number, duration in durations_ns.items():
            uid, size = self._uids[number], self._bytes[number]
            values = {
                "BPS": str(8 * size * SECOND // duration) if duration else "0",
                "DURATION": _clock(duration),
                "NUMBER_OF_FRAMES": str(self.frames[number]),
                "NUMBER_OF_BYTES": str(size),
            }
            values |= {"_STATISTICS_WRITING_APP": self.app, "_STATISTICS_TAGS": " ".join(values)}
            said += [Tag(name, value, uid) for name, value in values.items()]
        return said

    def uids(self) -> list[tuple[int, int]]:
        """List numbers and uids of the tracks."""
        return list(self._uids.items())


def _clock(time_ns: int) -> str:
    seconds, nanoseconds = divmod(time_ns, SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{nanoseconds:09}"
