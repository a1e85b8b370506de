"""Plain text: its encoding, its line ends, and what no text should hold.

A text says nothing of its length and seldom of its encoding. So a text without an end to its last
line, or in an encoding that had to be guessed, is "Well-Formed" and no more: it may be cut, or
meant otherwise. Controls and NUL bytes that JHOVE passes over are findings here.
"""

import codecs

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_encoding import bom_of, guess, is_damaged_utf8, wide_of
from avpres.adapters.validators.text_tally import Tally
from avpres.domain.technical import MediaKind, Text

_HEAD = 4096  # bytes that tell UTF-16 and UTF-32 from the rest
_FEW = 8  # control characters: more of them are the text's way, as in MARC records
_SHARE = 20  # one control character in so many bytes makes it no text
_BYTE_OF_UTF8 = {1: "UTF8-HUL-3", 2: "UTF8-HUL-4", 3: "UTF8-HUL-5"}


def validate(source: Source, exam: Examination) -> None:
    """Decode everything in the encoding that the bytes speak for."""
    exam.mime = "text/plain"
    exam.technical.kind = MediaKind.TEXT
    text = exam.technical.text = Text()
    if source.size == 0:
        exam.halt("TEXT-EMPTY", "the file is empty", 0, jhove="UTF8-HUL-6")
    head = source.peek(0, _HEAD)
    mark = bom_of(head)
    charset = mark[1] if mark else wide_of(head) if 0 in head else ""
    text.has_bom = mark is not None
    start = len(mark[0]) if mark else 0
    if charset in {"", "UTF-8"}:
        tally = _read_bytes(source, exam, start, charset)
    else:
        tally = _read_wide(source, exam, start, charset)
    _describe(text, tally)
    _judge(exam, tally, source.size)


def _read_bytes(source: Source, exam: Examination, start: int, charset: str) -> Tally:
    tally = Tally(start)
    for chunk in source.chunks(start):
        tally.add(chunk)
    tally.finish()
    text = exam.technical.text or Text()
    basis = "every byte of it is right"
    if tally.is_ascii:
        text.charset = charset or "US-ASCII"
    elif tally.error is None:
        text.charset = "UTF-8"
    elif charset or is_damaged_utf8(tally.size, tally.characters, tally.bad):
        text.charset, basis = "UTF-8", "most of it is right"
        _say_utf8(exam, tally)
    else:
        basis = _guess(exam, text, tally)
    exam.technical.properties["encoding_basis"] = "byte order mark" if text.has_bom else basis
    return tally


def _say_utf8(exam: Examination, tally: Tally) -> None:
    if tally.error is None:
        return
    error, offset = tally.error
    if "continuation" in error.reason:
        jhove = _BYTE_OF_UTF8.get(error.end - error.start)
    else:
        jhove = "UTF8-HUL-2" if "start" in error.reason else None
    exam.broken(
        "TEXT-UTF8",
        f"not UTF-8 from here: {error.reason}; {tally.bad} such places",
        offset,
        jhove=jhove,
    )


def _guess(exam: Examination, text: Text, tally: Tally) -> str:
    found = guess(bytes(tally.sample))
    text.charset = found.charset
    text.characters = tally.characters = tally.size
    high = sum(byte > 127 for byte in tally.sample)
    if found.strays and (high <= 3 or high * 200 < len(tally.sample)):
        exam.broken(
            "TEXT-STRAY-BYTES",
            "bytes above 0x7F that make no sense in an otherwise plain text: likely damage",
            tally.first_high,
            jhove="ASCII-HUL-1",
        )
    else:
        exam.undetermined(
            "TEXT-ENCODING-GUESSED",
            f"the text does not say its encoding; taken for {found.charset}: {found.basis}",
            tally.first_high,
        )
    return found.basis


def _read_wide(source: Source, exam: Examination, start: int, charset: str) -> Tally:
    text = exam.technical.text or Text()
    text.charset = charset
    text.byte_order = "little endian" if charset.endswith("LE") else "big endian"
    exam.technical.properties["encoding_basis"] = (
        "byte order mark" if text.has_bom else "zero bytes in every other place"
    )
    tally = Tally(start)
    decoder = codecs.getincrementaldecoder(charset)("strict")
    offset = start
    try:
        for chunk in source.chunks(start):
            tally.add_text(decoder.decode(chunk))
            offset += len(chunk)
        tally.add_text(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        pending = len(error.object) - min(source.size - offset, len(error.object))
        exam.broken("TEXT-WIDE", f"not {charset} from here: {error.reason}", offset - pending)
    return tally


def _describe(text: Text, tally: Tally) -> None:
    text.characters = tally.characters
    text.line_break = tally.line_break
    text.lines = tally.lines


def _judge(exam: Examination, tally: Tally, size: int) -> None:
    if tally.odd * _SHARE > size:
        exam.broken("TEXT-BINARY", f"{tally.odd} control bytes: this is no text", tally.first_odd)
    elif tally.nulls:
        exam.broken("TEXT-NUL", f"{tally.nulls} NUL bytes in a text", tally.first_odd)
    elif tally.odd > _FEW:
        exam.note("TEXT-CONTROLS", f"{tally.odd} control characters", tally.first_odd)
    elif tally.odd:
        exam.invalid("TEXT-CONTROL", "a control character that texts do not have", tally.first_odd)
    if not tally.is_printable:
        exam.warn("TEXT-BLANK", "nothing but blanks and controls", 0, jhove="ASCII-HUL-3")
    if tally.lost:
        exam.warn("TEXT-LOST", f"{tally.lost} characters were lost in an earlier conversion")
    if tally.line_break == "mixed":
        exam.note("TEXT-MIXED-LINES", "lines end in more than one way")
    if not tally.ends_line:
        exam.undetermined(
            "TEXT-LAST-LINE", "the last line has no end: the text may be cut short", size
        )
