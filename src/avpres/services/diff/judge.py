"""From the tables of a comparison to findings, counts, records and the sentence."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import humanize

from avpres.adapters.storage.walk import Kind
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.report import Finding, Report
from avpres.services import record
from avpres.services.diff import queries
from avpres.services.diff.pair import Pair
from avpres.services.diff.sides import Side
from avpres.services.fixity.judging import Brief, Judgement, Verdict, extras, listed
from avpres.services.fixity.lines import Lines
from avpres.services.fixity.rows import names_of, shown
from avpres.services.fixity.trees import OWN

_CODE = {
    Verdict.CHANGED: ("DIFF-CHANGED", ExitCode.FIXITY_MISMATCH),
    Verdict.MISSING: ("DIFF-MISSING", ExitCode.INCOMPLETE),
    Verdict.EXTRA: ("DIFF-EXTRA", ExitCode.INCOMPLETE),
    Verdict.RENAMED: ("DIFF-RENAMED", ExitCode.INCOMPLETE),
    Verdict.UNPROVED: ("DIFF-UNPROVED", ExitCode.INCOMPLETE),
    Verdict.UNREADABLE: ("DIFF-UNREADABLE", ExitCode.SOURCE_UNREADABLE),
}


class Teller:
    """Says what is different between two sides."""

    def __init__(self, pair: Pair, report: Report) -> None:
        self._pair = pair
        self._report = report
        self._counts: Counter[Verdict] = Counter()
        self._evidence: Counter[Evidence] = Counter()
        self._algorithms: set[Algorithm] = set()
        self._names: set[str] = set()
        self._size = 0
        self._lines = Lines(_name(pair.b))

    def tell(self) -> Iterator[bytes]:
        """Note every difference, and give a line of the records for each path of either side."""
        for path, error in self._pair.errors:
            self._unreadable(path, error.strerror or str(error))
        for path, error_text in self._pair.scratch.db.execute(queries.ERRORS_OF_A):
            self._unreadable(self._pair.a.tree.path(path), error_text)
        for evidence, count in self._pair.scratch.db.execute(queries.EVIDENCE_OF_A):
            self._evidence[Evidence(evidence)] += count
        for each in listed(self._pair.scratch):
            yield self._same(each) if isinstance(each, Brief) else self._told(each)
        for found in extras(self._pair.scratch):
            if found.kind != Kind.SPECIAL and found.role != OWN:
                yield self._told(found.judgement())

    def _unreadable(self, path: bytes, reason: str) -> None:
        self._counts[Verdict.UNREADABLE] += 1
        self._note(Verdict.UNREADABLE, shown(path), f"cannot be read ({reason.lower()})")

    def _same(self, found: Brief) -> bytes:
        self._counts[Verdict.VERIFIED] += 1
        self._size += found.size
        if found.evidence:
            self._evidence[Evidence(found.evidence)] += 1
        names = names_of(found.digests)
        if names not in self._names:
            self._names.add(names)
            self._algorithms |= set(map(Algorithm, names.split()))
        return self._lines.brief(found, "verified")

    def _told(self, judgement: Judgement) -> bytes:
        verdict = judgement.verdict
        self._counts[verdict] += 1
        self._size += judgement.size
        if judgement.evidence is not None:
            self._evidence[judgement.evidence] += 1
        claimed = {d.algorithm for claim in judgement.claims for d in claim.digests}
        self._algorithms |= claimed & {d.algorithm for d in judgement.found}
        if verdict in _CODE:
            self._note(
                verdict,
                shown(judgement.path),
                self._words(judgement),
                _digests(tuple(d for claim in judgement.claims for d in claim.digests)),
                _digests(judgement.found),
            )
        return self._line(judgement)

    def _words(self, judgement: Judgement) -> str:
        a, b = _name(self._pair.a), _name(self._pair.b)
        return {
            Verdict.CHANGED: "is different",
            Verdict.MISSING: f"is only in {a}",
            Verdict.EXTRA: f"is only in {b}",
            Verdict.RENAMED: f"is {shown(judgement.other or b'')} in {b}, with the same digest",
            Verdict.UNREADABLE: f"cannot be read in {b} ({(judgement.error or '').lower()})",
        }.get(judgement.verdict, "could not be compared: no digest of the same kind on both sides")

    def _note(
        self,
        verdict: Verdict,
        path: str,
        message: str,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        code, exit_code = _CODE[verdict]
        finding = Finding.error(code, path, message, exit_code, expected=expected, found=found)
        self._pair.context.note(self._report, finding)

    def _line(self, judgement: Judgement) -> bytes:
        outcome = {Verdict.UNREADABLE: "failed", Verdict.UNPROVED: "failed"}.get(
            judgement.verdict, judgement.verdict.value
        )
        return self._lines.full(judgement, outcome, os.fsdecode(judgement.other or b""))

    def conclude(self, started: datetime) -> None:
        """Record the comparison, and say in a sentence what it amounts to."""
        report, counts = self._report, self._counts
        different = sum(counts[verdict] for verdict in _CODE)
        report.totals.files = sum(counts.values())
        report.totals.size = self._size
        report.totals.verified_files = counts[Verdict.VERIFIED]
        report.totals.failed = different
        report.evidence = {kind.value: count for kind, count in self._evidence.items()}
        report.summary = self._sentence(different)
        step = record.Step(
            objects=(shown(os.path.abspath(os.fsencode(self._pair.a.path))),),
            destination=_name(self._pair.b),
            started=started,
            ended=self._pair.context.clock(),
            files=report.totals.files,
            size=self._size,
            failed=different,
            algorithms=[a for a in Algorithm if a in self._algorithms],
            evidence=self._evidence,
            facts={verdict.value: counts[verdict] for verdict in Verdict},
        )
        report.events.append(record.fixity_check(report, step, against=_name(self._pair.a)))

    def _sentence(self, different: int) -> str:
        a, b, counts = _name(self._pair.a), _name(self._pair.b), self._counts
        same = humanize.intcomma(counts[Verdict.VERIFIED])
        files = f"{same} file{'' if counts[Verdict.VERIFIED] == 1 else 's'}"
        if not different:
            size = f", {humanize.naturalsize(self._size, binary=True)}" if self._size else ""
            names = ", ".join(each for each in Algorithm if each in self._algorithms)
            how = f" ({names})" if names else ""
            return f"{a} and {b} are the same: {files}{size}{how}{self._read()}."
        words = {
            Verdict.CHANGED: "different",
            Verdict.MISSING: f"only in {a}",
            Verdict.EXTRA: f"only in {b}",
            Verdict.RENAMED: "renamed",
            Verdict.UNREADABLE: "unreadable",
            Verdict.UNPROVED: "that could not be compared",
        }
        found = [f"{humanize.intcomma(counts[v])} {word}" for v, word in words.items() if counts[v]]
        return f"{a} and {b} differ: {', '.join(found)}; {same} the same."

    def _read(self) -> str:
        kinds = {kind for kind, count in self._evidence.items() if count}
        if not kinds or kinds - {Evidence.DIRECT, Evidence.EVICTED}:
            return ""
        return ", read from the medium"


def _name(side: Side) -> str:
    return shown(os.fsencode(side.path))


def _digests(digests: tuple[Digest, ...]) -> str | None:
    return ", ".join(f"{d.algorithm} {d.value}" for d in digests) or None
