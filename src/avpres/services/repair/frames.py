"""Frames within a cluster whose check sum decides too little: each slice of FFV1 has its own."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import CRC_SIZE, MatroskaError, vint
from avpres.adapters.matroska.reading import MatroskaFile
from avpres.adapters.validators.ffv1 import Ffv1Config, read_config
from avpres.adapters.validators.ffv1_range import RangeError
from avpres.services.repair.choosing import settle
from avpres.services.repair.sheet import Sheet
from avpres.services.repair.structure import Open, children
from avpres.services.repair.sums import SliceSum

_KNOWN = frozenset(
    (
        *(ids.SIMPLE_BLOCK, ids.BLOCK_GROUP, ids.TIMESTAMP, ids.CRC_32, ids.VOID),
        *(ids.POSITION, ids.PREV_SIZE, ids.SILENT_TRACKS),
    )
)
_FOOTER = 8  # bytes: the size of the slice (3), its status, its CRC (4)
_BLOCK = 3  # bytes of a block's time and flags, behind its track
_TURNED_START = 0x5E31029E  # 0x79408C7A turned round, where `ec` is 2 (RFC 9043, 4.9.3)


def settle_clusters(sheet: Sheet, opened: list[Open]) -> list[Open]:
    """Answer what slices answer, then ask the clusters again; give what stays open."""
    clusters = [each for each in opened if each.id == ids.CLUSTER]
    configs = _configs(sheet) if clusters else {}
    left = [each for each in opened if each.id != ids.CLUSTER]
    for each in clusters:
        begin = each.data + CRC_SIZE if each.check else each.data
        for id_, data, end in children(sheet, begin, each.end, _KNOWN):
            if id_ == ids.SIMPLE_BLOCK and sheet.within(data, end):
                _settle_block(sheet, data, end, configs)
        if each.check is None or not settle(sheet, each.check, each.data, each.end):
            left.append(each)
    return left


def _configs(sheet: Sheet) -> Mapping[int, Ffv1Config]:
    """Read how the slices of each track are laid out."""
    found = {}
    try:
        film = MatroskaFile(sheet.source)
        for track in film.tracks:
            private = film.private(track.number)
            if track.codec_id == "V_FFV1":
                found[track.number] = read_config(private)
    except (MatroskaError, RangeError, IndexError):
        return {}
    return {number: config for number, config in found.items() if config.ec}


def _settle_block(sheet: Sheet, data: int, end: int, configs: Mapping[int, Ffv1Config]) -> None:
    track = vint(sheet.source.read(data, 8))
    config = None if track is None else configs.get(track[0])
    if config is None or track is None:
        return
    begin = data + track[1] + _BLOCK
    start = _TURNED_START if config.ec > 1 else 0
    ends = _slices(sheet, begin, end, config.slices)
    for first, last in ends or ():
        settle(sheet, SliceSum(first, last, start), first, last)


def _slices(sheet: Sheet, begin: int, end: int, count: int) -> list[tuple[int, int]] | None:
    """Follow the sizes from the last slice to the first, which begins where the packet does."""
    edges, ways = [end], [_starts(sheet, begin, end)]
    while ways:
        first = next(ways[-1], None)
        if first is None:
            ways.pop()
            edges.pop()
        elif len(ways) < count:
            edges.append(first)
            ways.append(_starts(sheet, begin, first))
        elif first == begin:
            return list(_matched(sheet, [*edges, begin]))
    return None


def _matched(sheet: Sheet, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    for first, last in pairwise(reversed(edges)):
        foot = last - _FOOTER
        sheet.match(foot, (foot - first).to_bytes(3, "big"))
        yield first, last


def _starts(sheet: Sheet, begin: int, end: int) -> Iterator[int]:
    foot = end - _FOOTER
    if foot < begin:
        return
    for way in sheet.ways(foot, foot + 3):
        first = foot - int.from_bytes(way, "big")
        if begin <= first < foot:
            yield first
