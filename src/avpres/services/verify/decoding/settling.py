"""Which film a sidecar speaks of when its name does not tell: the one that has its frames."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from avpres.domain.severity import Severity
from avpres.services.verify.decoding import findings
from avpres.services.verify.decoding.model import Beside, Heard, Outcome

_CODE = "DEC-UNCOMPARED"


@dataclass(slots=True)
class _Open:
    """A sidecar that may speak of several films: what was heard of it, for which are still out."""

    left: int
    heard: list[tuple[Outcome, Heard]] = field(default_factory=list)


class Settling:
    """Holds films back until all is known that is needed to judge them.

    Films that share a sidecar lie close together, so that few wait at a time.
    """

    def __init__(self, waiting: Callable[[Beside], int]) -> None:
        self.orphans: list[tuple[bytes, str]] = []
        self._waiting = waiting
        self._open: dict[Path, _Open] = {}
        self._held: list[Outcome] = []

    def take(self, outcome: Outcome) -> Iterator[Outcome]:
        """Take a film, and yield all that are settled by it."""
        told = {heard.beside: heard for heard in outcome.heard}
        outcome.heard = []
        for beside in outcome.film.besides:
            heard = told.get(beside, Heard(beside))
            number = 1 if beside.is_sure else self._waiting(beside)
            if number <= 1:
                outcome.take(heard)
                continue
            self._open.setdefault(beside.path, _Open(number)).heard.append((outcome, heard))
            outcome.heard.append(heard)
        self._held.append(outcome)
        self._count_down(outcome)
        yield from self._ready()

    def rest(self) -> Iterator[Outcome]:
        """Settle what is left: films that were never decoded answer no more."""
        for path in list(self._open):
            self._settle(path)
        yield from self._ready()

    def _count_down(self, outcome: Outcome) -> None:
        for heard in list(outcome.heard):
            path = heard.beside.path
            self._open[path].left -= 1
            if not self._open[path].left:
                self._settle(path)

    def _settle(self, path: Path) -> None:
        """Give a sidecar to the films that have most of its frames, if they have half of them."""
        answers = self._open.pop(path).heard
        best = max(heard.equal for _, heard in answers)
        is_found = best > 0 and any(
            heard.equal == best and 2 * best >= heard.claimed for _, heard in answers
        )
        for outcome, heard in answers:
            outcome.heard.remove(heard)
            if is_found and heard.equal == best:
                outcome.take(heard)
        if not is_found:
            why = f"its frames are in none of {len(answers):,} films that it may speak of"
            self.orphans.append((os.fsencode(path), why))

    def _ready(self) -> Iterator[Outcome]:
        for outcome in [each for each in self._held if not each.heard]:
            self._held.remove(outcome)
            _soften(outcome)
            yield outcome


def _soften(outcome: Outcome) -> None:
    """Where all streams are proved, a sidecar that cannot be compared is no failure."""
    if outcome.unproved or not outcome.streams:
        return
    outcome.findings = [
        findings.softened(each) if each.code == _CODE and each.severity is Severity.ERROR else each
        for each in outcome.findings
    ]
