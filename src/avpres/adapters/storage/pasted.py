"""Paths as shells, file managers and hands write them, read as they were meant."""

import os
import re
import socket
from collections.abc import Callable
from urllib.parse import unquote_to_bytes, urlsplit

from avpres.domain.errors import UsageError

_ESCAPED = re.compile(r"\\(.)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # RFC 3986 §3.1; one letter is a drive


def forgive(words: str) -> str:
    """Undo quoting, URLs, escapes and trailing slashes, unless the path is there as written.

    Raises:
        UsageError: it is the URL of something elsewhere, which would else become a local folder.
    """
    if os.path.lexists(words):
        return without_trailing_slash(words)
    for undo in _UNDO:
        words = undo(words)
    return without_trailing_slash(words)


def _unquoted(words: str) -> str:
    text = words.strip()
    bare = text.rstrip(separators())
    for quote in ("'", '"'):
        if len(bare) > 1 and bare.startswith(quote) and bare.endswith(quote):
            return bare[1:-1]
    return words


def _without_windows_quote(words: str) -> str:
    r"""Drop the `"` that Windows leaves of `"D:\tapes\"`: no Windows name can hold one."""
    if words.endswith('"') and words.count('"') == 1 and not os.path.lexists(words):
        return words[:-1]
    return words


def _from_url(words: str) -> str:
    """Read a `file://` URL (RFC 8089); escaped bytes that are not UTF-8 stay what they are."""
    if not _SCHEME.match(words) or os.path.lexists(words):
        return words
    local = words.lower().startswith("file://")
    parts = urlsplit(words.replace("?", "%3F").replace("#", "%23")) if local else None
    if parts is None or parts.netloc.lower() not in {"", "localhost", socket.gethostname().lower()}:
        raise UsageError(f"{words}: is a URL and no path; mount the share and give its folder")
    plain = os.fsdecode(unquote_to_bytes(os.fsencode(parts.path)))
    if os.name == "nt":
        plain = plain.removeprefix("/")
    return plain


def _unescaped(words: str) -> str:
    r"""Undo `\ ` as terminals write it on drag and drop, only when that names something there."""
    plain = _ESCAPED.sub(r"\1", words)
    if plain != words and os.path.lexists(plain) and not os.path.lexists(words):
        return plain
    return words


def without_trailing_slash(words: str) -> str:
    """Drop slashes at the end, but not the root itself."""
    bare = words.rstrip(separators())
    if not bare or (os.name == "nt" and bare.endswith(":")):
        return words
    return bare


def separators() -> str:
    """Give the characters that part the names of a path here."""
    return "/\\" if os.name == "nt" else "/"


_UNDO: tuple[Callable[[str], str], ...] = (
    _unquoted,
    _without_windows_quote,
    _from_url,
    _unescaped,
)
