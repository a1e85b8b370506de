"""The header of an OpenEXR file: its attributes, without trust in any length."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.scans.window import Window
from avpres.domain.scan import UncodableScan

_FIRST, _MOST = 4096, 2 * 1024 * 1024  # bytes: of the first look, of any header
_LONGEST = 255  # letters of a name
_CHANNELS = 1024


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named value, as its bytes."""

    kind: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: its name, its type (0 unsigned, 1 half, 2 float) and its sampling."""

    name: str
    kind: int
    plain: bool  # no sampling, nothing in the reserved fields
    across: int
    down: int


def read_header(window: Window) -> tuple[dict[bytes, Attribute], int]:
    """Give all attributes, and the byte behind the header.

    Raises:
        UncodableScan: the header is damaged, or never ends.
    """
    size = _FIRST
    while True:
        raw = window.read(0, size)
        found = _attributes(raw)
        if found is not None:
            return found
        if len(raw) < size or size >= _MOST:
            raise UncodableScan("HEADER", "the header is damaged or does not end in the file")
        size *= 8


def channels_of(value: bytes) -> list[Channel]:
    """Read the list of channels.

    Raises:
        UncodableScan: it is damaged.
    """
    found: list[Channel] = []
    at = 0
    while at < len(value) and value[at]:
        end = value.find(b"\0", at)
        if end < 0 or end + 17 > len(value) or len(found) == _CHANNELS:
            raise UncodableScan("HEADER", "the list of channels is damaged")
        kind, linear, across, down = struct.unpack_from("<iB3xii", value, end + 1)
        name = value[at:end].decode("latin-1")
        reserved = value[end + 5 : end + 9]
        plain = not linear and not any(reserved) and across == down == 1
        found.append(Channel(name, kind, plain, across, down))
        at = end + 17
    if not found:
        raise UncodableScan("HEADER", "the file has no channel")
    return found


def _attributes(raw: bytes) -> tuple[dict[bytes, Attribute], int] | None:
    """Give all attributes; None if more of the file is needed."""
    found: dict[bytes, Attribute] = {}
    at = 8
    for name, kind, value, behind in _walk(raw, at):
        found[name] = Attribute(kind, value)
        at = behind
    return (found, at + 1) if raw[at : at + 1] == b"\0" else None


def _walk(raw: bytes, at: int) -> Iterator[tuple[bytes, bytes, bytes, int]]:
    while at < len(raw) and raw[at]:
        middle = raw.find(b"\0", at, at + _LONGEST + 1)
        end = raw.find(b"\0", middle + 1, middle + _LONGEST + 2) if middle > 0 else -1
        if end < 0 or end + 5 > len(raw):
            return
        size = int.from_bytes(raw[end + 1 : end + 5], "little")
        behind = end + 5 + size
        if behind > len(raw):
            return
        yield raw[at:middle], raw[middle + 1 : end], raw[end + 5 : behind], behind
        at = behind
