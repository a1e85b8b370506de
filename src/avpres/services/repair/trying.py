"""Differences that check sums do not decide: the files of the reel do, by their digests."""

from collections.abc import Sequence

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.domain.errors import NotConformantError
from avpres.domain.reversible import ReversibilityError
from avpres.services.repair.choosing import ways
from avpres.services.repair.sheet import Sheet
from avpres.services.repair.target import Target
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.pictures import DamagedError, PictureDecoders, restore
from avpres.services.reversible.proof import Part, Proof

MOST_FRAME = 256  # ways to put a frame together


def settle_frames(target: Target, sheet: Sheet, damaged: Sequence[Proof]) -> None:
    """Put damaged frames together from the copies until they give their file back."""
    try:
        with open_cooked(target.staged) as cooked:
            for proof in damaged:
                _settle_frame(sheet, proof, cooked)
    except NotConformantError:
        return  # its data are what is damaged


def _settle_frame(sheet: Sheet, proof: Proof, cooked: Cooked) -> None:
    block = proof.block
    if proof.part is not Part.FRAME or block is None or proof.number is None:
        return
    questions = sheet.inside(block.offset, block.offset + block.size)
    for choice in ways(sheet, questions, MOST_FRAME):
        sheet.try_out(choice)
        if _is_right(cooked, proof):
            sheet.settle(choice)
            return
    sheet.try_out((each, each.offers[0]) for each in questions)


def _is_right(cooked: Cooked, proof: Proof) -> bool:
    if proof.block is None or proof.number is None:
        return False
    try:
        header = cooked.film.track(proof.track)
        decoders = PictureDecoders.of(header, cooked.film.private(proof.track))
        place = [each.number for each in cooked.film.tracks].index(proof.track)
        file = cooked.data.tracks[place].file(proof.number)
        restore(file, decoders, cooked.film.payload(proof.block))
    except (DamagedError, CodingError, MatroskaError, ReversibilityError, IndexError):
        return False
    return bool(file.md5 or file.sha256)
