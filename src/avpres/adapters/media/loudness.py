"""Programme loudness: measured, brought to a level, measured again (EBU R 128, ITU-R BS.1770).

The first pass measures what the second changes: the same channels, mixed in the same way. What
was measured in mono and applied to two channels came out at -26 where -23 was wanted.
"""

import json
import math
import re
from dataclasses import dataclass

PEAK = -1.0  # dBTP, the most that EBU R 128 allows
NEAR = 0.1  # LU; what is that near already is left as it is
QUIET = -69.0  # LUFS; ebur128 says -70 or -inf of silence

_OWNER = re.compile(r"\[loudnorm@t(\d+) @")
_INTEGRATED = re.compile(r"\[ebur128@t(\d+) @.*\bI: +(-?[\d.]+|-inf|nan) LUFS")
_RANGE = (1.0, 50.0)  # LU that loudnorm takes


@dataclass(frozen=True, slots=True)
class Measured:
    """What the first pass found: loudness and its threshold in LUFS, range in LU, peak in dBTP."""

    integrated: float
    peak: float
    range: float
    threshold: float

    @property
    def is_silent(self) -> bool:
        """Say whether there is nothing to bring to a level."""
        return not self.integrated > QUIET


def measuring(track: int) -> str:
    """Write the filter of the first pass; its answer names the track."""
    return f"loudnorm@t{track}=print_format=json"


def levelled(measured: Measured, target: float) -> list[str]:
    """Write the filter of the second pass, one gain for the whole where the peaks allow it."""
    if measured.is_silent or abs(measured.integrated - target) <= NEAR:
        return []
    span = min(max(measured.range, _RANGE[0]), _RANGE[1])
    values = {
        "I": target,
        "TP": PEAK,
        "LRA": max(span, 7.0),
        "measured_I": measured.integrated,
        "measured_TP": measured.peak,
        "measured_LRA": measured.range,
        "measured_thresh": measured.threshold,
    }
    return ["loudnorm=" + ":".join(f"{key}={value:g}" for key, value in values.items())]


def metering(track: int) -> str:
    """Write the filter that measures a finished track."""
    return f"ebur128@t{track}=framelog=quiet"


class LoudnessReader:
    """Reads what the filters of the first pass say on stderr, line by line."""

    def __init__(self) -> None:
        self.found: dict[int, Measured] = {}
        self._owner: int | None = None
        self._lines: list[str] = []

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        text = line.decode("utf-8", "replace").strip()
        if match := _OWNER.search(text):
            self._owner, self._lines = int(match[1]), []
        elif self._owner is not None:
            self._lines.append(text)
            if text == "}":
                self._close()

    def _close(self) -> None:
        answer = json.loads(" ".join(self._lines))
        assert self._owner is not None  # noqa: S101 (lines are kept for an owner only)
        self.found[self._owner] = Measured(
            integrated=_number(answer["input_i"]),
            peak=_number(answer["input_tp"]),
            range=_number(answer["input_lra"]),
            threshold=_number(answer["input_thresh"]),
        )
        self._owner = None


class MeterReader:
    """Reads what the meters of finished tracks say at the end: integrated loudness in LUFS."""

    def __init__(self) -> None:
        self.found: dict[int, float] = {}
        self._owner: int | None = None

    def take(self, line: bytes) -> None:
        """Take a line of the log."""
        text = line.decode("utf-8", "replace")
        if match := re.search(r"\[ebur128@t(\d+) @", text):
            self._owner = int(match[1])
        match = re.search(r"\bI: +(-?[\d.]+|-inf|nan) LUFS", text)
        if match and self._owner is not None:
            self.found[self._owner] = _number(match[1])


def _number(text: str) -> float:
    value = float(text)
    return -math.inf if math.isnan(value) else value
