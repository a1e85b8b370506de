"""Which stream of a film, in which form, each stream of a sidecar speaks of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.media.forms import Form, forms
from avpres.adapters.media.frame_sidecar import FrameSidecar, StreamClaim
from avpres.adapters.tools.ffmpeg import Ffmpeg
from avpres.domain.media import Kind, MediaFile, MediaStream
from avpres.services.verify.decoding.model import Beside, Side

_LARGEST = 4 * 1024 * 1024  # bytes of a record that is read
_RECORD = ".normalise.json"
_ENDINGS = (".source.framemd5", ".framemd5")

Option = tuple[MediaStream, Form]


@dataclass(slots=True)
class Claim:
    """One stream of a sidecar and what it may speak of. `why` says why it can speak of nothing.

    `is_sure` when the form is recorded, or is the film's own of its own sidecar.
    """

    beside: Beside
    sidecar: FrameSidecar
    stream: StreamClaim
    options: list[Option] = field(default_factory=list)
    why: str = ""
    is_recorded: bool = False

    def is_sure(self, option: Option) -> bool:
        """Say whether frames that differ in this form are damage, and not another form."""
        stream, form = option
        is_own = self.beside.side is Side.OWN and self.beside.is_sure
        own = form.pixels in {"", stream.pixel_format}
        return self.is_recorded or (is_own and own)


def claims(
    beside: Beside, sidecar: FrameSidecar, film: Path, file: MediaFile, ffmpeg: Ffmpeg
) -> list[Claim]:
    """Find for each stream of a sidecar what it may speak of, the likeliest first."""
    recorded = _recorded(beside, film)
    found = []
    for place, stream in enumerate(sidecar.streams):
        claim = Claim(beside, sidecar, stream)
        found.append(claim)
        if stream.index in recorded and stream.index < len(file.streams):
            compared = recorded[stream.index]
            own = file.streams[stream.index]
            claim.options = [(own, _form(compared, stream, own.sample_rate))]
            claim.is_recorded = True
        else:
            _guess(claim, place, file, ffmpeg)
    return found


def lacking(sidecar: FrameSidecar, beside: Beside, film: Path, file: MediaFile) -> str:
    """Say in words whether a sidecar lists streams that a file has not, or misses some."""
    for kind in (Kind.VIDEO, Kind.AUDIO):
        listed = sum(stream.kind is kind for stream in sidecar.streams)
        there = len(file.of(kind))
        if listed > there:
            return f"{beside.name} lists {listed} {kind} streams, and {there} are there"
    recorded = _recorded(beside, film)
    running = [each for each in file.streams if each.kind is not Kind.ATTACHMENT]
    if recorded and len(recorded) != len(running):
        return f"{len(recorded)} streams were recorded of it, and {len(running)} are there"
    return ""


def _guess(claim: Claim, place: int, file: MediaFile, ffmpeg: Ffmpeg) -> None:
    """Look among the streams of the same kind, and in all forms of the same size."""
    streams = _candidates(claim, place, file)
    if not streams:
        claim.why = "no stream of its kind, size of picture and sampling rate is there"
        return
    for stream in streams:
        claim.options += ((stream, form) for form in forms(stream, claim.stream, ffmpeg))
    if not claim.options:
        listed = claim.stream.codec or "frames of an unknown kind"
        claim.why = f"it lists {listed} and {streams[0].name} is in the file"


def _candidates(claim: Claim, place: int, file: MediaFile) -> list[MediaStream]:
    """Give streams of a claim's kind: the one at its place first, the others if there are more."""
    kind = claim.stream.kind
    if kind is Kind.UNKNOWN:
        rest = [each for each in file.of(Kind.VIDEO, Kind.AUDIO) if not each.is_picture]
        return rest[place : place + 1]
    alike = [each for each in claim.sidecar.streams if each.kind is kind]
    number = alike.index(claim.stream)
    there = [each for each in file.of(kind) if _fits(claim.stream, each)]
    films = [each for each in there if not each.is_picture]
    there = films if len(films) >= len(alike) else there
    if len(there) <= len(alike):
        return there[number : number + 1]
    return there[number : number + 1] + [e for i, e in enumerate(there) if i != number]


def _fits(claim: StreamClaim, stream: MediaStream) -> bool:
    size = (claim.width, claim.height)
    if any(size) and any((stream.width, stream.height)) and size != (stream.width, stream.height):
        return False
    rates = {claim.sample_rate, stream.sample_rate} - {0}
    return len(rates) <= 1


def _form(compared: str, stream: StreamClaim, sample_rate: int) -> Form:
    if compared == "packets":
        return Form("copy")
    if stream.kind is Kind.AUDIO:
        return Form(compared, piece=stream.piece(sample_rate))
    return Form("rawvideo", compared)


def _recorded(beside: Beside, film: Path) -> Mapping[int, str]:
    """Read from the record of `normalise` beside a sidecar what its frames were compared in."""
    name = beside.path.name
    ending = next((each for each in _ENDINGS if name.endswith(each)), "")
    stem = name.removesuffix(ending)
    if not ending or film.stem != stem:
        return {}
    told = _read(beside.path.with_name(stem + _RECORD))
    files, streams = told.get("files"), told.get("streams")
    if not isinstance(files, dict) or film.name not in files or not isinstance(streams, list):
        return {}
    return dict(_compared(streams))


def _compared(streams: Sequence[object]) -> Iterator[tuple[int, str]]:
    for each in streams:
        if not isinstance(each, dict) or each.get("kind") == Kind.ATTACHMENT:
            continue
        place, compared = each.get("output"), each.get("compared")
        if isinstance(place, int) and isinstance(compared, str) and compared.isidentifier():
            yield place, compared


def _read(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as handle:
            told = json.loads(handle.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
