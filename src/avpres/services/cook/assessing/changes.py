"""Frames of a sequence that are not like the others: in their samples or in headers alone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import Row, Run
from avpres.config.cook import CookOptions
from avpres.domain.reel import Mixed
from avpres.domain.report import Finding
from avpres.services.cook import findings
from avpres.services.cook.stage import Reel

HEADER_ALONE = ("transfer", "colorimetric", "rate", "pixel aspect")
"""Traits that change no sample, and no way in which samples lie."""

_MOST = 10  # changes that are named of one sequence, of each kind
_FORMS = 1000  # that are remembered


class Changes:
    """Frames whose form is not the commonest of their sequence."""

    def __init__(self, survey: Survey, run: Run, options: CookOptions) -> None:
        self._survey = survey
        self._is_accepted = options.mixed is Mixed.ACCEPT
        usual, self._example = survey.usual(run)
        self._traits = survey.form(usual).traits
        self._known = {usual: _SAME}
        self._hard, self._soft = _Stretches(), _Stretches()

    def take(self, row: Row) -> None:
        """Compare one frame with what is usual."""
        if row.form is None:
            return
        found = self._difference(row.form)
        self._hard.take(row, "" if found.is_soft else found.text)
        self._soft.take(row, found.text if found.is_soft else "")

    def told(self, reel: Reel) -> Iterator[Finding]:
        """Tell of frames that differ; headers alone may, if that was asked for."""
        like = f"is not like {_base(self._example)} and others: "
        for path, text in self._hard.told():
            advice = "put frames that differ into a folder of their own"
            yield findings.refused("COK-CHANGED", reel.shown_at(path), f"{like}{text}; {advice}")
        for path, text in self._soft.told():
            said = f"its header {like}{text}"
            if self._is_accepted:
                words = f"{said}; accepted, as it was asked: every header comes back as it is"
                yield Finding.warning("COK-HEADER", reel.shown_at(path), words)
                continue
            advice = "find out which is right, or say --mixed accept to keep all as they are"
            yield findings.refused("COK-HEADER", reel.shown_at(path), f"{said}; {advice}")

    def _difference(self, form: int) -> "_Difference":
        known = self._known.get(form)
        if known is None:
            known = differing(self._traits, self._survey.form(form).traits)
            if len(self._known) < _FORMS:
                self._known[form] = known
        return known


@dataclass(frozen=True, slots=True)
class _Difference:
    """What differs between two forms; `is_soft`: in headers alone."""

    text: str
    is_soft: bool = False


_SAME = _Difference("")


def differing(usual: str, traits: str) -> _Difference:
    """Say what differs between two forms, with both values."""
    if usual == traits:
        return _SAME
    old, new = usual.split("; "), traits.split("; ")
    if len(old) != len(new):
        return _Difference(f"{traits} here, {usual} there")
    pairs = [(a, b) for a, b in zip(new, old, strict=True) if a != b]
    words = ", ".join(f"{a} here, {b} there" for a, b in pairs)
    return _Difference(words, all(_trait(a) and _trait(a) == _trait(b) for a, b in pairs))


def _trait(said: str) -> str:
    """Name a trait of headers alone; empty for any other."""
    return next((name for name in HEADER_ALONE if said.startswith(f"{name} ")), "")


@dataclass(slots=True)
class _Stretch:
    """Frames behind each other that differ from the others in the same way."""

    first: Row
    last: Row
    difference: str
    count: int = 1


@dataclass(slots=True)
class _Stretches:
    """The first stretches of one kind, and how many frames there are beyond them."""

    kept: list[_Stretch] = field(default_factory=list)
    is_open: bool = False
    more: int = 0

    def take(self, row: Row, difference: str) -> None:
        """Take the next frame; without a difference it ends a stretch."""
        if self.is_open and difference == self.kept[-1].difference:
            self.kept[-1].last = row
            self.kept[-1].count += 1
            return
        self.is_open = bool(difference) and len(self.kept) < _MOST
        if self.is_open:
            self.kept.append(_Stretch(row, row, difference))
        elif difference:
            self.more += 1

    def told(self) -> Iterator[tuple[bytes, str]]:
        """Give each stretch in words, with its first file."""
        for each in self.kept:
            text = each.difference
            if each.count > 1:
                text += f"; nor are those to {_base(each.last.path)}, {each.count:,} frames in all"
            if self.more and each is self.kept[-1]:
                text += f"; {self.more:,} more frames differ"
            yield each.first.path, text


def _base(path: bytes) -> str:
    return os.fsdecode(os.path.basename(path))
