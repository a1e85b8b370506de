"""Reversibility data and attachments of which a check sum decides too little: region by region.

A record of a frame is right when the frame becomes the file of which it holds the digests; an
attached file is, when it has its own. What no digest covers, names and times, is left to the
check sum.
"""

import io
import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from avpres.adapters.cooking.ffv1 import CodingError, Plane
from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Attached as Place
from avpres.adapters.matroska.model import Block
from avpres.adapters.reversible import elements as e
from avpres.adapters.reversible.compressed import MOST
from avpres.adapters.reversible.fields import fields_of
from avpres.adapters.reversible.window import Element, Window
from avpres.domain.errors import NotConformantError
from avpres.domain.reversible import Attached, Restoration, ReversibilityError
from avpres.services.repair.choosing import Choice, choices, settle, ways
from avpres.services.repair.sheet import Question, Sheet
from avpres.services.repair.structure import Open, children
from avpres.services.repair.sums import Stated
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.pictures import DamagedError, PictureDecoders, restore
from avpres.services.reversible.sounding import Tally

_MOST = 256  # ways to put one record together
_TOGETHER = 42  # bits that a CRC-32 and a digest decide; of the ways that are left, each is tried
_WORK = 1 << 34  # bytes that are digested to put one attached file together
_OF_FILE = frozenset(
    (
        ids.FILE_DESCRIPTION,
        ids.FILE_NAME,
        ids.FILE_MEDIA_TYPE,
        ids.FILE_DATA,
        ids.FILE_UID,
        ids.VOID,
    )
)
_OF_ATTACHMENTS = frozenset((ids.CRC_32, ids.ATTACHED_FILE, ids.VOID))
_OF_DATA = frozenset(
    (e.EBML, e.ROOT, e.SEGMENT, e.ATTACHMENT, e.TRACK, e.BLOCK, e.FOLDER, e.COPY, e.CHECK)
)
_OF_COPY = frozenset((e.COPY_NUMBER, e.COPY_CRC, e.COPY_TRACK))
_TROUBLES = (CodingError, DamagedError, MatroskaError, ReversibilityError, IndexError)


def settle_records(sheet: Sheet, opened: Sequence[Open]) -> list[Open]:
    """Answer what digests answer, then ask the check sums again; give what stays open."""
    wanted = [each for each in opened if each.id in {ids.ATTACHMENTS, e.ROOT}]
    if not wanted:
        return list(opened)
    for each in wanted:
        if each.id == ids.ATTACHMENTS:
            for id_, data, end in children(sheet, each.data, each.end, _OF_ATTACHMENTS):
                if id_ == ids.ATTACHED_FILE:
                    list(children(sheet, data, end, _OF_FILE))
    with suppress(NotConformantError), open_cooked(sheet.target.staged) as cooked:
        _settle_data(sheet, cooked)
    with suppress(NotConformantError), open_cooked(sheet.target.staged) as cooked:
        _settle_attached(sheet, cooked)
    return [each for each in opened if each not in wanted or not _is_settled(sheet, each)]


def _is_settled(sheet: Sheet, opened: Open) -> bool:
    if opened.check is None:
        return not sheet.within(opened.data, opened.end)
    if settle(sheet, opened.check, opened.data, opened.end):
        return True
    return _settle_together(sheet, opened, opened.check)


def _settle_together(sheet: Sheet, opened: Open, check: Stated) -> bool:
    """Decide by the check sum and the digests of attached files, if all that is open is in them."""
    questions = sheet.inside(opened.data, opened.end)
    with suppress(NotConformantError), open_cooked(sheet.target.staged) as cooked:
        files = [
            (file, found)
            for file, found in _attached(cooked)
            if sheet.within(found.offset, found.offset + found.size)
        ]
        covered = {
            question.begin
            for _, found in files
            for question in sheet.inside(found.offset, found.offset + found.size)
        }
        if not covered or covered != {question.begin for question in questions}:
            return False
        most = _WORK // sum(found.size for _, found in files)
        for choice in itertools.islice(choices(sheet, check, questions, _TOGETHER), most):
            sheet.try_out(choice)
            if all(_is_right(sheet, file, found) for file, found in files):
                sheet.settle(choice)
                return True
    return False


class _Once(PictureDecoders):
    """Decodes one packet once, however often it is asked to."""

    found: tuple[str, Sequence[Plane]] | None = None

    def decode(self, packet: bytes, threads: int = 1) -> tuple[str, Sequence[Plane]]:
        if self.found is None:
            self.found = super().decode(packet, threads)
        return self.found


