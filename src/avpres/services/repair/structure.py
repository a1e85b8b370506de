"""Elements of which no copy is sound: put together one after the other, by their own check sums."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from avpres.adapters.matroska import heads, ids
from avpres.adapters.matroska.ebml import CRC_SIZE, LONGEST_HEADER, Header, header
from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.numbers import LONGEST, element, read_header, unsigned
from avpres.services.repair.choosing import settle
from avpres.services.repair.planning import Gap
from avpres.services.repair.sheet import Sheet
from avpres.services.repair.sums import Stated

_CRC = b"\xbf\x84"  # id and size of a CRC-32
_TOP = ids.LEVEL_1 | {ids.VOID}
_EMPTY = 0.99  # part of a Void that is zeros, where the rest is damage
_CHECK = 11  # bytes of the last element of reversibility data


class Open(NamedTuple):
    """An element of which not all is decided; `check` is its own check sum, if it has one."""

    id: int
    data: int
    end: int
    check: Stated | None


def settle_elements(sheet: Sheet, gaps: Sequence[Gap]) -> list[Open]:
    """Answer what the check sums of elements answer; give those that stay open."""
    return [found for gap in gaps for found in _settle_gap(sheet, gap.begin, gap.end)]


def children(
    sheet: Sheet, at: int, end: int, known: Collection[int]
) -> Iterator[tuple[int, int, int]]:
    """Decide on the heads of elements beside each other; yield id, data and end of each.

    It ends where no element can begin, whatever copy is asked.
    """
    while at < end:
        head = _head(sheet, at, end, known)
        if head is None:
            return
        data = at + head.length
        yield head.id, data, data + head.size
        at = data + head.size


def _settle_gap(sheet: Sheet, begin: int, end: int) -> Iterator[Open]:
    at = begin
    if at == 0:
        at = _settle_beginning(sheet)
        if not at:
            return
    elif not sheet.source.read(at, 1) or _is_ebml(sheet, at):
        yield from _settle_tail(sheet, at, end)
        return
    last = at
    for id_, data, after in children(sheet, at, end, _TOP):
        last = after
        if id_ == ids.VOID:
            _empty(sheet, data, after)
        else:
            yield from _settle_element(sheet, id_, data, after)
    if last < end and _is_ebml(sheet, last):
        yield from _settle_tail(sheet, last, end)


def _settle_element(sheet: Sheet, id_: int, data: int, end: int) -> Iterator[Open]:
    if not sheet.within(data, end):
        return
    if not sheet.match(data, _CRC):
        yield Open(id_, data, end, None)
        return
    check = Stated(data + CRC_SIZE, end, data + len(_CRC))
    if not settle(sheet, check, data, end):
        yield Open(id_, data, end, check)


def _settle_beginning(sheet: Sheet) -> int:
    """Decide on the head of a film of avpres; give where the segment's data begin, 0 if nowhere."""
    head = heads.ebml_head()
    if not sheet.match(0, head):
        return 0
    at = len(head)
    size = sheet.source.size
    for way in sheet.ways(at, at + LONGEST_HEADER):
        found = header(way)
        if found is None or found.id != ids.SEGMENT or found.size < 0:
            continue
        data = at + found.length
        after = data + found.size
        if after == size or (after < size and _is_ebml(sheet, after)):
            sheet.match(at, way[: found.length])
            return data
    return 0


def _head(sheet: Sheet, at: int, end: int, known: Collection[int]) -> Header | None:
    for way in sheet.ways(at, min(end, at + LONGEST_HEADER)):
        found = header(way)
        if found is None or found.id not in known or found.size < 0:
            continue
        after = at + found.length + found.size
        if after == end or (after < end and _follows(sheet, after, end, known)):
            sheet.match(at, way[: found.length])
            return found
    return None


def _follows(sheet: Sheet, at: int, end: int, known: Collection[int]) -> bool:
    """Say whether an element can begin at a place."""
    for way in sheet.ways(at, min(end, at + LONGEST_HEADER)):
        found = header(way)
        if found is not None and found.id in known and at + found.length + found.size <= end:
            return True
    return known is _TOP and _is_ebml(sheet, at)


def _is_ebml(sheet: Sheet, at: int) -> bool:
    wanted = e.EBML.to_bytes(4, "big")
    return any(way == wanted for way in sheet.ways(at, at + 4))


def _empty(sheet: Sheet, begin: int, end: int) -> None:
    """Put zeros into a Void where a copy has them: a sound film has nothing else there."""
    for question in sheet.inside(begin, end):
        size = question.end - question.begin
        copies = (
            copy
            for copy in question.offers
            if not any(map(any, sheet.copies[copy].source.chunks(question.begin, size)))
        )
        sheet.decide(question, next(copies, question.offers[0]))
    for number, copy in enumerate(sheet.copies):
        for hole in copy.holes:
            first, last = max(begin, hole.begin), min(end, hole.end)
            if first < last and _is_nearly_empty(sheet, first, last):
                sheet.clear(first, last, number)


def _is_nearly_empty(sheet: Sheet, begin: int, end: int) -> bool:
    """Say whether what one copy alone has of a Void is zeros but for single bytes."""
    zeros = sum(each.count(0) for each in sheet.source.chunks(begin, end - begin))
    return end - begin > zeros > (end - begin) * _EMPTY


def _settle_tail(sheet: Sheet, at: int, end: int) -> Iterator[Open]:
    """Decide on reversibility data behind the segment (version 2), by their last element."""
    head = element(
        e.EBML,
        element(e.DOC_TYPE, e.DOC_TYPE_NAME)
        + element(e.DOC_TYPE_VERSION, unsigned(2))
        + element(e.DOC_TYPE_READ_VERSION, unsigned(2)),
    )
    sheet.match(at, head)
    begin = at + len(head)
    for way in sheet.ways(begin, begin + LONGEST):
        root = read_header(way)
        if root is not None and root[0] == e.ROOT and begin + root[1] + root[2] == end:
            sheet.match(begin, way[: root[2]])
            yield from _settle_root(sheet, begin + root[2], end)
            return
    yield Open(e.ROOT, at, end, None)


def _settle_root(sheet: Sheet, data: int, end: int) -> Iterator[Open]:
    begin = end - _CHECK
    last = e.CHECK.to_bytes(4, "big") + b"\x86" + e.COPY_CRC.to_bytes(1, "big") + b"\x84"
    check = Stated(data, begin, end - 4, "big") if sheet.match(begin, last) else None
    if check is None or not settle(sheet, check, data, end):
        yield Open(e.ROOT, data, end, check)
