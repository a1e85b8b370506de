"""Numbers, times and names as schemas want them, and nothing where they cannot hold a value."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from avpres.domain.fixity import Algorithm

INT = 2**31 - 1
"""The largest xs:int."""

_ABSURD = 1e18
_NTSC = 1001
_LONGEST = timedelta(hours=14)  # of a time zone in XML Schema
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d) (.+)")
_DIGEST_NAMES = {
    Algorithm.MD5: "MD5",
    Algorithm.SHA1: "SHA-1",
    Algorithm.SHA256: "SHA-256",
    Algorithm.SHA512: "SHA-512",
}


def digest_name(algorithm: Algorithm) -> str:
    """Name a message digest as MIX and PREMIS do; nothing for those that they do not know."""
    return _DIGEST_NAMES.get(algorithm, "")


def within(value: int | None, least: int = 0, most: int = INT) -> int | None:
    """Give a whole number that a schema's type can hold."""
    return value if value is not None and least <= value <= most else None


def finite(value: float | None) -> float | None:
    """Give a number that is one, not below zero, and of a size that means something."""
    return value if value is not None and 0 <= value < _ABSURD else None


def positive(value: float | None) -> float | None:
    """Give a number above zero: a rate, a duration, a resolution."""
    number = finite(value)
    return number or None


def decimal(value: float | None, places: int = 6) -> str:
    """Write a number as xs:decimal, without an exponent and without idle zeros."""
    number = finite(value)
    if number is None:
        return ""
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ratio(value: float | None, largest_denominator: int = 1_000_000) -> Fraction | None:
    """Give a number above zero as a fraction: a resolution, the shape of a pixel."""
    number = positive(value)
    if number is None:
        return None
    return Fraction(number).limit_denominator(largest_denominator) or None


def frame_rate(value: float | None) -> Fraction | None:
    """Give a frame rate as the fraction it was meant as: 24000/1001, not 23.976."""
    number = positive(value)
    if number is None:
        return None
    ntsc = Fraction(round(number * _NTSC / 1000) * 1000, _NTSC)
    near_whole = math.isclose(number, round(number), rel_tol=1e-6)
    if ntsc and not near_whole and math.isclose(number, ntsc, abs_tol=0.0006):
        return ntsc
    return ratio(number)


def moment(written: str) -> str:
    """Write a date or time that a file gives as xs:dateTime, xs:date, xs:gYearMonth or xs:gYear."""
    text = written.strip()
    if match := _EXIF.fullmatch(text):
        text = f"{match[1]}-{match[2]}-{match[3]}T{match[4]}"
    if _YEAR.fullmatch(text):
        return text if int(text) else ""
    if match := _MONTH.fullmatch(text):
        return text if int(match[1]) and 1 <= int(match[2]) <= 12 else ""  # noqa: PLR2004 - months
    return _moment(text)


def _moment(text: str) -> str:
    try:
        if "T" not in text and " " not in text:
            return date.fromisoformat(text).isoformat()
        parsed = datetime.fromisoformat(text)
        offset = parsed.utcoffset()
        if offset is None:
            return parsed.isoformat()
        if abs(offset) > _LONGEST or offset % timedelta(minutes=1):
            return parsed.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return parsed.isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return ""


def iso_duration(seconds: float | None) -> str:
    """Write a duration as ISO 8601 has it: PT1H2M3.5S."""
    number = finite(seconds)
    if number is None:
        return ""
    whole, thousandths = divmod(round(number * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    shown = decimal(second + thousandths / 1000, 3)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minute}M" if minute else "") + f"{shown}S"


def clock(seconds: float | None) -> str:
    """Write a duration as HH:MM:SS.mmm."""
    number = finite(seconds)
    if number is None:
        return ""
    whole, thousandths = divmod(round(number * 1000), 1000)
    minutes, second = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.{thousandths:03}"
