"""What was measured, and what it says about the targets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any


class Cache(StrEnum):
    """Where the source is when a run begins."""

    COLD = "cold"
    WARM = "warm"
    NONE = "-"


class Sense(StrEnum):
    """On which side of its bound a figure must lie."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contender. `devices` has bytes read and written of each loop device."""

    seconds: float
    cpu_s: float = 0.0
    sync_s: float = 0.0
    load: float = 0.0
    devices: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one contender, in the order of the rounds."""

    section: str
    cache: Cache
    name: str
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> list[float]:
        """The wall time of each round."""
        return [run.seconds for run in self.runs]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, the figures that answer it (one a round), and the answer."""

    section: str
    cache: Cache
    claim: str
    sense: Sense
    bound: float
    values: tuple[float, ...]
    unit: str = "x"

    @property
    def value(self) -> float:
        """The median, on which the answer rests."""
        return median(self.values)

    @property
    def reached(self) -> bool:
        """Whether the median lies on the right side of the bound."""
        if self.sense is Sense.AT_MOST:
            return self.value <= self.bound
        return self.value >= self.bound


@dataclass
class Results:
    """All that one call of the program has found."""

    series: list[Series] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep a remark without which the figures would mislead."""
        if text not in self.notes:
            self.notes.append(text)

    def of(self, section: str, cache: Cache) -> list[Series]:
        """Find the contenders that were measured side by side."""
        return [one for one in self.series if (one.section, one.cache) == (section, cache)]

    def as_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        answered = [
            {**asdict(one), "value": one.value, "reached": one.reached} for one in self.verdicts
        ]
        series = [asdict(one) for one in self.series]
        return {"series": series, "verdicts": answered, "notes": self.notes}


def slowest(name: str, group: Sequence[Series]) -> Series:
    """Take, round by round, the run that took longest: two things of which the slower counts."""
    rounds = zip(*(one.runs for one in group), strict=True)
    runs = tuple(max(runs, key=lambda run: run.seconds) for runs in rounds)
    return Series(group[0].section, group[0].cache, name, runs)


def ratios(above: Series, below: Series) -> tuple[float, ...]:
    """Divide wall times round by round, since a machine's weather changes between rounds."""
    return tuple(a / b for a, b in zip(above.seconds, below.seconds, strict=True))
