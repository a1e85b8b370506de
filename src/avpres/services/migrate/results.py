"""What came of a migration: sizes before and after, and failures by reason, in flat memory."""

from avpres.domain.migration import Outcome, Reason
from avpres.domain.migration_tables import ReasonRow, ResultRow, ResultTable
from avpres.services.migrate.classes import Amount

MOST = 1000  # pairs of format and target that are told apart
OTHER = "other"


class Results:
    """Outcomes counted as they come; any order gives the same sums."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], list[int]] = {}
        self._reasons: dict[tuple[Outcome, Reason], Amount] = {}

    def migrated(self, format: str, target: str, before: int, *after: int) -> None:
        """Count a source of `before` bytes and the files that were made of it."""
        key = (format, target)
        if key not in self._sums and len(self._sums) >= MOST:
            key = (OTHER, target)
        sums = self._sums.setdefault(key, [0, 0, 0, 0])
        for place, number in enumerate((1, len(after), before, sum(after))):
            sums[place] += number

    def left(self, outcome: Outcome, reason: Reason, size: int, path: str) -> None:
        """Count a source that was not migrated."""
        self._reasons.setdefault((outcome, reason), Amount()).meet(size, path)

    def table(self, policy: str) -> ResultTable:
        """Give Table 4: rows by format, reasons by number of files."""
        rows = tuple(ResultRow(*key, *sums) for key, sums in sorted(self._sums.items()))
        return ResultTable(policy, rows, reason_rows(self._reasons))


def reason_rows(amounts: dict[tuple[Outcome, Reason], Amount]) -> tuple[ReasonRow, ...]:
    """Give rows of reasons, most files first."""
    ordered = sorted(amounts.items(), key=lambda item: (-item[1].files, item[0]))
    return tuple(
        ReasonRow(outcome, reason, amount.files, amount.size, tuple(amount.samples))
        for (outcome, reason), amount in ordered
    )
