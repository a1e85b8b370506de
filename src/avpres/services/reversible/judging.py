"""What became of single files of a film: frames, sounds, and those that are not there."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from avpres.adapters.cooking.ffv1 import CodingError, Plane, raw
from avpres.adapters.cooking.slices import are_slices_right
from avpres.adapters.reversible.reading import Track
from avpres.domain.reversible import Attached, Restoration, ReversibilityError, TrackKind
from avpres.services.reversible.pictures import DamagedError, PictureDecoders, restore
from avpres.services.reversible.proof import Part, Proof, Verdict
from avpres.services.reversible.sounding import SoundProving

_HINT = "; every slice has the right CRC, so that it may be the record of the file that is damaged"
_MISSING = "the film does not hold it"


@dataclass(frozen=True, slots=True)
class Task:
    """A frame to restore; without decoders `trouble` says why it cannot be.

    `is_listed`: the MD5 of the decoded picture is wanted too.
    """

    proof: Proof
    file: Restoration
    decoders: PictureDecoders | None = None
    packet: bytes = b""
    trouble: str = ""
    is_listed: bool = False


class _Raw:
    """Size and MD5 of a picture, as ffmpeg's framemd5 has them."""

    def __init__(self) -> None:
        self.found: tuple[int, str] | None = None

    def take(self, planes: Sequence[Plane]) -> None:
        """Digest the planes one after the other."""
        digest, size = hashlib.md5(usedforsecurity=False), 0
        for each in raw(planes):
            digest.update(each)
            size += len(each)
        self.found = size, digest.hexdigest()


class Worked(NamedTuple):
    """What became of a frame; of a piece of a file also its bytes."""

    proof: Proof
    file: Restoration
    data: bytes = b""


def work(task: Task) -> Worked:
    """Restore a frame in memory, and compare it; called in any thread."""
    file, decoders = task.file, task.decoders
    proof = replace(task.proof, name=file.name, is_piece=file.at is not None)
    if decoders is None:
        return Worked(replace(proof, why=task.trouble), file)
    picture = _Raw()
    seen = picture.take if task.is_listed else None
    try:
        data = restore(file, decoders, task.packet, seen=seen)
    except (DamagedError, CodingError) as error:
        slices = error.slices if isinstance(error, DamagedError) else ()
        is_right = not slices and are_slices_right(decoders.private, task.packet)
        why = f"{error}{_HINT if is_right else ''}"
        return Worked(replace(proof, why=why, slices=slices, raw=picture.found), file)
    proof = replace(proof, verdict=verdict_of(file), size=len(data), raw=picture.found)
    proof = replace(proof, algorithms=algorithms_of(file))
    return Worked(proof, file, data if proof.is_piece else b"")


def sounded(sound: SoundProving) -> Proof:
    """Judge a sound whose film was read to its end."""
    file, track = sound.file, sound.header.number
    try:
        sound.finish()
    except DamagedError as error:
        block = sound.block
        proof = Proof(file.name, Part.SOUND, Verdict.DAMAGED, 0, str(error), track, block=block)
        return replace(proof, is_piece=file.at is not None)
    size = sound.tally.size
    named = algorithms_of(file)
    proof = Proof(file.name, Part.SOUND, verdict_of(file), size, track=track, algorithms=named)
    return replace(proof, is_piece=file.at is not None)


def lost(track: Track, number: int, seen: bytearray) -> Iterator[Proof]:
    """Tell of files that no frame of the film gives back."""
    if track.kind is TrackKind.SINGLE:
        yield _absent(track, number, 0, Part.SOUND)
        return
    for place in range(track.frames):
        if not seen[place // 8] & 1 << place % 8:
            yield _absent(track, number, place, Part.FRAME)


def _absent(track: Track, number: int, place: int, part: Part) -> Proof:
    try:
        name, why = track.file(place, residual=False).name, _MISSING
    except ReversibilityError as error:
        name, why = b"?", f"{_MISSING}, and its name cannot be read: {error}"
    frame = place if part is Part.FRAME else None
    return Proof(name, part, Verdict.LOST, 0, why, number, frame)


def verdict_of(file: Restoration | Attached, *, is_nothing: bool = False) -> Verdict:
    """Tell a file that could be compared from one that could not; `is_nothing`: it is empty."""
    is_proved = bool(file.md5 or file.sha256) or is_nothing
    return Verdict.PROVED if is_proved else Verdict.UNPROVED


def algorithms_of(file: Restoration | Attached) -> tuple[str, ...]:
    """Name what a file was compared by."""
    pairs = (("md5", file.md5), ("sha256", file.sha256))
    return tuple(name for name, digest in pairs if digest)
