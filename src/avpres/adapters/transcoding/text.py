"""Texts as UTF-8, and the same bytes back: `iconv -f UTF-8 -t CHARSET` restores them.

Nothing but the charset is changed: ends of lines stay, and a byte order mark stays as the
character that it is (U+FEFF), so that the charset alone says how the bytes come back.
"""

import re
from dataclasses import dataclass

from avpres.adapters.validators.text_encoding import UNKNOWN, bom_of, guess, odd_controls, wide_of
from avpres.domain.charsets import CODECS, EBCDIC, ICONV, WIDE, charset_named
from avpres.domain.migration import Reason, Unmigratable

HEAD = 4096  # bytes that tell UTF-16 and UTF-32 without a mark
FEW = 500  # of so many bytes, one control character is forgiven
C1 = re.compile("[\x80-\x84\x86-\x9f]")  # U+0085 is an end of line
NO_CHARACTER = re.compile("[\0\ufdd0-\ufdef\ufffe\uffff]")
MARKUP = re.compile(rb"\s*<(\?xml\b|!doctype\s|html\b)", re.IGNORECASE)
ISO_2022 = re.compile(rb"\x1b\$[@B]")  # what begins Japanese in seven bits; no terminal sends it
LOSS = "other bytes come back from it"


@dataclass(frozen=True, slots=True)
class TextMade:
    """A text in UTF-8, from which the bytes of its source were restored."""

    data: bytes
    charset: str  # of the source, as IANA names it
    basis: str  # how it is known
    characters: int

    def as_dict(self) -> dict[str, object]:
        """Give what JSON can carry."""
        restored = f"iconv -f UTF-8 -t {ICONV.get(self.charset, self.charset)}"
        return {
            "charset": self.charset,
            "basis": self.basis,
            "characters": self.characters,
            "restored_by": ["avpres", restored],
        }


def to_utf8(data: bytes | memoryview, *, charset: str = "") -> TextMade | None:
    """Make UTF-8 of a text, in `charset` if its bytes do not tell; None: it is UTF-8 already.

    Raises:
        Unmigratable: it is no plain text, or its charset cannot be known, or is not the one named,
            or its bytes do not come back.
        ValueError: no such charset is known.
    """
    content = bytes(data)
    if not content:
        raise Unmigratable(Reason.EMPTY)
    named = charset_named(charset) if charset else ""
    plain = named not in EBCDIC and 0 not in content and not ISO_2022.search(content)
    if plain and _is_utf8(content):
        _check_plain(content)
        return None
    found, basis = _charset(content, named)
    text = _decoded(content, found)
    made = TextMade(text.encode(), found, basis, len(text))
    if restore(made.data, found) != content:
        raise Unmigratable(Reason.NOT_REVERSIBLE, f"{LOSS} in {found}")
    return made


def restore(data: bytes, charset: str) -> bytes:
    """Give the bytes of a text in its charset back from UTF-8.

    Raises:
        Unmigratable: it is not UTF-8, or the charset lacks one of its characters.
        ValueError: no such charset is known.
    """
    name = charset_named(charset)
    try:
        return data.decode("utf-8").encode(CODECS[name])
    except UnicodeError as error:
        raise Unmigratable(Reason.NOT_REVERSIBLE, f"{name}: {error}") from error


def _charset(content: bytes, named: str) -> tuple[str, str]:
    """Give the charset and how it is known.

    Raises:
        Unmigratable: it cannot be known, or this is no plain text.
    """
    marked = bom_of(content)
    if marked is not None and marked[1] in CODECS:
        return marked[1], "byte order mark"
    if marked is not None:
        raise Unmigratable(Reason.DAMAGED, "its mark says UTF-8, which it is not")
    if content.isascii() and ISO_2022.search(content):
        _check_plain(content)
        return "ISO-2022-JP", "its escape sequences"
    if named:
        if named not in WIDE and named not in EBCDIC:
            _check_plain(content)
        return named, "named by the policy"
    wide = wide_of(content[:HEAD]) if 0 in content[:HEAD] else ""
    if wide:
        return wide, "zero bytes in every other place"
    _check_plain(content)
    found = guess(content)
    hint = "" if found.charset == UNKNOWN else f"; it may be {found.charset}"
    raise Unmigratable(Reason.CHARSET_UNKNOWN, f"name the charset in the policy{hint}")


def _check_plain(content: bytes) -> None:
    """Refuse what is no plain text.

    Raises:
        Unmigratable: it is binary, or markup, which tells its charset itself.
    """
    if MARKUP.match(content):
        raise Unmigratable(Reason.UNKNOWN_FORMAT, "it is markup, which tells its charset itself")
    odd = len(odd_controls(content.rstrip(b"\x1a")))  # the end mark of DOS
    if 0 in content or odd > 1 + len(content) // FEW:
        raise Unmigratable(Reason.UNKNOWN_FORMAT, "it holds control bytes as no plain text does")


def _decoded(content: bytes, charset: str) -> str:
    """Decode strictly.

    Raises:
        Unmigratable: its bytes are no text in this charset.
    """
    try:
        text = content.decode(CODECS[charset])
    except UnicodeDecodeError as error:
        said = f"it is not {charset} at byte {error.start}: {error.reason}"
        marked = bom_of(content) is not None
        raise Unmigratable(Reason.DAMAGED if marked else Reason.CHARSET_UNKNOWN, said) from error
    strange = C1.search(text) or NO_CHARACTER.search(text)
    if strange is not None:
        said = f"in {charset} it has U+{ord(strange[0]):04X} as character {strange.start() + 1}"
        raise Unmigratable(Reason.CHARSET_UNKNOWN, said)
    if MARKUP.match(text[:HEAD].lstrip("\ufeff").encode()):
        raise Unmigratable(Reason.UNKNOWN_FORMAT, "it is markup, which tells its charset itself")
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
