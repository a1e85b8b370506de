"""A film of another program, held against the files of its source by our own reader."""

import hashlib
import os
from pathlib import Path

from avpres.adapters.cooking.journal import Listed, Result
from avpres.adapters.tools import rawcooked
from avpres.services.cook.frames import NotReversibleError
from avpres.services.cook.kitchen import Kitchen
from avpres.services.reversible.attached import find_attached
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.proof import Part, Proof, Trouble, Verdict
from avpres.services.reversible.proving import Proving

_CHUNK = 1024 * 1024  # bytes
_PROVED = b"proved"  # stands in the journal for a file that came back


def prove_all(kitchen: Kitchen, cooked: Cooked) -> None:
    """Compare every file of the film with the source, and require that none is missing.

    The journal holds the digests of the source; it takes in the MD5 of each decoded picture.

    Raises:
        NotReversibleError: something does not come back as it was read before the cook.
        ReversibilityError: the film's data are damaged.
        OSError: the film cannot be read.
    """
    _compare_recorded(kitchen, cooked)
    proving = Proving(
        cooked,
        kitchen.workers,
        lambda size: kitchen.progress.advance(size=size),
        is_listed=True,
    )
    for each in proving.results():
        if isinstance(each, Trouble):
            raise _wrong(cooked.path, each.why)
        _prove_one(kitchen, each)
    for file, result in kitchen.journal.all_results():
        if result is None or result.about != _PROVED:
            raise NotReversibleError(kitchen.reel.at(file.path), "the film does not hold it")


def _compare_recorded(kitchen: Kitchen, cooked: Cooked) -> None:
    """Require that the film knows its files by the digests that were taken before it was made."""
    for track in cooked.data.tracks:
        for each in track.files(residual=False):
            _, result = _listed(kitchen, each.name)
            if each.md5 != result.md5:
                raise _differs(kitchen, each.name)
    for kept in cooked.data.attached():
        _, result = _listed(kitchen, kept.name)
        digest = hashlib.sha256()
        with find_attached(cooked, kept) as handle:
            while piece := handle.read(_CHUNK):
                digest.update(piece)
        if digest.digest() != result.sha256:
            raise _differs(kitchen, kept.name)


def _prove_one(kitchen: Kitchen, proof: Proof) -> None:
    file, result = _listed(kitchen, proof.name)
    is_proved = proof.verdict is Verdict.PROVED
    if not (is_proved or (proof.part is Part.ATTACHED and proof.is_right)):
        raise NotReversibleError(kitchen.reel.at(file.path), proof.why or "it cannot be compared")
    size, frame = proof.raw or (0, "")
    film = next((each for each in kitchen.plan.films if each.track == file.track), None)
    kitchen.journal.prove(
        result._replace(
            frame=bytes.fromhex(frame),
            raw=size,
            time_ns=film.time_ns(file) if film else 0,
            about=_PROVED,
        )
    )


def _listed(kitchen: Kitchen, name: bytes) -> tuple[Listed, Result]:
    """Find the file of the source that a name in the film stands for."""
    top, _, path = name.partition(b"/")
    reel = kitchen.reel.name
    wanted = os.fsencode(rawcooked.harmless(reel)) if rawcooked.is_hostile(reel) else reel
    file = kitchen.journal.look_up(path) if top == wanted else None
    result = None if file is None else kitchen.journal.result(file.id)
    if file is None or result is None:
        raise NotReversibleError(name, "the film holds it, and the reel does not")
    return file, result


def _differs(kitchen: Kitchen, name: bytes) -> NotReversibleError:
    file, _ = _listed(kitchen, name)
    text = "the film holds another state of it than was read before the cook"
    return NotReversibleError(kitchen.reel.at(file.path), text)


def _wrong(path: Path, why: str) -> NotReversibleError:
    return NotReversibleError(os.fsencode(path), f"read back from its medium: {why}")
