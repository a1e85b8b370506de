"""What MediaInfo holds against a file, as messages."""

import re
from collections.abc import Iterator, Mapping

from avpres.domain.severity import Severity
from avpres.domain.validity import Impact, Message

KEPT = 20  # conformance messages of one file

UNKNOWN_SIZE = "7205759403792"  # 2^56 and more: EBML without a size (RFC 8794 §6.2), which is legal

_OFFSET = re.compile(r"offset 0x([0-9A-Fa-f]{1,16})\)")
_FIRST_NUMBER = re.compile(r"\d{1,20}")
_DEEPEST = 40  # levels of nested elements that are followed


def complaints(data: Mapping[str, object]) -> list[Message]:
    """Give messages for what MediaInfo's JSON calls truncated or not conformant.

    A cut file is not well-formed. Other errors make it "not valid"; warnings change nothing.
    """
    found: list[Message] = []
    for track in tracks(data):
        found += _of_track(track, extra(track))
    return list(dict.fromkeys(found))[:KEPT]


def tracks(data: Mapping[str, object]) -> list[dict[str, object]]:
    """Give the tracks of MediaInfo's JSON; none if it found nothing."""
    media = data.get("media")
    listed = media.get("track") if isinstance(media, dict) else None
    if isinstance(listed, dict):
        listed = [listed]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def extra(track: Mapping[str, object]) -> Mapping[str, object]:
    """Give what MediaInfo tells of a track beside its usual fields."""
    more = track.get("extra")
    return more if isinstance(more, dict) else {}


def is_cut(data: Mapping[str, object]) -> bool:
    """Say whether MediaInfo misses bytes that the file's own structure announces."""
    return any(extra(track).get("IsTruncated") == "Yes" for track in tracks(data))


def _of_track(track: Mapping[str, object], more: Mapping[str, object]) -> Iterator[Message]:
    kind = str(track.get("@type", "")).lower()
    if more.get("IsTruncated") == "Yes":
        text = "the file is cut: MediaInfo misses what its own structure announces"
        yield _error("MEDIAINFO-TRUNCATED", text, _size(track), Impact.NOT_WELL_FORMED)
    if "CRC_Error_Pos" in more:
        text = "a checksum that the file holds does not fit what it covers"
        yield _error("MEDIAINFO-CRC", text, _number(more["CRC_Error_Pos"]), Impact.NOT_VALID)
    for where, said in _leaves(more.get("ConformanceErrors"), kind):
        if UNKNOWN_SIZE in said:
            continue
        yield _error("MEDIAINFO-CONFORMANCE", f"{where}: {said}", _offset(said), Impact.NOT_VALID)
    for where, said in _leaves(more.get("ConformanceWarnings"), kind):
        text = f"{where}: {said}"
        yield Message("MEDIAINFO-ADVICE", Severity.WARNING, text, _offset(said))


def _error(id: str, text: str, offset: int | None, impact: Impact) -> Message:
    return Message(id, Severity.ERROR, text, offset, None, impact)


def _leaves(node: object, where: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Walk elements within elements; MediaInfo names them with underscores for the sake of JSON."""
    if isinstance(node, str):
        yield where, node
    elif depth < _DEEPEST and isinstance(node, list):
        for one in node:
            yield from _leaves(one, where, depth + 1)
    elif depth < _DEEPEST and isinstance(node, dict):
        for name, inside in node.items():
            own = str(name).strip("_")
            place = where if own == "GeneralCompliance" else f"{where} {own}".strip()
            yield from _leaves(inside, place, depth + 1)


def _offset(said: str) -> int | None:
    match = _OFFSET.search(said)
    return int(match[1], 16) if match else None


def _size(track: Mapping[str, object]) -> int | None:
    return _number(track.get("FileSize", ""))


def _number(value: object) -> int | None:
    match = _FIRST_NUMBER.match(str(value))
    return int(match[0]) if match else None
