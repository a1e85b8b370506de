"""One sound file, and what is to be expected of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Specimen:
    """A file by its name, with its format and content.

    `is_av` counts it among what an AV archive holds; `has_end` says whether the format lets a
    reader see that the end is missing (plain text does not).
    """

    name: str
    format: str
    data: bytes
    is_av: bool = False
    has_end: bool = True
