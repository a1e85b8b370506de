"""XML parsed without a tree: a file of any size, in the memory of one piece of it."""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from avpres.adapters.validators.source import Source
from avpres.adapters.validators.text_tally import Tally
from avpres.adapters.validators.xml_1_1 import as_1_0
from avpres.adapters.validators.xml_prolog import Prolog
from avpres.adapters.validators.xml_resolver import nothing, parser_asking

_HUGE = 64 * 1024 * 1024  # bytes; below it, libxml2's limits need not guard the memory
_WARNING, _FATAL = 1, 3  # libxml2's levels
_NAMESPACES = 3  # its domain of errors in names with prefixes, fatal for JHOVE's parser too
_ENTITY_UNREAD = 27  # may be declared where nothing was read; fatal nowhere
_FORGIVEN = {_ENTITY_UNREAD, 91, 92, 99, 205}  # and addresses that are no URI, colons in names
_PYTHON = {"windows-31j": "cp932"}  # names of encodings that Python has another one for
_UNSUPPORTED = 32  # an encoding that it does not know
_DECLARED = re.compile(rb"""(<\?xml\s[^>]*?encoding\s*=\s*["'])[^"']*""")


class Fault(NamedTuple):
    """An error of libxml2; line and column begin with 1, columns count bytes."""

    code: int
    text: str
    line: int
    column: int


def find_fault(source: Source, prolog: Prolog, tally: Tally) -> Fault | None:
    """Parse everything; give the first error that makes the file not well-formed."""
    fault = _parse(source.chunks(), source.size, tally)
    if prolog.version == "1.1":
        text = as_1_0(source, prolog.charset)
        return fault if text is None else _parse([text], source.size, Tally(0))
    if fault is None or fault.code != _UNSUPPORTED:
        return fault
    pieces = _recoded(source, prolog.charset)
    return fault if pieces is None else _parse(pieces, source.size, Tally(0))


def _parse(pieces: Iterable[bytes], size: int, tally: Tally) -> Fault | None:
    from lxml import etree

    parser = parser_asking(nothing, target=_Nothing(), huge_tree=size <= _HUGE)
    try:
        for piece in pieces:
            tally.add(piece)
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError as error:
        line, column = error.position
        code = getattr(error, "code", None) or 0
        fault = Fault(code, error.msg or "not well-formed", line or 1, column or 1)
        if code in _FORGIVEN:
            return _first(parser.feed_error_log)
        return _first(parser.feed_error_log) or fault
    return _first(parser.feed_error_log)


def _first(log: Any) -> Fault | None:
    """Give the first error that counts: undeclared entities do not where a DTD was not read.

    Nor do addresses that are no URI by RFC 3986, and colons in names that are not of elements or
    attributes: XML does not ask for that, and Java's parser, which JHOVE uses, has no objection.
    """
    for entry in log:
        if entry.type in _FORGIVEN:
            continue
        if entry.level == _FATAL or (entry.domain == _NAMESPACES and entry.level > _WARNING):
            return Fault(entry.type, entry.message, entry.line or 1, entry.column or 1)
    return None


class _Nothing:
    """A parser's target without methods for elements: the whole parse stays in C."""

    def close(self) -> None:
        """Give nothing."""


def _recoded(source: Source, charset: str) -> Iterator[bytes] | None:
    """Give the file as UTF-8, if Python knows an encoding that libxml2 does not."""
    charset = _PYTHON.get(charset.lower(), charset)
    try:
        b"a".decode(charset)  # refuses codecs that are no text encodings, such as hex
        decoder = codecs.getincrementaldecoder(charset)("strict")
    except (LookupError, ValueError):
        return None
    return _recode(source, decoder)


def _recode(source: Source, decoder: codecs.IncrementalDecoder) -> Iterator[bytes]:
    for count, chunk in enumerate(source.chunks()):
        try:
            piece = decoder.decode(chunk).encode()
        except UnicodeError:
            piece = b"\xff"  # an error in UTF-8 too, at about the same place
        yield piece if count else _DECLARED.sub(rb"\1utf-8", piece, count=1)
