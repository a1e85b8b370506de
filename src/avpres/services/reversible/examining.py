"""A film proved file by file, counted and told."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import humanize

from avpres.adapters.storage import medium
from avpres.domain.errors import NotConformantError
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.reversible import findings
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.proof import Proof, Trouble, Verdict
from avpres.services.reversible.proving import Proving

_SUMS = (
    *("films", "whole", "files", "size", "proved"),
    *("unproved", "damaged", "lost", "errors", "checked"),
)

Note = Callable[[Finding], None]


@dataclass(slots=True)
class Counts:
    """What became of the files of one film, or of several."""

    films: int = 0
    whole: int = 0  # films of which every file was proved, and nothing else is wrong
    files: int = 0
    size: int = 0
    proved: int = 0
    unproved: int = 0
    damaged: int = 0
    lost: int = 0
    errors: int = 0
    checked: int = 0  # check sums of Matroska
    algorithms: set[str] = field(default_factory=set)

    def add(self, found: Proof | Trouble) -> None:
        """Count a file."""
        if isinstance(found, Trouble):
            return
        if found.is_piece and found.is_right:
            self.size += found.size
            self.algorithms.update(found.algorithms)
            return
        self.files += 1
        self.size += found.size if found.is_right else 0
        self.proved += found.verdict is Verdict.PROVED
        self.unproved += found.verdict is Verdict.UNPROVED
        self.damaged += found.verdict is Verdict.DAMAGED
        self.lost += found.verdict is Verdict.LOST
        self.algorithms.update(found.algorithms)

    def merge(self, other: "Counts") -> None:
        """Add the counts of another film."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.algorithms |= other.algorithms

    @property
    def is_whole(self) -> bool:
        """Say whether this is a proof: of something, of every file, with nothing against it."""
        return self.proved == self.files > 0 and not self.errors

    def facts(self) -> dict[str, object]:
        """Give them as JSON has them."""
        return {name: getattr(self, name) for name in _SUMS}

    @property
    def sentence(self) -> str:
        """Say what was done and proved, and no more."""
        size = humanize.naturalsize(self.size, binary=True)
        files = f"{self.files:,} file{'' if self.files == 1 else 's'}"
        films = "the film is" if self.films == 1 else f"all {self.films:,} films are"
        if self.whole == self.films:
            how = "restored in memory"
            return f"{files}, {size}, {how}: every one matches its digests; {films} reversible."
        parts = [f"{self.proved:,} of {files} in the film{'s' * (self.films > 1)} proved"]
        parts += [f"{self.damaged:,} damaged"] if self.damaged else []
        parts += [f"{self.lost:,} lost"] if self.lost else []
        parts += [f"{self.unproved:,} with nothing to compare with"] if self.unproved else []
        ending = "" if self.damaged or self.lost or self.unproved else ", but the film is damaged"
        return f"{', '.join(parts)}{ending}."


def examine(
    path: Path,
    counts: Counts,
    note: Note,
    *,
    proving: Callable[[Cooked], Proving],
    shown: Path | None = None,
) -> Iterator[Proof]:
    """Prove a film, count and tell what is wrong with it; yield what became of each file.

    `shown` is the name by which findings call it.
    """
    film, one = os.fsencode(shown or path), Counts(films=1)
    try:
        with path.open("rb") as handle:
            medium.evict(handle.fileno(), path.stat().st_size)
        with open_cooked(path) as cooked:
            work = proving(cooked)
            for found in work.results():
                one.add(found)
                finding = findings.of(film, found)
                if finding is not None:
                    one.errors += finding.severity is Severity.ERROR
                    note(finding)
                if isinstance(found, Proof):
                    yield found
            one.checked = work.checked
    except NotConformantError as error:
        one.errors += 1
        note(findings.no_data(film, str(error).removeprefix(f"{path} ").removeprefix(f"{path}: ")))
    except OSError as error:
        one.errors += 1
        note(findings.unreadable(film, (error.strerror or str(error)).lower()))
    one.whole = int(one.is_whole)
    counts.merge(one)
