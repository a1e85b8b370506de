"""Policies of migrations: rules, of which the first that fits a file decides."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from avpres.config.base import Options
from avpres.config.migration_match import Match, is_animated
from avpres.config.migration_targets import (
    Flac,
    Jp2,
    Jxl,
    Keep,
    Refuse,
    Target,
    Text,
    Tiff,
)
from avpres.domain.migration_class import Migrant

__all__ = [
    "Flac",
    "Jp2",
    "Jxl",
    "Keep",
    "Limits",
    "Match",
    "Policy",
    "Qa",
    "Refuse",
    "Rule",
    "Target",
    "Text",
    "Tiff",
]
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S$")]


class Rule(Options):
    """What becomes of some files."""

    name: _Name
    when: Match = Match()
    target: Target


class Qa(Options):
    """Which targets a second, unrelated decoder reads as well; the first always reads all."""

    second: Literal["all", "sample"] = "all"
    every: Annotated[int, Field(ge=1)] = 50  # of a sample: one file in so many


class Limits(Options):
    """What one file may take; more is refused, and the run goes on."""

    max_pixels: Annotated[int, Field(ge=1)] = 200_000_000  # of one frame
    max_frames: Annotated[int, Field(ge=1)] = 60  # of an animation
    max_pages: Annotated[int, Field(ge=1)] = 2000  # of any other file
    seconds: Annotated[int, Field(ge=1)] = 900
    memory_mib: Annotated[int, Field(ge=64)] = 4096

    def frames_of(self, migrant: Migrant) -> int:
        """Give the most pictures that a file may hold."""
        return self.max_frames if is_animated(migrant) else self.max_pages


class Policy(Options):
    """Rules in their order; the last one takes whatever is left."""

    name: _Name
    description: str = ""
    qa: Qa = Qa()
    limits: Limits = Limits()
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _leaves_nothing_open(self) -> Self:
        if not self.rules[-1].when.is_catch_all:
            raise ValueError("let the last rule take every file that is left: give it no `when`")
        names = [rule.name for rule in self.rules]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two rules are called {name!r}; records tell them by their names")
        return self

    def decide(self, migrant: Migrant) -> tuple[Rule, Target]:
        """Find the first rule that fits a file, and its target."""
        rule = next(rule for rule in self.rules if rule.when.holds(migrant))
        return rule, rule.target
