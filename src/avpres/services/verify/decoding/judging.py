"""What a decoded film amounts to: findings, and what each stream was held against."""

from collections.abc import Iterator

from avpres.adapters.media.decoding import Complaint
from avpres.adapters.media.forms import is_coarse
from avpres.adapters.media.frame_sidecar import FrameSidecar
from avpres.domain.errors import NotConformantError
from avpres.domain.media import Kind, MediaStream
from avpres.domain.report import Finding
from avpres.services.verify.decoding import findings
from avpres.services.verify.decoding.claims import Claim, Option, lacking
from avpres.services.verify.decoding.comparing import (
    Comparison,
    Measure,
    compare,
    frame_at,
    measure,
)
from avpres.services.verify.decoding.model import Beside, Heard, Outcome, Side
from avpres.services.verify.decoding.work import Work

_NEAR_S = 0.01  # seconds; less is rounding
_LOSSY_S = 0.5  # seconds that coders with loss may count otherwise at both ends
_ALMOST = 0.6  # of a frame
_LOSSLESS = ("ffv1", "flac", "rawvideo", "v210", "v410", "r210", "huffyuv", "ffvhuff", "pcm_")


def judge(work: Work, outcome: Outcome) -> None:
    """Judge a film that was decoded, from what ffmpeg said and what it made."""
    ended = work.ended
    outcome.findings += _complaints(work)
    if ended is None or not ended.is_regular:
        how = ended.outcome if ended and ended.status else "ffmpeg ended before it was done"
        outcome.findings.append(findings.tool(work.film, how))
        return
    try:
        _judge_frames(work, outcome)
    except (NotConformantError, FileNotFoundError) as error:
        how = f"what ffmpeg made cannot be read ({error})"
        outcome.findings.append(findings.tool(work.film, how))


def _judge_frames(work: Work, outcome: Outcome) -> None:
    measures = {}
    for stream in work.streams:
        place = work.measured(stream)
        measures[stream.index] = measure(place, stream.sample_rate) if place else Measure()
    outcome.findings += _shortfalls(work, measures)
    _judge_sums(work, outcome, measures)
    is_sound = not work.complained
    outcome.is_decoded = is_sound
    for stream in work.streams:
        if stream.codec == "flac":
            outcome.findings += _flac(work, outcome, stream, measures[stream.index], is_sound)
        elif stream.codec == "ffv1" and is_sound:
            outcome.findings += _ffv1(work, outcome, stream, measures[stream.index])
    outcome.heard = [_hear(work, *each, outcome) for each in work.surveyed]


def _judge_sums(work: Work, outcome: Outcome, measures: dict[int, Measure]) -> None:
    """Take the word of the wrapper's own check sums, which cover every stream."""
    if work.sums is None:
        return
    outcome.findings += (findings.wrong_sum(work.film, each) for each in work.sums.wrong)
    for stream in work.streams:
        if work.sums.is_proof and measures[stream.index].frames and not work.complained:
            outcome.add_proof(stream.index, work.sums.name)


def _complaints(work: Work) -> Iterator[Finding]:
    for said in work.complaints:
        yield findings.damaged(work.film, said, _where(work, said))
    if work.complained > len(work.complaints):
        yield findings.more_damage(work.film, work.complained - len(work.complaints))


def _where(work: Work, said: Complaint) -> str:
    """Name the stream, the frame and its time, as far as ffmpeg tells them."""
    stream = next((each for each in work.file.streams if each.index == said.stream), None)
    coded = [each for each in work.streams if each.codec == said.decoder]
    if stream is None and len(coded) == 1:
        stream = coded[0]
    if stream is None or said.seconds is None:
        return stream.name if stream else ""
    place = work.measured(stream)
    try:
        number = frame_at(place, said.seconds) if place else None
    except (NotConformantError, OSError):
        number = None
    frame = f"frame {number:,} " if number is not None else ""
    return f"{stream.name}, {frame}at {said.seconds:.3f} s"


def _ffv1(work: Work, outcome: Outcome, stream: MediaStream, found: Measure) -> Iterator[Finding]:
    crc = work.announced.of(stream).crc
    if crc and found.frames:
        outcome.add_proof(stream.index, "FFV1 slice CRCs")
    elif not crc:
        yield findings.no_crc(work.film, stream, is_told=crc is False)


def _flac(
    work: Work, outcome: Outcome, stream: MediaStream, found: Measure, is_sound: bool
) -> Iterator[Finding]:
    head = work.flacs.get(stream.index)
    if is_sound and found.frames:
        outcome.add_proof(stream.index, "FLAC frame CRCs")
    if head is None or not head.md5:
        yield findings.no_md5(work.film, stream)
        return
    text = work.whole[stream.index].place.read_text().strip()
    decoded = text.removeprefix("MD5=")
    if decoded == head.md5:
        outcome.add_proof(stream.index, "FLAC MD5")
    elif not head.samples or head.samples == found.samples:
        yield findings.md5_differs(work.film, stream, head.md5, decoded)


