"""One run of `repair`: what was changed so far, and the proof of what came of it."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from avpres.config.repair import RepairOptions
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.ledger import Ledger
from avpres.services.repair.copies import Change
from avpres.services.repair.structure import Open
from avpres.services.reversible.examining import Counts, examine
from avpres.services.reversible.proof import Proof
from avpres.services.reversible.proving import Proving

_KEPT = 1000  # damaged frames that are tried one by one, and mended ones that are told


class Outcome(StrEnum):
    """What became of a film."""

    REPAIRED = "repaired"
    WHOLE = "whole"
    THERE = "already there"
    FAILED = "failed"


@dataclass(slots=True)
class All:
    """What the films of a command have come to."""

    counts: Counts = field(default_factory=Counts)
    taken: int = 0
    changed: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One repair. `damaged` and `mended` are frames of the last proof; `findings` are its own.

    `opened` are elements that no check sum could decide on; `all` is of all films of a command.
    """

    options: RepairOptions
    context: Context
    report: Report
    ledger: Ledger
    changes: list[Change] = field(default_factory=list)
    damaged: list[Proof] = field(default_factory=list)
    mended: list[tuple[Proof, list[Change]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outcome: Outcome = Outcome.FAILED
    all: All = field(default_factory=All)
    opened: list[Open] = field(default_factory=list)

    def another(self) -> "Run":
        """Begin with another film of the same command."""
        return Run(self.options, self.context, self.report, self.ledger, all=self.all)

    def note(self, finding: Finding) -> None:
        """Tell of something."""
        self.context.note(self.report, finding)

    def tell(self) -> None:
        """Tell what the last proof found."""
        for finding in self.findings:
            self.note(finding)

    def take(self, proof: Proof) -> None:
        """Keep what is damaged still, and what was mended."""
        if not proof.is_right and len(self.damaged) < _KEPT:
            self.damaged.append(proof)
        taken = list(self._within(proof))
        if taken and len(self.mended) < _KEPT:
            self.mended.append((proof, taken))

    def _within(self, proof: Proof) -> Iterator[Change]:
        """Give the changes in the packet of a frame."""
        if proof.block is None:
            return
        begin, end = proof.block.offset, proof.block.offset + proof.block.size
        place = bisect_left(self.changes, begin, key=lambda each: each.end)
        while place < len(self.changes) and self.changes[place].begin < end:
            if self.changes[place].end > begin:
                yield self.changes[place]
            place += 1


def prove(film: Path, called: Path, run: Run) -> Counts:
    """Prove what was put together so far; findings are kept until all is settled."""
    counts = Counts()
    run.damaged, run.findings, run.mended = [], [], []
    run.changes.sort()
    progress = run.context.progress
    progress.start("prove", size=film.stat().st_size)

    def keep(finding: Finding) -> None:
        if len(run.findings) < _KEPT:
            run.findings.append(finding)

    results = examine(
        film,
        counts,
        keep,
        proving=lambda cooked: Proving(
            cooked, run.options.workers, lambda size: progress.advance(size=size)
        ),
        shown=called,
    )
    for proof in results:
        run.take(proof)
    progress.finish()
    return counts
