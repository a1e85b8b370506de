"""How file names are written in text formats: each format's own escapes, and the way back.

Names are bytes on disk. Inside avpres they are text with bytes that are not UTF-8
surrogate-escaped (PEP 383). No codec here loses a byte.
"""

import re
from collections.abc import Callable
from urllib.parse import quote_from_bytes, unquote_to_bytes

from avpres.domain.errors import NotConformantError

_UNWRITABLE_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TRIMMED_BY_XML_READERS = re.compile(r"^\s|\s$|[\t\n]|\s\s")
_GNU_MEANING = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}
_GNU_ESCAPE = re.compile(rb"\\.?", re.DOTALL)
_BAG_ESCAPE = re.compile(r"%(0[Aa]|0[Dd]|25)")
_BAG_MEANING = {"0A": "\n", "0D": "\r", "25": "%"}


def from_bytes(raw: bytes) -> str:
    """Read a name; bytes that are not UTF-8 are kept as surrogates."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(path: str) -> bytes:
    """Write a name as it is on disk."""
    return path.encode("utf-8", "surrogateescape")


def checked(path: str) -> str:
    """Bring a listed path to one form, and refuse what no file system could hold.

    `./` and doubled slashes say nothing and go; `..` is kept, its meaning depends on links.

    Raises:
        NotConformantError: the path is empty, or holds NUL or half a surrogate pair.
    """
    if "\0" in path:
        raise NotConformantError("a name with a NUL character")
    if not path.isascii():
        try:
            to_bytes(path)
        except UnicodeEncodeError as error:
            raise NotConformantError("a name that is not Unicode") from error
    if path.startswith("./") or "//" in path or "/./" in path or path.endswith(("/", "/.")):
        path = _without_idle_parts(path)
    if path in {"", ".", "/"}:
        raise NotConformantError("an empty name")
    return path


def _without_idle_parts(path: str) -> str:
    lead = "/" if path.startswith("/") else ""
    return lead + "/".join(part for part in path.split("/") if part not in {"", "."})


def stays_inside(path: str) -> bool:
    r"""Say whether a path leads nowhere but below its base, on any system.

    RFC 8493 §5.1.2 asks this of bags: no absolute path, no `..`, no `~`, no drive letter.
    """
    parts = path.replace("\\", "/").split("/")
    return not (path.startswith(("/", "\\", "~")) or ".." in parts or re.match("[A-Za-z]:", path))


def with_slashes(path: str, exists: Callable[[str], bool]) -> str:
    r"""Turn Windows separators into `/`, unless a file with `\` in its very name is there."""
    if "\\" not in path or "\0" in path or exists(path):
        return path
    return path.replace("\\", "/")


def gnu_escape(path: str) -> tuple[bytes, bytes]:
    r"""Escape a name as GNU coreutils does: give the line's lead (`\` or nothing) and the name."""
    raw = to_bytes(path)
    escaped = raw.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return (b"" if escaped == raw else b"\\"), escaped


def gnu_unescape(raw: bytes) -> bytes:
    r"""Undo the escapes of a line that begins with `\`.

    Raises:
        NotConformantError: a backslash that coreutils would not have written.
    """

    def meaning(match: re.Match[bytes]) -> bytes:
        try:
            return _GNU_MEANING[match.group()]
        except KeyError:
            raise NotConformantError("an escape that md5sum does not write") from None

    return _GNU_ESCAPE.sub(meaning, raw)


def bag_encode(path: str) -> str:
    """Percent-encode CR, LF and % only (RFC 8493 §2.1.3)."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def bag_decode(text: str) -> str:
    """Undo `bag_encode`; a bare % stays, since most baggers never encoded it."""
    return _BAG_ESCAPE.sub(lambda match: _BAG_MEANING[match.group(1).upper()], text)


def xml_encode(path: str, *, also: str = "") -> tuple[str, bool]:
    """Give a name as XML text can carry it, and whether it had to be percent-encoded for that.

    XML 1.0 holds no control characters, surrogates, U+FFFE or U+FFFF, and readers trim or fold
    white space. Such a name, or one with a character of `also`, is percent-encoded as UTF-8
    bytes, % included; all others stay as they are.
    """
    plain = not _UNWRITABLE_IN_XML.search(path) and not _TRIMMED_BY_XML_READERS.search(path)
    if plain and not any(character in path for character in also):
        return path, False
    return "".join(_percent(character, also) for character in path), True


def _percent(character: str, also: str) -> str:
    plain = character.isprintable() and character not in "% " and character not in also
    return character if plain else "".join(f"%{byte:02X}" for byte in to_bytes(character))


def xml_decode(text: str) -> str:
    """Undo the percent-encoding of a name that `xml_encode` flagged."""
    return from_bytes(unquote_to_bytes(text.encode("utf-8", "surrogatepass")))


def comment_encode(path: str) -> str:
    """Percent-encode a name for an XML comment, which holds neither spaces nor `--` here."""
    return quote_from_bytes(to_bytes(path), safe="/").replace("-", "%2D")
