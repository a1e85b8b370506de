"""Findings on their way to the report: of one kind so many, and what is alike told once."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from avpres.config.cook import CookOptions
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.cook import findings
from avpres.services.cook.stage import Reel

Tell = Callable[[Finding], None]

ASKED = frozenset({"COK-GAP", "COK-BAD", "COK-UNCODABLE", "COK-LARGE", "COK-HEADER"})
"""Warnings that come of an option; `--strict` does not turn them into errors."""

MOST = 100  # findings of one code that are told one by one
_ALIKE = frozenset({"COK-UNCODABLE"})  # that a whole folder may have for the same reason
_FEW = 2  # files that are told one by one all the same
_GROUPS = 1000  # reasons in folders that are remembered


class Capped:
    """Tells findings on; of one code only so many, and then how many more there are."""

    def __init__(self, reel: Reel, options: CookOptions, tell: Tell) -> None:
        self._reel, self._tell = reel, tell
        self._strict = options.strict
        self._counts: Counter[str] = Counter()
        self._last: dict[str, Finding] = {}
        self._groups: dict[tuple[str, str], _Group] = {}

    def __call__(self, finding: Finding) -> None:
        """Tell of something, now or when all is known."""
        if self._strict and finding.severity is Severity.WARNING and finding.code not in ASKED:
            finding = findings.refused(finding.code, finding.path or "", finding.message)
        if finding.code in _ALIKE:
            self._group(finding)
        else:
            self._count(finding)

    def conclude(self) -> None:
        """Say what was held back, and how many were not told."""
        for group in self._groups.values():
            for each in group.told():
                self._count(each)
        for code, last in self._last.items():
            text = f"{self._counts[code] - MOST:,} more such findings; the last is {last.path}"
            self._tell(last.model_copy(update={"path": self._reel.shown, "message": text}))

    def _count(self, finding: Finding) -> None:
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= MOST:
            self._tell(finding)
        else:
            self._last[finding.code] = finding

    def _group(self, finding: Finding) -> None:
        key = os.path.dirname(finding.path or ""), finding.message
        if key in self._groups:
            self._groups[key].take(finding)
        elif len(self._groups) < _GROUPS:
            self._groups[key] = _Group([finding], finding)
        else:
            self._count(finding)


@dataclass(slots=True)
class _Group:
    """Files of one folder for which the same is told."""

    first: list[Finding]
    last: Finding
    count: int = 1

    def take(self, finding: Finding) -> None:
        self.count += 1
        self.last = finding
        if len(self.first) < _FEW:
            self.first.append(finding)

    def told(self) -> list[Finding]:
        """Give few files one by one, many as one."""
        if self.count <= _FEW:
            return self.first
        words, _, advice = self.first[0].message.partition("; ")
        name = os.path.basename(self.last.path or "")
        more = f"so are {self.count - 1:,} more files of this folder, the last is {name}"
        text = f"{words}; {more}; {advice}"
        return [self.first[0].model_copy(update={"message": text})]
