"""textMD 3.01a: technical metadata of a text, marked up or not.

The schema knows 250 character sets and the languages of ISO 639-2. What is in neither list is
said in `textNote` or `alt_language`, in the file's own words.
"""

import re
from functools import lru_cache

from avpres.adapters.formats.emit.languages import is_tag, three_letters
from avpres.adapters.formats.emit.markup import Vocabulary
from avpres.adapters.formats.emit.textmd_terms import CHARSETS, LANGUAGES
from avpres.domain.description import Description
from avpres.domain.technical import Text

NAMESPACE = "info:lc/xmlns/textMD-v3"
TEXTMD = Vocabulary("textmd", NAMESPACE)

_CHARSETS = {name.lower(): name for name in reversed(CHARSETS)}
_ALIASES = {
    "ascii": "US-ASCII",
    "utf8": "UTF-8",
    "latin1": "ISO-8859-1",
    "latin-1": "ISO-8859-1",
    "sjis": "Shift_JIS",
    "mac-roman": "macintosh",
    "x-mac-roman": "macintosh",
}
_CODE_PAGE = re.compile(r"(?:cp|windows-|x-cp)(125\d)")
_ONE_BYTE = re.compile(
    r"US-ASCII|ANSI_X3\.4-1968|ISO[-_]8859-.*|windows-125\d|IBM0?\d+|KOI8-[RU]|macintosh"
)
_CHARACTER_BYTES = {"UTF-32": "4", "UTF-32BE": "4", "UTF-32LE": "4", "ISO-10646-UCS-2": "2"}
_VARIABLE = re.compile(
    r"UTF-(8|16|16BE|16LE)|Shift_JIS|EUC-(JP|KR)|GB2312|Big5|windows-31J", re.IGNORECASE
)
_BYTE_ORDERS = {"big": "big", "little": "little", "middle": "middle"}
_LINE_BREAKS = {"CR": "CR", "LF": "LF", "CR/LF": "CR/LF", "CRLF": "CR/LF"}


def applies_to(description: Description) -> bool:
    """Say whether there is a text to describe."""
    return description.technical.text is not None


def write(description: Description) -> bytes:
    """Write the record."""
    text = description.technical.text or Text()
    return TEXTMD.document(
        "textMD",
        _characters(text.charset, text.byte_order, text.line_break),
        *_languages(text.language),
        TEXTMD.leaf("markup_basis", text.markup, version=text.markup_version),
        *(TEXTMD.leaf("markup_language", name) for name in _markup_languages(text)),
        *(TEXTMD.leaf("textNote", note) for note in _notes(text)),
    )


def charset_of(name: str) -> str:
    """Give a character set as the schema spells it; nothing if it does not know it."""
    key = name.strip().lower()
    if match := _CODE_PAGE.fullmatch(key):
        return f"windows-{match[1]}"
    return _ALIASES.get(key) or _CHARSETS.get(key, "")


@lru_cache(1000)
def _characters(written: str, byte_order: str, line_break: str) -> str:
    charset = charset_of(written)
    order = _BYTE_ORDERS.get(byte_order.strip().lower().partition(" ")[0], "")
    size, encoding = _character_size(charset)
    return TEXTMD.group(
        "character_info",
        TEXTMD.leaf("charset", charset),
        TEXTMD.leaf("byte_order", order),
        TEXTMD.leaf("byte_size", 8 if charset else None),
        TEXTMD.leaf("character_size", size, encoding=encoding),
        TEXTMD.leaf("linebreak", _LINE_BREAKS.get(line_break.strip().upper())),
    )


def _character_size(charset: str) -> tuple[str, str]:
    if _VARIABLE.fullmatch(charset):
        return "variable", charset
    if _ONE_BYTE.fullmatch(charset):
        return "1", ""
    return _CHARACTER_BYTES.get(charset, ""), ""


def _languages(written: str) -> list[str]:
    code = three_letters(written)
    if code in LANGUAGES:
        return [TEXTMD.leaf("language", code)]
    authority = "BCP 47" if is_tag(written) else None
    return [TEXTMD.leaf("alt_language", written, authority=authority)]


def _markup_languages(text: Text) -> tuple[str, ...]:
    return text.schemas or tuple(filter(None, (text.doctype or text.namespace,)))


def _notes(text: Text) -> list[str]:
    notes = []
    if text.charset and not charset_of(text.charset):
        notes.append(f"character set: {text.charset}")
    if text.line_break and text.line_break.strip().upper() not in _LINE_BREAKS:
        notes.append(f"line breaks: {text.line_break}")
    if text.has_bom is not None:
        notes.append(f"byte order mark: {'yes' if text.has_bom else 'no'}")
    return notes
