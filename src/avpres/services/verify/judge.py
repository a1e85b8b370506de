"""From the tables of a checked target to findings, counts, records and the event."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import humanize

from avpres.config.verify import VerifyOptions
from avpres.domain.fixity import Evidence
from avpres.domain.report import Finding, Report
from avpres.domain.severity import Severity
from avpres.services import record
from avpres.services.context import Context
from avpres.services.fixity import moves
from avpres.services.fixity.judging import Judgement, Verdict, extras, listed
from avpres.services.fixity.lines import Lines
from avpres.services.fixity.rows import names_of, shown
from avpres.services.fixity.scratch import Scratch
from avpres.services.verify import findings, packages
from avpres.services.verify.check import Checked
from avpres.services.verify.closing import Tally, in_order
from avpres.services.verify.scopes import Scopes

_GROUPS = 100  # groups of equal files that get a finding each
_NAMED = 3  # manifests named in an event; more are counted


class Teller:
    """Says what was found out about one target."""

    def __init__(
        self,
        checked: Checked,
        scratch: Scratch,
        options: VerifyOptions,
        context: Context,
        report: Report,
    ) -> None:
        self.tally = Tally()
        self._checked = checked
        self._target = checked.target
        self._scratch = scratch
        self._options = options
        self._note: Callable[[Finding], None] = lambda finding: context.note(
            report, self._outside(finding)
        )
        self._report = report
        self._context = context
        self._lines = Lines(str(self._target.box or self._target.tree.root))

    def tell(self) -> Iterator[bytes]:
        """Note every finding, and give one line of the records for each file."""
        for finding in self._checked.findings:
            self._error(finding)
            self.tally.remarks += finding.severity is Severity.WARNING
        yield from self._listed()
        self._rules()
        if not self.tally.files:
            return
        yield from self._extras()
        self._duplicates()

    def miss(self, *, is_proved: bool) -> None:
        """Tell that nothing was listed, unless `is_proved` by other means than a manifest."""
        if self.tally.files or self.tally.empty:
            return
        if is_proved:
            self._note(findings.no_manifest(self._target))
        else:
            self._error(findings.nothing(self._target))

    def _rules(self) -> None:
        """Hold each package against its rules, when all its files were read."""
        if self._target.box is not None:
            self._box()
        for package in self._checked.packages:
            broken: Counter[str] = Counter()
            for finding in packages.judge(package, self._target, self._options):
                self._error(finding)
                self.tally.remarks += finding.severity is Severity.WARNING
                broken[finding.code] += finding.severity is Severity.ERROR
            self.tally.add_package(package.forms, package.unasked, sum(broken.values()))
            self.tally.empty += package.is_empty
            told = packages.told(package, self._target, +broken)
            self._report.facts["packages"] = [*self._packages(), told]

    def _box(self) -> None:
        """Tell what is wrong with a container itself."""
        for finding in packages.box_findings(self._target, self._scratch):
            self._error(finding)
            self.tally.remarks += finding.severity is Severity.WARNING

    def _outside(self, finding: Finding) -> Finding:
        """Name a container where a finding names the folder of its documents."""
        if self._target.box is None:
            return finding
        path = self._outer(finding.path) if finding.path else None
        return finding.model_copy(update={"path": path, "message": self._outer(finding.message)})

    def _packages(self) -> list[object]:
        told = self._report.facts.get("packages")
        return told if isinstance(told, list) else []

    def _duplicates(self) -> None:
        count = 0
        for count, found in enumerate(moves.duplicates(self._scratch), start=1):
            if count <= _GROUPS:
                self._note(findings.duplicate(self._target, found))
        if count > _GROUPS:
            self._note(findings.more_duplicates(self._target, count - _GROUPS))

    def _error(self, finding: Finding) -> None:
        self.tally.errors += finding.severity is Severity.ERROR
        self._note(finding)

    def _listed(self) -> Iterator[bytes]:
        """Tell nearly all paths by a line, and look closer at the rest."""
        verified: Counter[tuple[str, str]] = Counter()
        size, accepted = 0, self._accepted()
        for each in listed(self._scratch):
            if isinstance(each, Judgement) or each.evidence not in accepted:
                yield self._told(each if isinstance(each, Judgement) else each.judgement())
                continue
            size += each.size
            verified[each.evidence, names_of(each.digests)] += 1
            yield self._lines.brief(each, "verified")
        self.tally.add_verified(verified, size)

    def _told(self, judgement: Judgement) -> bytes:
        self.tally.add(judgement)
        detail = ""
        for finding in self._about(judgement):
            self._error(finding)
            detail = detail or finding.message
        return self._line(judgement, detail)

    def _about(self, judgement: Judgement) -> Iterator[Finding]:
        """Give what must be said of a listed path."""
        verdict, path = judgement.verdict, findings.at(self._target, judgement.path)
        if verdict is Verdict.MISSING:
            yield findings.missing(path, self._names(judgement))
        elif verdict is Verdict.RENAMED:
            yield findings.renamed(path, findings.at(self._target, judgement.other or b""))
        elif verdict is Verdict.UNREADABLE:
            yield findings.unreadable(path, judgement.error or "")
        elif verdict is Verdict.UNPROVED:
            yield findings.unproved(path)
        elif verdict is Verdict.CHANGED and not self._names(judgement, agrees=True):
            yield findings.changed(path, judgement, self._names(judgement, agrees=False))
        if judgement.is_contradicted:
            right = self._names(judgement, agrees=True)
            wrong = self._names(judgement, agrees=False) or self._names(judgement)
            yield findings.contradiction(path, judgement, right, wrong)
        if verdict is Verdict.VERIFIED and judgement.evidence not in self._accepted():
            self.tally.not_from_medium += 1
            yield findings.cached(path, judgement.evidence or Evidence.UNKNOWN)

    def _accepted(self) -> frozenset[str]:
        """Say with which evidence a file counts as verified."""
        sure = {Evidence.DIRECT.value, Evidence.EVICTED.value}
        return frozenset(sure if self._options.require_medium else {*sure, Evidence.UNKNOWN.value})

    def _names(self, judgement: Judgement, *, agrees: bool | None = None) -> list[str]:
        claims = [c for c in judgement.claims if agrees is None or c.agrees is agrees]
        return [self._manifest(claim.source) for claim in claims]

    def _manifest(self, source: int) -> str:
        row = self._scratch.db.execute(
            "SELECT path FROM work.source WHERE id = ?", (source,)
        ).fetchone()
        return shown(row[0])

    def _extras(self) -> Iterator[bytes]:
        documented = (p.holding.prefix for p in self._checked.packages if p.documents)
        scopes = Scopes(self._target, self._checked.sources, documented)
        for found in extras(self._scratch):
            severity = scopes.severity(found.path, found.kind, found.role)
            if severity is None:
                continue
            finding = findings.unlisted(findings.at(self._target, found.path), severity)
            self._error(finding)
            self.tally.remarks += severity is Severity.WARNING
            if severity is Severity.ERROR:
                self.tally.verdicts[Verdict.EXTRA] += 1
            yield self._line(found.judgement(), finding.message)

    def _line(self, judgement: Judgement, detail: str) -> bytes:
        outcome = {
            Verdict.UNREADABLE: "failed",
            Verdict.UNPROVED: "failed",
        }.get(judgement.verdict, judgement.verdict.value)
        if judgement.verdict is Verdict.RENAMED:
            detail = os.fsdecode(judgement.other or b"")
        return self._lines.full(judgement, outcome, detail)

    def conclude(self, started: datetime) -> None:
        """Record the fixity check, also one that could not be made."""
        tally, scratch = self.tally, self._scratch
        facts: dict[str, str | int | float | bool | None] = {
            "manifests": self._against(),
            "verified": tally.verdicts[Verdict.VERIFIED],
            **{verdict.value: tally.verdicts[verdict] for verdict in Verdict if verdict.value},
        }
        if scratch.kept:
            facts["continued_from"] = scratch.begun.isoformat()
            facts["verified_before"] = scratch.kept
        step = record.Step(
            objects=(shown(os.path.abspath(os.fsencode(self._target.path))),),
            started=started,
            ended=self._context.clock(),
            files=tally.files,
            size=tally.size,
            failed=tally.errors,
            remarks=tally.remarks,
            algorithms=in_order(tally.algorithms),
            evidence=tally.evidence,
            facts=facts,
        )
        self._report.events.append(
            record.fixity_check(self._report, step, against=self._against() or "no manifest")
        )

    def _outer(self, name: str) -> str:
        box = self._target.box
        root = str(self._target.tree.root)
        return name if box is None else name.replace(root, shown(os.fsencode(box)))

    def _against(self) -> str:
        paths: Iterable[Path] = (source.manifest.path for source in self._checked.sources)
        names = [self._outer(shown(os.fsencode(path))) for path in paths]
        named, more = names[:_NAMED], len(names) - _NAMED
        if more > 0:
            named.append(f"{humanize.intcomma(more)} other manifests")
        if self._checked.sidecars:
            named.append(f"{humanize.intcomma(self._checked.sidecars)} sidecars")
        return ", ".join(named)
