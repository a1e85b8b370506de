"""Path arguments, forgiven what shells, file managers and hands do to them."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_ESCAPED = re.compile(r"\\(.)")


def path(words: str) -> Path:
    r"""Read a path argument as it was meant, and say on standard error what was changed.

    Windows turns `"D:\tapes\"` into `D:\tapes"`; file managers give `file://` URLs; dragging into
    a prompt gives quotes or backslash-escaped spaces. A path that exists as it stands is never
    changed.

    Raises:
        ValueError: the path is empty; an unset variable in a script would else mean this folder.
    """
    if not words.strip():
        raise ValueError("an empty path was given")
    meant = forgive(words)
    if meant != words and meant != words.rstrip(_separators()):
        sys.stderr.write(f"note: {words} is read as {meant}\n")
    return Path(meant)


def forgive(words: str) -> str:
    """Undo quoting, URLs, escapes and trailing slashes, unless the path is there as written."""
    if os.path.lexists(words):
        return _without_trailing_slash(words)
    for undo in _UNDO:
        words = undo(words)
    return _without_trailing_slash(words)


def _unquoted(words: str) -> str:
    text = words.strip()
    for quote in ("'", '"'):
        if len(text) > 1 and text.startswith(quote) and text.endswith(quote):
            return text[1:-1]
    return words


def _without_windows_quote(words: str) -> str:
    r"""Drop the `"` that Windows leaves of `"D:\tapes\"`: no Windows name can hold one."""
    if words.endswith('"') and words.count('"') == 1 and not os.path.lexists(words):
        return words[:-1]
    return words


def _from_url(words: str) -> str:
    """Read a `file://` URL (RFC 8089); escaped bytes that are not UTF-8 stay what they are."""
    if not words.lower().startswith("file://"):
        return words
    parts = urlsplit(words.replace("?", "%3F").replace("#", "%23"))
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


def _without_trailing_slash(words: str) -> str:
    bare = words.rstrip(_separators())
    if not bare or (os.name == "nt" and bare.endswith(":")):
        return words
    return bare


def _separators() -> str:
    return "/\\" if os.name == "nt" else "/"


_UNDO: tuple[Callable[[str], str], ...] = (
    _unquoted,
    _without_windows_quote,
    _from_url,
    _unescaped,
)
