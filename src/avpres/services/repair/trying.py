"""Differences that check sums do not decide: the files of the reel do, by their digests."""

from collections.abc import Iterator, Sequence

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.domain.errors import NotConformantError
from avpres.domain.reversible import ReversibilityError
from avpres.services.repair.copies import Change, Copy, Run
from avpres.services.repair.settling import settle
from avpres.services.repair.target import Target
from avpres.services.reversible.opening import Cooked, open_cooked
from avpres.services.reversible.pictures import DamagedError, PictureDecoders, restore
from avpres.services.reversible.proof import Part, Proof

MOST_FRAME = 256  # ways to put a frame together


def settle_frames(
    target: Target, copies: Sequence[Copy], damaged: Sequence[Proof], runs: list[Run]
) -> Iterator[Change]:
    """Put damaged frames together from the copies until they give their file back.

    What was settled is taken out of `runs`.
    """
    try:
        with open_cooked(target.staged) as cooked:
            for proof in damaged:
                yield from _settle_frame(target, copies, proof, runs, cooked)
    except NotConformantError:
        return  # its data are what is damaged


def _settle_frame(
    target: Target, copies: Sequence[Copy], proof: Proof, runs: list[Run], cooked: Cooked
) -> Iterator[Change]:
    block = proof.block
    if proof.part is not Part.FRAME or block is None or proof.number is None:
        return
    end = block.offset + block.size
    inside = [run for run in runs if block.offset <= run.begin and run.end <= end]
    if not inside:
        return
    changes = settle(target, copies, inside, lambda: _is_right(cooked, proof), MOST_FRAME)
    if changes is not None:
        for run in inside:
            runs.remove(run)
        yield from changes


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
