"""A review by eye: what was drawn to be looked at, what people said of it, what that proves."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

CONFIDENCE = 0.95
SAMPLE = 30  # files; the AIHT's reviewers looked at some dozens, a morning's work

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Line = Annotated[str, Field(max_length=400)]


class Judgement(StrEnum):
    """What a person says of one pair."""

    PASS = "pass"  # noqa: S105 - a judgement, no password
    FAIL = "fail"
    OPEN = "open"  # not looked at, or not decided


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Conditions(_Frozen):
    """Who looked, and under which light: what ISO 3664 asks to be alike (free text, all of it)."""

    reviewer: _Line = ""
    monitor: _Line = ""
    white_point: _Line = ""
    luminance: _Line = ""  # cd/m2
    ambient: _Line = ""  # lx
    surround: _Line = ""
    remarks: Annotated[str, Field(max_length=4000)] = ""


class Answer(_Frozen):
    """What was said of one pair; the digest ties it to the bytes that were shown."""

    number: Annotated[int, Field(ge=1)]
    target_sha256: Sha256
    judgement: Judgement
    comment: Annotated[str, Field(max_length=4000)] = ""


class Review(_Frozen):
    """What a review sheet exports."""

    avpres_review: Literal[1]
    sheet: Sha256  # of the sample that the sheet shows
    reviewed: AwareDatetime
    conditions: Conditions = Conditions()
    answers: Annotated[tuple[Answer, ...], Field(max_length=100_000)]

    def count(self, judgement: Judgement) -> int:
        """Count the pairs of which this was said."""
        return sum(1 for each in self.answers if each.judgement is judgement)


class Shown(_Frozen):
    """One pair that a sheet shows; paths are relative to the source and to the destination."""

    number: Annotated[int, Field(ge=1)]
    stratum: str
    source: str
    target: str
    page: int = 1
    source_sha256: Sha256
    target_sha256: Sha256


class Sample(_Frozen):
    """What was drawn for a sheet, and of what; the digest of its JSON names the sheet."""

    avpres_sample: Literal[1]
    policy: str
    seed: str
    made: AwareDatetime
    population: dict[str, int]
    pairs: tuple[Shown, ...]


def rate_below(looked_at: int, confidence: float = CONFIDENCE) -> float:
    """Give the share of faulty files that is excluded when none was found among so many.

    Exact for a simple random sample of a large population (binomial); about 3/n at 95 %.
    """
    return 1.0 if looked_at < 1 else 1 - (1 - confidence) ** (1 / looked_at)


def needed_for(rate: float, confidence: float = CONFIDENCE) -> int:
    """Count how many must be looked at, without a fault, to exclude a rate: 299 for 1 %."""
    looked_at = 1
    while rate_below(looked_at, confidence) > rate:
        looked_at += 1
    return looked_at
