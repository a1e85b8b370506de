"""What a PDF file says of itself: in its information dictionary and in its XMP packet."""

import re
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination
from avpres.domain.technical import Document

if TYPE_CHECKING:
    import pikepdf

_LONGEST = 500  # characters of a title or a name
_XMP = 1024 * 1024  # bytes of an XMP packet that are read
_DATE = re.compile(
    r"^(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?"
)
_RIGHT = re.compile(  # the apostrophe at the end is of Adobe's editions, ISO 32000 has none
    r"(?:D:)?\d{4}(?:\d\d(?:(?:0[1-9]|[12]\d|3[01])(?:\d\d(?:\d\d(?:\d\d"
    r"(?:Z.*|[+-](?:\d\d'(?:\d\d'?.*)?)?)?)?)?)?)?)?",
    re.DOTALL,
)
_PDF_A = "{http://www.aiim.org/pdfa/ns/id/}"
_PDF_UA = "{http://www.aiim.org/pdfua/ns/id/}"
_PDF_X = "{http://www.npes.org/pdfx/ns/id/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"


def describe(pdf: "pikepdf.Pdf", exam: Examination, pages: list[tuple[int, int]]) -> None:
    """Fill the document's properties; dates and XMP that cannot be read are findings."""
    document = exam.technical.document or Document()
    document.pages = len(pages)
    document.encrypted = pdf.is_encrypted
    _read_version(pdf, exam, document)
    _read_catalogue(pdf, document)
    claims = _read_info(pdf, exam, document)
    claims += _read_xmp(pdf, exam)
    document.conformance = ", ".join(dict.fromkeys(claims))
    exam.profile = document.conformance
    exam.technical.properties["linearized"] = pdf.is_linearized


def iso_date(text: str) -> str:
    """Turn a date of PDF 1.7 §7.9.4 into ISO 8601; "" for what is none."""
    found = _DATE.match(text.strip())
    if not found:
        return ""
    year, month, day, hour, minute, second, zulu, sign, hours, minutes = found.groups()
    date = "-".join(part for part in (year, month, day) if part)
    if hour is None:
        return date
    zone = "Z" if zulu else f"{sign}{hours}:{minutes or '00'}" if sign else ""
    return f"{date}T{hour}:{minute or '00'}:{second or '00'}{zone}"


def is_looked_into(pdf: "pikepdf.Pdf") -> bool:
    """Say whether JHOVE reads the information dictionary: not behind a cross-reference stream."""
    return not pdf.is_encrypted and str(pdf.trailer.get("/Type", "")) != "/XRef"


def _read_version(pdf: "pikepdf.Pdf", exam: Examination, document: Document) -> None:
    said = str(pdf.Root.get("/Version", "")).lstrip("/")
    if said and said != exam.version:
        text = f"the header says PDF {exam.version}, the catalogue {said}"
        exam.note("PDF-TWO-VERSIONS", text, jhove="PDF-HUL-87")
        if not re.fullmatch(r"\d\.\d", said):
            exam.invalid("PDF-VERSION", f"there is no PDF {said[:20]}", jhove="PDF-HUL-88")
        elif said > exam.version:
            exam.version = said
    document.version = exam.version


def _read_catalogue(pdf: "pikepdf.Pdf", document: Document) -> None:
    import pikepdf

    language = pdf.Root.get("/Lang")
    if isinstance(language, pikepdf.String):
        document.language = str(language)[:35]
    mark = pdf.Root.get("/MarkInfo")
    document.tagged = isinstance(mark, pikepdf.Dictionary) and bool(mark.get("/Marked"))


def _read_info(pdf: "pikepdf.Pdf", exam: Examination, document: Document) -> list[str]:
    import pikepdf

    info = pdf.trailer.get("/Info")
    if not isinstance(info, pikepdf.Dictionary):
        return []
    for key, name in (
        ("/Title", "title"),
        ("/Author", "author"),
        ("/Creator", "creator"),
        ("/Producer", "producer"),
    ):
        setattr(document, name, _text(info, key))
    for key, name in (("/CreationDate", "created"), ("/ModDate", "modified")):
        said = _text(info, key)
        setattr(document, name, iso_date(said))
        if said and not _RIGHT.fullmatch(said):
            judge = exam.invalid if is_looked_into(pdf) else exam.warn
            judge("PDF-DATE", f"{key[1:]} is no date: {said[:40]}", jhove="PDF-HUL-133")
    claim = _text(info, "/GTS_PDFXVersion")
    return [claim] if claim else []


def _text(info: "pikepdf.Dictionary", key: str) -> str:
    import pikepdf

    said = info.get(key)
    if not isinstance(said, pikepdf.String):
        return ""
    return str(said).replace("\0", "").strip()[:_LONGEST]


def _read_xmp(pdf: "pikepdf.Pdf", exam: Examination) -> list[str]:
    import pikepdf

    stream = pdf.Root.get("/Metadata")
    if stream is None:
        return []
    if not isinstance(stream, pikepdf.Stream):
        exam.invalid("PDF-XMP", "the XMP metadata is no stream", jhove="PDF-HUL-101")
        return []
    length = stream.get("/Length")
    if isinstance(length, int) and length > _XMP:
        return []
    return _claims(stream.read_bytes(), exam)


def _claims(packet: bytes, exam: Examination) -> list[str]:
    """Give the standards that an XMP packet claims: PDF/A-2b, PDF/UA-1, PDF/X-4."""
    from lxml import etree

    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    try:
        root = etree.fromstring(packet.strip(b"\0 \r\n\t"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        exam.warn("PDF-XMP", f"the XMP metadata is not XML: {error}")
        return []
    said: dict[str, str] = {}
    for node in root.iter(_RDF):
        said |= {str(key): str(value) for key, value in node.attrib.items()}
        said |= {str(child.tag): (child.text or "").strip() for child in node}
    claims = []
    if said.get(_PDF_A + "part"):
        level = said.get(_PDF_A + "conformance", "").lower()
        claims.append(f"PDF/A-{said[_PDF_A + 'part'][:2]}{level[:1]}")
    if said.get(_PDF_UA + "part"):
        claims.append(f"PDF/UA-{said[_PDF_UA + 'part'][:2]}")
    if said.get(_PDF_X + "GTS_PDFXVersion"):
        claims.append(said[_PDF_X + "GTS_PDFXVersion"][:20])
    return claims
