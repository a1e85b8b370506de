"""File names as reports show them: any bytes, and nothing that can mislead the reader."""

import base64
import re
from collections.abc import Iterator

from avpres.adapters.formats.names import from_bytes, to_bytes

# What cannot be seen, cannot be encoded, or changes how its neighbours are shown: controls,
# line and paragraph separators, zero-width and bidirectional marks, the byte order mark,
# noncharacters and surrogates (PEP 383 uses U+DC80 to U+DCFF for bytes that are not UTF-8).
_UNSEEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff"
    "]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def visible(text: str) -> str:
    r"""Show a name on one line: `\n`, `\x1b`, `\xff` (a byte that is not UTF-8), `\u202e`.

    For the eye only: a name that really holds a backslash and an `n` looks the same. The exact
    name is in `files.jsonl`, in the CSV and JSON reports.
    """
    return text if text.isprintable() else _UNSEEN.sub(_escaped, text)


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """Split a name into plain pieces (False) and escapes (True), so that a page can mark these."""
    start = 0
    for match in _UNSEEN.finditer(text):
        if match.start() > start:
            yield False, text[start : match.start()]
        yield True, _escaped(match)
        start = match.end()
    if start < len(text):
        yield False, text[start:]


def encodable(text: str) -> str:
    r"""Write bytes that are not UTF-8 as `\xNN` and leave all else, so that UTF-8 can hold it."""
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def raw_base64(text: str) -> str | None:
    """Give the exact bytes of a name in base64, when UTF-8 cannot hold it, else None."""
    if text.isascii() or _SURROGATE.search(text) is None:
        return None
    return base64.b64encode(_bytes(text)).decode("ascii")


def from_base64(text: str) -> str:
    """Give the name back that `raw_base64` wrote.

    Raises:
        ValueError: this is not base64.
    """
    return from_bytes(base64.b64decode(text, validate=True))


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    if character in _SHORT:
        return _SHORT[character]
    raw = _bytes(character)
    return f"\\x{raw[0]:02x}" if len(raw) == 1 else f"\\u{ord(character):04x}"


def _bytes(text: str) -> bytes:
    try:
        return to_bytes(text)
    except UnicodeEncodeError:  # half a UTF-16 pair: Windows allows it in names
        return text.encode("utf-8", "surrogatepass")
