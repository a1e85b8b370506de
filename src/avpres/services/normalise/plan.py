"""What becomes of each stream, and how it will be proved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from avpres.adapters.media import codecs
from avpres.adapters.media.pixels import pixel_plan
from avpres.adapters.media.slices import possible_slices
from avpres.adapters.tools.ffmpeg import Ffmpeg
from avpres.config.normalise import NormaliseOptions
from avpres.domain.media import Kind, MediaFile, MediaStream
from avpres.domain.normalisation import Lossy, Sound
from avpres.services.normalise.saying import said_in_frames

FLAC_CHANNELS = 8  # RFC 9639 §9.1.3
FLAC_RATE = 384_000  # samples a second; beyond, not every ffmpeg and player can
CHUNKS_A_SECOND = 10  # pieces of sound with a digest each: fine enough to find damage


class Fate(StrEnum):
    """What happens to a stream."""

    ENCODED = "encoded"
    COPIED = "copied"
    SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True)
class Treatment:
    """One stream: its codec in the output, the filters before it, and the form of its proof.

    `proof` is a pixel format or a PCM codec that both sides are decoded to; empty when packets
    are compared as they are. `place` is its number in the output, -1 in a sidecar. `full` is the
    range of samples in a picture, `slices` how many parts of it are coded alone.
    """

    stream: MediaStream
    fate: Fate
    codec: str = "copy"
    filters: tuple[str, ...] = ()
    stored: str = ""
    proof: str = ""
    place: int = -1
    full: bool = False
    slices: int = 0
    remark: str = ""

    @property
    def chunk(self) -> int:
        """Samples in a piece of sound."""
        return max(1, self.stream.sample_rate // CHUNKS_A_SECOND)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not normalised."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a file. `suffix` is that of the output."""

    file: MediaFile
    treatments: tuple[Treatment, ...]
    suffix: str = ".mkv"

    @property
    def held(self) -> list[Treatment]:
        """Streams that the output holds, in its order."""
        kept = [each for each in self.treatments if each.fate is not Fate.SIDECAR]
        return sorted(kept, key=lambda each: each.place)

    @property
    def running(self) -> list[Treatment]:
        """Streams of the output that have frames or packets, in its order."""
        return [each for each in self.held if each.stream.kind is not Kind.ATTACHMENT]

    @property
    def attached(self) -> list[Treatment]:
        """Files that the output holds."""
        return [each for each in self.held if each.stream.kind is Kind.ATTACHMENT]

    @property
    def beside(self) -> list[Treatment]:
        """Streams that go into files of their own."""
        return [each for each in self.treatments if each.fate is Fate.SIDECAR]


def plan(
    file: MediaFile,
    options: NormaliseOptions,
    ffmpeg: Ffmpeg,
    lossless: Mapping[int, bool],
) -> Plan | Refusal:
    """Decide for every stream of a file, or say why nothing is done.

    Args:
        file: what it holds.
        options: what is wanted of lossy films, DV, and sound.
        ffmpeg: who will do it; its FFV1 knows certain pixel formats.
        lossless: by stream, whether a codec that may be either is lossless there.
    """
    films = [stream for stream in file.of(Kind.VIDEO) if not stream.is_picture]
    if not films and not file.of(Kind.AUDIO):
        return Refusal("NRM-NOTHING", "there is neither film nor sound in it")
    decided: list[Treatment] = []
    for stream in file.streams:
        fate = _decide(stream, options, ffmpeg, lossless)
        if isinstance(fate, Refusal):
            return fate
        decided.append(fate)
    return Plan(file, tuple(_placed(decided)), _suffix(films, decided))


def _suffix(films: Sequence[MediaStream], decided: Sequence[Treatment]) -> str:
    if films:
        return ".mkv"
    alone = len(decided) == 1 and decided[0].codec == "flac"
    return ".flac" if alone else ".mka"


def _placed(treatments: Sequence[Treatment]) -> Iterator[Treatment]:
    """Number what the output holds; Matroska tells covers and attachments after all else."""
    held = [each for each in treatments if each.fate is not Fate.SIDECAR]
    held.sort(key=lambda each: (each.stream.kind is Kind.ATTACHMENT, each.stream.is_picture))
    places = {each.stream.index: place for place, each in enumerate(held)}
    for each in treatments:
        yield replace(each, place=places.get(each.stream.index, -1))


def _decide(
    stream: MediaStream, options: NormaliseOptions, ffmpeg: Ffmpeg, lossless: Mapping[int, bool]
) -> Treatment | Refusal:
    if stream.kind is Kind.VIDEO and not stream.is_picture:
        return _film(stream, options, ffmpeg, lossless)
    if stream.kind is Kind.AUDIO:
        return _sound(stream, options)
    if stream.kind is Kind.SUBTITLE and stream.codec in codecs.SUBTITLES_COPIED:
        return Treatment(stream, Fate.COPIED)
    if stream.kind is Kind.ATTACHMENT or stream.is_picture:
        return Treatment(stream, Fate.COPIED)
    return Treatment(stream, Fate.SIDECAR)


