"""Conditions of a rule: which files it is for."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from avpres.config.base import Options
from avpres.domain.formats import Format
from avpres.domain.imaging import Alpha, Colour, Icc, ImageFormat, SampleKind, Traits
from avpres.domain.migration_class import NOT_IDENTIFIED, TEXT, Family, Migrant, family_of
from avpres.domain.sounding import SoundFormat

FORMATS = tuple(
    dict.fromkeys(
        (*ImageFormat, *SoundFormat, TEXT, *(each.value for each in Format), NOT_IDENTIFIED)
    )
)
"""Names of formats that a condition may use."""

_BY_LOWER = {str(name).lower(): str(name) for name in FORMATS}


def _listed(value: object) -> object:
    """One value stands for a list of one."""
    return (value,) if isinstance(value, str | int) else value


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name.lower() not in _BY_LOWER:
            near = get_close_matches(name.lower(), _BY_LOWER, n=1)
            hint = f"did you mean {_BY_LOWER[near[0]]}?" if near else "see docs/migration-policies"
            raise ValueError(f"{name!r} is no format that is known; {hint}")
    return tuple(_BY_LOWER[name.lower()] for name in names)


def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


_Words = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_lower)]
_Numbers = Annotated[tuple[Annotated[int, Field(ge=1)], ...], BeforeValidator(_listed)]
_Bound = Annotated[int | None, Field(ge=0)]


class Match(Options):
    """What must all hold of a file; a list holds when one of its values does.

    What is asked of a file that has no such trait, as the colour of a sound, does not hold.
    """

    family: Annotated[tuple[Family, ...], BeforeValidator(_listed)] = ()
    format: Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_known)] = ()
    colour: Annotated[tuple[Colour, ...], BeforeValidator(_listed)] = ()
    compression: _Words = ()
    kind: Annotated[tuple[SampleKind, ...], BeforeValidator(_listed)] = ()
    alpha: Annotated[tuple[Alpha, ...], BeforeValidator(_listed)] = ()
    icc: Annotated[tuple[Icc, ...], BeforeValidator(_listed)] = ()
    charset: _Words = ()
    channels: _Numbers = ()
    bits: _Numbers = ()  # every channel has one of these
    min_bits: _Bound = None  # of the deepest channel
    max_bits: _Bound = None
    min_frames: _Bound = None
    max_frames: _Bound = None
    min_pixels: _Bound = None  # of the largest frame
    max_pixels: _Bound = None
    min_side: _Bound = None  # longest side, in pixels
    max_side: _Bound = None
    min_rate: _Bound = None  # Hz
    max_rate: _Bound = None
    animated: bool | None = None
    flags: _Words = ()  # all of them
    without: _Words = ()  # flags, none of them
    metadata: _Words = ()  # all of them: exif, xmp, iptc, comment, other

    @model_validator(mode="after")
    def _bounds_leave_room(self) -> Self:
        for name in BOUNDS:
            least, most = self.bounds(name)
            if least is not None and most is not None and least > most:
                raise ValueError(f"min_{name} is more than max_{name}, which no file can be")
        return self

    def bounds(self, name: str) -> tuple[int | None, int | None]:
        """Give the least and the most of a number."""
        return getattr(self, f"min_{name}"), getattr(self, f"max_{name}")

    @property
    def is_catch_all(self) -> bool:
        """Say whether it holds of every file."""
        return not self.model_fields_set or self == Match()

    def holds(self, migrant: Migrant) -> bool:
        """Say whether a file is one of these."""
        return (
            (not self.family or family_of(migrant) in self.family)
            and all(getattr(migrant, name, None) in wanted for name, wanted in self._choices())
            and (not self.compression or _word(migrant, "compression") in self.compression)
            and (not self.charset or _word(migrant, "charset") in self.charset)
            and self._depths(migrant)
            and all(self._within(name, measure(migrant)) for name, measure in BOUNDS.items())
            and (self.animated is None or self.animated is is_animated(migrant))
            and self._marks(migrant)
        )

    def _choices(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        for name in CHOICES:
            if wanted := getattr(self, name):
                yield name, wanted

    def _depths(self, migrant: Migrant) -> bool:
        if not self.bits:
            return True
        bits = getattr(migrant, "bits", ())
        return bool(bits) and set(bits) <= set(self.bits)

    def _within(self, name: str, number: int | None) -> bool:
        least, most = self.bounds(name)
        if least is None and most is None:
            return True
        if number is None:
            return False
        return (least is None or number >= least) and (most is None or number <= most)

    def _marks(self, migrant: Migrant) -> bool:
        flags: frozenset[str] = getattr(migrant, "flags", frozenset())
        metadata: frozenset[str] = getattr(migrant, "metadata", frozenset())
        return (
            flags.issuperset(self.flags)
            and flags.isdisjoint(self.without)
            and metadata.issuperset(self.metadata)
        )


CHOICES = ("format", "colour", "kind", "alpha", "icc", "channels")
"""Conditions that a trait of the same name meets by being one of the values."""


def is_animated(migrant: Migrant) -> bool:
    """Say whether its frames follow one another in time."""
    frames, format = getattr(migrant, "frames", 1), getattr(migrant, "format", "")
    moves = format in {ImageFormat.GIF, ImageFormat.PNG} and frames > 1
    return moves or "animated" in getattr(migrant, "flags", ())


def _word(migrant: Migrant, name: str) -> str:
    return str(getattr(migrant, name, "")).lower()


def _bits(migrant: Migrant) -> int | None:
    return max(getattr(migrant, "bits", ()), default=None)


def _side(migrant: Migrant) -> int | None:
    return max(migrant.width, migrant.height) if isinstance(migrant, Traits) else None


BOUNDS: dict[str, Callable[[Migrant], int | None]] = {
    "bits": _bits,
    "frames": lambda migrant: getattr(migrant, "frames", None),
    "pixels": lambda migrant: getattr(migrant, "pixels", None),
    "side": _side,
    "rate": lambda migrant: getattr(migrant, "rate", None),
}
"""Numbers that conditions bound, and how each is found of a file."""
