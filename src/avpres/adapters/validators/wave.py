"""WAVE, with its kin: Broadcast Wave, RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088)."""

import struct
from hashlib import md5

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.riff import UNKNOWN_SIZE, Chunk, Span, Walker
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.wave_chunks import read_chunk
from avpres.adapters.validators.wave_format import read_format
from avpres.adapters.validators.wave_model import WAVE, Wave
from avpres.domain.technical import Audio, MediaKind

FORMS = {b"RIFF": "RIFF", b"RF64": "RF64", b"BW64": "BW64"}
ONCE = {b"fmt ", b"data", b"inst", b"mext", b"cart", b"bext", b"levl", b"link", b"cue ", b"ds64"}
FOUR_GIB = 1 << 32
MOST_FORMAT = 65536 + 18  # bytes: an extension cannot be longer
KEPT_CHUNKS = 100


def validate(source: Source, exam: Examination) -> None:
    """Walk the chunks of a WAVE file and hold them against each other.

    Every rule of JHOVE's WAVE module is here; beyond them a format that contradicts itself, and an
    MD5 that the file holds of its own data.
    """
    exam.technical.kind = MediaKind.AUDIO
    head = source.peek(0, 12)
    if head[:4] not in FORMS and len(head) >= 4:
        exam.halt("WAVE-RIFF", "the file does not begin as RIFF", 0, jhove="WAVE-HUL-1")
    if head[8:12] != b"WAVE" and len(head) == 12:
        exam.halt("WAVE-FORM", "the RIFF form is not WAVE", 8, jhove="WAVE-HUL-2")
    head = source.read(0, 12)
    wave = Wave(Walker(source, exam, WAVE), FORMS[head[:4]])
    span = _span(wave, struct.unpack_from("<I", head, 4)[0])
    seen = _walk(wave, span)
    _finish(wave, seen)
    wave.walker.trailing(span.end)


def _span(wave: Wave, claimed: int) -> Span:
    """Find the end of the form: of RF64 and BW64 it may stand in ds64, which then comes first."""
    if wave.form == "RIFF":
        return wave.walker.form(claimed)
    if wave.source.peek(12, 4) != b"ds64":
        wave.exam.halt(
            "WAVE-DS64-FIRST", f"ds64 must come first in {wave.form}", 12, jhove="WAVE-HUL-23"
        )
    if claimed == UNKNOWN_SIZE:
        claimed = struct.unpack("<Q", wave.source.read(20, 8))[0]
    return wave.walker.form(claimed)


def _walk(wave: Wave, span: Span) -> set[bytes]:
    seen: set[bytes] = set()
    listed: list[dict[str, object]] = []
    for chunk in wave.walker.walk(span, wave.sizes):
        if chunk.id in seen and chunk.id in ONCE:
            wave.exam.invalid(
                "WAVE-CHUNK-TWICE",
                f"there is more than one chunk '{chunk.name}'",
                chunk.offset,
                jhove="WAVE-HUL-8",
            )
        if chunk.id == b"data":
            _data(wave, chunk)
        elif chunk.id == b"fmt ":
            _format(wave, chunk)
        else:
            read_chunk(wave, chunk)
        seen.add(chunk.id)
        if len(listed) < KEPT_CHUNKS:
            listed.append({"id": chunk.name, "offset": chunk.offset, "size": chunk.size})
    wave.properties["chunks"] = listed
    return seen


def _format(wave: Wave, chunk: Chunk) -> None:
    content = wave.content(chunk, MOST_FORMAT)
    found = read_format(content, wave.exam, chunk.start)
    wave.format = wave.format or found


def _data(wave: Wave, chunk: Chunk) -> None:
    if wave.format is None:
        wave.exam.invalid(
            "WAVE-DATA-FIRST", "the data come before the format", chunk.offset, jhove="WAVE-HUL-25"
        )
    wave.data = wave.data or chunk


