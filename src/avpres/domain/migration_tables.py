"""Rows of the tables that people know from AIHT: what is here (3), and what came of it (4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from avpres.domain.migration import Outcome, Reason


@dataclass(frozen=True, slots=True)
class PlanRow:
    """Files of a class, or of several: what they are, what they become, and how many of them.

    A trait that differs among them holds the values that occur; of numbers, the least and most.
    """

    format: str
    colours: tuple[str, ...]
    compressions: tuple[str, ...]
    bits: tuple[str, ...]
    bands: tuple[int, ...]  # numbers of size bands; none for what has no sides
    flags: tuple[str, ...]
    target: str  # its kind
    rule: str
    levels: tuple[int, ...]
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    reasons: Mapping[Reason, int] = field(default_factory=dict)
    files: int = 0
    size: int = 0
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultRow:
    """Files of one format that became files of another, in bytes; `made` counts the new files."""

    format: str
    target: str
    files: int
    made: int
    before: int
    after: int

    @property
    def average_before(self) -> float:
        """Give the bytes of a source."""
        return self.before / self.files if self.files else 0.0

    @property
    def average_after(self) -> float:
        """Give the bytes that a source became."""
        return self.after / self.files if self.files else 0.0

    @property
    def ratio(self) -> float:
        """Give the size after in terms of that before."""
        return self.after / self.before if self.before else 0.0


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Files that are not migrated for one reason, and the first of them."""

    outcome: Outcome
    reason: Reason
    files: int
    size: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanTable:
    """Table 3: rows, what each rule does in words, and why files are left out."""

    policy: str
    rows: tuple[PlanRow, ...]
    targets: Mapping[str, str]  # by the name of the rule
    reasons: tuple[ReasonRow, ...]
    by_class: bool = False  # a row is a class, and not several in one


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Table 4: rows, and why files were not migrated."""

    policy: str
    rows: tuple[ResultRow, ...]
    reasons: tuple[ReasonRow, ...]
