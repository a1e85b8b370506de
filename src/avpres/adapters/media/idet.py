"""Fields of a film: which come first, and whether any are left combed, as ffmpeg's idet sees it."""

import re
from collections import Counter
from dataclasses import dataclass

from avpres.domain.access import FieldOrder

SHARE = 0.05
"""Of all frames looked at; grain and dropouts look like combs now and then."""

WARM_UP = 5
"""Frames of each piece that count for nothing: idet keeps to its first guess for four frames."""

_FRAME = re.compile(rb"\[metadata@([ws])(\d+) @ .*lavfi\.idet\.\w+\.current_frame=(\w+)")


@dataclass(frozen=True, slots=True)
class Fields:
    """Counts of frames: combed with the top or the bottom field first, progressive, unsure.

    `excess` is by how many more of them look combed in one order than in the other, each seen by
    itself. Real combs all have one order; fine patterns that flicker look like either in turn,
    and idet, which goes by the frames before, may then keep to its first guess for a whole film.
    """

    top: int = 0
    bottom: int = 0
    progressive: int = 0
    unsure: int = 0
    excess: int = 0

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
        return self.is_sure and min(self.combed, self.excess) > max(2, SHARE * self.seen)

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
            self.excess + other.excess,
        )


def judging(piece: int) -> str:
    """Write the filters that tell of every frame of a piece of film."""
    kinds = {"w": "multiple", "s": "single"}
    told = (
        f"metadata@{label}{piece}=mode=print:key=lavfi.idet.{kind}.current_frame"
        for label, kind in kinds.items()
    )
    return ",".join(("idet", *told))


class FieldsReader:
    """Adds up what the filters say of each frame on stderr."""

    def __init__(self) -> None:
        self._counted = Fields()
        self._seen: Counter[tuple[bytes, bytes]] = Counter()
        self._lean: Counter[bytes] = Counter()

    @property
    def found(self) -> Fields:
        """Counts so far; pieces may have fields in different orders."""
        return self._counted + Fields(excess=sum(map(abs, self._lean.values())))

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        match = _FRAME.search(line)
        if match is None:
            return
        label, piece, said = match.groups()
        self._seen[label, piece] += 1
        if self._seen[label, piece] <= WARM_UP:
            return
        if label == b"w":
            self._counted += _WORDS.get(said, Fields(unsure=1))
        else:
            self._lean[piece] += (said == b"tff") - (said == b"bff")


_WORDS = {
    b"tff": Fields(top=1),
    b"bff": Fields(bottom=1),
    b"progressive": Fields(progressive=1),
}
