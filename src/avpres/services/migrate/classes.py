"""Classes of files, and how many of each there are, in memory that does not grow with files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from avpres.domain.imaging import BANDS, Alpha, Icc, Traits
from avpres.domain.migration import Outcome, Reason
from avpres.domain.migration_class import Migrant, SoundTraits, TextTraits
from avpres.domain.tally import OTHER, Count

CLASSES = 5000  # told apart; a hostile collection could have millions
SAMPLES = 3  # paths that are kept of each class and reason
_NONE = ""


class Class(NamedTuple):
    """What files of a class have in common; empty where a family has no such trait.

    `bits` is "8x3" for three samples of 8 bits, `band` the number of the size band, 0 for none.
    """

    format: str
    colour: str = _NONE
    compression: str = _NONE
    bits: str = _NONE
    band: int = 0
    flags: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give the name of the class, as records and samples tell it."""
        words = (self.colour, self.compression, self.bits, band_words(self.band), *self.flags)
        return " ".join((self.format, *(word for word in words if word)))


class Key(NamedTuple):
    """A row of the plan: a class, the rule that decides, and whether it can be followed.

    `levels` are those of wavelets in JP2; 0 for other targets.
    """

    kind: Class
    rule: str
    levels: int
    outcome: Outcome
    reason: Reason | None = None


def class_of(migrant: Migrant) -> Class:
    """Name the class of a file."""
    if isinstance(migrant, Traits):
        return _of_image(migrant)
    if isinstance(migrant, SoundTraits):
        return _of_sound(migrant)
    if isinstance(migrant, TextTraits):
        return Class(migrant.format, compression=migrant.charset)
    return Class(migrant.format)


def bits_words(bits: tuple[int, ...]) -> str:
    """Write bits per sample as tables say them: "1", "8x3", "5,6,5"."""
    if not bits:
        return _NONE
    if len(set(bits)) == 1:
        return str(bits[0]) if len(bits) == 1 else f"{bits[0]}x{len(bits)}"
    text = ",".join(map(str, bits[:8]))
    return text if len(bits) <= 8 else f"{text},…x{len(bits)}"  # noqa: PLR2004 - enough to tell


def band_words(band: int) -> str:
    """Write a size band by its longest side in pixels; empty for none."""
    if not band:
        return _NONE
    return f"<= {BANDS[band - 1]}" if band <= len(BANDS) else f"> {BANDS[-1]}"


def _of_image(traits: Traits) -> Class:
    flags = set(traits.flags)
    if traits.alpha is not Alpha.NONE:
        flags.add(f"alpha {traits.alpha}")
    if traits.icc is not Icc.NONE:
        flags.add(f"icc {traits.icc}")
    if traits.frames > 1:
        flags.add("frames")
    if traits.orientation != 1:
        flags.add("turned")
    bits = bits_words(traits.bits)
    kind = "" if traits.kind == "unsigned" else f" {traits.kind}"
    return Class(
        str(traits.format),
        str(traits.colour),
        traits.compression,
        bits + kind,
        traits.band,
        tuple(sorted(flags)),
    )


def _of_sound(sound: SoundTraits) -> Class:
    bits = f"{sound.bits[0]}x{sound.channels}" if sound.channels > 1 else str(sound.bits[0])
    coding = f"{sound.compression} {sound.rate / 1000:g} kHz"
    kind = "" if sound.kind == "signed" else f" {sound.kind}"
    flags = tuple(sorted(sound.flags))
    return Class(str(sound.format), compression=coding, bits=bits + kind, flags=flags)


@dataclass(slots=True)
class Amount(Count):
    """So many files, and some of their paths."""

    samples: list[str] = field(default_factory=list)

    def meet(self, size: int, path: str) -> None:
        """Count a file, and keep its path while there is room."""
        self.add(size)
        if len(self.samples) < SAMPLES:
            self.samples.append(path)


class Plan:
    """Files counted by class, target and outcome; beyond a limit, classes count as `other`."""

    def __init__(self, limit: int = CLASSES) -> None:
        self._limit = limit
        self._amounts: dict[Key, Amount] = {}
        self.total = Count()

    def add(self, key: Key, size: int, path: str) -> None:
        """Count a file."""
        self.total.add(size)
        amount = self._amounts.get(key)
        if amount is None:
            if len(self._amounts) >= self._limit:
                key = key._replace(kind=Class(OTHER))
            amount = self._amounts.setdefault(key, Amount())
        amount.meet(size, path)

    def __iter__(self) -> Iterator[tuple[Key, Amount]]:
        """Yield what was counted, by class; `other` is last."""
        yield from sorted(self._amounts.items(), key=_order)

    def outcomes(self) -> dict[Outcome, Count]:
        """Count files and bytes by what is to become of them."""
        found = {outcome: Count() for outcome in Outcome}
        for key, amount in self._amounts.items():
            found[key.outcome].files += amount.files
            found[key.outcome].size += amount.size
        return found


def _order(item: tuple[Key, Amount]) -> tuple[bool, Class, str, int, str, str]:
    key, _ = item
    is_other = key.kind.format == OTHER
    return is_other, key.kind, key.rule, key.levels, str(key.outcome), str(key.reason or "")
