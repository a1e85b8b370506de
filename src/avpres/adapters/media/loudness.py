"""Programme loudness: measured, brought to a level, measured again (EBU R 128, ITU-R BS.1770).

The first pass measures what the second changes: the same channels, mixed in the same way. What
was measured in mono and applied to two channels came out at -26 where -23 was wanted.
"""

import math
import re
from dataclasses import dataclass, replace

PEAK = -1.0  # dBTP, the most that EBU R 128 allows
NEAR = 0.1  # LU; what is that near already is left as it is, and meters tell no more
QUIET = -69.0  # LUFS; ebur128 says -70 or -inf of silence, and of less than 0.4 s of sound

_OWNER = re.compile(r"\[ebur128@t(\d+) @")
_INTEGRATED = re.compile(r"\bI: +(-?[\d.]+|-?inf|nan) LUFS")
_PEAK = re.compile(r"\bPeak: +(-?[\d.]+|-?inf|nan) dBFS")
_OVERSAMPLED = 192_000  # samples a second, between which peaks hide (ITU-R BS.1770, annex 2)
_SAFE = 10 ** ((PEAK - 0.2) / 20)  # of full scale; going back to 48 kHz adds a little


@dataclass(frozen=True, slots=True)
class Measured:
    """What a meter found: integrated loudness in LUFS, true peak in dBTP."""

    integrated: float
    peak: float

    @property
    def is_silent(self) -> bool:
        """Say whether there is nothing to bring to a level."""
        return not self.integrated > QUIET


@dataclass(frozen=True, slots=True)
class Level:
    """What is done to one track: a gain in dB, and a limiter where peaks would be too high."""

    gain: float = 0.0
    is_limited: bool = False

    @property
    def filters(self) -> tuple[str, ...]:
        """Give the filters of it."""
        if not self.gain:
            return ()
        volume = f"volume={self.gain:.2f}dB"
        if not self.is_limited:
            return (volume,)
        limiter = f"alimiter=limit={_SAFE:.4f}:attack=1:release=50:level=disabled"
        return (volume, f"aresample={_OVERSAMPLED}", limiter)

    def corrected(self, after: Measured, target: float) -> "Level":
        """Make up for what the limiter took away."""
        return replace(self, gain=self.gain + target - after.integrated)


def level(measured: Measured, target: float) -> Level:
    """Give one gain for the whole of a track; a limiter as well, if its peaks do not allow it."""
    gain = target - measured.integrated
    if measured.is_silent or abs(gain) <= NEAR:
        return Level()
    return Level(gain, is_limited=measured.peak + gain > PEAK and gain > 0)


def metering(track: int) -> str:
    """Write the filter that measures a track; its answer names the track."""
    return f"ebur128@t{track}=framelog=verbose:peak=true"


class MeterReader:
    """Reads what the meters say at the end, line by line."""

    def __init__(self) -> None:
        self.found: dict[int, Measured] = {}
        self._owner: int | None = None
        self._integrated = -math.inf

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        text = line.decode("utf-8", "replace")
        if match := _OWNER.search(text):
            self._owner = int(match[1])
        if self._owner is None:
            return
        if match := _INTEGRATED.search(text):
            self._integrated = _number(match[1])
        if match := _PEAK.search(text):
            self.found[self._owner] = Measured(self._integrated, _number(match[1]))
            self._owner = None


def _number(text: str) -> float:
    value = float(text)
    return -math.inf if math.isnan(value) else value
