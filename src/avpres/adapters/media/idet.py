"""Fields of a film: which come first, and whether any are left combed, as ffmpeg's idet sees it."""

import re
from collections import Counter
from dataclasses import dataclass

from avpres.domain.access import FieldOrder

SHARE = 0.05
"""Of all frames looked at; grain and dropouts look like combs now and then."""

WARM_UP = 5
"""Frames of each piece that count for nothing: idet keeps to its first guess for four frames."""

_FRAME = re.compile(rb"\[metadata@w(\d+) @ .*lavfi\.idet\.multiple\.current_frame=(\w+)")


@dataclass(frozen=True, slots=True)
class Fields:
    """Counts of frames: combed with the top or the bottom field first, progressive, unsure."""

    top: int = 0
    bottom: int = 0
    progressive: int = 0
    unsure: int = 0

    @property
    def combed(self) -> int:
        """Frames made of two moments."""
        return self.top + self.bottom

    @property
    def judged(self) -> int:
        """Frames of which idet is sure."""
        return self.combed + self.progressive

    @property
    def seen(self) -> int:
        """Frames looked at."""
        return self.judged + self.unsure

    @property
    def is_sure(self) -> bool:
        """Say whether enough frames move, and are clear enough, for idet to judge the film."""
        return self.judged * 3 > self.seen

    @property
    def is_combed(self) -> bool:
        """Say whether there are more combed frames than chance gives."""
        return self.is_sure and self.combed > max(2, SHARE * self.seen)

    @property
    def order(self) -> FieldOrder:
        """Say how the film was made, by most of its frames, if idet is sure of enough."""
        if self.combed * 2 <= self.judged or not self.is_sure:
            return FieldOrder.PROGRESSIVE
        return FieldOrder.TOP_FIRST if self.top >= self.bottom else FieldOrder.BOTTOM_FIRST

    def __add__(self, other: "Fields") -> "Fields":
        return Fields(
            self.top + other.top,
            self.bottom + other.bottom,
            self.progressive + other.progressive,
            self.unsure + other.unsure,
        )


def judging(piece: int) -> str:
    """Write the filters that tell of every frame of a piece of film."""
    return f"idet,metadata@w{piece}=mode=print:key=lavfi.idet.multiple.current_frame"


class FieldsReader:
    """Adds up what the filters say of each frame on stderr."""

    def __init__(self) -> None:
        self.found = Fields()
        self._seen: Counter[bytes] = Counter()

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        match = _FRAME.search(line)
        if match is None:
            return
        piece, said = match.groups()
        self._seen[piece] += 1
        if self._seen[piece] > WARM_UP:
            self.found += _WORDS.get(said, Fields(unsure=1))


_WORDS = {
    b"tff": Fields(top=1),
    b"bff": Fields(bottom=1),
    b"progressive": Fields(progressive=1),
}
