"""The encoding of an HTML file: its mark, what it declares, and whether the bytes agree."""

import codecs
import re
from collections.abc import Callable

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_encoding import bom_of, guess, is_utf8, wide_of
from avpres.domain.technical import Text

_HEAD = 4096  # bytes; the standard looks for the declaration in the first 1,024
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_SAME = {"utf8": "UTF-8", "utf-8": "UTF-8", "ascii": "US-ASCII"}


def check_charset(source: Source, exam: Examination, text: Text) -> Callable[[bytes], bytes]:
    """Fill in the encoding; give what makes bytes with ASCII tags of the file's pieces."""
    head = source.peek(0, _HEAD)
    mark = bom_of(head)
    wide = mark[1] if mark else wide_of(head[:256])
    text.has_bom = mark is not None
    said = _META.search(head)
    declared = said[1].decode("ascii") if said else ""
    if wide and wide != "UTF-8":
        return _convert(wide, exam, text)
    if wide or declared:
        text.charset = "UTF-8" if wide else _name_of(declared)
        basis = "byte order mark" if wide else "declared in meta"
    else:
        text.charset, basis = _found(source, head)
        if text.charset != "US-ASCII":
            exam.warn("HTML-NO-CHARSET", "the file does not say its encoding")
    _check_name(exam, declared, said.start(1) if said else 0)
    exam.technical.properties["encoding_basis"] = basis
    return bytes


def _found(source: Source, head: bytes) -> tuple[str, str]:
    part = source.data if source.data is not None else head
    if part.isascii():
        return "US-ASCII", "every byte of it is right"
    if is_utf8(part):
        return "UTF-8", "its bytes are right"
    found = guess(part)
    return found.charset, found.basis


def _convert(wide: str, exam: Examination, text: Text) -> Callable[[bytes], bytes]:
    text.charset = wide
    text.byte_order = "little endian" if wide.endswith("LE") else "big endian"
    decoder = codecs.getincrementaldecoder(wide)("replace")
    exam.technical.properties["encoding_basis"] = "byte order mark or zero bytes"

    def convert(chunk: bytes) -> bytes:
        return decoder.decode(chunk).lstrip("\ufeff").encode("utf-8", "replace")

    return convert


def _name_of(declared: str) -> str:
    return _SAME.get(declared.lower(), declared)


def _check_name(exam: Examination, declared: str, offset: int) -> None:
    if not declared:
        return
    try:
        codecs.lookup(declared)
    except (LookupError, ValueError):
        if not declared.lower().startswith("x-"):
            exam.invalid("HTML-CHARSET", f"declares an unknown encoding: {declared}", offset)
