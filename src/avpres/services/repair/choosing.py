"""Which copies make a check sum right."""

import itertools
import math
from collections.abc import Iterator, Sequence

from avpres.adapters.matroska.source import CHUNK
from avpres.services.repair.sheet import Question, Sheet
from avpres.services.repair.sums import Sum, chosen

Choice = list[tuple[Question, int]]

SURE = 22  # bits that a CRC-32 decides; a wrong answer passes in one of a thousand hopeless cases
_DISTANCES = (0, 8, 64, 512, 4096, 1 << 16, 1 << 30)  # bytes; damage comes in blocks of a medium


def choices(
    sheet: Sheet, check: Sum, questions: Sequence[Question], bits: float = SURE
) -> Iterator[Choice]:
    """Yield the ways to answer questions by which a check sum is right.

    All differences apart, if they are no more than the check sum decides, else those that lie close
    together as one. What looks like a lost block is left out at first.
    """
    if not questions:
        return
    wrong = check.wrong(sheet.source)
    for is_firm in (True, False):
        for groups in _formed(sheet, questions, is_firm=is_firm, bits=bits):
            found = False
            for choice in _right(sheet, check, groups, wrong):
                found = True
                yield choice
            if found:
                return


def settle(sheet: Sheet, check: Sum, begin: int, end: int) -> bool:
    """Answer the questions of a stretch if that can be done in one way only; say whether."""
    found = choices(sheet, check, sheet.inside(begin, end))
    first = next(found, None)
    if first is not None and next(found, None) is None:
        sheet.settle(first)
    return not sheet.within(begin, end) and not check.wrong(sheet.source)


def ways(sheet: Sheet, questions: Sequence[Question], most: int) -> Iterator[Choice]:
    """Yield ways to answer questions that no check sum decides: all from one copy first.

    Ever finer groups follow, as long as there are no more than `most` ways of them.
    """
    seen: set[tuple[tuple[int, int], ...]] = set()
    for distance in reversed(_DISTANCES):
        groups = [_options(sheet, each, is_firm=False) for each in _joined(questions, distance)]
        if not all(groups):
            continue
        if math.prod(map(len, groups)) > most:
            return
        for parts in itertools.product(*groups):
            choice = [each for part in parts for each in part]
            key = tuple((question.begin, copy) for question, copy in choice)
            if choice and key not in seen:
                seen.add(key)
                yield choice


def _formed(
    sheet: Sheet, questions: Sequence[Question], *, is_firm: bool, bits: float
) -> Iterator[list[list[Choice]]]:
    """Yield the finest groups that are few enough; the coarser ones are among their ways."""
    for distance in _DISTANCES:
        groups = [_options(sheet, group, is_firm=is_firm) for group in _joined(questions, distance)]
        if all(groups) and sum(math.log2(len(each)) for each in groups) <= bits:
            yield groups
            return


def _joined(questions: Sequence[Question], distance: int) -> Iterator[list[Question]]:
    group: list[Question] = []
    for each in questions:
        if group and (not distance or each.begin - group[-1].end > distance):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _options(sheet: Sheet, group: Sequence[Question], *, is_firm: bool) -> list[Choice]:
    """List what a group may be: all of it from one copy."""
    found: dict[tuple[int, ...], None] = {}
    for copy in range(len(sheet.copies)):
        likes = tuple(each.likes[copy] for each in group)
        allowed = (each.firm if is_firm else each.offers for each in group)
        if all(like in those for like, those in zip(likes, allowed, strict=True)):
            found[likes] = None
    return [list(zip(group, likes, strict=True)) for likes in found]


def _right(
    sheet: Sheet, check: Sum, groups: Sequence[Sequence[Choice]], wrong: int
) -> Iterator[Choice]:
    effects, owners = [], []
    for number, options in enumerate(groups):
        first = _effect(sheet, check, options[0])
        wrong ^= first
        for place, option in enumerate(options[1:], 1):
            effects.append(first ^ _effect(sheet, check, option))
            owners.append((number, place))
    for mask in chosen(effects, wrong):
        places: dict[int, int] = {}
        taken = [owners[bit] for bit in range(len(owners)) if mask >> bit & 1]
        places.update(taken)
        if len(places) == len(taken):
            yield [
                each
                for number, options in enumerate(groups)
                for each in options[places.get(number, 0)]
            ]


def _effect(sheet: Sheet, check: Sum, choice: Choice) -> int:
    """Tell what a choice does to the check sum, held against what the new film has there now."""
    found = 0
    for question, copy in choice:
        for at in range(question.begin, question.end, CHUNK):
            there = sheet.source.read(at, min(CHUNK, question.end - at))
            other = sheet.read(question, copy, at, len(there))
            size = len(there)
            change = int.from_bytes(there, "big") ^ int.from_bytes(other, "big")
            found ^= check.effect(at, change.to_bytes(size, "big")) if change else 0
    return found
