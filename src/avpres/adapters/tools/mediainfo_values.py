"""Single values out of MediaInfo's JSON, where everything is text."""

import math
import re
from collections.abc import Mapping

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.\d+)?)?")
_ASPECTS = {"4:3": 4 / 3, "16:9": 16 / 9, "1:1": 1.0}
_NEAR = 0.012  # 704 and 720 samples of the same line differ by 2 %
_LARGEST = 2**63
_LAYERS = {"Layer 1": "MP1", "Layer 2": "MP2", "Layer 3": "MP3"}

Track = Mapping[str, object]


def text(track: Track, key: str) -> str:
    """Give a text; the first of several that stand in a list."""
    value = track.get(key)
    if isinstance(value, list):
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def word(track: Track, key: str, words: Mapping[str, str]) -> str:
    """Translate a word; unknown ones are left out."""
    return words.get(text(track, key), "")


def number(track: Track, key: str) -> float | None:
    """Give a number that is one; of `48000 / 24000` (a core and its extension) the first."""
    try:
        value = float(text(track, key).partition("/")[0])
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value < _LARGEST else None


def size(track: Track, key: str) -> int | None:
    """Give a whole number above zero."""
    value = number(track, key)
    return int(value) if value is not None and value >= 1 else None


def frame_rate(track: Track) -> float | None:
    """Give the exact rate: MediaInfo rounds 30000/1001 to three places elsewhere."""
    above, below = number(track, "FrameRate_Num"), number(track, "FrameRate_Den")
    if above and below:
        return above / below
    return number(track, "FrameRate") or None


def aspect(track: Track) -> str:
    """Name the display aspect as people do; others stay numbers."""
    value = number(track, "DisplayAspectRatio")
    if not value:
        return ""
    near = (name for name, ratio in _ASPECTS.items() if abs(value / ratio - 1) < _NEAR)
    return next(near, f"{value:.2f}".rstrip("0").rstrip("."))


def layer(track: Track) -> str:
    """Name MPEG audio by its layer."""
    return _LAYERS.get(text(track, "Format_Profile"), "MPEG Audio")


def when(written: str) -> str:
    """Give a date in ISO 8601. MediaInfo says UTC before or after it, by version, or not at all."""
    match = _DATE.search(written)
    if match is None or match[1] == "1904-01-01":  # QuickTime's zero: nobody set the clock
        return ""
    if match[2] is None:
        return match[1]
    return f"{match[1]}T{match[2]}" + ("Z" if "UTC" in written else "")
