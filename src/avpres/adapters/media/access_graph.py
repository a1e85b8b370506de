"""The one filter graph of an access copy, from what was decided about it."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from avpres.adapters.media import filters
from avpres.adapters.media.filters_sound import sound
from avpres.domain.access import AccessProfile, Deinterlace, FieldOrder
from avpres.domain.film import Colour, Film, Source, Subtitle
from avpres.domain.picture import Box, Size
from avpres.domain.sound import SoundTrack
from avpres.domain.trimming import Cut


@dataclass(frozen=True, slots=True)
class ImageMark:
    """An image laid over the picture."""

    path: Path
    box: Box
    opacity: float


@dataclass(frozen=True, slots=True)
class TextMark:
    """A text written over the picture, at expressions of ffmpeg."""

    text: str
    font: Path
    size: int
    opacity: float
    at: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Caption:
    """Subtitles written into the picture: the `place`-th of the file's own, from 0."""

    place: int
    font: Path
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePlan:
    """What is decided about the picture: before anything is encoded, and for every frame."""

    film: Film
    mode: Deinterlace
    order: FieldOrder
    box: Box
    frame: Size
    image: ImageMark | None = None
    text: TextMark | None = None
    timecode_font: Path | None = None
    caption: Caption | None = None
    pixel_aspect: Fraction = Fraction(1)
    colour: Colour

    @property
    def is_interlaced(self) -> bool:
        """Say whether the copy's frames are still made of fields."""
        return self.mode is Deinterlace.OFF and self.order is not FieldOrder.PROGRESSIVE

    @property
    def rate(self) -> Fraction:
        """Give the frames a second of the copy."""
        if self.order is FieldOrder.PROGRESSIVE:
            return self.film.rate
        factors = {Deinterlace.FIELD: Fraction(2), Deinterlace.IVTC: Fraction(4, 5)}
        return self.film.rate * factors.get(self.mode, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that is decided about one copy.

    `levels` are the filters that bring each track to its loudness; `silent` those that have none.
    """

    source: Source
    profile: AccessProfile
    cut: Cut
    seconds: Fraction
    picture: PicturePlan | None = None
    tracks: tuple[SoundTrack, ...] = ()
    levels: tuple[tuple[str, ...], ...] = ()
    silent: frozenset[int] = frozenset()
    metadata: tuple[tuple[str, str], ...] = ()
    subtitles: tuple[Subtitle, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Say whether anything tells how long the copy must be."""
        return self.seconds > 0


def graph(plan: Plan) -> str:
    """Write the graph: `[v]` is the picture, `[a0]` and so on are the sounds."""
    chains: list[str] = []
    if plan.picture is not None:
        chains += _picture(plan, plan.picture)
    return ";".join([*chains, *sounds(plan)])


def sounds(plan: Plan, meter: Callable[[int], str] | None = None) -> list[str]:
    """Write the chains of the sounds, the same for measuring and for encoding.

    Args:
        plan: what was decided.
        meter: gives the filter that measures a track, at the very end of its chain.
    """
    labels = [f"[0:{each.stream}]" for each in plan.source.sounds]
    is_bound = plan.profile.muxer == "mxf" or not plan.cut.is_whole
    is_bound = is_bound and plan.picture is not None and plan.is_measured
    last = filters.lasting(plan.seconds) if is_bound else []
    after: list[list[str]] = []
    for number in range(len(plan.tracks)):
        levels = plan.levels[number] if plan.levels else ()
        after.append([*levels, *last, *((meter(number),) if meter else ())])
    return sound(plan.tracks, filters.trimmed(plan.cut), after, sources=labels)


def _picture(plan: Plan, picture: PicturePlan) -> list[str]:
    head = f"[0:{picture.film.stream}]"
    before = [*filters.trimmed(plan.cut, rate=picture.film.rate), *shaped(picture)]
    before += _captioned(plan, picture.caption)
    after = _texts(plan, picture) + finished(picture, plan.profile.video_format)
    if picture.image is None:
        return [filters.chain(head, [*before, *after], "[v]")]
    laid = filters.marked(
        picture.image.box, picture.image.opacity, picture="[base]", mark="[1:v:0]"
    )
    return [filters.chain(head, before, "[base]"), f"{laid},{','.join(after)}[v]"]


def shaped(picture: PicturePlan) -> list[str]:
    """Give the filters up to the frame that marks are laid on."""
    film = picture.film
    shape = filters.deinterlaced(picture.mode, picture.order)
    turned = film.is_rgb or film.tags.matrix != picture.colour.matrix
    changed = picture.box.size != film.raster.size or turned or film.is_full_range
    if changed or picture.is_interlaced:  # whose colours lie field by field in 4:2:0
        shape += filters.scaled(
            picture.box.size,
            interlaced=picture.is_interlaced,
            source=None if film.is_rgb or not turned else film.tags.matrix,
            matrix=picture.colour.matrix if turned else None,
        )
    aspect = picture.pixel_aspect
    return [
        *shape,
        *filters.padded(picture.box, picture.frame),
        f"setsar={aspect.numerator}/{aspect.denominator}",
    ]


def finished(picture: PicturePlan, pixel_format: str) -> list[str]:
    """Give the last filters: the encoder's pixels, and the marks of the colours."""
    tags = picture.colour
    named = {
        "color_primaries": tags.primaries,
        "color_trc": tags.transfer,
        "colorspace": tags.matrix,
    }
    told = [f"{key}={value}" for key, value in named.items() if value is not None]
    return [f"format={pixel_format}", f"setparams={':'.join(told)}"]


def _captioned(plan: Plan, caption: Caption | None) -> list[str]:
    if caption is None:
        return []
    first = Fraction(0) if plan.cut.is_whole else plan.cut.first
    burnt = filters.captioned(
        plan.source.path, caption.place, fonts=caption.font.parent, family=caption.family
    )
    return filters.at_time(first, burnt)


def _texts(plan: Plan, picture: PicturePlan) -> list[str]:
    texts = []
    if picture.text is not None:
        mark = picture.text
        texts.append(filters.written(mark.text, mark.font, mark.size, mark.opacity, mark.at))
    counting = plan.source.counting
    if picture.timecode_font is not None and counting is not None:
        first = round(plan.cut.begin * counting.rate)
        late = plan.cut.late if plan.cut.is_whole else Fraction(0)
        texts.append(filters.counted(counting, first, picture.timecode_font, picture.frame, late))
    return texts
