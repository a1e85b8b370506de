"""Command lines for ffmpeg: the source into output and digests, the output into digests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from avpres.adapters.media.probe import READING
from avpres.adapters.tools.ffmpeg import Ffmpeg, Word, numbers, url
from avpres.domain.media import Kind
from avpres.services.normalise.plan import Fate, Plan, Treatment
from avpres.services.normalise.stage import Stage

STRICT = ("-err_detect", "crccheck+bitstream+buffer+explode")
"""Every mistake in FFV1 slices and FLAC frames is told, and none is repaired."""

_MUXERS = {".mkv": "matroska", ".mka": "matroska", ".flac": "flac"}


def time_base(ffmpeg: Ffmpeg) -> str:
    """Say that times shall be as exact as the source's; frames of varying length need that."""
    number = numbers(ffmpeg.version)
    return "demux" if number is None or number >= _NAMED_BASES else "-1"


_NAMED_BASES = (6, 1)  # the first version that calls it so, and later refuses the number


@dataclass(frozen=True, slots=True)
class Manner:
    """How ffmpeg is to work: threads (0 is its own choice), unit of times, options of inputs.

    `context` is FFV1's: 0 for the small model of neighbours, 1 for the large.
    """

    context: int
    threads: int
    base: str
    reading: tuple[str, ...] = ()


def encode_words(source: bytes, plan: Plan, stage: Stage, manner: Manner) -> list[Word]:
    """Decode a source once, for the output, for digests of its frames, and for sidecars."""
    words: list[Word] = ["-v", "level+info", "-err_detect", "crccheck", *READING, *manner.reading]
    for each in plan.attached:
        words += [f"-dump_attachment:{each.stream.index}", url(stage.attachment(each, "source"))]
    words += ["-i", url(source), "-map_metadata", "0", "-map_chapters", "0"]
    words += ["-max_muxing_queue_size", "9999", "-fps_mode", "passthrough"]
    for each in plan.held:
        words += ["-map", f"0:{each.stream.index}", *_encoding(each, manner)]
    words += ["-fflags", "+bitexact", "-f", _MUXERS[plan.suffix], url(stage.file(plan.suffix))]
    words += _digests([each.stream.index for each in plan.running], plan.running, manner)
    words += [url(stage.file(".source.framemd5"))]
    for each in plan.beside:
        words += ["-map", f"0:{each.stream.index}", "-c", "copy", "-f", "data"]
        words += [url(stage.file(f".stream{each.stream.index}.bin"))]
    return words


def proof_words(plan: Plan, stage: Stage, manner: Manner) -> list[Word]:
    """Decode an output, where anything that is said on stderr is a fault."""
    words: list[Word] = ["-v", "error", *STRICT, *READING, *manner.reading]
    words += ["-threads", str(manner.threads)] if manner.threads else []
    for each in plan.attached:
        words += [f"-dump_attachment:{each.place}", url(stage.attachment(each, "output"))]
    words += ["-i", url(stage.file(plan.suffix))]
    words += _digests([each.place for each in plan.running], plan.running, manner)
    return [*words, url(stage.file(".framemd5"))]


def _encoding(each: Treatment, manner: Manner) -> Iterator[Word]:
    at = each.place
    yield from (f"-c:{at}", each.codec)
    if each.codec == "ffv1":
        yield from (f"-level:{at}", "3", f"-g:{at}", "1", f"-coder:{at}", "1")
        yield from (
            f"-context:{at}",
            str(manner.context),
            f"-slices:{at}",
            str(each.slices),
            f"-slicecrc:{at}",
            "1",
        )
        yield from (f"-threads:{at}", str(manner.threads)) if manner.threads else ()
        yield from (f"-enc_time_base:{at}", manner.base)
        yield from (f"-color_range:{at}", "pc") if each.full else ()
    if each.filters:
        yield from (f"-filter:{at}", ",".join(each.filters))


def _digests(
    streams: Sequence[int], treatments: Sequence[Treatment], manner: Manner
) -> Iterator[Word]:
    """Ask for a digest of each frame: sound in pieces of equal length, so that both sides agree."""
    yield from ("-map_metadata", "-1", "-map_chapters", "-1", "-fps_mode", "passthrough")
    for place, (index, each) in enumerate(zip(streams, treatments, strict=True)):
        yield from ("-map", f"0:{index}")
        if each.fate is Fate.COPIED:
            yield from (f"-c:{place}", "copy")
        elif each.stream.kind is Kind.AUDIO:
            yield from (f"-c:{place}", each.proof)
            yield from (f"-filter:{place}", f"asetnsamples=n={each.chunk}:p=0")
        else:
            yield from (f"-c:{place}", "rawvideo", f"-pix_fmt:{place}", each.proof)
            yield from (f"-enc_time_base:{place}", manner.base)
    yield from ("-f", "framemd5")