def _shortfalls(work: Work, measures: dict[int, Measure]) -> Iterator[Finding]:
    """Tell of what was decoded less than is announced: one finding for all of it."""
    said = ["it announces more bytes than are there"] if work.announced.is_cut else []
    for stream in work.streams:
        missing = _missing(work, stream, measures[stream.index])
        said += [f"{stream.name}: {missing}"] if missing else []
    whole = work.announced.seconds
    longest = max((each.seconds for each in measures.values()), default=0.0)
    near = max((_tolerance(stream) for stream in work.streams), default=0.0)
    if not said and whole is not None and longest + near < whole:
        said = [f"{whole:,.3f} s are announced, {longest:,.3f} decoded"]
    if said:
        yield findings.short(work.film, "; ".join(said))


def _missing(work: Work, stream: MediaStream, found: Measure) -> str:
    """Say what is missing of a stream; gaps where a frame stays are no loss."""
    if not found.frames:
        return "nothing of it could be decoded"
    head = work.flacs.get(stream.index)
    if head is not None and head.samples:
        same = head.samples == found.samples
        return "" if same else f"{head.samples:,} samples announced, {found.samples:,} decoded"
    announced = work.announced.of(stream)
    near = _tolerance(stream)
    if announced.seconds is not None and found.seconds + near < announced.seconds:
        return f"{announced.seconds:,.3f} s are announced, {found.seconds:,.3f} decoded"
    rate = float(stream.rate or 0)
    if announced.frames is None or not rate or not _is_lossless(stream):
        return ""
    if found.frames < announced.frames and round(found.seconds * rate) < announced.frames:
        return f"{announced.frames:,} frames are announced, {found.frames:,} decoded"
    return ""


def _tolerance(stream: MediaStream) -> float:
    if not _is_lossless(stream):
        return _LOSSY_S
    return max(_NEAR_S, _ALMOST / float(stream.rate)) if stream.rate else _NEAR_S


def _is_lossless(stream: MediaStream) -> bool:
    return stream.codec.startswith(_LOSSLESS)


def _hear(work: Work, beside: Beside, sidecar: FrameSidecar, outcome: Outcome) -> Heard:
    """Hold a film against one sidecar."""
    heard = Heard(beside, claimed=sum(stream.frames for stream in sidecar.streams))
    said = lacking(sidecar, beside, work.path, work.file)
    if said:
        heard.findings.append(findings.streams_differ(work.film, said))
        return heard
    for claim in work.claims:
        if claim.beside is not beside:
            continue
        if not claim.options:
            heard.findings.append(findings.uncompared(work.film, beside.name, claim.why))
            continue
        option, found = _best(work, claim)
        heard.equal += found.equal
        _tell(work, claim, (option, found), heard, outcome)
    return heard


def _best(work: Work, claim: Claim) -> tuple[Option, Comparison]:
    """Compare in each form that was tried, and keep the one with most frames equal."""
    tried = [
        (option, compare(claim.sidecar.path, claim.stream.index, place))
        for option, place in work.places(claim)
    ]
    return max(tried, key=lambda each: each[1].equal)


def _tell(
    work: Work, claim: Claim, best: tuple[Option, Comparison], heard: Heard, outcome: Outcome
) -> None:
    (stream, form), found = best
    name = claim.beside.name
    if found.is_equal and is_coarse(stream, form, work.means.ffmpeg):
        heard.findings.append(findings.coarse(work.film, stream, name, form.name))
        return
    if found.is_equal:
        heard.proved.add(stream.index)
        if found.late and (claim.is_recorded or stream.kind is Kind.VIDEO):
            sure = claim.is_recorded
            told = findings.times_differ(work.film, stream, found, name, is_sure=sure)
            heard.findings.append(told)
        return
    why = _excuse(claim, (stream, form), found, is_sound=not work.complained)
    if why:
        heard.findings.append(findings.uncompared(work.film, name, why))
        return
    hint = _hint(outcome, stream, work)
    if found.listed != found.decoded:
        told = findings.counts_differ(work.film, stream, found, name, hint)
        heard.findings.append(told)
    if min(found.listed, found.decoded) > found.equal and not found.is_gap:
        heard.findings.append(findings.mismatch(work.film, stream, found, name, hint))


def _excuse(claim: Claim, option: Option, found: Comparison, *, is_sound: bool) -> str:
    """Say why frames that differ may be no damage; empty when they are."""
    stream = option[0]
    if stream.kind is Kind.AUDIO and found.is_cut_otherwise and not claim.is_recorded:
        return "its pieces of sound are of other lengths than those that can be decoded now"
    if found.equal or claim.is_sure(option):
        return ""
    where = "of a source" if claim.beside.side is Side.SOURCE else "of another film"
    tried = ", ".join(each.name for _, each in claim.options)
    if not is_sound:
        return f"it does not decode without complaint, and not one frame is as listed ({tried})"
    return (
        f"not one frame of {stream.name} is as listed, in any form of that size ({tried}); "
        f"it may be {where} in another form"
    )


def _hint(outcome: Outcome, stream: MediaStream, work: Work) -> str:
    """Say that the sidecar may be the one that is wrong, where the film's own checks hold."""
    if work.complained or not outcome.proofs.get(stream.index):
        return ""
    return "the checks within the film are right, so look whether the sidecar was changed"
