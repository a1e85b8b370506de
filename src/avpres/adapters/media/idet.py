"""Fields of a film: which come first, and whether any are left combed, as ffmpeg's idet sees it."""

import re
from dataclasses import dataclass

from avpres.domain.access import FieldOrder

SHARE = 0.02
"""Of the frames that idet is sure of; grain and dropouts look like combs now and then."""

_COUNTS = re.compile(
    r"Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+) Undetermined: *(\d+)"
)


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
    def is_combed(self) -> bool:
        """Say whether there are more combed frames than chance gives."""
        return self.combed > max(2, SHARE * self.judged)

    @property
    def order(self) -> FieldOrder:
        """Say how the film was made, by the greater part of its frames."""
        if self.combed * 4 < self.judged or not self.combed:
            return FieldOrder.PROGRESSIVE
        return FieldOrder.TOP_FIRST if self.top >= self.bottom else FieldOrder.BOTTOM_FIRST

    def __add__(self, other: "Fields") -> "Fields":
        return Fields(
            self.top + other.top,
            self.bottom + other.bottom,
            self.progressive + other.progressive,
            self.unsure + other.unsure,
        )


class FieldsReader:
    """Adds up what the filters say on stderr; ffmpeg says 0 once before it begins."""

    def __init__(self) -> None:
        self.found = Fields()

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        match = _COUNTS.search(line.decode("utf-8", "replace"))
        if match:
            self.found += Fields(*map(int, match.groups()))
