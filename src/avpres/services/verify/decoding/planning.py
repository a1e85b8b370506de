"""What of a film is decoded, and in which forms: its first frames tell."""

from collections.abc import Sequence
from contextlib import suppress

from avpres.adapters.media import decoding
from avpres.adapters.media.decoding import Wanted, WholeDigest
from avpres.adapters.media.flac_head import read_head
from avpres.adapters.media.forms import Form, own_form
from avpres.adapters.media.frame_sidecar import HEAD
from avpres.adapters.tools.ffmpeg import Watch, Word, transcode
from avpres.domain.errors import NotConformantError
from avpres.domain.media import Kind, MediaStream
from avpres.services.verify.decoding.claims import Claim, Option, claims, lacking
from avpres.services.verify.decoding.comparing import heads
from avpres.services.verify.decoding.work import Work

_QUICK = "MURMUR3"  # a hash that costs little, for streams of which only the number counts
_TRIED = 6  # forms in which a stream is decoded when its first frames fit none


def plan(work: Work) -> None:
    """Decide what is decoded, and in which forms."""
    ffmpeg = work.means.ffmpeg
    for beside, sidecar in work.surveyed:
        if not lacking(sidecar, beside, work.path, work.file):
            work.claims += claims(beside, sidecar, work.path, work.file, ffmpeg)
    _choose(work)
    for claim in work.claims:
        for stream, form in claim.options:
            work.want(stream.index, form, claim.sidecar.hash)
    for stream in work.streams:
        if not any(key[0] == stream.index and key[1].codec != "copy" for key in work.wanted):
            work.want(stream.index, own_form(stream), _QUICK)
        if stream.codec == "flac":
            _plan_flac(work, stream)


def _plan_flac(work: Work, stream: MediaStream) -> None:
    place = work.folder / f"{stream.index}.flac"
    _run(work, decoding.flac_head_words(work.film.path, stream.index, place))
    with suppress(OSError, NotConformantError):
        head = read_head(place)
        work.flacs[stream.index] = head
        if head.md5:
            target = work.folder / f"{stream.index}.md5"
            work.whole[stream.index] = WholeDigest(stream.index, head.bits, target)


def _choose(work: Work) -> None:
    """Decode the first frames in all forms, and keep those in which they are as claimed."""
    open_claims = [each for each in work.claims if not each.is_recorded and each.options]
    wanted: dict[tuple[int, Form, str], Wanted] = {}
    for claim in open_claims:
        for stream, form in claim.options:
            key = (stream.index, form, claim.sidecar.hash)
            place = work.folder / f"{len(wanted):04d}.head"
            wanted.setdefault(key, Wanted(*key, place))
    if not wanted:
        return
    _run(work, decoding.head_words(work.film.path, list(wanted.values()), HEAD, work.means.ffmpeg))
    for each in wanted.values():
        if not each.place.is_file():  # one form that cannot be made ends all of them
            _run(work, decoding.head_words(work.film.path, [each], HEAD, work.means.ffmpeg))
    for claim in open_claims:
        seen = [
            heads(wanted[stream.index, form, claim.sidecar.hash].place)
            for stream, form in claim.options
        ]
        _keep(claim, seen)


def _keep(claim: Claim, seen: Sequence[list[tuple[int, str]]]) -> None:
    """Keep the form in which the first frames are equal, else those in which their sizes are."""
    options = list(zip(claim.options, seen, strict=True))
    head = claim.stream.head
    equal = [option for option, found in options if found and found == head[: len(found)]]
    if equal:
        claim.options = equal[:1]
        return
    if not any(found for _, found in options):
        claim.options = claim.options[:1]  # nothing of it can be decoded, which is told then
        return
    sized = [option for option, found in options if found and head and found[0][0] == head[0][0]]
    if not sized:
        claim.why = _other_size(claim, options[0])
    claim.options = sized[:_TRIED]


def _other_size(claim: Claim, first: tuple[Option, list[tuple[int, str]]]) -> str:
    (stream, form), found = first
    listed = claim.stream.head[0][0] if claim.stream.head else 0
    size = found[0][0] if found else 0
    unit = "frames" if stream.kind is Kind.VIDEO else "pieces of sound"
    return (
        f"its {unit} have {listed:,} bytes and those of {stream.name} have {size:,} as {form.name}"
        ", and no other order of the same samples has that size"
    )


def _run(work: Work, words: Sequence[Word]) -> None:
    """Run ffmpeg for a look at the beginning; what it fails to make is missed later."""
    transcode(work.means.ffmpeg, words, Watch(stop=work.means.stop, stall_s=work.means.stall_s))
