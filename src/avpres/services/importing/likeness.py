"""Whether a property that a foreign package tells is the one that avpres found.

Names of formats, numbers and lists are written in many ways; what means the same is the same.
"""

import re
from collections.abc import Callable

from avpres.adapters.identification.names import format_of_mime
from avpres.domain.description import Description
from avpres.domain.technical import Technical

_PUID = re.compile(r"(?:x-)?fmt/\d+")


def ours(description: Description, name: str, theirs: str) -> str:
    """Give what avpres found of a property, in the terms in which it was told."""
    if name == "format" and _PUID.fullmatch(theirs):
        return description.puid
    find = _OURS.get(name)
    return _property(description.technical, name) if find is None else find(description)


def is_same(name: str, theirs: str, found: str, description: Description) -> bool:
    """Say whether two values of a property mean the same."""
    return _SAME.get(name, _same_word)(theirs, found, description)


_OURS: dict[str, Callable[[Description], str]] = {
    "MIME type": lambda found: found.mime,
    "format": lambda found: found.format,
    "size": lambda found: str(found.size),
    "status": lambda found: found.status.value,
}
_PICTURE: dict[str, str] = {
    "width": "width",
    "height": "height",
    "bits per sample": "bits_per_sample",
    "samples per pixel": "samples_per_pixel",
    "compression": "compression",
    "colour space": "colour_space",
    "byte order": "byte_order",
}
_SOUND = {
    "sample rate": "sample_rate",
    "channels": "channels",
    "bits per sample": "bits_per_sample",
    "byte order": "byte_order",
}
_TEXT = {"charset": "charset", "line break": "line_break", "byte order": "byte_order"}


def _property(technical: Technical, name: str) -> str:
    """Find a property in the first stream or image that has it."""
    text = [technical.text] if technical.text else []
    for parts, names in (
        (technical.images[:1], _PICTURE),
        (technical.video[:1], _PICTURE),
        (technical.audio[:1], _SOUND),
        (text, _TEXT),
    ):
        for part in parts:
            found = getattr(part, names.get(name, ""), None) if name in names else None
            if found not in {None, "", ()}:
                return _written(found)
    return ""


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _same_word(theirs: str, ours: str, _: Description) -> bool:
    one, other = _plain(theirs), _plain(ours)
    return one == other if one else theirs == ours


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c == ".")


def _same_mime(theirs: str, ours: str, _: Description) -> bool:
    one, other = (mime.partition(";")[0].strip().lower() for mime in (theirs, ours))
    if one == other:
        return True
    known = format_of_mime(one)
    return known is not None and known is format_of_mime(other)


def _same_format(theirs: str, ours: str, found: Description) -> bool:
    """Compare names word by word: `WAVE-hul`, `TIFF 6.0` and `TIFF` are one format each."""
    if _PUID.fullmatch(theirs):
        return theirs == ours
    words = [word for word in re.split(r"[^a-z0-9.]+", theirs.casefold()) if word]
    whole = _plain(f"{found.format} {found.version}")
    return _plain(ours) in {*words, _plain(theirs), "".join(words[:2])} or _plain(theirs) == whole


def _same_number(theirs: str, ours: str, _: Description) -> bool:
    """Compare the number at the beginning: `40 pixels` is 40."""
    one, other = _number(theirs), _number(ours)
    return theirs == ours if one is None or other is None else one == other


def _same_rate(theirs: str, ours: str, found: Description) -> bool:
    """Compare rates; audioMD writes kHz where others write Hz."""
    one, other = _number(theirs), _number(ours)
    in_khz = one is not None and other is not None and one * 1000 == other
    return in_khz or _same_number(theirs, ours, found)


def _same_bits(theirs: str, ours: str, _: Description) -> bool:
    """Compare `8,8,8` with `8 8 8` and with `8`."""
    one, other = (re.findall(r"\d+", text) for text in (theirs, ours))
    return one == other or (bool(one) and set(one) == set(other) and 1 in {len(one), len(other)})


def _number(text: str) -> float | None:
    match = re.match(r"\s*(\d{1,15}(?:\.\d{1,6})?)", text)
    return float(match[1]) if match else None


Same = Callable[[str, str, Description], bool]
_SAME: dict[str, Same] = {
    "MIME type": _same_mime,
    "format": _same_format,
    "bits per sample": _same_bits,
    "sample rate": _same_rate,
    **dict.fromkeys(("width", "height", "channels", "samples per pixel", "size"), _same_number),
}
