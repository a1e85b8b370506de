"""Texts inside a PNG: tEXt, zTXt and iTXt, with the keywords that describe the image."""

import zlib
from typing import TYPE_CHECKING

from avpres.adapters.validators import exif

if TYPE_CHECKING:
    from avpres.adapters.validators.png import Walk

MOST = 4 * 1024 * 1024  # bytes that a text or profile may inflate to
BOMB = 500  # times its size that nothing honest grows to
_KEPT = 1000  # characters of a text
_KEPT_TEXTS = 40


def inflated(walk: "Walk", data: bytes) -> bytes | None:
    """Give what a small compressed piece holds, None if it is damaged or cut.

    Of a piece that is longer than `MOST`, or of a file with very many, only a part is given.
    """
    engine = zlib.decompressobj()
    most = max(min(MOST, walk.text_left), 1)
    try:
        found = engine.decompress(data, most)
    except zlib.error:
        return None
    walk.text_left -= len(found)
    if len(found) == MOST and BOMB * (len(data) - len(engine.unconsumed_tail)) < MOST:
        walk.exam.stop("PNG-BOMB", "a compressed text or profile grows out of proportion")
    return found if engine.eof or len(found) >= most else None


def plain(walk: "Walk", data: bytes, place: int) -> None:
    """Check a tEXt chunk: a keyword, one null, a text in Latin-1."""
    keyword, null, text = data.partition(b"\0")
    if b"\0" in text:
        where = place + len(keyword) + 1 + text.find(b"\0")
        walk.exam.broken("PNG-TEXT-NULL", "a null in a text", where, jhove="PNG-GDM-54")
    _check_keyword(walk, keyword, null, place)
    _keep(walk, keyword, text.decode("latin-1"))


def compressed(walk: "Walk", data: bytes, place: int) -> None:
    """Check a zTXt chunk: a keyword, a null, the method, a compressed text in Latin-1."""
    keyword, null, rest = data.partition(b"\0")
    _check_keyword(walk, keyword, null, place)
    if rest[:1] != b"\0":
        text = "a compressed text has an unknown method of compression"
        walk.exam.broken("PNG-TEXT-METHOD", text, place, jhove="PNG-GDM-63")
        return
    text_ = inflated(walk, rest[1:])
    if text_ is None:
        text = "a compressed text is damaged"
        walk.exam.broken("PNG-TEXT-DAMAGED", text, place, jhove="PNG-GDM-65")
        return
    _keep(walk, keyword, text_.decode("latin-1"))


def international(walk: "Walk", data: bytes, place: int) -> None:
    """Check an iTXt chunk: a keyword, flags, language, translated keyword, a text in UTF-8."""
    keyword, null, rest = data.partition(b"\0")
    _check_keyword(walk, keyword, null, place)
    parts = rest[2:].split(b"\0", 2)
    if len(rest) < 2 or len(parts) < 3:
        walk.exam.broken("PNG-TEXT-FORM", "an international text lacks its parts", place)
        return
    if rest[0] > 1 or (rest[0] and rest[1]):
        text = "an international text has an unknown method of compression"
        walk.exam.broken("PNG-TEXT-METHOD", text, place, jhove="PNG-GDM-29")
        return
    raw = inflated(walk, parts[2]) if rest[0] else parts[2]
    if raw is None:
        walk.exam.broken("PNG-TEXT-DAMAGED", "a compressed text is damaged", place)
        return
    try:
        _keep(walk, keyword, raw.decode("utf-8"))
    except UnicodeDecodeError:
        walk.exam.warn("PNG-TEXT-UTF8", "an international text is not in UTF-8", place)


def _check_keyword(walk: "Walk", keyword: bytes, null: bytes, place: int) -> None:
    if not null:
        walk.exam.invalid("PNG-TEXT-FORM", "a text has no end of its keyword", place)
    elif not 1 <= len(keyword) <= 79:
        text = f"a keyword of {len(keyword)} characters; 1 to 79 are allowed"
        walk.exam.warn("PNG-KEYWORD", text, place)


def _keep(walk: "Walk", keyword: bytes, text: str) -> None:
    name = keyword.decode("latin-1")
    if len(walk.texts) < _KEPT_TEXTS:
        walk.texts.setdefault(name, text[:_KEPT])
    image, value = walk.image, text.strip()[:_KEPT]
    if name == "Software":
        image.software = image.software or value
    elif name == "Author":
        image.artist = image.artist or value
    elif name == "Source":
        image.model = image.model or value
    elif name in {"Creation Time", "create-date", "date:create"}:
        image.created = image.created or exif.iso_date(value) or _date(value)


def _date(text: str) -> str:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError):
        return ""
