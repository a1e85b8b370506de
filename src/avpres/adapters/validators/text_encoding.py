"""Which encoding a text is in, judged from its bytes alone; no encoding means: this is no text."""

import codecs
import re
from itertools import islice
from typing import NamedTuple

BOMS = (  # UTF-32 first: the mark of UTF-16LE is the beginning of that of UTF-32LE
    (codecs.BOM_UTF32_LE, "UTF-32LE"),
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)
USUAL = b"\a\b\t\n\v\f\r\x1b"  # control characters that texts and old terminals have
ODD = bytes(n for n in (*range(32), 127) if n not in USUAL)
UNKNOWN = "unknown-8bit"  # RFC 1428: eight bits a character, and nothing more is known
_NOT_ODD = bytes(n for n in range(256) if n not in ODD)
_CONTINUED = bytes(range(128, 192))
_SAMPLE = 65_536  # bytes that a guess looks at
_HIGH = re.compile(rb"[\x80-\xff]")
_ABOVE_ISO = re.compile(rb"[\x80-\x9f]")  # signs in windows-1252, controls in ISO 8859-1
_LOOKED_AT = 1_000  # bytes above 0x7F
_LONG_RUN = re.compile(rb"[\x80-\xff]{4,}")
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ")
_SIGNS = frozenset(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u2013\u2014\u2022\u20ac\u2122\u00a0\u00b4\u00d7"
    "¡¢£¥§©ª«­®°±²³µ¶·¹º»¼½¾¿÷"
)
_JOINTS = frozenset("\u2019\u00a0\u00ad\u2013\u2014\u2026")  # that stand inside of words too
_CANDIDATES = (("windows-1252", "cp1252"), ("macintosh", "mac_roman"), ("IBM850", "cp850"))


class Guess(NamedTuple):
    """An encoding, why it is thought so, and how many bytes do not fit it."""

    charset: str
    basis: str
    strays: int = 0


def sniff(head: bytes, tail: bytes | None = None) -> str:
    """Give the IANA name of the encoding of a text, or "" for what is no text.

    Args:
        head: the first bytes of the file; 4 KiB are plenty.
        tail: the last bytes, where they are not in `head`.
    """
    if not head:
        return ""
    marked = bom_of(head)
    if marked:
        return marked[1]
    wide = wide_of(head) if 0 in head else ""
    if wide:
        return wide
    return _narrow_of(head, tail)


def _narrow_of(head: bytes, tail: bytes | None) -> str:
    if _is_binary(head) or (tail and _is_binary(tail)):
        return ""
    rest = (tail or b"").lstrip(_CONTINUED)
    if head.isascii() and rest.isascii():
        return "US-ASCII"
    if is_utf8(head) and is_utf8(rest):
        return "UTF-8"
    return guess(head + b" " + rest).charset


def bom_of(head: bytes) -> tuple[bytes, str] | None:
    """Give the byte order mark that a file begins with, and its encoding."""
    for mark, charset in BOMS:
        if head.startswith(mark):
            return mark, charset
    return None


def wide_of(head: bytes) -> str:
    """Give UTF-16 or UTF-32 without a byte order mark, by where the zero bytes stand."""
    size = len(head) & ~3
    if size < 4:
        return ""
    zeros = [head[n:size:4].count(0) * 4 / size for n in range(4)]
    high, low = 0.6, 0.05  # shares of zero bytes in Western text of two bytes a character
    if zeros[2] > high and zeros[3] > high and zeros[0] < low:
        return "UTF-32LE"
    if zeros[0] > high and zeros[1] > high and zeros[3] < low:
        return "UTF-32BE"
    if zeros[1] > high and zeros[3] > high and max(zeros[0], zeros[2]) < low:
        return "UTF-16LE"
    if zeros[0] > high and zeros[2] > high and max(zeros[1], zeros[3]) < low:
        return "UTF-16BE"
    return ""


def is_utf8(part: bytes) -> bool:
    """Say whether bytes are UTF-8; a last character that is cut and rare damage are forgiven."""
    try:
        codecs.utf_8_decode(part, "strict", False)
    except UnicodeDecodeError:
        text = part.decode("utf-8", "replace")
        return is_damaged_utf8(len(part), len(text), text.count("\ufffd"))
    return True


def is_damaged_utf8(size: int, characters: int, bad: int) -> bool:
    """Say whether by far most of what is above 0x7F is sound UTF-8, so that the rest is damage."""
    return size - characters > 4 * bad


def odd_controls(part: bytes) -> bytes:
    """Give the control characters that texts do not have, in file order."""
    return part.translate(None, _NOT_ODD)


def guess(part: bytes) -> Guess:
    """Guess an 8-bit encoding by what stands beside its letters; say `unknown-8bit` otherwise.

    Western European encodings only: others need a dictionary to be told apart, and a wrong name in
    a record is worse than none. `strays` counts what fits nowhere even in the best of them.
    """
    part = part[:_SAMPLE]
    places = [found.start() for found in islice(_HIGH.finditer(part), _LOOKED_AT)]
    if _LONG_RUN.search(part) or not places:
        return Guess(UNKNOWN, "long runs of bytes above 0x7F, as Asian or Cyrillic texts have")
    scores = [(_fit(part, codec, places), name) for name, codec in _CANDIDATES]
    best, name = max(scores, key=lambda score: score[0])
    rest = max(score for score, other in scores if other != name)
    strays = len(places) - best
    if strays * 10 > len(places) or (name != "windows-1252" and (best - rest) * 3 < len(places)):
        return Guess(UNKNOWN, "no Western encoding makes words of it", strays)
    if name == "windows-1252" and not _ABOVE_ISO.search(part):
        name = "ISO-8859-1"
    return Guess(name, "guessed: its letters make words in it", strays)


def _fit(part: bytes, codec: str, places: list[int]) -> int:
    text = f" {part.decode(codec, 'replace')} "  # one character a byte
    return sum(_fits(*text[place : place + 3]) for place in places)


def _fits(before: str, sign: str, after: str) -> bool:
    """Say whether a letter or sign can stand between its neighbours."""
    if sign in _LETTERS:
        if sign.islower():
            return before.isalpha() or after.islower() or before.isspace()
        return not before.islower()
    if sign in _JOINTS:
        return True
    return sign in _SIGNS and not (before.isalpha() and after.isalpha())


def _is_binary(part: bytes) -> bool:
    """Say whether control characters are too many for a text, one damaged byte being forgiven."""
    part = part.rstrip(b"\x1a")  # the end mark of DOS
    odd = len(part) - len(part.translate(None, ODD))
    return odd > 1 + len(part) // 500 or odd * 10 > len(part)
