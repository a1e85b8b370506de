"""From all candidates to one identification: which format it is, and which validator is asked.

The first bytes rule, because they outlive damage; then PRONOM's signatures; then whether it is
text; the extension last. A file is never taken for something else because it fails its validator.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from avpres.adapters.identification.magic import begins_like, by_magic
from avpres.adapters.identification.names import (
    BY_EXTENSION,
    MIME,
    TEXTUAL,
    extension_of,
    format_of_mime,
)
from avpres.adapters.validators.source import Source
from avpres.domain.description import Candidate
from avpres.domain.formats import Format

EMPTY = "empty"  # the class of files without a byte
_KIN = (
    {Format.MOV, Format.MP4},
    {Format.ZIP, Format.EPUB},
    {Format.GZIP, Format.WARC},
    {Format.GZIP, Format.TAR},
)
_HEAD = 4096  # bytes that are searched for the signs of marked-up text
_STUMP = 16  # bytes that tell whether this is a cut beginning of a binary format
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|frameset)[\s>]", re.IGNORECASE)
_FIRST = re.compile(rb"<(?:!doctype\s+)?([A-Za-z_][\w.:-]*)", re.IGNORECASE)
_OUTERMOST = {b"html", b"head", b"body", b"title", b"frameset"}
_XHTML = re.compile(
    rb"<!DOCTYPE\s+html\s+PUBLIC\s+[\"']-//W3C//DTD XHTML|xmlns=[\"']http://www\.w3\.org/1999/xhtml"
)
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[\s?]")
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:[A-Za-z_:!?])")
_UTF16_XML = (
    b"\xff\xfe<\x00?\x00x\x00",
    b"\xfe\xff\x00<\x00?\x00x",
    b"<\x00?\x00x\x00",
    b"\x00<\x00?\x00x",
)


class Identity(NamedTuple):
    """What a file is taken for. `validator` is None for a format without one."""

    format: str
    validator: Format | None
    basis: str  # "magic", "signature", "content", "extension", "empty", "" for none
    puid: str = ""
    version: str = ""
    mime: str = ""
    suspect: bool = False  # its first bytes are not those of its extension's format


def decide(source: Source, name: bytes, candidates: Sequence[Candidate]) -> Identity:
    """Decide what a file is, from its bytes, PRONOM's candidates and its name."""
    if source.size == 0:
        return Identity(EMPTY, None, "empty", mime="application/x-empty")
    claimed = BY_EXTENSION.get(extension_of(name))
    magic = by_magic(source)
    if magic is not None:
        found = _identity(magic, "magic", candidates)
        return found._replace(suspect=_differ(claimed, magic))
    signed = _signed(candidates)
    if signed is not None:
        format = format_of_mime(signed.mime)
        if format is None or format not in TEXTUAL:
            return _named(signed, format, "signature")
    charset = _charset(source)
    if charset and not _is_stump(source, claimed):
        return _text(source, charset, claimed, candidates)
    return _by_name(claimed, candidates)


def _differ(claimed: Format | None, found: Format) -> bool:
    """Say whether a name speaks of something quite different from the bytes."""
    if claimed is None or claimed is found:
        return False
    return not any({claimed, found} <= kin for kin in _KIN)


def _by_name(claimed: Format | None, candidates: Sequence[Candidate]) -> Identity:
    """Nothing in the bytes says what it is: the extension is all there is."""
    if claimed is not None:
        return _identity(claimed, "extension", candidates)._replace(suspect=True)
    if candidates:
        return _named(candidates[0], None, "extension")
    return Identity("", None, "", mime="application/octet-stream")


def _signed(candidates: Sequence[Candidate]) -> Candidate | None:
    """Give the candidate that bytes speak for; of several, the one whose extension fits too."""
    signed = [each for each in candidates if re.search(r"byte match|container", each.basis)]
    named = [each for each in signed if "extension match" in each.basis]
    return next(iter(named or signed), None)


def _identity(format: Format, basis: str, candidates: Sequence[Candidate]) -> Identity:
    """Join our format with what PRONOM says of it; of several, the one that agrees."""
    fitting = [each for each in candidates if _fits(each, format)]
    if not fitting:
        return Identity(format.value, format, basis, mime=MIME[format])
    best = fitting[0]
    mime = best.mime.split(",")[0].strip() or MIME[format]
    return Identity(format.value, format, basis, best.puid, best.format_version, mime)


def _fits(candidate: Candidate, format: Format) -> bool:
    """Say whether a candidate may speak of a format: bytes agreed, or its MIME type is the same."""
    if "byte match" in candidate.basis or "container" in candidate.basis:
        return True
    if format in {Format.ASCII, Format.UTF8, Format.TEXT}:
        mime = candidate.mime
        return not mime or mime.startswith("text/") or "text match" in candidate.basis
    return format_of_mime(candidate.mime) is format


def _named(candidate: Candidate, validator: Format | None, basis: str) -> Identity:
    return Identity(
        validator.value if validator else candidate.format,
        validator,
        basis,
        candidate.puid,
        candidate.format_version,
        candidate.mime.split(",")[0].strip() or "application/octet-stream",
    )


def _charset(source: Source) -> str:
    from avpres.adapters.validators.text_encoding import sniff

    tail = source.peek(max(0, source.size - _HEAD), _HEAD)
    return sniff(source.peek(0, 16 * _HEAD), tail)


def _is_stump(source: Source, claimed: Format | None) -> bool:
    """A cut binary file can be so short that it looks like text."""
    if claimed is None or claimed in TEXTUAL:
        return False
    head = source.peek(0, _STUMP)
    return begins_like(head, claimed)


def _text(
    source: Source, charset: str, claimed: Format | None, candidates: Sequence[Candidate]
) -> Identity:
    head = source.peek(0, _HEAD)
    format = _markup(head, claimed, candidates)
    if format is not None:
        return _identity(format, "content", candidates)
    plain = {"US-ASCII": Format.ASCII, "UTF-8": Format.UTF8}.get(charset, Format.TEXT)
    found = _identity(plain, "content", candidates)
    return (
        found if found.puid or claimed is None else found._replace(suspect=claimed not in TEXTUAL)
    )


def _markup(head: bytes, claimed: Format | None, candidates: Sequence[Candidate]) -> Format | None:
    if _XML.match(head) or head.startswith(_UTF16_XML):
        return Format.XHTML if _XHTML.search(head) else Format.XML
    if _XHTML.search(head) and _MARKUP.match(head):
        return Format.XHTML
    if (
        _HTML.search(head)
        and not _is_other_xml(head, claimed)
        and (_MARKUP.match(head) or claimed is Format.HTML)
    ):
        return Format.HTML
    if not _MARKUP.match(head):
        return claimed if claimed in {Format.XML, Format.XHTML} else None
    if claimed in {Format.HTML, Format.XHTML, Format.XML}:
        return claimed
    signed = _signed(candidates)
    found = format_of_mime(signed.mime) if signed else None
    return found if found in TEXTUAL else None


def _is_other_xml(head: bytes, claimed: Format | None) -> bool:
    """Say whether this is XML of another kind, though it has elements of HTML's names.

    Titles and heads stand in TEI, SVG and catalogue records too; without an XML declaration the
    document type or, under the name of XML, the first element tells.
    """
    first = _FIRST.search(head)
    if first is None or first[1].lower() in _OUTERMOST:
        return False
    return claimed is Format.XML or first[0].startswith(b"<!")
