"""A file of many frames in the proof of a film: whether its parts, proved one by one, are all."""

from collections import Counter

from avpres.adapters.reversible.layouts import holes_of, stream_of
from avpres.domain.reversible import Attached, ReversibilityError, TrackKind
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.proof import Part, Proof, Verdict


def whole(cooked: Cooked, file: Attached, wrong: int) -> Proof:
    """Judge a file of which `wrong` parts do not come back.

    Each part was compared with its own digest; here they must follow each other without a gap.
    `uncook` compares the digest of the whole, too.
    """
    why = f"{wrong:,} of its parts do not come back" if wrong else _lacking(cooked, file)
    if why:
        return Proof(file.name, Part.CLIP, Verdict.DAMAGED, why=why)
    return Proof(file.name, Part.CLIP, Verdict.PROVED)


def _lacking(cooked: Cooked, file: Attached) -> str:
    """Say what its parts lack; nothing when they are the file."""
    left_out: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    end = 0
    try:
        for track in cooked.data.tracks:
            if track.kind is TrackKind.SINGLE:
                sound = track.file(residual=False)
                stream = stream_of(sound.layout) if sound.layout else None
                if sound.name == file.name and stream is not None:
                    kept[stream] += sound.size or 0
                continue
            for piece in track.files():
                if piece.at is None or piece.name != file.name:
                    break
                if piece.at != end:
                    return f"its parts do not follow each other at byte {piece.at:,}"
                holes = holes_of(piece.layout)
                end += (piece.size or 0) + sum(hole.size for hole in holes)
                for _, size, stream in holes:
                    left_out[stream] += size
    except ReversibilityError as error:
        return f"what is kept of its parts: {error}"
    if end != file.size:
        return f"its parts have {end:,} bytes, the file had {file.size:,}"
    return "" if left_out == kept else "its sound is not as long as what was left out of it"