def _finish(wave: Wave, seen: set[bytes]) -> None:
    exam = wave.exam
    if b"fmt " not in seen:
        exam.broken("WAVE-NO-FMT", "the file has no fmt chunk", jhove="WAVE-HUL-5")
    if wave.data is None:
        exam.broken("WAVE-NO-DATA", "the file has no data chunk", jhove="WAVE-HUL-24")
    lost = wave.labelled - wave.cues
    if lost:
        exam.warn("WAVE-LABEL-CUE", f"{len(lost)} labels are of cue points that do not exist")
    if wave.data is not None:
        _check_data(wave, wave.data, has_fact=b"fact" in seen)
        _check_md5(wave, wave.data)
    _describe(wave)


def _check_data(wave: Wave, data: Chunk, *, has_fact: bool) -> None:
    exam, form = wave.exam, wave.format
    if wave.form == "RIFF" and wave.source.size > FOUR_GIB + 8 and data.is_whole:
        exam.invalid(
            "WAVE-SIZE-WRAPPED",
            "the file is larger than 4 GiB, which a RIFF size cannot say: most of it is not played",
            4,
        )
    if form is None or not form.align:
        return
    if form.is_linear and data.size % form.align and data.is_whole:
        exam.warn(
            "WAVE-DATA-BLOCKS",
            f"{data.size} bytes of data are no whole number of blocks of {form.align} bytes",
            data.offset + 4,
        )
    if not form.is_linear and not has_fact:
        exam.warn("WAVE-NO-FACT", f"{form.name} needs a fact chunk with the number of samples")
    if form.is_linear:
        _check_counts(wave, data.size // form.align)


def _check_counts(wave: Wave, samples: int) -> None:
    for name, count in (("fact", wave.fact), ("ds64", wave.sample_count)):
        if count is not None and count not in {samples, samples % FOUR_GIB}:
            wave.exam.warn(
                f"WAVE-{name.upper()}-COUNT",
                f"{name} counts {count} samples, the data have {samples}",
            )


def _check_md5(wave: Wave, data: Chunk) -> None:
    if wave.md5 is None or not data.is_whole:
        return
    stored = wave.content(wave.md5, 16)
    digest = md5(usedforsecurity=False)
    for part in wave.source.chunks(data.start, data.stop):
        digest.update(part)
    found = digest.digest()
    if stored in {found, found[::-1]}:  # BWF MetaEdit stores it as one little-endian number
        wave.properties["md5_of_data"] = found.hex()
        return
    wave.exam.invalid(
        "WAVE-MD5",
        f"the data are not those that the file's own MD5 was made of: it has {found.hex()}",
        wave.md5.offset,
    )


def _describe(wave: Wave) -> None:
    form, exam = wave.format, wave.exam
    shape = [wave.form] if wave.form != "RIFF" else []
    if wave.bext is not None:
        shape.append(f"BWF version {wave.bext}")
    if form is None:
        exam.profile = ", ".join(shape)
        return
    exam.profile = ", ".join([*shape, form.shape])
    exam.mime = f"audio/vnd.wave; codec={form.codec:X}"
    samples = _samples(wave)
    exam.technical.audio.append(
        Audio(
            codec=form.name,
            codec_id=f"0x{form.tag:04X}",
            channels=form.channels,
            sample_rate=float(form.rate),
            bits_per_sample=form.bits or None,
            samples=samples,
            duration=samples / form.rate if samples is not None and form.rate else None,
            bit_rate=form.byte_rate * 8 or None,
            byte_order="little endian",
            block_size=form.align,
            first_sample=wave.data.start if wave.data else None,
            channel_layout=form.layout,
        )
    )
    if form.valid_bits and form.valid_bits != form.bits:
        wave.properties["valid_bits_per_sample"] = form.valid_bits


def _samples(wave: Wave) -> int | None:
    form = wave.format
    if form is not None and form.is_linear and wave.data is not None and form.align:
        return (wave.data.stop - wave.data.start) // form.align
    return wave.fact if wave.fact is not None else wave.sample_count
