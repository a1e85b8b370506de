"""What DV says of itself in packs: timecode, recording date, aspect, sound."""

from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.validators.dv_system import (
    BLOCK,
    DV25_NTSC,
    DV25_PAL,
    DVCPRO_PAL,
    SEQUENCE,
    SYSTEMS,
    System,
)

TIMECODE, AUDIO_SOURCE = 0x13, 0x50
VIDEO_SOURCE, VIDEO_CONTROL, DATE, TIME = range(0x60, 0x64)
RATES = {0: 48000, 1: 44100, 2: 32000}
PAIRS = {0: 1, 2: 2, 3: 4}  # stereo pairs by the signal type of the audio source pack
NOTHING = 0xFF
TURN_OF_CENTURY = 75  # years before are of the third millennium
FIRST_AUDIO = 6  # block of a sequence
AUDIO_STEP = 16  # blocks from one of audio to the next


@dataclass(frozen=True, slots=True)
class Sound:
    """The audio source pack of a frame."""

    rate: int  # Hz
    bits: int
    pairs: int  # of channels


def packs(frame: bytes) -> dict[int, bytes]:
    """Collect the first pack of each kind, of subcode, VAUX and audio blocks.

    Packs repeat in every sequence; of each kind the first that is not empty counts.
    """
    found: dict[int, bytes] = {}
    for start in range(0, len(frame), SEQUENCE):
        for place in _places(start):
            pack = frame[place : place + 5]
            if pack[:1] != b"\xff" and pack[1:].count(NOTHING) < len(pack) - 1:
                found.setdefault(pack[0], pack)
    return {kind: pack for kind, pack in found.items() if len(pack) == 5}


def system_of(frame: bytes) -> System:
    """Tell the system of a frame from its header and its video source pack."""
    is_625 = bool(frame[3] & 0x80)
    source = packs(frame[:SEQUENCE]).get(VIDEO_SOURCE)
    kind = source[3] & 0x1F if source else 0
    if is_625 and not kind and frame[4] & 7:
        return DVCPRO_PAL
    return SYSTEMS.get((is_625, kind), DV25_PAL if is_625 else DV25_NTSC)


def timecode(found: dict[int, bytes]) -> str:
    """Write the timecode, 01:00:00:00 or with a semicolon 01:00:00;00 where frames are dropped."""
    pack = found.get(TIMECODE)
    if pack is None:
        return ""
    frames, seconds, minutes, hours = (
        _decimal(pack[1] & 0x3F),
        _decimal(pack[2] & 0x7F),
        _decimal(pack[3] & 0x7F),
        _decimal(pack[4] & 0x3F),
    )
    if None in (frames, seconds, minutes, hours):
        return ""
    mark = ";" if pack[1] & 0x40 else ":"
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:02}"


def recorded(found: dict[int, bytes]) -> str:
    """Write when the camera recorded: ISO 8601, without time zone; empty if it did not say."""
    date, time = found.get(DATE), found.get(TIME)
    if date is None:
        return ""
    day, month, year = _decimal(date[2] & 0x3F), _decimal(date[3] & 0x1F), _decimal(date[4])
    if not day or not month or year is None or month > 12:
        return ""
    text = f"{year + (2000 if year < TURN_OF_CENTURY else 1900)}-{month:02}-{day:02}"
    if time is None:
        return text
    clock = [_decimal(time[4] & 0x3F), _decimal(time[3] & 0x7F), _decimal(time[2] & 0x7F)]
    return text if None in clock else f"{text}T" + ":".join(f"{part:02}" for part in clock)


def is_wide(found: dict[int, bytes], frame: bytes) -> bool:
    """Say whether the picture is 16:9."""
    control = found.get(VIDEO_CONTROL)
    shape = control[2] & 7 if control else 0
    return shape == 2 or (shape == 7 and not frame[4] & 7)


def is_progressive(found: dict[int, bytes]) -> bool:
    """Say whether the fields of a frame are of one moment."""
    control = found.get(VIDEO_CONTROL)
    return control is not None and not control[3] & 0x10


def sound(found: dict[int, bytes]) -> Sound | None:
    """Read the audio source pack."""
    pack = found.get(AUDIO_SOURCE)
    rate = RATES.get(pack[4] >> 3 & 7) if pack else None
    if pack is None or rate is None:
        return None
    is_short = pack[4] & 7 == 1
    pairs = PAIRS.get(pack[3] & 0x1F, 1)
    if pairs == 1 and is_short and rate == RATES[2]:
        pairs = 2
    return Sound(rate, 12 if is_short else 16, pairs)


def _places(start: int) -> Iterator[int]:
    for block in (1, 2):
        yield from range(start + block * BLOCK + 6, start + block * BLOCK + 6 + 48, 8)
    for block in (3, 4, 5):
        yield from range(start + block * BLOCK + 3, start + block * BLOCK + 78, 5)
    for block in range(FIRST_AUDIO, FIRST_AUDIO + 9 * AUDIO_STEP, AUDIO_STEP):
        yield start + block * BLOCK + 3


def _decimal(byte: int) -> int | None:
    high, low = byte >> 4, byte & 15
    return high * 10 + low if high < 10 and low < 10 else None
