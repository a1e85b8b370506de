"""The page of everything that validators can say, a table for each format."""
# ruff: noqa: INP001 - a script's module, not a package

from collections.abc import Iterator
from dataclasses import dataclass, field

from sayings import EFFECTS, OPEN, Said, Source

ORDER = ("policy", "unknown", *dict.fromkeys(EFFECTS.values()))
FORMATS = {
    "AIFF": "AIFF and AIFF-C",
    "AVI": "AVI",
    "DPX": "DPX",
    "DV": "DV",
    "EPUB": "EPUB",
    "FLAC": "FLAC",
    "GIF": "GIF",
    "GZIP": "GZIP",
    "HTML": "HTML",
    "HEIF": "QuickTime, MP4, HEIF",
    "ISOM": "QuickTime, MP4, HEIF",
    "MOV": "QuickTime, MP4, HEIF",
    "MP4": "QuickTime, MP4, HEIF",
    "JPEG": "JPEG",
    "JPEG2000": "JPEG 2000",
    "MKV": "Matroska and WebM",
    "MATROSKA": "Matroska and WebM",
    "WEBM": "Matroska and WebM",
    "MXF": "MXF",
    "OPENEXR": "OpenEXR",
    "PDF": "PDF",
    "PNG": "PNG and APNG",
    "TAR": "TAR",
    "ASCII": "Texts",
    "TEXT": "Texts",
    "UTF8": "Texts",
    "TIFF": "TIFF and BigTIFF",
    "WARC": "WARC",
    "WAVE": "WAVE, BWF, RF64, BW64",
    "XML": "XML",
    "XHTML": "XHTML",
    "ZIP": "ZIP and packages in it",
    "FFV1": "Streams inside of wrappers",
    "NAL": "Streams inside of wrappers",
    "PRORES": "Streams inside of wrappers",
    "VP8": "Streams inside of wrappers",
    "VP9": "Streams inside of wrappers",
    "CHR": "Any file",
    "DEEP": "The deep pass",
    "MEDIAINFO": "MediaInfo",
    "MEDIACONCH": "MediaConch",
    "JHOVE": "JHOVE",
    "ENGINE": "Engines compared",
    "VNU": "Nu HTML checker",
    "EPUBCHECK": "EPUBCheck",
    "POLICY": "MediaConch",
}
"""Headings by the first word of an id."""


@dataclass(slots=True)
class Row:
    """One id with everything that can be said under it."""

    id: str
    effects: set[str] = field(default_factory=set)
    texts: dict[str, None] = field(default_factory=dict)
    jhove: dict[str, None] = field(default_factory=dict)


def rows() -> dict[str, Row]:
    """Give every id of the source."""
    found: dict[str, Row] = {}
    source = Source()
    for said in (*source.sayings(), *source.tables(), *_of_jpylyzer(), *_by_hand()):
        row = found.setdefault(said.id, Row(said.id))
        row.effects.add(said.effect)
        row.texts[said.text] = None
        if said.jhove:
            row.jhove[said.jhove] = None
    return {id: found[id] for id in sorted(found)}


def page() -> Iterator[str]:
    """Write the tables of the page, one for each format."""
    by_format: dict[str, list[Row]] = {}
    for row in rows().values():
        title = FORMATS.get(row.id.partition("-")[0], row.id.partition("-")[0])
        by_format.setdefault(title, []).append(row)
    for title in sorted(by_format, key=str.lower):
        yield f"## {title}"
        yield ""
        yield "| id | effect | what is said | JHOVE |"
        yield "| --- | --- | --- | --- |"
        for row in by_format[title]:
            effects = " or ".join(effect for effect in ORDER if effect in row.effects)
            jhove = ", ".join(sorted(row.jhove))
            yield f"| `{row.id}` | {effects} | {_shown(row)} | {jhove} |"
        yield ""


def _shown(row: Row) -> str:
    """Show a few of the texts, the most telling ones."""
    told = [text for text in row.texts if text.strip(f"{OPEN} :;,()")]
    told = [WORDS[row.id]] if row.id in WORDS else sorted(told, key=len)[-3:]
    shown = "; or: ".join(sorted(" ".join(text.split()) for text in told))
    for sign, escaped in (("|", "¦"), ("<", "&lt;"), ("*", "\\*"), ("_", "\\_")):
        shown = shown.replace(sign, escaped)
    return shown


