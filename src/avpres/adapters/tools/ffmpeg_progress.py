"""What `ffmpeg -progress` says: blocks of `key=value` lines, each ended by `progress=`."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: frames of its first film, seconds of its outputs, bytes of the first.

    `fps` is frames a second, `speed` in times of real time, both since the run began. What ffmpeg
    does not tell is None. `ended` marks the report that ffmpeg writes when it ends by itself.
    """

    frame: int | None = None
    seconds: float | None = None
    size: int | None = None
    speed: float | None = None
    dropped: int = 0
    duplicated: int = 0
    ended: bool = False
    fps: float | None = None

    @property
    def place(self) -> tuple[object, ...]:
        """What must change while a run is alive."""
        return (self.frame, self.seconds, self.size, self.ended)


class ProgressReader:
    """Puts reports of progress together, line by line."""

    def __init__(self) -> None:
        self.last: Progress | None = None
        self._fields: dict[bytes, bytes] = {}

    def take(self, line: bytes) -> Progress | None:
        """Take a line, and give a report when it is the last of one."""
        key, _, value = line.partition(b"=")
        key, value = key.strip(), value.strip()
        if key != b"progress":
            self._fields[key] = value
            return None
        self.last = self._report(ended=value == b"end")
        self._fields = {}
        return self.last

    def _report(self, *, ended: bool) -> Progress:
        micros = self._number(b"out_time_us")
        return Progress(
            frame=_whole(self._number(b"frame")),
            seconds=None if micros is None else micros / 1e6,
            size=_whole(self._number(b"total_size")),
            speed=self._number(b"speed"),
            dropped=_whole(self._number(b"drop_frames")) or 0,
            duplicated=_whole(self._number(b"dup_frames")) or 0,
            ended=ended,
            fps=self._number(b"fps"),
        )

    def _number(self, key: bytes) -> float | None:
        match = _NUMBER.match(self._fields.get(key, b""))
        return float(match[0]) if match else None


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
