"""framemd5 files, as ffmpeg writes them: a digest of every frame of every stream.

Lines that begin with `#` describe streams or are remarks; each other one is a frame.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import BinaryIO

from avpres.domain.errors import NotConformantError
from avpres.domain.media import FrameDigest, FrameHeading

_FIELD = re.compile(r"^#([a-z_]+) (\d+): (.*)$")
_FRAME = re.compile(
    rb"^(\d+), *(-?\d+|NOPTS), *(-?\d+|NOPTS), *(\d+), *(\d+), *([0-9a-f]{32,128})(?:,.*)?$"
)
_LONGEST = 4096  # bytes of a line that is believed to be one
_BASE = re.compile(r"\d{1,18}/\d{1,18}")
_STREAMS = 1000  # streams that headings are kept of
_FIELDS = 50  # fields of one heading


class FrameReader:
    """Reads a framemd5 frame by frame; the headings are complete when the first frame is there."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._fields: dict[int, dict[str, str]] = {}

    @property
    def headings(self) -> Mapping[int, FrameHeading]:
        """What was said of each stream up to here."""
        return {
            index: FrameHeading(index, _base(fields.get("tb", "")), dict(fields))
            for index, fields in self._fields.items()
        }

    def __iter__(self) -> Iterator[FrameDigest]:
        """Yield the frames of all streams in the order in which they were met.

        Raises:
            NotConformantError: a line is neither a frame nor a remark.
        """
        number = 0
        while line := self._handle.readline(_LONGEST):
            number += 1
            if line.startswith(b"#"):
                self._note(line.decode("utf-8", "replace").rstrip("\r\n"))
            elif line.strip():
                yield _frame(line.rstrip(b"\r\n"), number)

    def _note(self, line: str) -> None:
        match = _FIELD.match(line)
        if match is None or len(match[2]) > len(str(_STREAMS)) or int(match[2]) >= _STREAMS:
            return
        fields = self._fields.setdefault(int(match[2]), {})
        if len(fields) < _FIELDS or match[1] in fields:
            fields[match[1]] = match[3]


def _frame(line: bytes, number: int) -> FrameDigest:
    match = _FRAME.match(line)
    if match is None:
        raise NotConformantError(f"line {number:,} is no frame of a framemd5")
    dts, pts = (0 if text == b"NOPTS" else int(text) for text in (match[2], match[3]))
    return FrameDigest(int(match[1]), dts, pts, int(match[4]), int(match[5]), match[6].decode())


def _base(text: str) -> Fraction:
    with suppress(ZeroDivisionError):
        return Fraction(text) if _BASE.fullmatch(text) else Fraction(1)
    return Fraction(1)
