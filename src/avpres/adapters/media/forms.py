"""In which form a stream is decoded, so that its frames can be held against digests of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.media.codecs import pcm_for
from avpres.adapters.media.frame_sidecar import StreamClaim
from avpres.adapters.media.pixels import alike
from avpres.adapters.tools.ffmpeg import Ffmpeg, Word
from avpres.domain.media import Kind, MediaStream

_PCM = re.compile(r"pcm_\w{1,24}")
_RAW = ("rawvideo", "")  # the first version of framemd5 names no codec


@dataclass(frozen=True, slots=True)
class Form:
    """What a stream becomes before its digests are taken.

    `codec` is `rawvideo`, a PCM, or `copy` for packets as they are; `pixels` a pixel format;
    `piece` samples in a piece of sound, 0 as the decoder gives them.
    """

    codec: str
    pixels: str = ""
    piece: int = 0

    @property
    def name(self) -> str:
        """Name it for people."""
        return "packets" if self.codec == "copy" else self.pixels or self.codec

    def words(self) -> list[Word]:
        """Give ffmpeg's options for an output with this one stream."""
        words: list[Word] = ["-c", self.codec]
        words += ["-pix_fmt", self.pixels] if self.pixels else []
        words += ["-filter:a", f"asetnsamples=n={self.piece}:p=0"] if self.piece else []
        return words


def own_form(stream: MediaStream) -> Form:
    """Give the form in which a decoder gives a stream, to count its frames and samples."""
    if stream.kind is Kind.AUDIO:
        return Form(pcm_for(stream.sample_format, stream.bits) or "pcm_s32le")
    return Form("rawvideo", stream.pixel_format)


def is_coarse(stream: MediaStream, form: Form, ffmpeg: Ffmpeg) -> bool:
    """Say whether a form leaves out bits of the samples, so that it cannot prove all of them."""
    own = own_form(stream)
    if form.codec == "copy":
        return False
    if not form.pixels:
        return _bits(form.codec) < _bits(own.codec)
    known = ffmpeg.abilities.pixel_formats
    mine, its = known.get(own.pixels), known.get(form.pixels)
    return mine is not None and its is not None and its.bits_per_pixel < mine.bits_per_pixel


def _bits(codec: str) -> int:
    digits = "".join(filter(str.isdigit, codec))
    return int(digits) if digits else 8  # A-law and mu-law


def forms(stream: MediaStream, claim: StreamClaim, ffmpeg: Ffmpeg) -> list[Form]:
    """List forms in which a stream may have the digests that are claimed, the likeliest first."""
    return [form for form in dict.fromkeys(_forms(stream, claim)) if _is_made(form, ffmpeg)]


def _forms(stream: MediaStream, claim: StreamClaim) -> Iterator[Form]:
    if stream.kind is Kind.VIDEO and claim.codec in _RAW:
        yield from (Form("rawvideo", name) for name in _pixels(stream.pixel_format))
    elif stream.kind is Kind.AUDIO and (_PCM.fullmatch(claim.codec) or not claim.codec):
        codec = claim.codec or "pcm_s16le"
        yield Form(codec, piece=claim.piece(stream.sample_rate))
        yield Form(codec)
    if claim.codec == stream.codec:
        yield Form("copy")


def _pixels(own: str) -> Iterator[str]:
    if own:
        yield own
        yield from alike(own)


def _is_made(form: Form, ffmpeg: Ffmpeg) -> bool:
    """Say whether this ffmpeg writes it; what another program was told is not taken on trust."""
    if form.pixels:
        known = ffmpeg.abilities.pixel_formats.get(form.pixels)
        return known is not None and known.writable
    return form.codec == "copy" or form.codec in ffmpeg.abilities.encoders