def _film(
    stream: MediaStream, options: NormaliseOptions, ffmpeg: Ffmpeg, lossless: Mapping[int, bool]
) -> Treatment | Refusal:
    if stream.codec in _UNKNOWN:
        reason = f"{stream.name} is in a coding that ffmpeg {ffmpeg.version} does not know"
        return Refusal("NRM-NO-PLACE", reason)
    is_dv = stream.codec == "dvvideo"
    if is_dv or not _is_lossless(stream, lossless):
        wish = options.dv if is_dv else options.lossy
        flag = "--dv" if is_dv else "--lossy"
        if wish is Lossy.REFUSE:
            return Refusal("NRM-LOSSY", _lossy(stream, flag))
        if wish is Lossy.REWRAP:
            return _rewrapped(stream, flag)
    return _encoded(stream, options, ffmpeg)


_UNKNOWN = frozenset({"", "none", "unknown"})


def _lossy(stream: MediaStream, flag: str) -> str:
    why = "is encoded with loss"
    if stream.codec in codecs.EITHER_WAY:
        why = "is encoded with loss, or nothing in it says that it is not"
    return (
        f"{stream.name} {why}, and FFV1 would only make it larger; keep it as it "
        f"is, or say {flag} rewrap or {flag} transcode"
    )


def _is_lossless(stream: MediaStream, lossless: Mapping[int, bool]) -> bool:
    if stream.codec in codecs.LOSSLESS_VIDEO:
        return True
    if stream.codec == "mjpeg":
        return stream.profile == "Lossless"
    return stream.codec in codecs.EITHER_WAY and lossless.get(stream.index, False)


def _rewrapped(stream: MediaStream, flag: str) -> Treatment | Refusal:
    if stream.codec not in codecs.VIDEO_COPIED:
        reason = f"{stream.name} has no place in Matroska as it is; say {flag} transcode"
        return Refusal("NRM-NO-PLACE", reason)
    return Treatment(stream, Fate.COPIED, remark=f"{stream.codec} is kept as it is")


def _encoded(stream: MediaStream, options: NormaliseOptions, ffmpeg: Ffmpeg) -> Treatment | Refusal:
    pixels = pixel_plan(stream.pixel_format, stream.colour, ffmpeg.abilities.ffv1)
    if pixels is None:
        form = stream.pixel_format or "pixels that ffmpeg does not know"
        reason = f"{stream.name} holds {form}, for which FFV1 version 3 has no lossless place"
        return Refusal("NRM-NO-PLACE", reason)
    filters = (*said_in_frames(stream, options), *pixels.filters)
    size = (stream.width, stream.height)
    slices = possible_slices(ffmpeg, size, pixels.stored, options.slices)
    treatment = Treatment(stream, Fate.ENCODED, "ffv1", filters, full=pixels.full, slices=slices)
    return replace(treatment, stored=pixels.stored, proof=pixels.compared)


def _sound(stream: MediaStream, options: NormaliseOptions) -> Treatment | Refusal:
    if stream.codec in codecs.AUDIO_COPIED:
        return Treatment(stream, Fate.COPIED, remark=f"{stream.codec} is kept as it is")
    proof = codecs.pcm_for(stream.sample_format, stream.bits)
    if not proof:
        reason = f"{stream.name} is of a kind that is not known here to be kept without loss"
        return Refusal("NRM-NO-PLACE", reason)
    if options.sound is Sound.FLAC and _fits_flac(stream, proof):
        return Treatment(stream, Fate.ENCODED, "flac", proof=proof)
    return Treatment(stream, Fate.ENCODED, _pcm(stream, proof), proof=proof)


def _pcm(stream: MediaStream, proof: str) -> str:
    if stream.codec in codecs.PCM_COPIED:
        return "copy"
    return codecs.PCM_TURNED.get(stream.codec, proof)


def _fits_flac(stream: MediaStream, proof: str) -> bool:
    fits = _channels(stream.layout) <= FLAC_CHANNELS and stream.sample_rate <= FLAC_RATE
    fits = fits and stream.layout not in _MISNAMED
    return fits and proof in {"pcm_s16le", "pcm_s24le"}


def _channels(layout: str) -> int:
    """Count channels by ffmpeg's name of their layout; unknown names count as too many."""
    words = layout.split()
    if len(words) > 1 and words[0].isdigit():
        return int(words[0])
    plain = layout.partition("(")[0]
    return _LAYOUTS.get(plain, FLAC_CHANNELS + 1)


_LAYOUTS = {
    "mono": 1,
    **dict.fromkeys(("stereo", "downmix"), 2),
    "3.0": 3,
    "quad": 4,
    "5.0": 5,
    "5.1": 6,
    **dict.fromkeys(("6.1", "7.0"), 7),
    **dict.fromkeys(("7.1", "octagonal"), 8),
}
_MISNAMED = {"3.0(back)", "3 channels", "4 channels"}  # as 2.1 and 4.0 are, in FLAC