def _settle_data(sheet: Sheet, cooked: Cooked) -> None:
    begin, size = cooked.span
    if not sheet.within(begin, begin + size):
        return
    tracks: list[tuple[int, int]] = []
    wanted: list[tuple[int, int, int, int]] = []
    number = 0
    for id_, data, end in _elements(sheet, begin, begin + size):
        if id_ == e.TRACK:
            tracks.append((data, end))
            number = 0
        elif id_ == e.BLOCK:
            if sheet.within(data, end):
                wanted.append((len(tracks) - 1, number, data, end))
            number += 1
        elif id_ == e.COPY:
            _settle_copy(sheet, data, end, tracks)
    blocks = _blocks(cooked, {each[:2] for each in wanted})
    for track, place, data, end in wanted:
        if (track, place) in blocks:
            _settle_block(sheet, cooked, track, blocks[track, place], (data, end))


def _blocks(cooked: Cooked, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], Block]:
    """Find the frames of records: the place of the track, and that of the frame in it."""
    places = {track.number: place for place, track in enumerate(cooked.film.tracks)}
    found = {}
    counts = Counter[int]()
    for block in cooked.film.blocks() if wanted else ():
        place = places.get(block.track, -1)
        if (place, counts[place]) in wanted:
            found[place, counts[place]] = block
        counts[place] += 1
    return found


def _elements(sheet: Sheet, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    for id_, data, after in children(sheet, begin, end, _OF_DATA):
        if id_ == e.ROOT:
            yield from children(sheet, data, after, _OF_DATA)
        else:
            yield id_, data, after


def _settle_copy(sheet: Sheet, data: int, end: int, tracks: Sequence[tuple[int, int]]) -> None:
    """Decide on the copy of a track by its own CRC, and on the track by its copy."""
    parts = {id_: (begin, after) for id_, begin, after in children(sheet, data, end, _OF_COPY)}
    if len(parts) < len(_OF_COPY):
        return
    begin, after = parts[e.COPY_TRACK]
    settle(sheet, Stated(begin, after, parts[e.COPY_CRC][0], "big"), data, end)
    first, last = parts[e.COPY_NUMBER]
    number = int.from_bytes(sheet.source.read(first, last - first), "big")
    if 0 < number <= len(tracks):
        start, stop = tracks[number - 1]
        if stop - start == after - begin and not sheet.within(begin, after):
            sheet.match(start, sheet.source.read(begin, after - begin))


def _settle_block(
    sheet: Sheet, cooked: Cooked, track: int, block: Block, span: tuple[int, int]
) -> None:
    """Decide on the record of a frame by what the frame gives back."""
    if span[1] - span[0] > MOST:
        return  # no frame has so much beside its samples
    try:
        header = cooked.film.tracks[track]
        masks = cooked.data.tracks[track].masks
        decoders = _Once.of(header, cooked.film.private(header.number))
        packet = cooked.film.payload(block)
    except _TROUBLES:
        return
    questions = sheet.inside(*span)
    right: list[Choice] = []
    for choice in ways(sheet, questions, _MOST):
        sheet.try_out(choice)
        data = sheet.source.read(span[0], span[1] - span[0])
        if _gives_back(data, masks, decoders, packet):
            right.append(choice)
    _settle_common(sheet, questions, right)


def _settle_common(sheet: Sheet, questions: Sequence[Question], right: Sequence[Choice]) -> None:
    """Decide what is the same in all that is right; the rest is covered by no digest."""
    taken = [{question.begin: copy for question, copy in choice} for choice in right]
    for question in questions:
        copies = {each[question.begin] for each in taken}
        if len(copies) == 1:
            sheet.decide(question, copies.pop())
        else:
            sheet.put(question, question.offers[0])


def _gives_back(data: bytes, masks: Restoration, decoders: PictureDecoders, packet: bytes) -> bool:
    window = Window(io.BytesIO(data), 0, len(data))
    try:
        file = fields_of(window, Element(e.BLOCK, 0, 0, len(data)), masks, residual=MOST)
        restore(file, decoders, packet)
    except _TROUBLES:
        return False
    return bool(file.md5 or file.sha256)


def _settle_attached(sheet: Sheet, cooked: Cooked) -> None:
    """Decide on attached files by their digests."""
    for file, found in _attached(cooked):
        most = max(2, min(_MOST, _WORK // max(1, found.size)))
        questions = sheet.inside(found.offset, found.offset + found.size)
        for choice in ways(sheet, questions, most):
            sheet.try_out(choice)
            if _is_right(sheet, file, found):
                sheet.settle(choice)
                break
        else:
            sheet.try_out((each, each.offers[0]) for each in questions)


def _attached(cooked: Cooked) -> Iterator[tuple[Attached, Place]]:
    """Give the files that have digests, and where they stand."""
    with suppress(ReversibilityError):
        for file in cooked.data.attached():
            name = file.name.decode("utf-8", "backslashreplace")
            found = cooked.by_uid.get(file.uid or 0) or cooked.by_name.get(name)
            if found is not None and (file.md5 or file.sha256):
                yield file, found


def _is_right(sheet: Sheet, file: Attached, found: Place) -> bool:
    tally = Tally()
    for chunk in sheet.source.chunks(found.offset, found.size):
        tally.add(chunk)
    try:
        tally.compare(file.size, file.md5, file.sha256)
    except DamagedError:
        return False
    return True
