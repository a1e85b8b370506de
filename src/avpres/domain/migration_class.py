"""What a policy decides by: traits of sounds, texts and all else, beside those of images."""

from dataclasses import dataclass
from enum import StrEnum

from avpres.domain.imaging import SampleKind, Traits
from avpres.domain.sounding import Encoding, Sound, SoundFormat

TEXT = "text"
NOT_IDENTIFIED = "not identified"
_KINDS = {
    Encoding.SIGNED: SampleKind.SIGNED,
    Encoding.UNSIGNED: SampleKind.UNSIGNED,
    Encoding.FLOAT: SampleKind.FLOAT,
}


class Family(StrEnum):
    """A family of files, as far as migrations tell them apart."""

    IMAGE = "image"
    SOUND = "sound"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SoundTraits:
    """What the header of a sound file with plain samples tells."""

    format: SoundFormat
    bits: tuple[int, ...]  # of a sample's word, once
    channels: int
    rate: int  # Hz
    kind: SampleKind
    compression: str = "PCM"
    flags: frozenset[str] = frozenset()  # "big-endian", "odd" (its header warns)

    @classmethod
    def of(cls, sound: Sound) -> "SoundTraits":
        """Take what decides from what was read."""
        array = sound.array
        flags = {"big-endian"} if array.big_endian else set()
        flags |= {"odd"} if sound.warnings else set()
        kind = _KINDS[array.encoding]
        bits = (array.word,)
        return cls(sound.format, bits, array.channels, sound.rate, kind, flags=frozenset(flags))


@dataclass(frozen=True, slots=True)
class TextTraits:
    """A text: `format` is "text", or the markup's name, whose declaration names its charset."""

    format: str
    charset: str  # as IANA names it, or "unknown-8bit"


@dataclass(frozen=True, slots=True)
class OtherTraits:
    """A file of any other format, by its name in tables."""

    format: str = NOT_IDENTIFIED


Migrant = Traits | SoundTraits | TextTraits | OtherTraits
"""One file, as a policy sees it."""


def family_of(migrant: Migrant) -> Family:
    """Name the family of a file."""
    if isinstance(migrant, Traits):
        return Family.IMAGE
    if isinstance(migrant, SoundTraits):
        return Family.SOUND
    return Family.TEXT if isinstance(migrant, TextTraits) else Family.OTHER