def _by_hand() -> "Iterator[Said]":
    """Give what is put together from what others say, and cannot be read from the source."""
    yield Said("JHOVE-MESSAGE", "warning", "what JHOVE says without an id, in JHOVE's own words")
    yield Said(f"DEEP-{OPEN}", "not well-formed", "what the first pass left open in a ZIP or GZIP")
    yield Said("MEDIACONCH-NO-VERDICT", "warning", "MediaConch did not come to an end with a file")
    yield Said(
        "MEDIACONCH-POLICY", "policy", f'policy "{OPEN}", rule "{OPEN}": {OPEN} must be {OPEN}'
    )


WORDS = {
    "CHR-DEFECT": "a defect in its validator stopped the examination",
    "CHR-ENGINES-AGREE": "JHOVE's verdict, which is as ours: sound, or not",
    "CHR-NOT-IDENTIFIED": "Siegfried could not identify it and was stopped",
    "CHR-MEMORY": "its examination wanted too much memory and was stopped",
    "CHR-NESTED": "it is nested too deeply to be examined",
    "CHR-TIME": "its examination took too long and was stopped",
    "CHR-CRASH": "its examination ended the process that did it",
    "JPEG2000-NOTE": "jpylyzer's words on what it noticed",
    "MEDIAINFO-ADVICE": "MediaInfo's words on a rule that may be broken for a reason",
    "MEDIAINFO-CONFORMANCE": "MediaInfo's words on an element that breaks the rules of its format",
    "CHR-IDENTIFICATION": "name and content do not agree, or Siegfried could not be asked",
    "GIF-ICC": "the colour profile is damaged, in the words of the check of profiles",
    "GIF-IMAGE-DATA": "the compressed data of an image do not give its pixels",
    "JPEG-EXIF": "the Exif description is damaged; the picture is not affected",
    "JPEG2000-TILE-PARTS": "tile-parts do not follow each other to the end marker",
    "PDF-DEEP": "qpdf's words on a stream that cannot be decoded",
    "PDF-EMPTY-OBJECT": "an object with nothing in it, in qpdf's words",
    "PDF-KEY-TWICE": "a key that stands twice in a dictionary, in qpdf's words",
    "PDF-NO-PAGES": "qpdf finds no page",
    "PDF-OFFSET-0": "an object that is listed at byte 0, in qpdf's words",
    "PDF-REFERENCE": "a reference to the object 0, in qpdf's words",
    "PDF-SIZE": "qpdf's words on a number of objects that is not that of the file: too low makes "
    "it not valid",
    "PDF-SYNTAX": "qpdf's words on what it would have to mend",
    "PDF-WHITESPACE": "too much or too little space around a keyword, in qpdf's words",
    "PDF-XREF-ENTRY": "an entry in the list of objects that is not made as it should be",
    "PNG-EXIF": "the Exif description is damaged; the picture is not affected",
    "PNG-IMAGE-DATA": "the compressed data cannot be inflated, or are not those of the image",
    "TIFF-ICC": "the colour profile is damaged, in the words of the check of profiles",
    "XML-AFTER-END": "libxml2's words: something follows the root element",
    "XML-ATTRIBUTE-TWICE": "libxml2's words: an element has an attribute twice",
    "XML-CHARACTER": "libxml2's words: a character that XML does not allow",
    "XML-DTD": "libxml2's words: what the document type does not allow",
    "XML-ENTITY-UNDECLARED": "libxml2's words: an entity that nothing declares",
    "XML-NAMESPACE": "libxml2's words: a namespace prefix that nothing declares",
    "XML-SCHEMA": "libxml2's words: what the schema does not allow",
    "XML-SYNTAX": "libxml2's words on what is no XML",
    "XML-TAG-MISMATCH": "libxml2's words: an end tag that is not that of the open element",
}
"""What is said in the words of a library, or of a table of faults."""


def _of_jpylyzer() -> Iterator[Said]:
    """Name jpylyzer's tests, whose ids are made as they fail."""
    from avpres.adapters.validators import jpeg2000_words as words

    for test, text in words._SENTENCES.items():  # noqa: SLF001 - the table has no other reader
        effect = "not well-formed" if words.is_structure(test) else "not valid"
        yield Said(words.message_id(test), effect, text)
    rest = f"a value is against the rules of JPEG 2000 (jpylyzer's test {OPEN})"
    for beginning in ("BAD", "NOT", "MORE-THAN-ONE"):
        for effect in ("not well-formed", "not valid"):
            yield Said(f"JPEG2000-{beginning}-{OPEN}", effect, rest)
