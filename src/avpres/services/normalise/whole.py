"""Whether ffmpeg decoded all that the source says it holds: a proof of half a tape is none."""

import os
from collections.abc import Iterator, Mapping, Sequence

from avpres.adapters.tools.mediainfo_saying import is_cut
from avpres.domain.exit_codes import ExitCode
from avpres.domain.media import Kind, MediaFile
from avpres.domain.report import Finding
from avpres.services.normalise.comparing import StreamProof
from avpres.services.normalise.likeness import paired

_HIDDEN_S = 0.01  # seconds; less is rounding
_NEAR_S = 0.1  # seconds of sound that a wrapper may count otherwise


def shortfalls(
    path: str, told: Mapping[str, object], file: MediaFile, proofs: Sequence[StreamProof]
) -> Iterator[Finding]:
    """Yield streams of which less was decoded than the wrapper announces.

    Args:
        path: of the source.
        told: MediaInfo's JSON on it, from its structure alone.
        file: what ffmpeg finds in it.
        proofs: what was decoded.
    """
    if is_cut(told):
        text = "the source is cut: it announces more than is there; find a better copy, or repair"
        yield Finding.error("NRM-SOURCE", path, text, ExitCode.SOURCE_UNREADABLE)
    if file.wrapper == "dv" and all(os.stat(path).st_size % unit for unit in _dv_units(file)):
        text = "its last frame is cut, and ffmpeg fills it up; find a better copy, or repair"
        yield Finding.error("NRM-SOURCE", path, text, ExitCode.SOURCE_UNREADABLE)
    if not told:
        yield from _whole(path, file, proofs)
    announced = paired(told, file)
    for proof in proofs:
        track = announced.get(proof.stream.index)
        if track is not None:
            yield from _hidden(path, proof, track)
        if track is not None and proof.stream.kind is Kind.VIDEO:
            yield from _film(path, proof, _number(track, "FrameCount"))
        elif track is not None and proof.stream.codec.startswith("pcm_"):
            yield from _sound(path, proof, _number(track, "SamplingCount"))


def _dv_units(file: MediaFile) -> list[int]:
    """Give the bytes of which frames of raw DV have one, two or four times as many (SMPTE 314M)."""
    sizes = {576: [144_000], 480: [120_000]}
    films = file.of(Kind.VIDEO)
    return sizes.get(films[0].height if films else 0, [144_000, 120_000])


def _whole(path: str, file: MediaFile, proofs: Sequence[StreamProof]) -> Iterator[Finding]:
    """Where MediaInfo says nothing, take the length of the file that ffmpeg found."""
    decoded = max((proof.end for proof in proofs), default=0.0)
    if file.seconds is not None and decoded + _NEAR_S < file.seconds:
        yield _short(path, f"{file.seconds:,.1f} seconds are announced, {decoded:,.1f} decoded")


def _hidden(path: str, proof: StreamProof, track: Mapping[str, object]) -> Iterator[Finding]:
    """Tell of an edit list: what it leaves out is stored, is not shown, and is not decoded."""
    stored, played = _number(track, "Source_Duration"), _number(track, "Duration")
    if stored is not None and played is not None and stored - played > _HIDDEN_S:
        text = (
            f"{proof.stream.name}: {stored:,.3f} seconds are stored and an edit list shows "
            f"{played:,.3f}; the output holds what is shown, so keep the source too"
        )
        yield Finding.warning("NRM-HIDDEN", path, text)


def _film(path: str, proof: StreamProof, announced: float | None) -> Iterator[Finding]:
    rate = float(proof.stream.rate or 0)
    if announced is None or proof.source >= announced:
        return
    said = f"{proof.stream.name}: {announced:,.0f} frames are announced, {proof.source:,} decoded"
    if rate and round(proof.end * rate) >= announced:
        text = f"{said}; the others are gaps, where the frame before stays"
        yield Finding.warning("NRM-GAPS", path, text)
    else:
        yield _short(path, said)


def _sound(path: str, proof: StreamProof, announced: float | None) -> Iterator[Finding]:
    rate = proof.stream.sample_rate
    if announced is None or not rate:
        return
    if proof.end + _NEAR_S < announced / rate:
        said = f"{proof.stream.name}: {announced / rate:,.1f} seconds are announced"
        yield _short(path, f"{said}, {proof.end:,.1f} decoded")


def _short(path: str, said: str) -> Finding:
    text = f"{said}; what was made is kept under a name that ends in .failed"
    return Finding.error("NRM-SHORT", path, text, ExitCode.INCOMPLETE)


def _number(track: Mapping[str, object], key: str) -> float | None:
    try:
        return float(str(track.get(key, "")))
    except ValueError:
        return None
