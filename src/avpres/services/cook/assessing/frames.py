"""One sequence, read once from its first number to its last: gaps, doubles, changes."""

import os
from collections.abc import Iterator

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Row, Run
from avpres.config.cook import CookOptions
from avpres.domain.ranges import Ranges
from avpres.domain.reel import Gaps
from avpres.domain.report import Finding
from avpres.services.cook import findings
from avpres.services.cook.assessing import clips
from avpres.services.cook.assessing.changes import Changes
from avpres.services.cook.assessing.headers import Positions, Sizes, Timecodes
from avpres.services.cook.stage import Reel

_MOST = 10  # doubles that are named of one sequence


def judge(reel: Reel, survey: Survey, run: Run, options: CookOptions) -> Iterator[Finding]:
    """Yield what stands against a sequence; memory does not grow with its length."""
    missing, digits = _Missing(run), _Digits()
    doubles, changes = _Doubles(), Changes(survey, run, options)
    headers = (Positions(), Timecodes(), Sizes())
    for row in survey.rows(run):
        for check in (missing, digits, doubles, changes, *headers):
            check.take(row)
    yield from missing.told(reel, options)
    yield from doubles.told(reel)
    if not doubles.count:
        yield from digits.told(reel, run)
    yield from changes.told(reel)
    for check in headers:
        yield from check.told(reel)


class _Missing:
    """Numbers between the first and the last that no file bears."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._last: Row | None = None
        self._ranges = Ranges()
        self._largest = 0

    def take(self, row: Row) -> None:
        last, self._last = self._last, row
        if last is None or last.number is None or row.number is None:
            return
        count = row.number - last.number - 1
        if count > 0:
            self._ranges.add(last.number + 1, row.number - 1, len(last.digits))
            self._largest = max(self._largest, count)

    def told(self, reel: Reel, options: CookOptions) -> Iterator[Finding]:
        count = self._ranges.count
        if not count:
            return
        verb = "frame is" if count == 1 else "frames are"
        text = f"{count:,} {verb} missing: {self._ranges}"
        if self._run.is_clip:
            yield from clips.dropped(reel, self._run, text, options)
            return
        if self._largest > self._run.frames > 1:
            text += "; more than there are, so that a file may be misnamed"
        path = reel.shown_at(self._run.star)
        if options.gaps is Gaps.REFUSE:
            advice = "find them, or say --gaps hold to keep their time, or --gaps close"
            yield findings.refused("COK-GAP", path, f"{text}; {advice}")
            return
        held = options.gaps is Gaps.HOLD
        how = "their time is kept" if held else "the frames are closed up"
        yield Finding.warning("COK-GAP", path, f"{text}; {how}, as it was asked")


class _Doubles:
    """Files of one sequence that bear the same number."""

    def __init__(self) -> None:
        self.count = 0
        self._last: Row | None = None
        self._kept: list[tuple[Row, Row]] = []

    def take(self, row: Row) -> None:
        last, self._last = self._last, row
        if last is None or row.number is None or last.number != row.number:
            return
        self.count += 1
        if len(self._kept) < _MOST:
            self._kept.append((last, row))

    def told(self, reel: Reel) -> Iterator[Finding]:
        for last, row in self._kept:
            text = f"has the number {row.number}, and so has {_name(last)}; keep one of them"
            rest = self.count - len(self._kept)
            if rest and row is self._kept[-1][1]:
                text += f". {rest:,} more files have a number twice"
            yield findings.refused("COK-DOUBLE", reel.shown_at(row.path), text)


class _Digits:
    """Numbers are written with the same count of digits, or without leading zeros."""

    def __init__(self) -> None:
        self._padded: dict[int, bytes] = {}  # by width
        self._shortest: Row | None = None  # of those without leading zeros

    def take(self, row: Row) -> None:
        if row.number is None:
            return
        width = len(row.digits)
        if width > 1 and row.digits.startswith(b"0"):
            self._padded.setdefault(width, row.path)
        elif self._shortest is None or width < len(self._shortest.digits):
            self._shortest = row

    def told(self, reel: Reel, run: Run) -> Iterator[Finding]:
        widths = dict(self._padded)
        if self._shortest is not None and widths:
            width = len(self._shortest.digits)
            if width < max(widths):
                widths.setdefault(width, self._shortest.path)
        if len(widths) < _TWO:
            return
        odd, usual = widths[min(widths)], widths[max(widths)]
        text = (
            f"is numbered with fewer digits than {_base(usual)}; both are taken for frames of "
            f"{_base(run.star)}: do they belong together?"
        )
        yield Finding.warning("COK-DIGITS", reel.shown_at(odd), text)


_TWO = 2  # counts of digits


def _name(row: Row) -> str:
    return _base(row.path)


def _base(path: bytes) -> str:
    return os.fsdecode(os.path.basename(path))
