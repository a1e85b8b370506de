"""Choices that an archive makes when it normalises."""

from enum import StrEnum


class Sound(StrEnum):
    """What becomes of uncompressed sound."""

    FLAC = "flac"
    PCM = "pcm"


class Lossy(StrEnum):
    """What becomes of films that were encoded with loss."""

    REFUSE = "refuse"
    REWRAP = "rewrap"
    TRANSCODE = "transcode"


class FieldOrder(StrEnum):
    """Which field of a frame comes first."""

    TFF = "tff"
    BFF = "bff"
    PROGRESSIVE = "progressive"


class Aspect(StrEnum):
    """Width to height of the picture as it is shown."""

    NARROW = "4:3"
    WIDE = "16:9"
    FLAT = "1.85:1"
    SCOPE = "2.39:1"


class Colour(StrEnum):
    """Primaries, transfer and matrix, by the standard that names them together."""

    BT601_625 = "bt601-625"
    BT601_525 = "bt601-525"
    BT709 = "bt709"
