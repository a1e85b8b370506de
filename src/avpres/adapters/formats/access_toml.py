"""Profiles of access copies as archives write them, in TOML.

extends = "h264"
purpose = "for the reading room"
most_lines = 576
video = ["-crf", "24", "-preset", "slow"]
audio = "stereo"
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from avpres.adapters.formats.toml_page import either, read_page, refuse_strangers, suggestion
from avpres.domain.access import AccessProfile, AudioMap, Deinterlace, Loudness, Product, Subtitles
from avpres.domain.access_profiles import BUILT_IN
from avpres.domain.errors import UsageError

_TEXTS = ("name", "purpose")
_TRUTHS = {"timecode": "timecode", "watermark": "needs_mark"}
_CHOICES: Mapping[str, tuple[str, type[StrEnum]]] = {
    "deinterlace": ("deinterlace", Deinterlace),
    "audio": ("audio_map", AudioMap),
    "loudness": ("loudness", Loudness),
    "subtitles": ("subtitles", Subtitles),
}
_WORDS = ("video", "sound")
_KEYS = ("extends", *_TEXTS, *_TRUTHS, *_CHOICES, *_WORDS, "most_lines")
_LEAST_LINES = 2
_SHOWN = frozenset({Product.FILM, Product.POSTER})
_FORBIDDEN = frozenset(
    {
        *("-i", "-f", "-y", "-n", "-map", "-vf", "-af", "-filter", "-lavfi", "-c", "-codec"),
        *("-t", "-to", "-ss", "-fs", "-r", "-s", "-ar", "-ac", "-pix_fmt", "-aspect", "-fpsmax"),
        *("-frames", "-vframes", "-aframes", "-vn", "-an", "-sn", "-dn", "-shortest", "-vsync"),
        *("-fps_mode", "-metadata", "-disposition", "-attach", "-map_metadata", "-map_chapters"),
        *("-vcodec", "-acodec", "-scodec", "-target", "-pre", "-vpre", "-apre", "-movflags"),
    }
)
"""Words of ffmpeg that would change the graph, the tracks, the length or the files."""


def find(named: str) -> AccessProfile:
    """Give a built-in profile by its name, or read the file at a path.

    Raises:
        UsageError: it is neither, or the file is no profile.
    """
    if named in BUILT_IN:
        return BUILT_IN[named]
    path = Path(named).expanduser()
    if not path.is_file():
        hint = suggestion(named, BUILT_IN) or f"; take {', '.join(BUILT_IN)}, or a TOML file"
        raise UsageError(f"profile {named}: no such profile or file{hint}")
    return read(path)


def read(path: Path) -> AccessProfile:
    """Read a profile; a name that it does not give is the file's.

    Raises:
        UsageError: something in it is wrong; the text names file and key, and what to write.
    """
    return read_page(path, _profile)


def _profile(table: Mapping[str, object], stem: str) -> AccessProfile:
    refuse_strangers(table, _KEYS)
    base = table.get("extends", "h264")
    if not isinstance(base, str) or base not in BUILT_IN:
        raise ValueError(f"extends: {base!r} is not built in; write {either(BUILT_IN)}")
    changes: dict[str, object] = {"name": _name(table.get("name", stem))}
    if "purpose" in table:
        changes["purpose"] = _name(table["purpose"])
    for key, attribute in _TRUTHS.items():
        if key in table:
            changes[attribute] = _truth(table[key], key)
    for key, (attribute, choices) in _CHOICES.items():
        if key in table:
            changes[attribute] = _choice(table[key], key, choices)
    if "most_lines" in table:
        changes["most_lines"] = _lines(table["most_lines"], BUILT_IN[base])
    return replace(BUILT_IN[base], **changes, **_codings(table, BUILT_IN[base]))  # type: ignore[arg-type]


def _codings(table: Mapping[str, object], base: AccessProfile) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, coding in (("video", base.video), ("sound", base.audio)):
        if key not in table:
            continue
        if coding is None:
            raise ValueError(f"{key}: the profile {base.name} makes none")
        attribute = "video" if key == "video" else "audio"
        found[attribute] = replace(coding, options=_words(table[key], key))
    return found


def _words(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(f'{key}: write words of ffmpeg as a list, {key} = ["-crf", "24"]')
    if len(value) % 2 or not all(word.startswith("-") for word in value[::2]):
        raise ValueError(f'{key}: write options and values in turn, {key} = ["-crf", "24"]')
    for word in value[::2]:
        option = word.partition(":")[0]
        if option.startswith("-filter") or option in _FORBIDDEN:
            raise ValueError(f"{key}: {word} is not an encoder's; tracks and filters are decided")
    return tuple(value)


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "/" in value or not value.isprintable():
        raise ValueError('name and purpose: write them as text, name = "reading-room"')
    return value


def _truth(value: object, key: str) -> bool:
    if value is True or value is False:
        return value
    raise ValueError(f"{key}: write {key} = true or {key} = false")


def _choice(value: object, key: str, choices: type[StrEnum]) -> StrEnum:
    known = [each.value for each in choices]
    if str(value) not in known:
        raise ValueError(f"{key}: no such value: {value!r}; write {either(known)}")
    return choices(str(value))


def _lines(value: object, base: AccessProfile) -> int:
    if base.keeps_raster or base.frame is not None or base.product not in _SHOWN:
        raise ValueError(f"most_lines: the profile {base.name} decides that itself")
    if isinstance(value, bool) or not isinstance(value, int) or value < _LEAST_LINES:
        raise ValueError("most_lines: write a number of lines, most_lines = 576")
    return value
