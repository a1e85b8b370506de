"""What the headers of a sequence's frames say beside their form: numbers, timecodes, sizes."""

import os
import re
from collections.abc import Iterator

from avpres.adapters.cooking.surveyed import Row
from avpres.domain.report import Finding
from avpres.services.cook.stage import Reel

_ROLLS = frozenset({16, 18, 24, 25, 30, 48, 50, 60})  # frames of a second, as timecodes count
_DROPPED = 2  # numbers that drop-frame timecode leaves out at a minute
_FRAMES = re.compile(r"(\d\d):(\d\d):(\d\d)[:;](\d\d)")


class _Steps:
    """What goes from frame to frame: how often it was compared, and where it jumps."""

    def __init__(self) -> None:
        self._last: Row | None = None
        self._compared = self._jumps = 0
        self._moved = False
        self._first: tuple[Row, Row] | None = None

    def _jump(self, last: Row, row: Row) -> None:
        self._jumps += 1
        self._first = self._first or (last, row)

    def _doubt(self, path: str, text: str, question: str) -> Finding:
        """Warn of what is rare; what is in most frames is a habit of the scanner, and a note."""
        jumps = self._jumps
        if 2 * jumps > self._compared > 1:
            text = f"{text}; so in {jumps:,} frames, so that headers do not count as names do"
            return Finding.info("COK-NUMBER", path, text)
        places = f"; {jumps:,} such places in the sequence" if jumps > 1 else ""
        return Finding.warning("COK-NUMBER", path, f"{text}{places}; {question}")


class Positions(_Steps):
    """The number of a frame in its header goes with that of its name: a renamed gap is seen."""

    def take(self, row: Row) -> None:
        """Compare with the frame before."""
        if row.number is None or row.position is None or row.form is None:
            return
        last, self._last = self._last, row
        if last is None or last.number == row.number:
            return
        self._compared += 1
        self._moved |= last.position != row.position
        if row.position - row.number != (last.position or 0) - (last.number or 0):
            self._jump(last, row)

    def told(self, reel: Reel) -> Iterator[Finding]:
        """Tell of jumps; a number that is the same in all headers numbers nothing."""
        if self._first is None or not self._moved:
            return
        last, row = self._first
        word = "again " if last.position == row.position else ""
        text = (
            f"is frame {row.position} {word}in its header, after {last.position} in {_name(last)}"
        )
        yield self._doubt(_path(reel, row), text, "are frames lost or renamed?")


class Timecodes(_Steps):
    """Timecodes of headers count on from frame to frame."""

    def take(self, row: Row) -> None:
        """Compare with the frame before, if none is missing between them."""
        last, self._last = self._last, row
        if last is None or last.number is None or row.number != last.number + 1:
            return
        if last.timecode is None or row.timecode is None:
            return
        self._compared += 1
        self._moved |= last.timecode != row.timecode
        if not follows(last.timecode, row.timecode):
            self._jump(last, row)

    def told(self, reel: Reel) -> Iterator[Finding]:
        """Tell of jumps; a timecode that is the same in all headers tells nothing."""
        if self._first is None or not self._moved:
            return
        last, row = self._first
        text = f"has the timecode {row.timecode}, after {last.timecode} in {_name(last)}"
        yield self._doubt(_path(reel, row), text, "are frames lost?")


def follows(before: str, after: str) -> bool:
    """Say whether a timecode is the one after another, whatever the frames of a second are."""
    one, two = _FRAMES.fullmatch(before), _FRAMES.fullmatch(after)
    if one is None or two is None:
        return True
    *first, frame = (int(part) for part in one.groups())
    *second, following = (int(part) for part in two.groups())
    if first == second:
        return following == frame + 1
    seconds = _seconds(second) - _seconds(first)
    rolls = frame + 1 in _ROLLS and seconds in {1, 1 - 24 * 3600}
    return rolls and following in ({0, _DROPPED} if second[2] == 0 else {0})


class Sizes:
    """The size that a header names is that of the file, and nothing stands behind the picture."""

    def __init__(self) -> None:
        self._frames = self._wrong = self._behind = 0
        self._differences: set[int] = set()
        self._first: Row | None = None
        self._first_behind: Row | None = None

    def take(self, row: Row) -> None:
        """Compare one frame with itself."""
        if row.form is None:
            return
        self._frames += 1
        if row.behind:
            self._behind += 1
            self._first_behind = self._first_behind or row
        if row.claimed is not None and row.claimed != row.size:
            self._wrong += 1
            self._first = self._first or row
            if len(self._differences) < _SOME:
                self._differences.add(row.claimed - row.size)

    def told(self, reel: Reel) -> Iterator[Finding]:
        """Tell of wrong sizes, and of bytes behind; both come back as they are."""
        if self._first is not None:
            row, wrong = self._first, self._wrong
            text = f"has {row.size:,} bytes, and {row.claimed:,} in its header{_more(wrong)}"
            alike = wrong == self._frames and len(self._differences) == 1
            make = Finding.info if alike else Finding.warning
            advice = "all frames have it so" if alike else "are these copies whole?"
            yield make("COK-SIZE", _path(reel, row), f"{text}; the picture is complete; {advice}")
        if self._first_behind is not None:
            row = self._first_behind
            text = f"has {row.behind:,} bytes behind the picture{_more(self._behind)}"
            yield Finding.info("COK-TRAILER", _path(reel, row), f"{text}; they are kept")


_SOME = 2


def _more(count: int) -> str:
    return f" (the first of {count:,})" if count > 1 else ""


def _name(row: Row) -> str:
    return os.fsdecode(os.path.basename(row.path))


def _path(reel: Reel, row: Row) -> str:
    return reel.shown_at(row.path)


def _seconds(parts: list[int]) -> int:
    return parts[0] * 3600 + parts[1] * 60 + parts[2]
