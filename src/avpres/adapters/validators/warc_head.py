"""The head of a WARC record: its version line and its named fields (ISO 28500, 4)."""

import re
from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.warc_reader import Reader

FIELD = "WARC-KB-107"  # JHOVE: something else was expected

_FIRST, _LARGEST = 8 * 1024, 1024 * 1024  # bytes; heads are of some hundred
_VERSION = re.compile(rb"WARC/(\d{1,3}\.\d{1,3})$")
_VERSIONS = frozenset((b"0.17", b"0.18", b"1.0", b"1.1"))
_TOKEN = re.compile(rb"[!#-'*+.0-9A-Z^-z|~-]+$")


@dataclass(slots=True)
class Head:
    """What the head of one record says; `values` has the first value of each field."""

    offset: int
    version: str = ""
    values: dict[str, str] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The value of WARC-Type."""
        return self.values.get("warc-type", "").lower()

    @property
    def length(self) -> int | None:
        """The value of Content-Length, or None if it is no length."""
        value = self.values.get("content-length", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def read_head(reader: Reader, exam: Examination) -> Head:
    """Read the head that begins at the reader's place, and stand behind it.

    Raises:
        HaltError: the head has no end.
    """
    offset = reader.offset
    raw, length = _whole_head(reader, exam)
    lines = raw.split(b"\n")
    if any(not line.endswith(b"\r") for line in lines[:-1]):
        text = "a line of the head does not end with CR LF"
        exam.invalid("WARC-LINE-END", text, offset)
    head = Head(offset)
    version = _VERSION.match(lines[0].rstrip(b"\r"))
    if version is None:
        text = "the first line of a record is no version of WARC"
        exam.broken("WARC-VERSION-LINE", text, offset, jhove="WARC-KB-105")
    elif version[1] not in _VERSIONS:
        text = f"there is no WARC version {version[1].decode()}"
        exam.invalid("WARC-VERSION", text, offset)
    head.version = version[1].decode() if version else ""
    for line in _unfolded(lines[1:]):
        _read_field(head, line, exam)
    reader.skip(length)
    return head


def _whole_head(reader: Reader, exam: Examination) -> tuple[bytes, int]:
    for size in (_FIRST, _LARGEST):
        found = reader.peek(size)
        end = found.find(b"\r\n\r\n")
        bare = found.find(b"\n\n", 0, end + 1 if end >= 0 else len(found))
        if bare >= 0:
            return found[:bare], bare + 2
        if end >= 0:
            return found[:end], end + 4
        if len(found) < size:
            break
    else:
        exam.halt("WARC-HEAD-SIZE", "the head of a record has no end", reader.offset)
    text = "the file ends inside of the head of a record"
    return exam.halt("WARC-CUT", text, reader.offset, jhove="WARC-KB-105")


def _unfolded(lines: list[bytes]) -> list[bytes]:
    found: list[bytes] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and found:
            found[-1] += b" " + line.strip()
        else:
            found.append(line.rstrip(b"\r"))
    return [line for line in found if line]


def _read_field(head: Head, line: bytes, exam: Examination) -> None:
    name, colon, value = line.partition(b":")
    if not colon or not _TOKEN.match(name):
        text = f"a line of the head is no field: {line[:80].decode(errors='replace')!r}"
        exam.invalid("WARC-FIELD-SYNTAX", text, head.offset)
        return
    try:
        text = value.strip().decode()
    except UnicodeDecodeError:
        text = value.strip().decode("latin-1")
        exam.invalid("WARC-ENCODING", f"{name.decode()} is not in UTF-8", head.offset)
    if not text.isprintable():
        what = f"{name.decode()} holds control characters"
        exam.invalid("WARC-CONTROL-CHARACTER", what, head.offset)
    key = name.decode().lower()
    if key in head.values:
        head.repeated.append(key)
    else:
        head.values[key] = text
